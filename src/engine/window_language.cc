#include "engine/window_language.h"

namespace sotto {

Result<std::vector<LanguageProbability>> hear_languages(Workspace& workspace,
                                                        const SpecialTokens& special) {
  Decoder& decoder = workspace.decoder();
  workspace.past().clear();
  SOTTO_TRY(decoder.forward(std::span(&special.sot, 1), workspace.past(), workspace.cross()));
  decoder.logits(0, workspace.logits().data());
  return rank_languages(special, workspace.logits());
}

}  // namespace sotto
