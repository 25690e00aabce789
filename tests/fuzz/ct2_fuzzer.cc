// CTranslate2's model files (io/ct2_reader.h), from runs.
#include "fuzz/model_target.h"
#include "fuzz/runs.h"
#include "io/ct2_reader.h"

namespace sotto::fuzz {

bool run_ct2(Input input) {
  const std::vector<uint8_t> file = expand_runs(input);
  MemorySource source(file);
  if (file.size() < 8 || !is_ct2(file.data())) return false;
  return run_model(file, open_model(source));
}

}  // namespace sotto::fuzz

SOTTO_FUZZ_TARGET(ct2)
