#include "text/deflate_size.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "text/huffman_lengths.h"

namespace sotto {

namespace {

// Limits of deflate (RFC 1951) and of zlib's level 6 (deflate.c, configuration_table).
constexpr int kMinMatch = 3, kMaxMatch = 258;
constexpr int kMaxDistance = 32768 - kMaxMatch - kMinMatch - 1;
constexpr int kGoodLength = 8, kMaxLazy = 16, kNiceLength = 128, kMaxChain = 128;
// Matches of three bytes farther away than this cost more than the bytes.
constexpr int kTooFar = 4096;
constexpr int kHashBits = 15;

constexpr int kEndOfBlock = 256, kFirstLength = 257, kLiterals = 286, kDistances = 30;
// Codes of code lengths, and the order in which their own lengths are sent.
constexpr int kLengthCodes = 19;
constexpr std::array<uint8_t, kLengthCodes> kLengthOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                            11, 4,  12, 3, 13, 2, 14, 1, 15};
// Header and checksum of zlib's format.
constexpr size_t kFrame_bytes = 6;

// Number of a length or distance among those of ranges that double every `per_doubling` codes, and
// the bits that tell it from the others of its range.
struct Ranged {
  int code;
  int extra_bits;
};
Ranged ranged(unsigned above_least, int per_doubling) {
  const unsigned first = 2 * per_doubling;
  if (above_least < first) return {static_cast<int>(above_least), 0};
  const int bits = std::bit_width(above_least) - std::bit_width(first) + 1;
  return {static_cast<int>((above_least >> bits)) + bits * per_doubling, bits};
}

// The symbols that the text becomes.
struct Symbols {
  std::array<int, kLiterals> literals = {};
  std::array<int, kDistances> distances = {};
  size_t extra_bits = 0;

  void add_literal(char c) { ++literals[static_cast<uint8_t>(c)]; }
  void add_match(int length, int distance) {
    // The longest has a code of its own.
    const Ranged l = length == kMaxMatch ? Ranged{kLiterals - 1 - kFirstLength, 0}
                                         : ranged(length - kMinMatch, 4);
    const Ranged d = ranged(distance - 1, 2);
    ++literals[kFirstLength + l.code];
    ++distances[d.code];
    extra_bits += l.extra_bits + d.extra_bits;
  }
};

// zlib's search for earlier copies. Position 0 stands for none, there and here.
class Matcher {
 public:
  explicit Matcher(std::string_view text)
      : text_(text), head_(size_t{1} << kHashBits), previous_(text.size()) {}

  struct Match {
    int length = kMinMatch - 1;
    int start = 0;
  };

  // Remembers the three bytes at `at`, and returns where they were last.
  int insert(int at) {
    if (at + kMinMatch > size()) return 0;
    const auto byte = [&](int i) { return static_cast<unsigned>(static_cast<uint8_t>(text_[i])); };
    const unsigned hash = (byte(at) << 10 ^ byte(at + 1) << 5 ^ byte(at + 2)) % head_.size();
    previous_[at] = head_[hash];
    head_[hash] = at;
    return previous_[at];
  }

  // The longest copy of what is at `at`, where one is longer than `before`.
  Match longest(int at, int candidate, int before) const {
    const int left = size() - at;
    const int nice = std::min(kNiceLength, left);
    int chain = before >= kGoodLength ? kMaxChain / 4 : kMaxChain;
    Match best{before, 0};
    for (; candidate > std::max(at - kMaxDistance, 0) && chain > 0; --chain) {
      const int length = common(at, candidate, std::min(left, kMaxMatch));
      if (length > best.length) {
        best = {length, candidate};
        if (length >= nice) break;
      }
      candidate = previous_[candidate];
    }
    best.length = std::min(best.length, left);
    if (best.length == kMinMatch && at - best.start > kTooFar) best.length = kMinMatch - 1;
    return best;
  }

  int size() const { return static_cast<int>(text_.size()); }

 private:
  int common(int a, int b, int most) const {
    int length = 0;
    while (length < most && text_[a + length] == text_[b + length]) ++length;
    return length;
  }

  std::string_view text_;
  std::vector<int> head_;
  std::vector<int> previous_;
};

Symbols find_symbols(std::string_view text) {
  Symbols symbols;
  Matcher matcher(text);
  Matcher::Match match;
  bool waiting = false;  // the byte before is not decided on yet
  for (int at = 0; at < matcher.size(); ++at) {
    const int candidate = matcher.insert(at);
    const Matcher::Match before = match;
    match = {};
    if (candidate > 0 && before.length < kMaxLazy && at - candidate <= kMaxDistance) {
      match = matcher.longest(at, candidate, before.length);
    }
    if (before.length >= kMinMatch && match.length <= before.length) {
      symbols.add_match(before.length, at - 1 - before.start);
      for (const int end = at + before.length - 2; at < end;) matcher.insert(++at);
      match = {};
      waiting = false;
    } else {
      if (waiting) symbols.add_literal(text[at - 1]);
      waiting = true;
    }
  }
  if (waiting) symbols.add_literal(text.back());
  ++symbols.literals[kEndOfBlock];
  return symbols;
}

size_t fixed_bits(const Symbols& symbols) {
  size_t bits = symbols.extra_bits;
  for (int i = 0; i < kLiterals; ++i) {
    const int length = i < 144 ? 8 : i < kEndOfBlock ? 9 : i < 280 ? 7 : 8;
    bits += static_cast<size_t>(symbols.literals[i]) * length;
  }
  for (int count : symbols.distances) bits += static_cast<size_t>(count) * 5;
  return bits;
}

// Counts the codes that send `lengths`, runs of which are shortened; returns their extra bits.
size_t count_length_codes(std::span<const uint8_t> lengths, std::span<int> counts) {
  size_t extra_bits = 0;
  for (size_t i = 0; i < lengths.size();) {
    const int value = lengths[i];
    size_t end = i;
    while (end < lengths.size() && lengths[end] == value) ++end;
    for (bool first = true; i < end; first = false) {
      // A run of others than zero begins with its value.
      const int lead = value != 0 && first ? 1 : 0;
      const int take = std::min<int>(static_cast<int>(end - i), value == 0 ? 138 : 6 + lead);
      i += take;
      if (take - lead < 3) {
        counts[value] += take;
        continue;
      }
      counts[value] += lead;
      const int code = value != 0 ? 16 : take <= 10 ? 17 : 18;
      ++counts[code];
      extra_bits += code == 16 ? 2 : code == 17 ? 3 : 7;
    }
  }
  return extra_bits;
}

size_t dynamic_bits(Symbols symbols) {
  std::array<uint8_t, kLiterals> literals = {};
  std::array<uint8_t, kDistances> distances = {};
  std::array<uint8_t, kLengthCodes> codes = {};
  std::array<int, kLengthCodes> counts = {};
  const HuffmanSize l = huffman_lengths(symbols.literals, literals);
  const HuffmanSize d = huffman_lengths(symbols.distances, distances);
  size_t bits = symbols.extra_bits + l.bits + d.bits;
  bits += count_length_codes(std::span(literals).first(l.used), counts);
  bits += count_length_codes(std::span(distances).first(d.used), counts);
  bits += huffman_lengths(counts, codes).bits;
  int sent = kLengthCodes;
  while (sent > 4 && codes[kLengthOrder[sent - 1]] == 0) --sent;
  // Three numbers of 5, 5 and 4 bits say how many lengths there are of each kind.
  return bits + 14 + 3 * static_cast<size_t>(sent);
}

}  // namespace

size_t deflated_size(std::string_view text) {
  const Symbols symbols = find_symbols(text);
  // Three bits say which kind of block it is.
  const size_t coded_bits = 3 + std::min(fixed_bits(symbols), dynamic_bits(symbols));
  const size_t stored_bytes = text.size() + 4;
  const size_t coded_bytes = (coded_bits + 7) / 8;
  return kFrame_bytes + (stored_bytes <= coded_bytes ? stored_bytes + 1 : coded_bytes);
}

float compression_ratio(std::string_view text) {
  return static_cast<float>(text.size()) / static_cast<float>(deflated_size(text));
}

}  // namespace sotto
