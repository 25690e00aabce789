// What a long short-term memory does behind its matrix products (Hochreiter and Schmidhuber, 1997,
// with forget gates; torch.nn.LSTMCell).
#pragma once

namespace sotto {

// One step of n cells, n any. gates[4 n] holds the sums that go into the input gates i[n], the
// forget gates f[n], the cells' inputs g[n] and the output gates o[n], in PyTorch's order, and is
// overwritten:
//
//   c[j] = sigmoid(f[j]) c[j] + sigmoid(i[j]) tanh(g[j])
//   h[j] = sigmoid(o[j]) tanh(c[j])
//
// tanh(x) is 2 sigmoid(2 x) - 1, whose absolute error is below 4e-7. c[n] and h[n] may not alias
// the gates, nor one another.
void lstm_cell_f32(float* gates, int n, float* c, float* h);

}  // namespace sotto
