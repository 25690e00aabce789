#include "engine/window_language.h"

namespace sotto {

Result<std::vector<LanguageProbability>> hear_languages(Workspace& workspace,
                                                        const SpecialTokens& special) {
  Decoder& decoder = workspace.decoder();
  workspace.past().clear();
  SOTTO_TRY(decoder.forward(std::span(&special.sot, 1), workspace.past(), workspace.cross()));
  decoder.score(0, workspace.scores());
  return rank_languages(special, workspace.scores().row(0));
}

}  // namespace sotto
