// The keys and values of a head of the cross-attention, in f32 whatever the cache keeps.
#pragma once

#include <vector>

#include "model/cross_cache.h"

namespace sotto::test {

struct CrossRows {
  std::vector<float> keys, values;  // [positions, d]

  CrossRows(const CrossCache& cross, int layer, int head) {
    if (cross.is_q8()) {
      const HeadQ8& both = cross.head_q8(layer, head);
      keys = floats(both.keys), values = floats(both.values);
    } else {
      const PagedHead& both = cross.head_f32(layer, head);
      keys = floats(both.keys), values = floats(both.values);
    }
  }

 private:
  static std::vector<float> floats(const HeadRowsQ8& rows) {
    std::vector<float> out;
    for (int i = 0; i < rows.n * rows.d; ++i) {
      out.push_back(rows.scale[i / rows.d] * static_cast<float>(rows.q[i]));
    }
    return out;
  }
  static std::vector<float> floats(const PagedRows& rows) {
    std::vector<float> out;
    for (int i = 0; i < rows.n; ++i) out.insert(out.end(), rows.row(i), rows.row(i) + rows.d);
    return out;
  }
};

}  // namespace sotto::test
