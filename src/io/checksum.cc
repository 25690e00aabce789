#include "io/checksum.h"

#define XXH_INLINE_ALL
// Only XXH64 is used. XXH3 would bring in NEON headers under -msimd128, which not every
// Emscripten has.
#define XXH_NO_XXH3
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
