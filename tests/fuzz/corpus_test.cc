// The fuzzers' targets without a fuzzer: their seeds, and every case that was found by them
// (tests/fuzz/corpus/<target>/), so that what was mended stays so.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/seeds.h"
#include "fuzz/target.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

struct Target {
  const char* name;
  bool (*run)(fuzz::Input);
};

constexpr Target kTargets[] = {{"ggml", fuzz::run_ggml},    {"ct2", fuzz::run_ct2},
                               {"sotto", fuzz::run_sotto},  {"safetensors", fuzz::run_safetensors},
                               {"wav", fuzz::run_wav},      {"tokenizer", fuzz::run_tokenizer},
                               {"config", fuzz::run_config}};

std::vector<uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("fuzz: seeds are accepted, and damage to them ends in an error or a sound model") {
  const auto seeds = fuzz::make_seeds();
  for (const Target& target : kTargets) {
    CAPTURE(std::string(target.name));
    test::Random random(5);
    REQUIRE(seeds.contains(target.name));
    for (const std::vector<uint8_t>& seed : seeds.at(target.name)) {
      REQUIRE(target.run(seed));
      for (int i = 0; i < 20; ++i) {
        std::vector<uint8_t> damaged = seed;
        for (int j = random.below(3); j >= 0; --j) {
          damaged[size_t(random.below(int(damaged.size())))] = static_cast<uint8_t>(random.u32());
        }
        target.run(damaged);
      }
    }
  }
}

TEST_CASE("fuzz: what fuzzers found before is refused or read, and nothing else") {
  const std::filesystem::path corpus = SOTTO_SOURCE_DIR "/tests/fuzz/corpus";
  for (const Target& target : kTargets) {
    if (!std::filesystem::exists(corpus / target.name)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(corpus / target.name)) {
      CAPTURE(entry.path().string());
      CHECK_NOTHROW(target.run(read_file(entry.path())));
    }
  }
}
