#include "engine/options.h"

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <string>
#include <type_traits>

using namespace sotto;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

Status validate(const SessionOptions& options) {
  Hyperparameters hp;
  hp.n_vocab = 51864;
  hp.n_text_ctx = 448;
  return validate_options(options, hp);
}

template <class T>
void check_range(const std::string& name, T SessionOptions::* field,
                 std::initializer_list<std::type_identity_t<T>> good,
                 std::initializer_list<std::type_identity_t<T>> bad) {
  CAPTURE(name);
  for (const T& value : good) {
    SessionOptions options;
    options.*field = value;
    const Status status = validate(options);
    CHECK_MESSAGE(status.ok(), status.message());
  }
  for (const T& value : bad) {
    SessionOptions options;
    options.*field = value;
    const Status status = validate(options);
    CHECK(status.code() == Code::kInvalidArgument);
    CHECK(status.message().find(name + ": expected") == 0);
  }
}

}  // namespace

TEST_CASE("options: the defaults are valid, and greedy") {
  CHECK(validate(SessionOptions()).ok());
  CHECK(SessionOptions().beam_size == 1);
}

TEST_CASE("options: numbers out of range are refused by name") {
  using S = SessionOptions;
  check_range("beam_size", &S::beam_size, {1, 5, 32}, {0, -1, 33});
  check_range("best_of", &S::best_of, {1, 32}, {0, 33});
  check_range("patience", &S::patience, {0.5f, 1.0f, 100.0f}, {0.0f, -1.0f, kNan, kInf});
  check_range("length_penalty", &S::length_penalty, {std::nullopt, 0.0f, 1.0f},
              {-0.1f, 1.1f, kNan});
  check_range("temperatures", &S::temperatures, {{0.0f}, {1.0f, 0.0f}, std::vector<float>(32)},
              {{}, {0.0f, -0.1f}, {kNan}, {11.0f}, std::vector<float>(33)});
  check_range("compression_ratio_threshold", &S::compression_ratio_threshold, {0.0f, kInf},
              {-1.0f, kNan});
  check_range("log_prob_threshold", &S::log_prob_threshold, {0.0f, -1e6f}, {0.1f, -kInf, kNan});
  check_range("no_speech_threshold", &S::no_speech_threshold, {0.0f, 1.0f}, {-0.1f, 1.1f, kNan});
  check_range("prompt_reset_on_temperature", &S::prompt_reset_on_temperature, {0.0f, kInf},
              {-0.1f, kNan});
  check_range("repetition_penalty", &S::repetition_penalty, {0.5f, 1.0f, 2.0f},
              {0.0f, -1.0f, kNan, kInf});
  check_range("batch_size", &S::batch_size, {1, 8, 32}, {0, 33, -1});
  check_range("no_repeat_ngram_size", &S::no_repeat_ngram_size, {0, 3, 448}, {-1, 449});
  check_range("suppress_tokens", &S::suppress_tokens, {{}, {-1}, {0, 51863}},
              {{-2}, {51864}, {1, 2, 60000}});
  check_range("max_initial_timestamp_s", &S::max_initial_timestamp_s, {0.0f, 30.0f},
              {-1.0f, 31.0f, kNan});
  check_range("max_new_tokens", &S::max_new_tokens, {0, 448}, {-1, 449});
}
