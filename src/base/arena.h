// One block of memory, handed out from the front. Everything the engine computes with lives in
// arenas that are sized when a model is loaded, so that nothing is allocated per token.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/status.h"

namespace sotto {

// Cache lines and the widest vectors want 64 bytes; the .sotto container aligns its tensors alike.
inline constexpr size_t kArenaAlignment_bytes = 64;

// Rounds up to the arena's alignment.
constexpr size_t align_up(size_t bytes) {
  return (bytes + kArenaAlignment_bytes - 1) & ~(kArenaAlignment_bytes - 1);
}

// Owns its block; movable, not copyable. Pointers stay valid as long as the arena (or the one it
// was moved into) lives.
class Arena {
 public:
  Arena() = default;
  ~Arena();
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // A zeroed block of `bytes`; OutOfMemory where the machine refuses.
  static Result<Arena> reserve(size_t bytes);

  // `count` elements, 64-byte aligned, zeroed at first use; nullptr when the block is used up,
  // which a correct ArenaLayout excludes.
  template <class T>
  T* take(size_t count) {
    if (count > (capacity_bytes_ - used_bytes_) / sizeof(T)) return nullptr;
    return static_cast<T*>(take_bytes(count * sizeof(T)));
  }

  size_t used_bytes() const { return used_bytes_; }
  size_t capacity_bytes() const { return capacity_bytes_; }

 private:
  void* take_bytes(size_t bytes);

  uint8_t* block_ = nullptr;
  size_t capacity_bytes_ = 0;
  size_t used_bytes_ = 0;
};

// Gives the parts of an arena to those who need them, in two passes over the same code: the first,
// without an arena, adds up what is needed; the second takes it. What is built in the first pass
// holds null pointers and is only good for being counted.
class ArenaLayout {
 public:
  ArenaLayout() = default;
  explicit ArenaLayout(Arena& arena) : arena_(&arena) {}

  // `count` elements; nullptr in the first pass.
  template <class T>
  T* take(size_t count) {
    // A size that overflows is remembered as one that no machine can give.
    const size_t room = SIZE_MAX - kArenaAlignment_bytes;
    if (total_bytes_ > room || count > (room - total_bytes_) / sizeof(T)) {
      total_bytes_ = SIZE_MAX;
    } else {
      total_bytes_ += align_up(count * sizeof(T));
    }
    return arena_ == nullptr ? nullptr : arena_->take<T>(count);
  }
  size_t total_bytes() const { return total_bytes_; }

 private:
  Arena* arena_ = nullptr;
  size_t total_bytes_ = 0;
};

}  // namespace sotto
