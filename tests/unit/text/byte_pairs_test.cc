#include "text/byte_pairs.h"

#include <doctest/doctest.h>

#include <string>

#include "base/clock.h"
#include "unit/text/golden_strings.h"

using sotto::append_byte_pairs;
using sotto::TokenTable;

namespace {

std::vector<int> merged(const TokenTable& table, std::string_view piece) {
  std::vector<int> tokens;
  append_byte_pairs(table, piece, tokens);
  return tokens;
}

// The definition, in quadratic time: the leftmost pair of lowest rank merges until none is left.
std::vector<int> merged_plainly(const TokenTable& table, std::string_view piece) {
  if (table.find(piece) >= 0) return {table.find(piece)};
  std::vector<std::string> parts;
  for (const char c : piece) parts.emplace_back(1, c);
  for (;;) {
    size_t best = parts.size();
    int best_rank = -1;
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      const int rank = table.find(parts[i] + parts[i + 1]);
      if (rank >= 0 && (best_rank < 0 || rank < best_rank)) {
        best = i;
        best_rank = rank;
      }
    }
    if (best_rank < 0) break;
    parts[best] += parts[best + 1];
    parts.erase(parts.begin() + static_cast<ptrdiff_t>(best) + 1);
  }
  std::vector<int> tokens;
  for (const std::string& part : parts) tokens.push_back(table.find(part));
  return tokens;
}

TokenTable table_of(const std::vector<std::string>& tokens) {
  auto table = TokenTable::create(tokens);
  REQUIRE(table.ok());
  return std::move(table.value());
}

}  // namespace

TEST_CASE("the lowest rank merges first, the leftmost among equals") {
  const TokenTable table = table_of({"a", "b", "c", "bc", "ab", "aa", "aaa"});
  CHECK(merged(table, "abc") == std::vector<int>{0, 3});
  CHECK(merged(table, "ab") == std::vector<int>{4});
  CHECK(merged(table, "aaaaa") == std::vector<int>{5, 6});
  CHECK(merged(table, "cba") == std::vector<int>{2, 1, 0});
  CHECK(merged(table, "") == std::vector<int>{});
}

TEST_CASE("a whole token is taken even where merging would not reach it") {
  const TokenTable table = table_of({"x", "y", "z", "xyz"});
  CHECK(merged(table, "xyz") == std::vector<int>{3});
  CHECK(merged(table, "xyzx") == std::vector<int>{0, 1, 2, 0});
}

TEST_CASE("random pieces over random tables merge as the definition says") {
  sotto_test::Draw draw(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> tokens = {"a", "b", "c"};
    while (tokens.size() < 40) {
      tokens.push_back(draw.one_of(tokens) + draw.one_of(tokens));
      if (tokens.back().size() > 12) tokens.pop_back();
    }
    const TokenTable table = table_of(tokens);
    std::string piece;
    for (uint32_t left = draw.below(60); left > 0; --left) {
      piece += static_cast<char>('a' + draw.below(3));
    }
    CAPTURE(piece);
    if (!piece.empty()) CHECK(merged(table, piece) == merged_plainly(table, piece));
  }
}

TEST_CASE("a megabyte without a break takes seconds at most, not hours") {
  const sotto::Tokenizer& tokenizer = sotto_test::whisper_tokenizer(true);
  const double start_ms = sotto::now_ms();
  for (const char* unit : {"a", " ", "ab", "=", "\u4E2D"}) {
    CAPTURE(unit);
    std::string text;
    while (text.size() < 1 << 20) text += unit;
    const std::vector<int> tokens = tokenizer.encode(text);
    CHECK(tokens.size() <= text.size());
    CHECK(tokenizer.decode(tokens) == text);
  }
  // About 2 s natively; the square of a million steps would take days.
  CHECK(sotto::now_ms() - start_ms < 120'000);
}
