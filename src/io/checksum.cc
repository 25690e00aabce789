#include "io/checksum.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sotto {

struct Checksum::State {
  XXH64_state_t xxh;
};

Checksum::Checksum() : state_(std::make_unique<State>()) { XXH64_reset(&state_->xxh, 0); }

Checksum::~Checksum() = default;

void Checksum::update(const void* bytes, size_t size) {
  if (size > 0) XXH64_update(&state_->xxh, bytes, size);
}

uint64_t Checksum::digest() const { return XXH64_digest(&state_->xxh); }

}  // namespace sotto
