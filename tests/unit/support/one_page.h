// A plain matrix as what kernels over pages take.
#pragma once

#include "base/tensor.h"
#include "kernels/attend_pages.h"

namespace sotto::test {

// x[n, d] as the only page. Borrows x's memory, and must stay while `rows` is used.
struct OnePage {
  explicit OnePage(ConstMatrixF32 x)
      : page(const_cast<float*>(x.data)),
        rows{&page, &index, x.rows, x.stride, 0, x.rows, x.cols} {}
  OnePage(const OnePage&) = delete;

  float* page;
  int index = 0;
  PagedRows rows;
};

}  // namespace sotto::test
