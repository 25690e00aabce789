#include "fuzz/seeds.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "fuzz/runs.h"
#include "unit/io/hf_fixture.h"
#include "unit/io/model_fixtures.h"
#include "unit/io/safetensors_fixture.h"
#include "unit/io/wav_fixture.h"
#include "unit/support/random.h"
#include "unit/vad/silero_fixture.h"

namespace sotto::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;

// Shorter stretches stay as they are.
constexpr size_t kShortestRun_bytes = 16;

// The parts of a tensor that are folded each for itself: tiles have scales and sums before them.
void add_ranges(const TensorEntry& entry, std::vector<Range>& ranges) {
  const auto offset = static_cast<size_t>(entry.offset_bytes);
  const auto size = static_cast<size_t>(entry.size_bytes);
  if (entry.dtype == DType::kQ8Tiles) {
    const size_t scales = q8_scale_bytes(static_cast<int>(entry.rows()));
    ranges.push_back({offset, scales});
    ranges.push_back({offset + scales, scales});
    ranges.push_back({offset + 2 * scales, size - 2 * scales});
    return;
  }
  ranges.push_back({offset, size});
  if (entry.scale_count > 1) {
    ranges.push_back(
        {static_cast<size_t>(entry.scale_offset_bytes), entry.scale_count * sizeof(float)});
  }
}

Bytes fold_model(const Bytes& file) {
  MemorySource source(file);
  const Result<ModelFile> model = open_model(source);
  if (!model.ok()) return {};
  std::vector<Range> ranges;
  for (const TensorEntry& entry : model->tensors) add_ranges(entry, ranges);
  std::erase_if(ranges, [](const Range& range) { return range.size < kShortestRun_bytes; });
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return a.offset < b.offset; });
  return fold_runs(file, ranges);
}

test::ModelRecipe recipe_of(DType linear, DType other, int n_state) {
  test::ModelRecipe recipe;
  recipe.linear = linear;
  recipe.other = other;
  recipe.hp.n_audio_state = recipe.hp.n_text_state = n_state;
  recipe.hp.n_audio_ctx = 4;
  recipe.hp.n_mels = 2;
  recipe.filter_bins = 1;
  return recipe;
}

Seeds ggml_seeds() {
  Seeds seeds;
  const std::pair<DType, int> types[] = {
      {DType::kF32, 16},  {DType::kF16, 16},  {DType::kBF16, 16},
      {DType::kQ8_0, 32}, {DType::kQ5_0, 32}, {DType::kQ5_1, 32},
      {DType::kQ4_0, 32}, {DType::kQ4_1, 32}, {DType::kQ4_K, 256}};
  for (const auto& [linear, n_state] : types) {
    const DType other = linear == DType::kF32 ? DType::kF32 : DType::kF16;
    seeds.push_back(fold_model(test::make_ggml(recipe_of(linear, other, n_state))));
  }
  return seeds;
}

Seeds ct2_seeds() {
  Seeds seeds;
  for (const DType linear : {DType::kF32, DType::kF16, DType::kBF16, DType::kI8, DType::kI16}) {
    seeds.push_back(fold_model(test::make_ct2(recipe_of(linear, DType::kF32, 16))));
  }
  return seeds;
}

Seeds sotto_seeds() {
  Seeds seeds;
  for (const DType linear : {DType::kQ8Tiles, DType::kF16, DType::kF32}) {
    Bytes seed = fold_model(test::make_sotto(recipe_of(DType::kF32, DType::kF16, 16), linear));
    // Size and checksums are set right (sotto_fuzzer.cc).
    seed.insert(seed.begin(), 7);
    seeds.push_back(std::move(seed));
  }
  return seeds;
}

// A safetensors file of f16 tensors of one value each, folded; its header ends with the newline by
// which the target finds its end.
class AlikeBuilder {
 public:
  void add(const std::string& name, const std::string& shape, size_t elements, bool zero) {
    header_ += (header_.empty() ? "{\"" : ",\"") + name + R"(":{"dtype":"F16","shape":[)" + shape +
               R"(],"data_offsets":[)" + std::to_string(data_.size()) + "," +
               std::to_string(data_.size() + 2 * elements) + "]}";
    const size_t first = data_.size();
    data_.resize(first + 2 * elements);
    if (zero) return;
    for (size_t i = first + 1; i < data_.size(); i += 2) data_[i] = 0x2c;  // 1/16 in half precision
  }
  Bytes seed() const {
    const Bytes file = test::safetensors_bytes(header_ + "}\n", data_);
    const Range whole{file.size() - data_.size(), data_.size()};
    Bytes seed = fold_runs(file, {&whole, 1});
    seed.insert(seed.begin(), 0);
    return seed;
  }

 private:
  std::string header_;
  Bytes data_;
};

template <class Dims>
void add_alike(const std::string& name, const Dims& dims, AlikeBuilder& builder,
               bool zero = false) {
  std::string shape;
  size_t elements = 1;
  for (const auto dim : dims) {
    shape += (shape.empty() ? "" : ",") + std::to_string(dim);
    elements *= static_cast<size_t>(dim);
  }
  builder.add(name, shape, elements, zero);
}

Seeds safetensors_seeds() {
  AlikeBuilder model, silero;
  for (const test::FixtureTensor& tensor :
       test::fixture_tensors(recipe_of(DType::kF16, DType::kF16, 64).hp)) {
    add_alike(test::hf_name(tensor.name), tensor.dims, model);
  }
  for (const test::SileroTensor& tensor : test::silero_tensors(1)) {
    // A transform of ones is none of Fourier's.
    add_alike(tensor.name, tensor.shape, silero, tensor.name == "stft_conv.weight");
  }
  return {model.seed(), silero.seed()};
}

Seeds wav_seeds() {
  using namespace wav_test;
  Bytes rf64 = plain_file({1, -2, 3});
  std::copy_n("RF64", 4, rf64.begin());
  Bytes ds64(28);
  ds64[0] = static_cast<uint8_t>(rf64.size() - 8 + 36);
  ds64[8] = 6;
  const Bytes sizes = chunk("ds64", ds64);
  rf64.insert(rf64.begin() + 12, sizes.begin(), sizes.end());
  std::fill_n(rf64.end() - 10, 4, uint8_t{0xff});
  const Bytes noise = samples16({100, -200, 300, -32768, 32767, 0, 5, 6});
  return {
      plain_file({0, 1, -1, 32767, -32768, 12, 13}),
      plain_file({5, 6, 7, 8}, 2),
      rf64,
      riff({chunk("fmt ", format(1, 1, 8000, 8)), chunk("LIST", Bytes(5)), chunk("data", noise)}),
      riff({chunk("fmt ", format(1, 2, 44100, 32)), chunk("data", noise)}),
      riff({chunk("fmt ", extensible(1, 1, 48000, 24, 20)), chunk("data", Bytes(12))}),
      riff({chunk("fmt ", format(3, 1, 96000, 32)),
            chunk("data", float_bytes({0.5f, -1.0f, 1e30f}))}),
      riff({chunk("fmt ", format(3, 1, 11025, 64)), chunk("data", Bytes(16))})};
}

Bytes text_seed(uint8_t kind, const std::string& text) {
  Bytes seed{kind};
  seed.insert(seed.end(), text.begin(), text.end());
  return seed;
}

// The 256 bytes as GPT-2 writes them, in the order of its own table: printable ones first.
std::vector<std::string> written_bytes() {
  std::vector<std::string> written(256);
  int next = 256;
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable =
        (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    char escape[8];
    std::snprintf(escape, sizeof(escape), "\\u%04x", printable ? byte : next++);
    written[static_cast<size_t>(byte)] = escape;
  }
  return written;
}

Seeds tokenizer_seeds() {
  std::string object, list, lines;
  for (const std::string& token : written_bytes()) {
    object += (object.empty() ? "{\"" : ",\"") + token + "\":" + std::to_string(lines.size());
    list += (list.empty() ? "[\"" : ",\"") + token + "\"";
    lines += "x";
  }
  object += "}";
  list += "]";
  std::string base64;
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int byte = 0; byte < 256; ++byte) {
    base64 += {kDigits[byte >> 2], kDigits[(byte & 3) << 4], '=', '=', ' '};
    base64 += std::to_string(byte) + "\n";
  }
  const std::string added = R"("added_tokens":[{"id":300,"content":"<|endoftext|>"}])";
  return {text_seed(0, "{" + added + R"(,"model":{"vocab":)" + object + "}}"), text_seed(1, list),
          text_seed(2, "!\n\"\n#\nabc\n\n\xC4\xA0the\n"), text_seed(3, object),
          text_seed(4, base64)};
}

Seeds config_seeds() {
  return {text_seed(0, R"({"model_type":"whisper","encoder_attention_heads":6,)"
                       R"("decoder_attention_heads":6,"alignment_heads":[[1,0],[2,3]],)"
                       R"("suppress_ids":[1,2,7],"suppress_ids_begin":[220,50256]})"),
          text_seed(0, R"({"suppress_tokens":null,"begin_suppress_tokens":[220]})"),
          text_seed(1, R"({"alignment_heads":[[3,1]],"suppress_tokens":[50256],)"
                       R"("lang_to_id":{"<|en|>":50259},"max_length":448,"x":[1.5e3,true]})"),
          text_seed(2, R"({"metadata":{"total_size":2},"weight_map":)"
                       R"({"x":"part-1.safetensors","y":"part-1.safetensors"}})")};
}

Seeds kernel_seeds() {
  Seeds seeds;
  test::Random random(1);
  for (int i = 0; i < 64; ++i) {
    Bytes seed(static_cast<size_t>(16 + 8 * i));
    for (uint8_t& byte : seed) byte = static_cast<uint8_t>(random.u32() >> 7);
    seed[0] = static_cast<uint8_t>(i);  // the kernel
    seeds.push_back(std::move(seed));
  }
  return seeds;
}

}  // namespace

std::map<std::string, Seeds> make_seeds() {
  return {{"ggml", ggml_seeds()},     {"ct2", ct2_seeds()},
          {"sotto", sotto_seeds()},   {"safetensors", safetensors_seeds()},
          {"wav", wav_seeds()},       {"tokenizer", tokenizer_seeds()},
          {"config", config_seeds()}, {"kernels", kernel_seeds()}};
}

}  // namespace sotto::fuzz
