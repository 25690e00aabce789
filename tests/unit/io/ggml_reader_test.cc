#include "io/ggml_reader.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "quant/kquants.h"
#include "unit/io/corruption.h"
#include "unit/io/model_fixtures.h"

using namespace sotto;
using namespace sotto::test;

namespace {

// Small enough to be opened some ten thousand times.
ModelRecipe tiny_recipe() {
  ModelRecipe recipe;
  recipe.filter_bins = 2;
  recipe.vocabulary = {"a", "", "bc"};
  return recipe;
}

// Offsets of the header's fields in such a file.
constexpr size_t kFtype = 44;
constexpr size_t kFilterMels = 48;
constexpr size_t kFilterBins = 52;
constexpr size_t kTokenCount = 56 + 4 * 4 * 2;
constexpr size_t kFirstTokenSize = kTokenCount + 4;
constexpr size_t kFirstTensor = kTokenCount + 4 + 3 * 4 + 3;

Code code_with(size_t offset, int32_t value) {
  std::vector<uint8_t> bytes = make_ggml(tiny_recipe());
  std::memcpy(bytes.data() + offset, &value, sizeof(value));
  MemorySource source(bytes);
  return open_model(source).status().code();
}

}  // namespace

TEST_CASE("ggml: fewer tokens than n_vocab are listed, as whisper.cpp's files do") {
  const std::vector<uint8_t> bytes = make_ggml(tiny_recipe());
  MemorySource source(bytes);
  const Result<ModelFile> model = open_model(source);
  REQUIRE(model.ok());
  CHECK(model.value().header.vocabulary == std::vector<std::string>{"a", "", "bc"});
  // Two dimensions in the file.
  CHECK(model.value().find("encoder.conv1.bias")->rank == 1);
}

TEST_CASE("ggml: fields that lie are named errors") {
  for (size_t field = 4; field < kFtype; field += 4) {
    for (const int32_t value : {0, -1, INT32_MIN, INT32_MAX}) {
      INFO("field at " << field << " = " << value);
      CHECK(code_with(field, value) == Code::kBadFormat);
    }
  }
  CHECK(code_with(kFilterMels, 5) == Code::kBadFormat);
  CHECK(code_with(kFilterBins, 0) == Code::kBadFormat);
  CHECK(code_with(kFilterBins, INT32_MAX) == Code::kBadFormat);
  CHECK(code_with(kTokenCount, -1) == Code::kBadFormat);
  CHECK(code_with(kTokenCount, 1865) == Code::kBadFormat);
  CHECK(code_with(kFirstTokenSize, -1) == Code::kBadFormat);
  CHECK(code_with(kFirstTensor, 0) == Code::kBadFormat);  // rank
  CHECK(code_with(kFirstTensor, 5) == Code::kBadFormat);
  CHECK(code_with(kFirstTensor + 4, 257) == Code::kBadFormat);   // name
  CHECK(code_with(kFirstTensor + 8, 11) == Code::kUnsupported);  // q3_K
  CHECK(code_with(kFirstTensor + 8, 15) == Code::kUnsupported);  // q8_K
  CHECK(code_with(kFirstTensor + 12, 0) == Code::kBadFormat);    // a dimension
  CHECK(code_with(kFirstTensor + 12, INT32_MAX) == Code::kBadFormat);
  CHECK(code_with(kFirstTensor + 12, 1 << 20) == Code::kTruncated);
}

TEST_CASE("ggml: blocks of an older version are refused, floats are not") {
  ModelRecipe recipe = tiny_recipe();
  recipe.hp.n_audio_state = recipe.hp.n_text_state = 32;
  recipe.linear = DType::kQ8_0;
  std::vector<uint8_t> quantised = make_ggml(recipe);
  const int32_t version_1 = 1007;
  std::memcpy(quantised.data() + kFtype, &version_1, sizeof(version_1));
  MemorySource source(quantised);
  CHECK(open_model(source).status().code() == Code::kUnsupported);
  CHECK(code_with(kFtype, 1) == Code::kOk);  // f16, without a version
}

TEST_CASE("ggml: a tensor given twice is refused") {
  std::vector<uint8_t> bytes = make_ggml(tiny_recipe());
  const std::vector<uint8_t> tensors(bytes.begin() + kFirstTensor, bytes.end());
  bytes.insert(bytes.end(), tensors.begin(), tensors.end());
  MemorySource source(bytes);
  const Result<ModelFile> model = open_model(source);
  CHECK(model.status().code() == Code::kBadFormat);
  CHECK(model.status().message().find("given twice") != std::string::npos);
}

TEST_CASE("ggml: a file cut off anywhere in its header is refused or ends between two tensors") {
  const std::vector<uint8_t> bytes = make_ggml(tiny_recipe());
  MemorySource source(bytes);
  const size_t tensors = open_model(source).value().tensors.size();
  std::vector<size_t> sizes = header_positions(bytes);
  sizes.push_back(bytes.size() - 1);
  // Nothing in the format says how many tensors there are: the loader misses what is cut off.
  const int accepted = accepted_when_cut(bytes, sizes);
  CHECK(accepted > 0);
  CHECK(accepted <= static_cast<int>(tensors));
}

TEST_CASE("ggml: any flipped bit of the header gives an error or a consistent table") {
  const std::vector<uint8_t> bytes = make_ggml(tiny_recipe());
  const std::vector<size_t> positions = header_positions(bytes);
  const FlipCounts counts = flip_bits(bytes, positions);
  CHECK(counts.inconsistent == 0);
  CHECK(counts.refused + counts.accepted == static_cast<int>(positions.size()) * 8);
  CHECK(counts.refused > 0);
}

TEST_CASE("ggml: K-quants are read; rows that are no multiple of 256 are named") {
  for (const DType dtype : {DType::kQ4_K, DType::kQ5_K, DType::kQ6_K}) {
    ModelRecipe recipe = tiny_recipe();
    recipe.hp.n_audio_state = recipe.hp.n_text_state = kSuperBlock;
    recipe.hp.n_audio_head = recipe.hp.n_text_head = 4;
    recipe.linear = dtype;
    std::vector<uint8_t> bytes = make_ggml(recipe);
    MemorySource source(bytes);
    const Result<ModelFile> model = open_model(source);
    REQUIRE_MESSAGE(model.ok(), model.status().message());
    const TensorEntry* entry = model.value().find("decoder.blocks.0.mlp.2.weight");
    REQUIRE(entry != nullptr);
    CHECK(entry->dtype == dtype);
    CHECK(entry->size_bytes == 256 * row_bytes(dtype, 1024));

    // What lies at the end of a tensor is missed when its weights are read, not when it is opened.
    CHECK(accepted_when_cut(bytes, {static_cast<size_t>(entry->offset_bytes + 1),
                                    static_cast<size_t>(entry->offset_bytes) +
                                        static_cast<size_t>(entry->size_bytes) - 1}) == 0);

    // Its header ends with the dimensions, innermost first, and the name.
    const size_t inner = static_cast<size_t>(entry->offset_bytes) - entry->name.size() - 8;
    const uint32_t lie = 384;
    std::memcpy(bytes.data() + inner, &lie, sizeof(lie));
    MemorySource lying(bytes);
    const Status refused = open_model(lying).status();
    CHECK(refused.code() == Code::kBadFormat);
    CHECK(refused.message() == "decoder.blocks.0.mlp.2.weight: columns of type " +
                                   std::string(dtype_name(dtype)) +
                                   ": expected a multiple of 256, got 384");
  }
}

TEST_CASE("ggml: K-quants of an older version of blocks are refused") {
  ModelRecipe recipe = tiny_recipe();
  recipe.hp.n_audio_state = recipe.hp.n_text_state = kSuperBlock;
  recipe.hp.n_audio_head = recipe.hp.n_text_head = 4;
  recipe.linear = DType::kQ4_K;
  std::vector<uint8_t> bytes = make_ggml(recipe);
  const int32_t version_1 = 1012;
  std::memcpy(bytes.data() + kFtype, &version_1, sizeof(version_1));
  MemorySource source(bytes);
  CHECK(open_model(source).status().code() == Code::kUnsupported);
}
