// Which language is spoken in a window that is encoded.
#pragma once

#include <vector>

#include "base/status.h"
#include "decode/language_vote.h"
#include "engine/workspace.h"

namespace sotto {

// The languages by what the decoder expects behind <|startoftranscript|>, as rank_languages().
// Forgets the text before. Errors of the decoder.
Result<std::vector<LanguageProbability>> hear_languages(Workspace& workspace,
                                                        const SpecialTokens& special);

}  // namespace sotto
