// What the int8 inner product of a backend takes. Weights are signed bytes everywhere; the range of
// activations within which every sum is exact differs between instruction sets, and for relaxed
// SIMD between processors.
#pragma once

#include <cstdint>

namespace sotto::simd {

enum class DotFlavour {
  kWide,            // products of 16 bits: kFineDotRange
  kUnsigned,        // relaxed dot, second operand unsigned: x86 with VNNI
  kSigned,          // relaxed dot, second operand signed: Arm
  kPairSaturating,  // relaxed dot, pairs of products saturate at 16 bits: x86 without VNNI
};

// Activations are quantised to [lo, hi].
struct DotRange {
  int32_t lo;
  int32_t hi;
};

// Fine activations have 11 bits, so that sums stay within 31 bits for k up to 8,259: 2047 * 127 *
// k, of which the zero point may be all. The widest layer of Whisper has 5,120.
inline constexpr DotRange kFineDotRange{0, 2047};

// The pair-saturating sum of two products stays below 2^15 for 7 bits: 2 * 127 * 127 = 32258.
constexpr DotRange range_of(DotFlavour flavour) {
  switch (flavour) {
    case DotFlavour::kSigned: return {-128, 127};
    case DotFlavour::kPairSaturating: return {0, 127};
    case DotFlavour::kWide: return kFineDotRange;
    default: return {0, 255};
  }
}

// Where pairs of products saturate, more than 7 bits are safe for light weights, of which no two
// neighbours that have one sign add up to more than this: 201 * 163 = 32763. With 128 activations
// would have 8 bits, and three times as many weights are not light (docs/performance.md).
inline constexpr int kLightPair = 163;
constexpr DotRange light_range_of(DotFlavour flavour) {
  return flavour == DotFlavour::kPairSaturating ? DotRange{0, INT16_MAX / kLightPair}
                                                : range_of(flavour);
}

// Of fewer steps even two sums of two products fit 16 bits together, where both pairs are light:
// 100 * 2 * 163 = 32600.
constexpr DotRange coarse_range_of(DotFlavour flavour) {
  return flavour == DotFlavour::kPairSaturating ? DotRange{0, INT16_MAX / (2 * kLightPair)}
                                                : range_of(flavour);
}
constexpr bool fits_twice(DotRange range) {
  const DotRange coarse = coarse_range_of(DotFlavour::kPairSaturating);
  return range.lo >= coarse.lo && range.hi <= coarse.hi;
}

// For activations whose weights are not negative and below 128: any signed byte but -128 does, and
// symmetric ones need no zero point.
inline constexpr DotRange kSignedDotRange{-127, 127};

// The zero of activations quantised symmetrically; as many steps above as below.
constexpr int32_t centre_of(DotRange range) { return (range.lo + range.hi + 1) / 2; }

constexpr const char* flavour_name(DotFlavour flavour) {
  switch (flavour) {
    case DotFlavour::kWide: return "wide";
    case DotFlavour::kUnsigned: return "unsigned";
    case DotFlavour::kSigned: return "signed";
    default: return "pair-saturating";
  }
}

}  // namespace sotto::simd
