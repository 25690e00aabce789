// safetensors files (io/safetensors_reader.h), from runs, and the two who read them: Hugging Face's
// models and Silero's weights. The header's size is set right, which a change of its length would
// break every time, unless the first byte of the input is odd.
#include <algorithm>

#include "fuzz/model_target.h"
#include "fuzz/runs.h"
#include "io/hf_model.h"
#include "io/safetensors_reader.h"
#include "vad/silero_weights.h"

namespace sotto::fuzz {
namespace {

constexpr size_t kSize_bytes = 8;

// Headers of seeds end with the one newline that stands in them, which JSON allows there.
void set_header_size(std::vector<uint8_t>& file) {
  const auto end = std::find(file.begin() + kSize_bytes, file.end(), '\n');
  if (end == file.end()) return;
  const auto size = static_cast<uint64_t>(end - file.begin()) + 1 - kSize_bytes;
  for (size_t i = 0; i < kSize_bytes; ++i) file[i] = static_cast<uint8_t>(size >> (8 * i));
}

}  // namespace

bool run_safetensors(Input input) {
  if (input.empty()) return false;
  const bool set_size = input[0] % 2 == 0;
  std::vector<uint8_t> file = expand_runs(input.subspan(1));
  if (file.size() < kSize_bytes) return false;
  if (set_size) set_header_size(file);
  MemorySource source(file);
  const Result<SafetensorsFile> opened = read_safetensors(source);
  require(opened.ok() || !opened.status().message().empty(), "an error has a message");
  if (!opened.ok()) return false;
  for (const TensorEntry& entry : opened->tensors) {
    require(opened->find(entry.name) == &entry, "a name is given once");
    require(entry.offset_bytes + entry.size_bytes <= file.size(), "tensors lie within the file");
  }
  read_all_tensors(source, opened->tensors);
  SileroWeights silero;
  if (load_silero_weights(source, silero).ok()) return true;
  return run_model(file, make_hf_model(opened->tensors, {}));
}

}  // namespace sotto::fuzz

SOTTO_FUZZ_TARGET(safetensors)
