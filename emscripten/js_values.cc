#include "js_values.h"

namespace sotto {

using emscripten::val;

std::vector<float> copy_samples(const val& js_samples) {
  const size_t count = js_samples["length"].as<size_t>();
  std::vector<float> samples(count);
  // One copy, made at once: a view of this memory would not survive its growth.
  val(emscripten::typed_memory_view(count, samples.data())).call<void>("set", js_samples);
  return samples;
}

val words_to_js(const std::vector<Word>& words) {
  val out = val::array();
  for (size_t i = 0; i < words.size(); ++i) {
    val word = val::object();
    word.set("start", words[i].start_s);
    word.set("end", words[i].end_s);
    word.set("word", words[i].word);
    word.set("probability", words[i].probability);
    out.set(i, word);
  }
  return out;
}

}  // namespace sotto
