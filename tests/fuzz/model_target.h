// What the fuzzers of model files share: the way of a model through everything that reads it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/target.h"
#include "io/model_file.h"

namespace sotto::fuzz {

// Reads every tensor in pieces of odd sizes, as f32 and as the file has it, and holds the rows
// against what the table says.
void read_all_tensors(ByteSource& source, const std::vector<TensorEntry>& tensors);

// A model that was opened, or why not: checks the table and, by turns that depend on the file,
// reads all tensors, writes them as .sotto and reads that again, loads the weights in one of the
// ways there are, and the engine. True where weights were loaded.
bool run_model(std::span<const uint8_t> file, Result<ModelFile> opened);

}  // namespace sotto::fuzz
