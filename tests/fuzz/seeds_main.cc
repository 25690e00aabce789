// sotto_fuzz_seeds FOLDER: writes the inputs that fuzzers begin with to FOLDER/<target>/.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "fuzz/seeds.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: sotto_fuzz_seeds FOLDER\n");
    return 2;
  }
  // The fixtures check themselves by doctest; outside of a test that ends the program.
  doctest::Context context;
  context.setAsDefaultForAssertsOutOfTestCases();
  for (const auto& [target, seeds] : sotto::fuzz::make_seeds()) {
    const std::filesystem::path folder = std::filesystem::path(arguments[1]) / target;
    std::filesystem::create_directories(folder);
    for (size_t i = 0; i < seeds.size(); ++i) {
      std::ofstream file(folder / ("seed-" + std::to_string(i)), std::ios::binary);
      file.write(reinterpret_cast<const char*>(seeds[i].data()),
                 static_cast<std::streamsize>(seeds[i].size()));
      if (!file.flush()) {
        std::fprintf(stderr, "%s: cannot be written\n", folder.c_str());
        return 1;
      }
    }
  }
  return 0;
}
