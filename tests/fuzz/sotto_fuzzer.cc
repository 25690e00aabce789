// .sotto containers (io/sotto_reader.h), from runs. Checksums would refuse nearly every change
// before anything else is looked at, so the first byte of an input says which fields are set right
// again, as somebody would who means harm.
#include <algorithm>
#include <cstring>

#include "fuzz/model_target.h"
#include "fuzz/runs.h"
#include "io/checksum.h"
#include "io/sotto_format.h"
#include "io/sotto_reader.h"

namespace sotto::fuzz {
namespace {

constexpr uint8_t kSetFileSize = 1;
constexpr uint8_t kSetHeaderChecksum = 2;
constexpr uint8_t kSetDataChecksums = 4;
constexpr size_t kHeaderSizeOffset_bytes = 16;
constexpr size_t kFileSizeOffset_bytes = 24;

void put_u64(std::vector<uint8_t>& file, size_t offset, uint64_t value) {
  for (size_t i = 0; i < 8; ++i) file[offset + i] = static_cast<uint8_t>(value >> (8 * i));
}

uint64_t checksum_of(std::span<const uint8_t> bytes) {
  Checksum checksum;
  checksum.update(bytes.data(), bytes.size());
  return checksum.digest();
}

void set_header_checksum(std::vector<uint8_t>& file) {
  uint64_t header_bytes = 0;
  for (size_t i = 0; i < 8; ++i) {
    header_bytes |= uint64_t{file[kHeaderSizeOffset_bytes + i]} << (8 * i);
  }
  if (header_bytes > file.size()) return;
  put_u64(file, kSottoChecksumOffset_bytes, 0);
  const uint64_t digest = checksum_of(std::span(file).first(static_cast<size_t>(header_bytes)));
  put_u64(file, kSottoChecksumOffset_bytes, digest);
}

void set_data_checksums(const std::vector<uint8_t>& file, ModelFile& model) {
  for (TensorEntry& entry : model.tensors) {
    const size_t size = align_up(static_cast<size_t>(entry.size_bytes));
    const auto offset = static_cast<size_t>(entry.offset_bytes);
    require(offset <= file.size() && size <= file.size() - offset, "tensors lie within the file");
    entry.checksum = checksum_of(std::span(file).subspan(offset, size));
  }
}

}  // namespace

bool run_sotto(Input input) {
  if (input.empty()) return false;
  const uint8_t flags = input[0];
  std::vector<uint8_t> file = expand_runs(input.subspan(1));
  if (file.size() < kSottoFixedHeader_bytes || !is_sotto(file.data())) return false;
  if (flags & kSetFileSize) put_u64(file, kFileSizeOffset_bytes, file.size());
  if (flags & kSetHeaderChecksum) set_header_checksum(file);
  MemorySource source(file);
  Result<ModelFile> opened = open_model(source);
  if (opened.ok() && (flags & kSetDataChecksums)) set_data_checksums(file, opened.value());
  return run_model(file, std::move(opened));
}

}  // namespace sotto::fuzz

SOTTO_FUZZ_TARGET(sotto)
