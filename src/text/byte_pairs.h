// Byte pair encoding of one piece of text.
#pragma once

#include <string_view>
#include <vector>

#include "text/token_table.h"

namespace sotto {

// Appends the tokens of a piece: itself where it is a token, else what merging neighbours leaves,
// the pair of lowest id first and the leftmost among equals. Every single byte must be a token.
// Time grows as n log n with the piece, which may be megabytes long.
void append_byte_pairs(const TokenTable& table, std::string_view piece, std::vector<int>& out);

}  // namespace sotto
