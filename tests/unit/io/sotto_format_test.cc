// The .sotto container: what is written is read again, and nothing else is.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>
#include <vector>

#include "io/checksum.h"
#include "io/sotto_format.h"
#include "io/sotto_reader.h"
#include "io/sotto_writer.h"
#include "quant/pack.h"
#include "unit/io/corruption.h"
#include "unit/io/model_fixtures.h"
#include "unit/support/matrices.h"

using namespace sotto;
using namespace sotto::test;

namespace {

ModelRecipe tiny_recipe() {
  ModelRecipe recipe;
  recipe.vocabulary = {"a", "", "bc"};
  return recipe;
}

// Such a model with every list filled.
ModelFile full_header(ByteSource& source) {
  Result<ModelFile> model = open_model(source);
  REQUIRE(model.ok());
  model.value().header.alignment_heads = {{0, 0}};
  model.value().header.suppressed_tokens = {1, 2, 1863};
  model.value().header.suppressed_at_begin = {220, 0};
  return std::move(model.value());
}

std::vector<uint8_t> full_sotto() {
  const std::vector<uint8_t> ggml = make_ggml(tiny_recipe());
  MemorySource source(ggml);
  MemorySink sink;
  REQUIRE(write_sotto(source, full_header(source), {}, sink).ok());
  return std::move(sink.bytes);
}

template <class T>
void put(std::vector<uint8_t>& bytes, size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof(value));
}

template <class T>
T get(const std::vector<uint8_t>& bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

// Makes the header's checksum right again, as a wrong writer would have it.
void seal(std::vector<uint8_t>& bytes) {
  put(bytes, kSottoChecksumOffset_bytes, uint64_t{0});
  Checksum checksum;
  checksum.update(bytes.data(), static_cast<size_t>(get<uint64_t>(bytes, 16)));
  put(bytes, kSottoChecksumOffset_bytes, checksum.digest());
}

Status read_every_tensor(ByteSource& source, const ModelFile& model) {
  for (const TensorEntry& entry : model.tensors) {
    const Status status = read_tensor_f32(source, entry, 64, [](const float*, int, int) {});
    if (!status.ok()) return status;
  }
  return {};
}

struct Q8Copy {
  std::vector<float> scale;
  std::vector<int32_t> row_sum;
  std::vector<int8_t> tiles;
  Q8Tiles view;

  Q8Copy(int n, int k)
      : scale(padded_n(n), -1.0f),
        row_sum(padded_n(n), -1),
        tiles(static_cast<size_t>(padded_n(n)) * padded_k(k), -1) {
    view = {n, k, scale.data(), row_sum.data(), tiles.data()};
  }
};

}  // namespace

TEST_CASE(".sotto: the header comes back as it was written") {
  const std::vector<uint8_t> bytes = full_sotto();
  MemorySource source(bytes);
  const Result<ModelFile> opened = open_model(source);
  REQUIRE_MESSAGE(opened.ok(), opened.status().message());
  const ModelHeader& header = opened.value().header;
  CHECK(header.vocabulary == tiny_recipe().vocabulary);
  REQUIRE(header.alignment_heads.size() == 1);
  CHECK(header.suppressed_tokens == std::vector<int>{1, 2, 1863});
  CHECK(header.suppressed_at_begin == std::vector<int>{220, 0});
  for (const TensorEntry& entry : opened.value().tensors) {
    CHECK(entry.offset_bytes % 64 == 0);
    CHECK(entry.has_checksum);
  }
  CHECK(bytes.size() % 64 == 0);
}

TEST_CASE(".sotto: converting it again changes nothing, from int8 tiles either") {
  for (const DType linear : {DType::kQ8Tiles, DType::kF16, DType::kF32}) {
    const std::vector<uint8_t> once = make_sotto({}, linear);
    MemorySource source(once);
    MemorySink sink;
    REQUIRE(write_sotto(source, open_model(source).value(), {linear, nullptr}, sink).ok());
    CHECK(sink.bytes == once);
  }
}

TEST_CASE(".sotto: int8 tiles are copied, whoever chose their scales") {
  std::vector<uint8_t> bytes = make_sotto({});
  MemorySource source(bytes);
  ModelFile model = open_model(source).value();
  TensorEntry& key = model.tensors[static_cast<size_t>(
      model.find("encoder.blocks.0.attn.key.weight") - model.tensors.data())];
  key.has_checksum = false;
  const float scale = 0x1.ffff8p-7f;  // scale * 127 / 127 is another number
  put(bytes, key.offset_bytes, scale);
  MemorySink sink;
  REQUIRE(write_sotto(source, model, {}, sink).ok());
  CHECK(get<float>(sink.bytes, key.offset_bytes) == scale);
}

TEST_CASE(".sotto: int8 tiles are those of pack_q8_rows, loaded into a part of a larger matrix") {
  const ModelRecipe recipe;
  const std::vector<uint8_t> bytes = make_sotto(recipe);
  MemorySource source(bytes);
  const Result<ModelFile> model = open_model(source);
  const TensorEntry& key = *model.value().find("encoder.blocks.0.attn.key.weight");
  const TensorEntry& value = *model.value().find("encoder.blocks.0.attn.value.weight");
  Q8Copy fused(48, 16);
  REQUIRE(load_q8_tiles(source, key, fused.view, 16).ok());
  REQUIRE(load_q8_tiles(source, value, fused.view, 32).ok());
  const test::OwnedQ8 expected(
      fixture_weights(recipe, {"encoder.blocks.0.attn.key.weight", {16, 16}}), 16, 16);
  CHECK(std::equal(expected.scale.begin(), expected.scale.end(), fused.scale.begin() + 16));
  CHECK(std::equal(expected.row_sum.begin(), expected.row_sum.end(), fused.row_sum.begin() + 16));
  CHECK(std::equal(expected.tiles.begin(), expected.tiles.end(), fused.tiles.begin() + 16 * 16));
  // Rows before the part stay as they were.
  CHECK(std::count(fused.scale.begin(), fused.scale.begin() + 16, -1.0f) == 16);
  CHECK(std::count(fused.tiles.begin(), fused.tiles.begin() + 256, int8_t{-1}) == 256);
}

TEST_CASE(".sotto: load_q8_tiles refuses what does not fit its destination") {
  const std::vector<uint8_t> bytes = make_sotto({});
  MemorySource source(bytes);
  const Result<ModelFile> model = open_model(source);
  const TensorEntry& key = *model.value().find("encoder.blocks.0.attn.key.weight");
  const TensorEntry& bias = *model.value().find("encoder.blocks.0.attn.out.bias");
  Q8Copy wide(16, 32), flat(8, 16), fitting(24, 16);
  CHECK(load_q8_tiles(source, key, wide.view, 0).code() == Code::kInvalidArgument);
  CHECK(load_q8_tiles(source, key, flat.view, 0).code() == Code::kInvalidArgument);
  CHECK(load_q8_tiles(source, key, fitting.view, 16).code() == Code::kInvalidArgument);
  CHECK(load_q8_tiles(source, key, fitting.view, 4).code() == Code::kInvalidArgument);
  CHECK(load_q8_tiles(source, key, fitting.view, -8).code() == Code::kInvalidArgument);
  CHECK(load_q8_tiles(source, bias, fitting.view, 0).code() == Code::kInvalidArgument);
  CHECK(load_q8_tiles(source, key, fitting.view, 8).ok());
}

TEST_CASE(".sotto: rows that fill no tile: a vocabulary of odd size") {
  ModelRecipe recipe = tiny_recipe();
  recipe.hp.n_vocab = 1869;
  const std::vector<uint8_t> bytes = make_sotto(recipe);
  MemorySource source(bytes);
  const Result<ModelFile> model = open_model(source);
  REQUIRE(model.ok());
  const TensorEntry& tokens = *model.value().find("decoder.token_embedding.weight");
  Q8Copy copy(1869, 16);
  REQUIRE(load_q8_tiles(source, tokens, copy.view, 0).ok());
  const test::OwnedQ8 expected(
      fixture_weights(recipe, {"decoder.token_embedding.weight", {1869, 16}}), 1869, 16);
  CHECK(copy.scale == expected.scale);
  CHECK(copy.row_sum == expected.row_sum);
  CHECK(copy.tiles == expected.tiles);
  // Only the last rows may end within a tile.
  Q8Copy larger(1880, 16);
  CHECK(load_q8_tiles(source, tokens, larger.view, 0).code() == Code::kInvalidArgument);
}

TEST_CASE(".sotto: any flipped bit of the header is seen when it is opened") {
  const std::vector<uint8_t> bytes = full_sotto();
  std::vector<size_t> positions(static_cast<size_t>(get<uint64_t>(bytes, 16)));
  std::iota(positions.begin(), positions.end(), size_t{0});
  const FlipCounts counts = flip_bits(bytes, positions);
  CHECK(counts.inconsistent == 0);
  CHECK(counts.accepted == 0);
  CHECK(counts.refused == static_cast<int>(positions.size()) * 8);
}

TEST_CASE(".sotto: a flipped bit in any byte of the data is a ChecksumMismatch of its tensor") {
  std::vector<uint8_t> bytes = full_sotto();
  MemorySource source(bytes);
  const Result<ModelFile> model = open_model(source);
  REQUIRE(model.ok());
  REQUIRE(read_every_tensor(source, model.value()).ok());
  for (size_t i = 0; i < model.value().tensors.size(); ++i) {
    const TensorEntry& entry = model.value().tensors[i];
    const bool last = i + 1 == model.value().tensors.size();
    const size_t end = last ? bytes.size() : model.value().tensors[i + 1].offset_bytes;
    // Every byte of small tensors, padding included; of large ones the ends and some between.
    const size_t length = end - entry.offset_bytes;
    const size_t step = std::max<size_t>(length / 256, 1);
    for (size_t at = 0; at < length; at += at + 64 >= length ? 1 : step) {
      const size_t position = entry.offset_bytes + at;
      const auto mask = static_cast<uint8_t>(1 << (at % 8));
      bytes[position] ^= mask;
      const Status status = read_tensor_f32(source, entry, 64, [](const float*, int, int) {});
      INFO(entry.name << " byte " << at << ": " << status.message());
      // A scale or a sum may become one that no quantisation gives before the end is reached.
      const bool impossible = entry.dtype == DType::kQ8Tiles && status.code() == Code::kBadFormat;
      CHECK((status.code() == Code::kChecksumMismatch || impossible));
      if (entry.dtype == DType::kQ8Tiles && !impossible) {
        Q8Copy copy(static_cast<int>(entry.rows()), static_cast<int>(entry.cols()));
        CHECK(load_q8_tiles(source, entry, copy.view, 0).code() == Code::kChecksumMismatch);
      }
      bytes[position] ^= mask;
    }
  }
  CHECK(read_every_tensor(source, model.value()).ok());
}

TEST_CASE(".sotto: a file that is cut off or longer than it says is refused") {
  std::vector<uint8_t> bytes = full_sotto();
  std::vector<size_t> sizes(static_cast<size_t>(get<uint64_t>(bytes, 16)) + 64);
  std::iota(sizes.begin(), sizes.end(), size_t{0});
  sizes.push_back(bytes.size() - 64);
  sizes.push_back(bytes.size() - 1);
  CHECK(accepted_when_cut(bytes, sizes) == 0);
  MemorySource shorter{std::span(bytes).first(bytes.size() - 1)};
  CHECK(open_model(shorter).status().code() == Code::kTruncated);
  bytes.push_back(0);
  MemorySource longer(bytes);
  CHECK(open_model(longer).status().code() == Code::kBadFormat);
}

TEST_CASE(".sotto: a sealed header that contradicts itself is refused") {
  const std::vector<uint8_t> good = full_sotto();
  const auto header_bytes = static_cast<size_t>(get<uint64_t>(good, 16));
  const auto with = [&](size_t offset, auto value) {
    std::vector<uint8_t> bytes = good;
    put(bytes, offset, value);
    seal(bytes);
    MemorySource source(bytes);
    const Result<ModelFile> model = open_model(source);
    if (model.ok()) CHECK(consistent(model.value(), bytes.size()));
    return model.status().code();
  };
  CHECK(with(8, uint32_t{2}) == Code::kUnsupported);
  CHECK(with(12, uint32_t{0xffffffff}) == Code::kBadFormat);
  CHECK(with(12, uint32_t{0}) == Code::kBadFormat);
  for (size_t field = 40; field < 80; field += 4) {
    CHECK(with(field, uint32_t{0xffffffff}) == Code::kBadFormat);
  }
  for (size_t count = 80; count < 96; count += 4) {
    CHECK(with(count, uint32_t{0xffffffff}) == Code::kBadFormat);
  }
  CHECK(with(24, uint64_t{good.size() - 64}) == Code::kBadFormat);
  CHECK(with(96, uint16_t{0xffff}) == Code::kBadFormat);  // size of the first token
  const size_t heads = 96 + 3 * 2 + 3;                    // after three tokens of three bytes
  CHECK(with(heads, uint16_t{1}) == Code::kBadFormat);    // the model has one layer of one head
  CHECK(with(heads + 2, uint16_t{1}) == Code::kBadFormat);
  CHECK(with(heads + 4, uint32_t{1864}) == Code::kBadFormat);   // suppressed, of 1864 tokens
  CHECK(with(heads + 16, uint32_t{1864}) == Code::kBadFormat);  // at the beginning
  // The last entry of the table: rank and dims stand 40 to 60 bytes before its end.
  const std::string last = "decoder.ln.bias";
  const auto name = std::search(good.begin(), good.end(), last.begin(), last.end());
  const size_t type = static_cast<size_t>(name - good.begin()) + last.size();
  REQUIRE(type < header_bytes);
  CHECK(with(type, uint32_t{5}) == Code::kUnsupported);  // a ggml type
  CHECK(with(type, uint32_t{99}) == Code::kUnsupported);
  CHECK(with(type, uint32_t{1}) == Code::kBadFormat);      // f16 has another size
  CHECK(with(type + 4, uint32_t{0}) == Code::kBadFormat);  // rank
  CHECK(with(type + 4, uint32_t{5}) == Code::kBadFormat);
  CHECK(with(type + 8, uint32_t{0}) == Code::kBadFormat);  // dims
  CHECK(with(type + 12, uint32_t{2}) == Code::kBadFormat);
  CHECK(with(type + 24, uint64_t{0}) == Code::kBadFormat);                          // offset
  CHECK(with(type + 24, get<uint64_t>(good, type + 24) - 64) == Code::kBadFormat);  // overlap
  CHECK(with(type + 32, uint64_t{0}) == Code::kBadFormat);                          // size
  CHECK(with(type + 32, UINT64_MAX) == Code::kBadFormat);
}

TEST_CASE(".sotto: bytes that belong to no tensor are refused, though the header counts them") {
  std::vector<uint8_t> bytes = full_sotto();
  bytes.resize(bytes.size() + 64);
  put(bytes, 24, uint64_t{bytes.size()});
  seal(bytes);
  MemorySource source(bytes);
  CHECK(open_model(source).status().code() == Code::kBadFormat);
}

TEST_CASE(".sotto: scales and sums that would overflow the kernels are refused") {
  std::vector<uint8_t> bytes = make_sotto(tiny_recipe());
  MemorySource source(bytes);
  const ModelFile model = open_model(source).value();
  TensorEntry entry = *model.find("encoder.blocks.0.attn.key.weight");
  entry.has_checksum = false;
  Q8Copy copy(16, 16);
  const std::vector<uint8_t> good = bytes;
  for (const float scale : {-1.0f, HUGE_VALF, NAN}) {
    put(bytes, entry.offset_bytes + 4, scale);
    CHECK(load_q8_tiles(source, entry, copy.view, 0).code() == Code::kBadFormat);
    bytes = good;
  }
  for (const int32_t sum : {127 * 16 + 1, INT32_MIN, INT32_MAX}) {
    put(bytes, entry.offset_bytes + 64, sum);
    CHECK(load_q8_tiles(source, entry, copy.view, 0).code() == Code::kBadFormat);
    bytes = good;
  }
  CHECK(load_q8_tiles(source, entry, copy.view, 0).ok());
}

TEST_CASE("write_sotto: refuses what the format cannot say, and reports what its sink says") {
  const std::vector<uint8_t> ggml = make_ggml(tiny_recipe());
  MemorySource source(ggml);
  const ModelFile good = full_header(source);
  const auto code_of = [&](const std::function<void(ModelFile&, SottoOptions&)>& change) {
    ModelFile model = good;
    SottoOptions options;
    change(model, options);
    MemorySink sink;
    return write_sotto(source, model, options, sink).code();
  };
  CHECK(code_of([](ModelFile&, SottoOptions&) {}) == Code::kOk);
  CHECK(code_of([](ModelFile&, SottoOptions& o) { o.linear = DType::kQ5_1; }) ==
        Code::kInvalidArgument);
  CHECK(code_of([](ModelFile& m, SottoOptions&) { m.header.hp.n_mels = 0; }) == Code::kBadFormat);
  CHECK(code_of([](ModelFile& m, SottoOptions&) { m.header.suppressed_tokens = {-1}; }) ==
        Code::kBadFormat);
  CHECK(code_of([](ModelFile& m, SottoOptions&) { m.header.suppressed_at_begin = {1864}; }) ==
        Code::kBadFormat);
  CHECK(code_of([](ModelFile& m, SottoOptions&) { m.header.alignment_heads = {{1, 0}}; }) ==
        Code::kBadFormat);
  CHECK(code_of([](ModelFile& m, SottoOptions&) { m.header.vocabulary.resize(1865); }) ==
        Code::kBadFormat);
  CHECK(code_of([](ModelFile& m, SottoOptions&) {
          m.header.vocabulary[0] = std::string(kSottoMaxToken_bytes + 1, 'x');
        }) == Code::kBadFormat);
  CHECK(code_of([](ModelFile& m, SottoOptions&) { m.tensors[0].name = std::string(257, 'x'); }) ==
        Code::kBadFormat);
  CHECK(code_of([](ModelFile&, SottoOptions& o) {
          o.on_progress = [](double fraction) { return fraction < 0.5; };
        }) == Code::kCancelled);

  class FullDisk : public ByteSink {
    Status write_at(uint64_t, const void*, size_t) override { return {Code::kIo, "disk is full"}; }
  } full;
  CHECK(write_sotto(source, good, {}, full).code() == Code::kIo);

  // A source that became shorter since it was opened.
  MemorySource shorter{std::span(ggml).first(ggml.size() - 1)};
  MemorySink sink;
  CHECK(write_sotto(shorter, good, {}, sink).code() == Code::kTruncated);
  MemorySource partial(sink.bytes);
  CHECK_FALSE(open_model(partial).ok());
}

TEST_CASE("write_sotto: small tensors keep halves, and floats that are no halves stay floats") {
  ModelRecipe recipe = tiny_recipe();
  for (const DType other : {DType::kF32, DType::kF16}) {
    recipe.other = other;
    const std::vector<uint8_t> bytes = make_sotto(recipe);
    MemorySource source(bytes);
    const Result<ModelFile> model = open_model(source);
    for (const char* name : {"encoder.conv1.weight", "encoder.positional_embedding",
                             "decoder.ln.weight", "encoder.blocks.0.mlp.0.bias"}) {
      CHECK(model.value().find(name)->dtype == other);
    }
    CHECK(model.value().find("decoder.token_embedding.weight")->dtype == DType::kQ8Tiles);
  }
}
