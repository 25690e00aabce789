#include "text/token_table.h"

#include <algorithm>
#include <bit>

namespace sotto {
namespace {

// FNV-1a, 32 bits, with a last mix because the table uses the low bits only.
uint32_t hash_bytes(std::string_view bytes) {
  uint32_t hash = 2166136261u;
  for (const char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619u;
  return hash ^ hash >> 15;
}

}  // namespace

Result<TokenTable> TokenTable::create(std::span<const std::string> tokens) {
  uint64_t total_bytes = 0;
  for (const std::string& token : tokens) total_bytes += token.size();
  if (total_bytes > UINT32_MAX) {
    return mismatch(Code::kOutOfMemory, "bytes of the vocabulary", "at most 4294967295",
                    std::to_string(total_bytes));
  }
  TokenTable table;
  table.blob_.reserve(total_bytes);
  table.offsets_.reserve(tokens.size() + 1);
  // At most half full, so that a search ends soon.
  table.slots_.assign(std::bit_ceil(tokens.size() * 2 + 1), -1);
  for (const std::string& token : tokens) {
    const int id = table.size();
    table.blob_ += token;
    table.offsets_.push_back(static_cast<uint32_t>(table.blob_.size()));
    table.longest_bytes_ = std::max(table.longest_bytes_, token.size());
    if (token.empty()) continue;
    int32_t& slot = table.slots_[table.slot_of(token)];
    if (slot < 0) slot = id;
  }
  return table;
}

std::string_view TokenTable::bytes(int token) const {
  if (token < 0 || token >= size()) return {};
  const uint32_t begin = offsets_[static_cast<size_t>(token)];
  const uint32_t end = offsets_[static_cast<size_t>(token) + 1];
  return std::string_view(blob_).substr(begin, end - begin);
}

int TokenTable::find(std::string_view bytes) const {
  if (bytes.empty() || bytes.size() > longest_bytes_) return -1;
  return slots_[slot_of(bytes)];
}

// The slot that holds the bytes, or the free one where they belong.
size_t TokenTable::slot_of(std::string_view bytes) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = hash_bytes(bytes) & mask;
  while (slots_[slot] >= 0 && this->bytes(slots_[slot]) != bytes) slot = (slot + 1) & mask;
  return slot;
}

}  // namespace sotto
