// Inputs that fuzzers begin with: one or a few well-formed files for each reader, made by the unit
// tests' fixtures.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sotto::fuzz {

using Seeds = std::vector<std::vector<uint8_t>>;

// By the name of the target, as in target.h; those of `kernels` are drawn bytes.
std::map<std::string, Seeds> make_seeds();

}  // namespace sotto::fuzz
