// What sessions of both kinds take from JavaScript and give to it.
#pragma once

#include <emscripten/val.h>

#include <vector>

#include "engine.h"

namespace sotto {

// The samples of a Float32Array.
std::vector<float> copy_samples(const emscripten::val& js_samples);
// An array of { start, end, word, probability }.
emscripten::val words_to_js(const std::vector<Word>& words);

}  // namespace sotto
