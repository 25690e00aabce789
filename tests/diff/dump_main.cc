// sotto_cases OUT: prints the name of the backend, runs every case and writes what came out, for
// tests/diff/builds.test.mjs to compare across builds. One outcome after another, little endian:
//
//   | u32 bytes of name | name | u32 n | f32 values[n] | u32 n | i32 values[n] |
#include <cstdio>

#include "diff/cases.h"

namespace {

void put(std::FILE* file, const void* data, size_t count, size_t size) {
  const auto n = static_cast<uint32_t>(count);
  std::fwrite(&n, sizeof n, 1, file);
  std::fwrite(data, size, count, file);
}

void put(std::FILE* file, const std::vector<twins::Outcome>& outcomes) {
  for (const twins::Outcome& o : outcomes) {
    put(file, o.name.data(), o.name.size(), 1);
    put(file, o.f32.data(), o.f32.size(), sizeof(float));
    put(file, o.i32.data(), o.i32.size(), sizeof(int32_t));
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::FILE* file = argc == 2 ? std::fopen(argv[1], "wb") : nullptr;
  if (file == nullptr) {
    std::fprintf(stderr, "usage: sotto_cases OUT\n");
    return 2;
  }
  std::printf("%s\n", sotto::diff::backend().c_str());
  put(file, sotto::diff::run_kernels());
  std::string error;
  for (bool q8 : {false, true}) {
    put(file, sotto::diff::run_model(q8, error));
    if (!error.empty()) {
      std::fprintf(stderr, "sotto_cases: %s\n", error.c_str());
      std::fclose(file);
      return 1;
    }
  }
  return std::ferror(file) == 0 && std::fclose(file) == 0 ? 0 : 1;
}
