#include <utility>

#include "diff/cases.h"
#include "golden/reference_model.h"
#include "unit/support/cross_rows.h"

namespace sotto::diff {

namespace {

// Beyond the prompt, which is one batch; what the clip says.
constexpr int kTokens[] = {843, 523, 616, 5891, 3399};

Status run(bool q8, std::vector<twins::Outcome>& out) {
  SOTTO_ASSIGN(const std::unique_ptr<test::ReferenceModel> model, test::open_reference_model(q8));
  Workspace& space = *model->workspace;
  const std::string kind = q8 ? "int8 " : "f32 ";
  SOTTO_TRY(test::fill_golden_mel(space.encoder()));
  test::EncoderStates states = test::run_encoder(space.encoder());
  out.push_back({kind + "encoder: stem", std::move(states.stem), {}});
  for (std::vector<float>& block : states.blocks) {
    out.push_back({kind + "encoder: block", std::move(block), {}});
  }
  out.push_back({kind + "encoder: out", std::move(states.out), {}});

  test::run_cross(space);
  test::CrossRows rows(space.cross(), 1, 2);
  out.push_back({kind + "cross keys", std::move(rows.keys), {}});
  out.push_back({kind + "cross values", std::move(rows.values), {}});

  SOTTO_ASSIGN(const Prompt prompt, test::plain_prompt(*model));
  std::vector<int> next = prompt.tokens;
  space.past().resize(0);
  for (int token : kTokens) {
    SOTTO_TRY(space.decoder().forward(next, space.past(), space.cross()));
    space.decoder().score(static_cast<int>(next.size()) - 1, space.scores());
    const std::span<const float> scores = space.scores().row(0).values();
    out.push_back({kind + "scores", {scores.begin(), scores.end()}, {}});
    next = {token};
  }
  return {};
}

}  // namespace

std::vector<twins::Outcome> run_model(bool q8, std::string& error) {
  std::vector<twins::Outcome> out;
  const Status status = run(q8, out);
  error = status.message();
  return out;
}

}  // namespace sotto::diff
