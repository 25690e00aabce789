#include "engine/alignment_heads.h"

#include <cstdint>
#include <string_view>

#include "text/special_tokens.h"

namespace sotto {

namespace {

// A published model, told by the depth of its encoder and decoder, and its heads: a letter for the
// layer and one for the head, counted from 'a'.
struct Published {
  int16_t n_audio_layer;
  int16_t n_text_layer;
  int16_t n_mels;
  bool multilingual;
  const char* heads;
};

// The figures of openai-whisper's _ALIGNMENT_HEADS. Its large-v1 has the shape of large-v2, which
// took its place and stands here.
constexpr Published kPublished[] = {
    {4, 4, 80, false, "ba ca cf da db dc dd de"},                                     // tiny.en
    {4, 4, 80, true, "cc da dc dd de df"},                                            // tiny
    {6, 6, 80, false, "dd eh fb ff fh"},                                              // base.en
    {6, 6, 80, true, "db ec ed eh fb fc fe fg"},                                      // base
    {12, 12, 80, false, "gg ha hd hi ic if ih ja je ji jk ka kb kc kd kg kl lc le"},  // small.en
    {12, 12, 80, true, "fd fj ia ie ih ii ja jh jj kf"},                              // small
    {24, 24, 80, false, "le ob om oo pe qa qe qj rm ro sh sk sp ua ud uj uo vm"},     // medium.en
    {24, 24, 80, true, "np pe pp qb ua xe"},                                          // medium
    {32, 32, 80, true,                                                                // large-v2
     "km nr ql qm qn rp rq se sl st tl vc vd wd wj wm xf xh xn zf {b {m |p"},
    {32, 32, 128, true, "ha kr ms nm qb ro tl ve yb zg"},  // large-v3
    {32, 4, 128, true, "ce cl dd dg dl do"},               // turbo
};

}  // namespace

std::vector<AlignmentHead> alignment_heads(const ModelHeader& header) {
  const Hyperparameters& hp = header.hp;
  std::vector<AlignmentHead> heads;
  const auto add = [&](int layer, int head) {
    if (layer < hp.n_text_layer && head < hp.n_text_head) heads.push_back({layer, head});
  };
  for (const AlignmentHead& head : header.alignment_heads) add(head.layer, head.head);
  if (!heads.empty()) return heads;
  for (const Published& model : kPublished) {
    if (model.n_audio_layer != hp.n_audio_layer || model.n_text_layer != hp.n_text_layer ||
        model.n_mels != hp.n_mels ||
        model.multilingual != special_tokens(hp.n_vocab).multilingual) {
      continue;
    }
    const std::string_view letters = model.heads;
    for (size_t i = 0; i + 1 < letters.size(); i += 3) add(letters[i] - 'a', letters[i + 1] - 'a');
    if (!heads.empty()) return heads;
  }
  for (int layer = hp.n_text_layer / 2; layer < hp.n_text_layer; ++layer) {
    for (int head = 0; head < hp.n_text_head; ++head) add(layer, head);
  }
  return heads;
}

}  // namespace sotto
