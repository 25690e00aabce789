#include "bench/ops/op.h"

namespace sotto::bench {

std::string shape(std::initializer_list<int> sizes) {
  std::string text;
  for (const int size : sizes) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text;
}

std::vector<Op> make_ops() {
  std::vector<Op> ops;
  add_peaks(ops);
  add_products(ops);
  add_attention(ops);
  add_rows(ops);
  add_audio(ops);
  return ops;
}

}  // namespace sotto::bench
