#include "model/convolution.h"

namespace sotto {

void convolve(const Convolution& convolution, const ConvInput& x, MatrixF32 y,
              LinearScratch& scratch) {
  if (convolution.is_q8()) {
    conv1d_gelu_q8(x, convolution.taps, convolution.bias, scratch.rows, y);
  } else {
    conv1d_gelu_f32(x, convolution.f32, convolution.bias, y);
  }
}

}  // namespace sotto
