// What all formats have in common, on whole models made by the fixtures.
#include "io/model_file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "unit/io/corruption.h"
#include "unit/io/model_fixtures.h"

using namespace sotto;
using namespace sotto::test;

namespace {

std::vector<float> read_all(ByteSource& source, const TensorEntry& entry, int rows_at_once) {
  std::vector<float> values;
  int next_row = 0;
  const Status status =
      read_tensor_f32(source, entry, rows_at_once, [&](const float* rows, int first, int count) {
        CHECK(first == next_row);
        CHECK(count <= std::max(rows_at_once, 1));
        next_row += count;
        values.insert(values.end(), rows, rows + static_cast<size_t>(count) * entry.cols());
      });
  REQUIRE_MESSAGE(status.ok(), status.message());
  return values;
}

// The largest |read - wanted| that storing as `dtype` may cost, relative to the largest weight.
float tolerance(DType dtype) {
  switch (dtype) {
    case DType::kF32: return 0;
    case DType::kF16: return 0x1p-11f;
    case DType::kBF16: return 0x1p-7f;  // the fixture cuts off
    case DType::kI16: return 0.51f / 1024;
    case DType::kI8:
    case DType::kQ8Tiles: return 0.51f / 127;
    // Half a step, and the scale's rounding to a half on every step.
    case DType::kQ8_0: return 0.51f / 127 + 0x1p-11f;
    case DType::kQ5_0:
    case DType::kQ5_1: return 0.51f / 15 + 2 * 0x1p-11f;
    default: return 0.51f / 7 + 2 * 0x1p-11f;
  }
}

void check_model(const ModelRecipe& recipe, const std::vector<uint8_t>& bytes, ModelFormat format,
                 DType linear) {
  INFO(format_name(format) << " with " << dtype_name(linear));
  MemorySource source(bytes);
  const Result<ModelFile> opened = open_model(source);
  REQUIRE_MESSAGE(opened.ok(), opened.status().message());
  const ModelFile& model = opened.value();
  CHECK(model.format == format);
  CHECK(same_shape(model.header.hp, recipe.hp));
  if (format != ModelFormat::kCTranslate2) {
    CHECK(model.header.vocabulary == fixture_vocabulary(recipe.hp.n_vocab));
  }
  const std::vector<FixtureTensor> wanted = fixture_tensors(recipe.hp);
  CHECK(model.tensors.size() == wanted.size());
  CHECK(consistent(model, bytes.size()));
  for (const FixtureTensor& tensor : wanted) {
    INFO(tensor.name);
    const TensorEntry* entry = model.find(tensor.name);
    REQUIRE(entry != nullptr);
    CHECK(entry->rank == static_cast<int>(tensor.dims.size()));
    for (size_t i = 0; i < 4; ++i) {
      CHECK(entry->dims[i] == (i < tensor.dims.size() ? tensor.dims[i] : 1));
    }
    CHECK(entry->dtype == (is_linear_weight(tensor) ? linear : recipe.other));
    const std::vector<float> truth = fixture_weights(recipe, tensor);
    const std::vector<float> got = read_all(source, *entry, 3);
    REQUIRE(got.size() == truth.size());
    float largest = 0, error = 0;
    for (size_t i = 0; i < got.size(); ++i) {
      largest = std::max(largest, std::fabs(truth[i]));
      error = std::max(error, std::fabs(got[i] - truth[i]));
    }
    CHECK(error <= largest * tolerance(entry->dtype));
    CHECK(read_all(source, *entry, 1000) == got);
  }
  CHECK(model.find("encoder.conv3.weight") == nullptr);
}

ModelRecipe recipe_of(DType linear, DType other = DType::kF32) {
  ModelRecipe recipe;
  recipe.linear = linear;
  recipe.other = other;
  if (row_bytes(linear, 16) == 0) {
    recipe.hp.n_audio_state = recipe.hp.n_text_state = 32;
    recipe.hp.n_audio_head = recipe.hp.n_text_head = 2;
  }
  return recipe;
}

}  // namespace

TEST_CASE("ggml: every type of weights is read as what was written") {
  for (const DType linear : {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0, DType::kQ5_0,
                             DType::kQ5_1, DType::kQ4_0, DType::kQ4_1}) {
    const ModelRecipe recipe = recipe_of(linear);
    check_model(recipe, make_ggml(recipe), ModelFormat::kGgml, linear);
  }
  const ModelRecipe halves = recipe_of(DType::kF16, DType::kF16);
  check_model(halves, make_ggml(halves), ModelFormat::kGgml, DType::kF16);
}

TEST_CASE("CTranslate2: every type of weights is read as what was written") {
  for (const DType linear : {DType::kF32, DType::kF16, DType::kBF16, DType::kI8, DType::kI16}) {
    const ModelRecipe recipe = recipe_of(linear);
    check_model(recipe, make_ct2(recipe), ModelFormat::kCTranslate2, linear);
  }
  const ModelRecipe halves = recipe_of(DType::kI8, DType::kF16);
  check_model(halves, make_ct2(halves), ModelFormat::kCTranslate2, DType::kI8);
}

TEST_CASE(".sotto: every type of weights is read as what was written") {
  for (const DType linear : {DType::kQ8Tiles, DType::kF16, DType::kF32}) {
    const ModelRecipe recipe = recipe_of(DType::kF32);
    check_model(recipe, make_sotto(recipe, linear), ModelFormat::kSotto, linear);
  }
  const ModelRecipe halves = recipe_of(DType::kF32, DType::kF16);
  check_model(halves, make_sotto(halves), ModelFormat::kSotto, DType::kQ8Tiles);
}

TEST_CASE("models of other shapes: multilingual, 128 mels, several layers and heads") {
  ModelRecipe recipe;
  recipe.hp.n_mels = 128;
  recipe.hp.n_vocab = 51866;
  recipe.hp.n_audio_layer = 3;
  recipe.hp.n_text_layer = 2;
  recipe.hp.n_audio_state = recipe.hp.n_text_state = 32;
  recipe.hp.n_audio_head = 2;
  check_model(recipe, make_sotto(recipe), ModelFormat::kSotto, DType::kQ8Tiles);
  check_model(recipe, make_ct2(recipe), ModelFormat::kCTranslate2, DType::kF32);
}

TEST_CASE("validate: each field has its bounds, and widths are what the kernels can run") {
  const auto code_with = [](int Hyperparameters::* field, int value) {
    Hyperparameters hp = small_shape();
    hp.*field = value;
    return validate(hp).code();
  };
  CHECK(validate(small_shape()).ok());
  for (const auto field :
       {&Hyperparameters::n_mels, &Hyperparameters::n_audio_ctx, &Hyperparameters::n_audio_state,
        &Hyperparameters::n_audio_head, &Hyperparameters::n_audio_layer, &Hyperparameters::n_vocab,
        &Hyperparameters::n_text_ctx, &Hyperparameters::n_text_state, &Hyperparameters::n_text_head,
        &Hyperparameters::n_text_layer}) {
    for (const int value : {0, -1, INT32_MIN, 1 << 20, INT32_MAX}) {
      CHECK(code_with(field, value) == Code::kBadFormat);
    }
  }
  CHECK(code_with(&Hyperparameters::n_vocab, 1863) == Code::kBadFormat);
  CHECK(code_with(&Hyperparameters::n_text_state, 32) == Code::kUnsupported);
  CHECK(code_with(&Hyperparameters::n_audio_head, 2) == Code::kUnsupported);
  Hyperparameters narrow = small_shape();
  narrow.n_audio_state = narrow.n_text_state = 24;
  CHECK(validate(narrow).code() == Code::kUnsupported);
}

TEST_CASE("open_model: names the bytes of what it does not know") {
  const std::vector<uint8_t> nothing = {'R', 'I', 'F', 'F', 1, 2, 3, 0xfe};
  MemorySource source(nothing);
  const Result<ModelFile> model = open_model(source);
  REQUIRE_FALSE(model.ok());
  CHECK(model.status().code() == Code::kBadFormat);
  CHECK(model.status().message().find("52 49 46 46 01 02 03 fe") != std::string::npos);
  for (size_t size = 0; size < 8; ++size) {
    MemorySource shorter{std::span(nothing).first(size)};
    CHECK(open_model(shorter).status().code() == Code::kTruncated);
  }
}

TEST_CASE("tensor_bytes: absurd shapes are refused before they overflow") {
  const auto bytes = [](DType dtype, std::array<uint32_t, 4> dims) {
    TensorEntry entry;
    entry.dtype = dtype;
    entry.dims = dims;
    return tensor_bytes(entry);
  };
  CHECK(bytes(DType::kF32, {3, 5, 1, 1}).value() == 60);
  CHECK(bytes(DType::kQ5_1, {3, 64, 1, 1}).value() == 3 * 48);
  CHECK(bytes(DType::kQ8Tiles, {9, 17, 1, 1}).value() == 64 + 64 + 16 * 32);
  CHECK(bytes(DType::kF32, {1u << 29, 1, 1, 1}).value() == uint64_t{1} << 31);
  for (const DType dtype : {DType::kF32, DType::kF16, DType::kQ8_0, DType::kQ8Tiles}) {
    for (const std::array<uint32_t, 4> dims : {std::array<uint32_t, 4>{0, 1, 1, 1},
                                               {1, 0, 1, 1},
                                               {UINT32_MAX, 1, 1, 1},
                                               {1u << 16, 1u << 16, 1, 1},
                                               {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
                                               {1u << 29, 2, 1, 1}}) {
      CHECK(bytes(dtype, dims).status().code() == Code::kBadFormat);
    }
  }
  CHECK_FALSE(bytes(DType::kQ8_0, {4, 33, 1, 1}).ok());
  // Padding would multiply it by 8 * 16.
  CHECK_FALSE(bytes(DType::kQ8Tiles, {1, 1u << 29, 1, 1}).ok());
}
