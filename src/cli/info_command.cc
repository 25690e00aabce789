// sotto info MODEL: what a model file holds.
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/model_path.h"
#include "io/model_file.h"
#include "text/special_tokens.h"

namespace sotto {
namespace {

using Json = nlohmann::ordered_json;

struct InfoOptions {
  std::string model;
  bool json = false;
};

struct TypeTotal {
  int tensors = 0;
  uint64_t elements = 0;
  uint64_t size_bytes = 0;
};

std::map<std::string, TypeTotal> totals_by_type(const ModelFile& model) {
  std::map<std::string, TypeTotal> totals;
  for (const TensorEntry& entry : model.tensors) {
    TypeTotal& total = totals[dtype_name(entry.dtype)];
    total.tensors += 1;
    total.elements += entry.rows() * entry.cols();
    total.size_bytes += entry.size_bytes;
  }
  return totals;
}

Json hyperparameters_json(const Hyperparameters& hp) {
  return {{"n_mels", hp.n_mels},
          {"n_audio_ctx", hp.n_audio_ctx},
          {"n_audio_state", hp.n_audio_state},
          {"n_audio_head", hp.n_audio_head},
          {"n_audio_layer", hp.n_audio_layer},
          {"n_vocab", hp.n_vocab},
          {"n_text_ctx", hp.n_text_ctx},
          {"n_text_state", hp.n_text_state},
          {"n_text_head", hp.n_text_head},
          {"n_text_layer", hp.n_text_layer}};
}

Json info_json(const ModelFile& model, uint64_t file_bytes) {
  const ModelHeader& header = model.header;
  Json heads = Json::array();
  for (const AlignmentHead& head : header.alignment_heads) heads.push_back({head.layer, head.head});
  Json types = Json::object();
  for (const auto& [name, total] : totals_by_type(model)) {
    types[name] = {
        {"tensors", total.tensors}, {"elements", total.elements}, {"size_bytes", total.size_bytes}};
  }
  Json tensors = Json::array();
  for (const TensorEntry& entry : model.tensors) {
    tensors.push_back(
        {{"name", entry.name},
         {"dtype", dtype_name(entry.dtype)},
         {"shape", std::vector<uint32_t>(entry.dims.begin(), entry.dims.begin() + entry.rank)},
         {"size_bytes", entry.size_bytes}});
  }
  return {{"format", format_name(model.format)},
          {"file_bytes", file_bytes},
          {"multilingual", special_tokens(header.hp.n_vocab).multilingual},
          {"hyperparameters", hyperparameters_json(header.hp)},
          {"vocabulary_tokens", header.vocabulary.size()},
          {"alignment_heads", std::move(heads)},
          {"suppressed_tokens", header.suppressed_tokens},
          {"suppressed_at_begin", header.suppressed_at_begin},
          {"dtypes", std::move(types)},
          {"tensors", std::move(tensors)}};
}

void print_info(const ModelFile& model, uint64_t file_bytes) {
  const ModelHeader& header = model.header;
  const auto line = [](const std::string& name, const std::string& value) {
    std::printf("%-20s %s\n", name.c_str(), value.c_str());
  };
  line("format", format_name(model.format));
  line("file_bytes", std::to_string(file_bytes));
  line("languages",
       special_tokens(header.hp.n_vocab).multilingual ? "multilingual" : "English only");
  const Json shape = hyperparameters_json(header.hp);
  for (const auto& [name, value] : shape.items()) {
    line(name, value.dump());
  }
  line("vocabulary", std::to_string(header.vocabulary.size()) + " tokens");
  line("alignment heads", std::to_string(header.alignment_heads.size()));
  line("suppressed tokens", std::to_string(header.suppressed_tokens.size()) + ", and " +
                                std::to_string(header.suppressed_at_begin.size()) +
                                " at the beginning");
  std::printf("\n%-8s %8s %14s %14s\n", "type", "tensors", "elements", "bytes");
  for (const auto& [name, total] : totals_by_type(model)) {
    std::printf("%-8s %8d %14llu %14llu\n", name.c_str(), total.tensors,
                static_cast<unsigned long long>(total.elements),
                static_cast<unsigned long long>(total.size_bytes));
  }
}

Status show_info(const InfoOptions& options) {
  SOTTO_ASSIGN(const OpenedModel opened, open_model_at(options.model));
  const ModelFile& model = opened.file;
  const uint64_t file_bytes = opened.source->size_bytes();
  if (options.json) {
    std::printf("%s\n", info_json(model, file_bytes).dump(2).c_str());
  } else {
    print_info(model, file_bytes);
  }
  return {};
}

}  // namespace

void add_info_command(CommandLine& line) {
  auto options = std::make_shared<InfoOptions>();
  const Flags flags = line.add("info", "Show what a model file holds", [options] {
    const Status status = show_info(*options);
    return status.ok() ? kExitOk : report_failure(options->model, status);
  });
  flags.option("model", options->model, "A model's file or folder").required();
  flags.toggle("--json", options->json, "One JSON object, with every tensor");
}

}  // namespace sotto
