#include "fuzz/model_target.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine.h"
#include "io/checksum.h"
#include "io/sotto_writer.h"
#include "model/weights.h"
#include "unit/io/consistency.h"
#include "unit/support/random.h"

namespace sotto::fuzz {
namespace {

// Tensors of one file may share bytes; beyond this sum reading them takes longer than it teaches.
constexpr uint64_t kMostTensor_bytes = 16 << 20;

constexpr int kRate_hz = 16000;

// Bytes in memory that cannot be read again once they were released, as the package holds them.
class ReleasingSource : public ByteSource {
 public:
  explicit ReleasingSource(std::span<const uint8_t> bytes) : source_(bytes) {}
  uint64_t size_bytes() const override { return source_.size_bytes(); }
  Status read_at(uint64_t offset, void* dst, size_t size) override {
    for (const auto& [begin, end] : released_) {
      if (offset < end && begin < offset + size) return Status(Code::kIo, "it was released");
    }
    return source_.read_at(offset, dst, size);
  }
  void release(uint64_t offset, uint64_t size) override {
    require(offset <= size_bytes() && size <= size_bytes() - offset,
            "only bytes of the file are released");
    released_.emplace_back(offset, offset + size);
  }

 private:
  MemorySource source_;
  std::vector<std::pair<uint64_t, uint64_t>> released_;
};

class Sink : public ByteSink {
 public:
  Status write_at(uint64_t offset, const void* data, size_t size) override {
    const size_t end = static_cast<size_t>(offset) + size;
    if (bytes.size() < end) bytes.resize(end);
    const auto* from = static_cast<const uint8_t*>(data);
    std::copy_n(from, size, bytes.begin() + static_cast<ptrdiff_t>(offset));
    return {};
  }
  std::vector<uint8_t> bytes;
};

uint64_t sum_of_sizes(const std::vector<TensorEntry>& tensors) {
  uint64_t sum = 0;
  for (const TensorEntry& entry : tensors) sum += entry.size_bytes;
  return sum;
}

// What was refused must say why.
void check_refusal(const Status& status) {
  require(status.ok() || !status.message().empty(), "an error has a message");
}

// By what is in the file, which of the ways to use a model is gone: all of them take too long for
// each input, and there are many inputs.
uint64_t draw_from(std::span<const uint8_t> file) {
  Checksum checksum;
  checksum.update(file.data(), file.size());
  return checksum.digest();
}

// The way of the package: the engine, and a second of sound through it.
void run_engine(std::span<const uint8_t> file, bool words) {
  ReleasingSource source(file);
  const Result<std::unique_ptr<Engine>> engine = Engine::load(source, {});
  check_refusal(engine.status());
  if (!engine.ok()) return;
  SessionOptions options;
  options.temperatures = {0.0f};
  options.timestamps = words ? Timestamps::kWord : Timestamps::kSegment;
  const Result<std::unique_ptr<Session>> made = engine.value()->new_session(options);
  check_refusal(made.status());
  if (!made.ok()) return;
  Session& session = *made.value();
  test::Random random(1);
  const std::vector<float> samples = random.floats(kRate_hz, -0.5f, 0.5f);
  require(session.push(samples, kRate_hz).ok(), "a session takes samples");
  require(session.finish().ok(), "a session's audio ends");
  const Status status = session.step(0);
  check_refusal(status);
  require(!status.ok() || session.done(), "a session comes to its end");
}

void convert_and_reopen(ByteSource& source, const ModelFile& model, DType linear) {
  Sink sink;
  const Status written = write_sotto(source, model, {linear, nullptr}, sink);
  check_refusal(written);
  if (!written.ok()) return;
  MemorySource again(sink.bytes);
  const Result<ModelFile> reopened = open_model(again);
  require(reopened.ok(), "what write_sotto wrote can be opened");
  require(reopened->tensors.size() == model.tensors.size(), "write_sotto keeps every tensor");
  require(test::same_shape(reopened->header.hp, model.header.hp), "write_sotto keeps the shape");
  for (const TensorEntry& entry : reopened->tensors) {
    const Status read = read_tensor_f32(again, entry, 64, [](const float*, int, int) {});
    // Numbers that no scale can hold are found when they are read.
    require(read.ok() || read.code() == Code::kBadFormat, "what write_sotto wrote can be read");
  }
}

}  // namespace

void read_all_tensors(ByteSource& source, const std::vector<TensorEntry>& tensors) {
  if (sum_of_sizes(tensors) > kMostTensor_bytes) return;
  int rows_at_once = 1;
  for (const TensorEntry& entry : tensors) {
    rows_at_once = rows_at_once % 67 + 1;
    int next = 0;
    const auto expect_rows = [&](int first, int count) {
      require(first == next && count > 0 && count <= rows_at_once, "rows come in order");
      next += count;
    };
    const Status as_f32 =
        read_tensor_f32(source, entry, rows_at_once, [&](const float* rows, int first, int count) {
          expect_rows(first, count);
          volatile float last = rows[static_cast<uint64_t>(count) * entry.cols() - 1];
          (void)last;
        });
    check_refusal(as_f32);
    require(!as_f32.ok() || uint64_t(next) == entry.rows(), "every row comes");
    next = 0;
    const Status raw =
        read_tensor_rows(source, entry, rows_at_once,
                         [&](const uint8_t*, int first, int count) { expect_rows(first, count); });
    check_refusal(raw);
  }
}

bool run_model(std::span<const uint8_t> file, Result<ModelFile> opened) {
  check_refusal(opened.status());
  if (!opened.ok()) return false;
  const ModelFile& model = opened.value();
  require(test::consistent(model, file.size()), "the table of an opened model is consistent");
  if (sum_of_sizes(model.tensors) > kMostTensor_bytes) return false;
  const uint64_t draw = draw_from(file);
  MemorySource source(file);
  if (draw % 4 == 0) read_all_tensors(source, model.tensors);
  if (draw % 4 == 1) {
    convert_and_reopen(source, model, draw % 8 == 1 ? DType::kQ8Tiles : DType::kF16);
  }
  const bool q8 = draw % 3 != 0;
  const KeepPacked keep = draw % 3 == 1 ? KeepPacked::kAll : KeepPacked::kNone;
  ReleasingSource releasing(file);
  const Result<Weights> weights = load_weights(releasing, model, {q8, nullptr, keep});
  check_refusal(weights.status());
  if (weights.ok() && model.header.vocabulary.size() > 0 && draw % 32 == 2)
    run_engine(file, draw % 64 == 2);
  return weights.ok();
}

}  // namespace sotto::fuzz
