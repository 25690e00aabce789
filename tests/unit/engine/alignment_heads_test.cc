#include "engine/alignment_heads.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "unit/io/model_fixtures.h"

using namespace sotto;
using Heads = std::vector<std::pair<int, int>>;

namespace {

// The shape of a published model, as far as it matters here.
ModelHeader header(int n_audio_layer, int n_text_layer, int n_head, int n_vocab, int n_mels = 80) {
  ModelHeader header;
  header.hp = test::small_shape();
  header.hp.n_audio_layer = n_audio_layer;
  header.hp.n_text_layer = n_text_layer;
  header.hp.n_text_head = n_head;
  header.hp.n_vocab = n_vocab;
  header.hp.n_mels = n_mels;
  return header;
}

Heads found(const ModelHeader& header) {
  Heads heads;
  for (const AlignmentHead& head : alignment_heads(header)) {
    heads.emplace_back(head.layer, head.head);
  }
  return heads;
}

}  // namespace

TEST_CASE("alignment heads: those of the published models") {
  // Systran's config.json for tiny.en and base says the same.
  CHECK(found(header(4, 4, 6, 51864)) ==
        Heads{{1, 0}, {2, 0}, {2, 5}, {3, 0}, {3, 1}, {3, 2}, {3, 3}, {3, 4}});
  CHECK(found(header(6, 6, 8, 51865)) ==
        Heads{{3, 1}, {4, 2}, {4, 3}, {4, 7}, {5, 1}, {5, 2}, {5, 4}, {5, 6}});
  CHECK(found(header(4, 4, 6, 51865)).size() == 6);
  CHECK(found(header(6, 6, 8, 51864)).size() == 5);
  CHECK(found(header(12, 12, 12, 51864)).size() == 19);
  CHECK(found(header(12, 12, 12, 51865)).size() == 10);
  CHECK(found(header(24, 24, 16, 51864)).size() == 18);
  CHECK(found(header(24, 24, 16, 51865)).size() == 6);
  const Heads large_v2 = found(header(32, 32, 20, 51865));
  CHECK(large_v2.size() == 23);
  CHECK(large_v2.back() == std::pair(27, 15));
  CHECK(found(header(32, 32, 20, 51866, 128)).size() == 10);
  CHECK(found(header(32, 4, 20, 51866, 128)) ==
        Heads{{2, 4}, {2, 11}, {3, 3}, {3, 6}, {3, 11}, {3, 14}});
}

TEST_CASE("alignment heads: the file's own come first, those beyond its layers are not there") {
  ModelHeader own = header(4, 4, 6, 51864);
  own.alignment_heads = {{0, 5}, {4, 0}, {1, 6}, {2, 1}};
  CHECK(found(own) == Heads{{0, 5}, {2, 1}});
}

TEST_CASE("alignment heads: of other models the upper half of the layers") {
  CHECK(found(header(32, 2, 3, 51866, 128)) == Heads{{1, 0}, {1, 1}, {1, 2}});
  CHECK(found(header(1, 1, 2, 51864)) == Heads{{0, 0}, {0, 1}});
  CHECK(found(header(5, 3, 1, 51865)) == Heads{{1, 0}, {2, 0}});
}
