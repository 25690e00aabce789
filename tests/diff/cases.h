// The cases, compiled once for each build of the core. No doctest, and nothing but outcomes cross
// this border: the native scalar core carries another name (cmake/tests.cmake).
#pragma once

#include <string>
#include <vector>

#include "diff/outcome.h"

namespace sotto::diff {

// The name of the backend that this build of the core is made with.
std::string backend();

// Every kernel on random and extreme inputs of odd sizes; the same inputs in every build.
std::vector<twins::Outcome> run_kernels();

// A part of the kernels' cases: what voice activity takes, and its network with drawn weights.
void add_vad_cases(std::vector<twins::Outcome>& out);

// The encoder on the JFK clip, part by part, and some steps of the decoder; `error` says why there
// is nothing.
std::vector<twins::Outcome> run_model(bool q8, std::string& error);

}  // namespace sotto::diff
