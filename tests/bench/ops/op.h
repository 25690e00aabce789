// What is measured: kernels at the shapes that Whisper tiny gives them. One line a kernel in the
// tables of products.cc, attention.cc, rows.cc and audio.cc; peaks.cc has what the machine can do.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace sotto::bench {

// What one run has to do at least, whatever the kernel does beside it.
struct Work {
  double int8_mac = 0;      // multiply-adds of bytes
  double f32_mac = 0;       // of floats; an addition or a product alone counts as half
  double memory_bytes = 0;  // read or written, where that is more than nearby caches hold
};

struct Op {
  std::string name;   // the kernel's
  std::string shape;  // m x n x k where it is a product
  Work work;
  // How often the encoder of tiny runs it for a window, and the decoder for a token; a projection
  // to other hardware weighs ops by these.
  int encoder_runs = 0;
  int token_runs = 0;
  // Makes inputs and returns what is run, again and again.
  std::function<std::function<void()>()> prepare;
};

// Whisper tiny.en (openai-whisper, ModelDimensions).
inline constexpr int kCtx = 1500;
inline constexpr int kState = 384;
inline constexpr int kHidden = 4 * kState;
inline constexpr int kHeads = 6;
inline constexpr int kHead = kState / kHeads;
inline constexpr int kLayers = 4;
inline constexpr int kMels = 80;
inline constexpr int kVocab = 51864;

// What the kernels spend on an element, counted as above.
inline constexpr double kGeluMac = 14;       // gelu_f32x4
inline constexpr double kSoftmaxMac = 13.5;  // maximum, difference, scale, exponential, sum
inline constexpr double kCoarseMac = 6;      // the same in 16 bits, two lanes for one, to bytes
inline constexpr double kQuantizeMac = 3.5;  // two extremes, finiteness, scale, rounding, zero

std::string shape(std::initializer_list<int> sizes);

void add_peaks(std::vector<Op>& ops);
void add_products(std::vector<Op>& ops);
void add_attention(std::vector<Op>& ops);
void add_rows(std::vector<Op>& ops);
void add_audio(std::vector<Op>& ops);

// All of them, the peaks first.
std::vector<Op> make_ops();

}  // namespace sotto::bench
