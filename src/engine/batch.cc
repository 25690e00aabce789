#include "engine/batch.h"

#include <algorithm>
#include <utility>

#include "quant/formats.h"

namespace sotto {

namespace {

float* take_bias(const Weights& weights, ArenaLayout& layout) {
  return layout.take<float>(padded_k(weights.hp.n_audio_ctx));
}

}  // namespace

// All lanes but the first.
struct Batch::OwnLane {
  OwnLane(const Parts& parts, const Sizes& sizes, const FallbackOptions& options,
          ArenaLayout& layout)
      : cross(parts.workspace.cross(), layout),
        past(parts.weights.hp, layout, sizes.ready_tokens),
        model(parts.workspace.decoder(), past, cross),
        search(model, parts.scores, parts.tokenizer, options),
        key_bias(take_bias(parts.weights, layout)) {}

  CrossCache cross;
  KvCache past;
  DecoderModel model;
  FallbackSearch search;
  float* key_bias;
};

Batch::Batch(const Parts& parts, int lanes, Arena arena)
    : arena_(std::move(arena)),
      count_(lanes),
      own_(new std::unique_ptr<OwnLane>[lanes]),
      lanes_(new Lane[lanes]),
      search_(parts.workspace.decoder(), parts.scores) {}

Batch::~Batch() = default;

Result<std::unique_ptr<Batch>> Batch::create(const Parts& parts, const Sizes& sizes,
                                             const FallbackOptions& options) {
  ArenaLayout needed;
  take_bias(parts.weights, needed);
  for (int i = 1; i < sizes.lanes; ++i) OwnLane(parts, sizes, options, needed);
  SOTTO_ASSIGN(Arena arena, Arena::reserve(needed.total_bytes()));
  std::unique_ptr<Batch> batch(new Batch(parts, sizes.lanes, std::move(arena)));
  ArenaLayout layout(batch->arena_);
  Workspace& workspace = parts.workspace;
  batch->lanes_[0] = {&workspace.cross(),
                      &workspace.past(),
                      &parts.search,
                      take_bias(parts.weights, layout),
                      {},
                      {}};
  for (int i = 1; i < sizes.lanes; ++i) {
    OwnLane* own = new OwnLane(parts, sizes, options, layout);
    batch->own_[i].reset(own);
    batch->lanes_[i] = {&own->cross, &own->past, &own->search, own->key_bias, {}, {}};
  }
  const int rows = std::min(sizes.lanes * sizes.hypotheses, Decoder::kMaxBatch_tokens);
  SOTTO_TRY(parts.scores.rows(rows).status());
  return batch;
}

const float* Batch::keep(const PositionFold& fold) {
  if (fold.log_count() == nullptr) return nullptr;
  std::copy_n(fold.log_count(), padded_k(fold.rows()), lane().key_bias);
  return lane().key_bias;
}

void Batch::add(Window window) {
  if (added_ == 0) first_frames_ = window.seek_frames;
  lane().window = std::move(window);
  search_.add({lane().search, lane().past, lane().cross});
  ++added_;
  // The last lane stays at hand until they are decoded.
  at_ = std::min(added_, lanes() - 1);
}

void Batch::begin(int64_t next_frames) {
  next_frames_ = next_frames;
  is_adding_ = is_decoded_ = false;
  at_ = 0;
}

Result<bool> Batch::step() {
  if (!is_decoded_) {
    SOTTO_ASSIGN(is_decoded_, search_.step());
  }
  return is_decoded_;
}

bool Batch::advance(Window left) {
  lane().window = std::move(left);
  for (int i = 0; i < added_; ++i) {
    if (++at_ == added_) {
      at_ = 0;
      is_decoded_ = false;
    }
    if (lane().window.frames > 0) return true;
  }
  return false;
}

int64_t Batch::finish(std::vector<Segment>& segments) {
  for (int i = 0; i < added_; ++i) {
    for (Segment& segment : lanes_[i].said) {
      segment.id = static_cast<int>(segments.size());
      segments.push_back(std::move(segment));
    }
    lanes_[i].said.clear();
  }
  search_.clear();
  at_ = added_ = 0;
  is_adding_ = true;
  return next_frames_;
}

}  // namespace sotto
