#include <utility>

#include "diff/cases.h"
#include "kernels/lstm_cell.h"
#include "unit/support/random.h"
#include "unit/vad/silero_fixture.h"
#include "vad/silero.h"

namespace sotto::diff {

void add_vad_cases(std::vector<twins::Outcome>& out) {
  test::Random random(11);
  for (const int n : {1, 4, 7, 128}) {
    for (const float size : {1.0f, 12.0f, 1e20f}) {
      const auto count = static_cast<size_t>(n);
      std::vector<float> gates = random.floats(4 * count, -size, size);
      twins::Outcome o{"lstm_cell " + std::to_string(n), random.floats(count), {}};
      o.f32.resize(2 * count);
      lstm_cell_f32(gates.data(), n, o.f32.data(), o.f32.data() + n);
      out.push_back(std::move(o));
    }
  }
  const Result<Silero> model = test::load_silero(test::silero_tensors(3));
  if (!model.ok()) return;
  SileroStream stream(model.value());
  twins::Outcome o{"silero", {}, {}};
  stream.push(random.floats(20 * kVadFrame_samples), [&](float p) { o.f32.push_back(p); });
  out.push_back(std::move(o));
}

}  // namespace sotto::diff
