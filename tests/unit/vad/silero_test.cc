#include "vad/silero.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "unit/vad/silero_fixture.h"

namespace sotto {
namespace {

using test::SileroTensor;
using Floats = std::vector<float>;

const Silero& drawn_model() {
  static const Silero model = [] {
    auto loaded = test::load_silero(test::silero_tensors(1));
    REQUIRE_MESSAGE(loaded.ok(), loaded.status().message());
    return std::move(loaded.value());
  }();
  return model;
}

Floats noise(size_t count, uint64_t seed = 9) {
  return test::Random(seed).floats(count, -0.5f, 0.5f);
}

Floats probabilities(const Floats& samples) {
  Floats found;
  SileroStream stream(drawn_model());
  stream.push(samples, [&](float p) { found.push_back(p); });
  stream.finish([&](float p) { found.push_back(p); });
  return found;
}

// The network once more, in plain loops and double precision.
class PlainSilero {
 public:
  explicit PlainSilero(const std::vector<SileroTensor>& tensors) : tensors_(tensors) {}

  double process(const float* frame) {
    signal_.erase(signal_.begin(), signal_.end() - 64);
    signal_.insert(signal_.end(), frame, frame + 512);
    std::vector<double> x = signal_;
    for (int j = 0; j < 64; ++j) x.push_back(signal_[static_cast<size_t>(574 - j)]);
    Rows y(4, std::vector<double>(129));
    for (size_t t = 0; t < 4; ++t) {
      for (size_t bin = 0; bin < 129; ++bin) {
        double real = 0, imaginary = 0;
        for (size_t j = 0; j < 256; ++j) {
          real += x[128 * t + j] * of("stft_conv.weight")[bin * 256 + j];
          imaginary += x[128 * t + j] * of("stft_conv.weight")[(bin + 129) * 256 + j];
        }
        y[t][bin] = std::hypot(real, imaginary);
      }
    }
    y = convolve("conv1", y, 1);
    y = convolve("conv2", y, 2);
    y = convolve("conv3", y, 2);
    y = convolve("conv4", y, 1);
    REQUIRE(y.size() == 1);
    return decide(y[0]);
  }

 private:
  using Rows = std::vector<std::vector<double>>;

  const Floats& of(const std::string& name) const {
    for (const SileroTensor& t : tensors_) {
      if (t.name == name) return t.values;
    }
    return tensors_.front().values;
  }

  Rows convolve(const std::string& name, const Rows& x, size_t step) const {
    const Floats& weight = of(name + ".weight");
    const Floats& bias = of(name + ".bias");
    Rows y;
    for (size_t t = 0; t < x.size(); t += step) {
      std::vector<double>& row = y.emplace_back(bias.begin(), bias.end());
      for (size_t n = 0; n < row.size(); ++n) {
        for (size_t tap = 0; tap < 3; ++tap) {
          if (t + tap < 1 || t + tap > x.size()) continue;
          for (size_t i = 0; i < x[0].size(); ++i) {
            row[n] += x[t + tap - 1][i] * weight[(n * x[0].size() + i) * 3 + tap];
          }
        }
        row[n] = std::max(row[n], 0.0);
      }
    }
    return y;
  }

  double decide(const std::vector<double>& x) {
    const auto sigmoid = [](double v) { return 1 / (1 + std::exp(-v)); };
    std::vector<double> gates(512);
    for (size_t n = 0; n < 512; ++n) {
      gates[n] = double(of("lstm_cell.bias_ih")[n]) + of("lstm_cell.bias_hh")[n];
      for (size_t j = 0; j < 128; ++j) {
        gates[n] += x[j] * of("lstm_cell.weight_ih")[n * 128 + j];
        gates[n] += h_[j] * of("lstm_cell.weight_hh")[n * 128 + j];
      }
    }
    double score = of("final_conv.bias")[0];
    for (size_t j = 0; j < 128; ++j) {
      c_[j] = sigmoid(gates[128 + j]) * c_[j] + sigmoid(gates[j]) * std::tanh(gates[256 + j]);
      h_[j] = sigmoid(gates[384 + j]) * std::tanh(c_[j]);
      score += of("final_conv.weight")[j] * std::max(h_[j], 0.0);
    }
    return sigmoid(score);
  }

  const std::vector<SileroTensor>& tensors_;
  std::vector<double> signal_ = std::vector<double>(576);
  std::vector<double> h_ = std::vector<double>(128), c_ = std::vector<double>(128);
};

TEST_CASE("silero: equal to plain loops, frame after frame") {
  const std::vector<SileroTensor> tensors = test::silero_tensors(1);
  PlainSilero plain(tensors);
  SileroStream stream(drawn_model());
  const Floats samples = noise(8 * 512);
  float smallest = 1, largest = 0;
  for (size_t frame = 0; frame < 8; ++frame) {
    const float* at = samples.data() + 512 * frame;
    float actual = -1;
    stream.push(std::span(at, 512), [&](float p) { actual = p; });
    CHECK(std::fabs(actual - plain.process(at)) <= 1e-5);
    smallest = std::min(smallest, actual);
    largest = std::max(largest, actual);
  }
  // Something is to be compared.
  CHECK(largest - smallest > 1e-3f);
}

TEST_CASE("silero: a transform that is none of Fourier's is refused") {
  for (const size_t at : {size_t{0}, size_t{5 * 256 + 7}, size_t{200 * 256 + 128}}) {
    std::vector<SileroTensor> tensors = test::silero_tensors(1);
    tensors[0].values[at] += 0.01f;
    const Result<Silero> loaded = test::load_silero(tensors);
    REQUIRE(!loaded.ok());
    CHECK(loaded.status().code() == Code::kBadFormat);
    CHECK(loaded.status().message().find("stft_conv.weight") != std::string::npos);
  }
}

TEST_CASE("silero: any pieces give the same bits, and the last frame is filled up with zeros") {
  const Floats samples = noise(5 * 512 + 100);
  const Floats whole = probabilities(samples);
  REQUIRE(whole.size() == 6);
  for (const size_t piece : {1u, 64u, 511u, 512u, 513u, 2000u}) {
    Floats found;
    const auto add = [&](float p) { found.push_back(p); };
    SileroStream stream(drawn_model());
    for (size_t at = 0; at < samples.size(); at += piece) {
      stream.push(std::span(samples).subspan(at, std::min(piece, samples.size() - at)), add);
    }
    CHECK(found.size() == 5);
    stream.finish(add);
    CHECK(found == whole);
  }
  Floats padded = samples;
  padded.resize(6 * 512, 0.0f);
  CHECK(probabilities(padded) == whole);
  CHECK(probabilities({}).empty());
}

TEST_CASE("silero: shared among the workers of a pool, the same bits") {
  const Floats samples = noise(150 * 512 + 77);
  const Floats alone = probabilities(samples);
  REQUIRE(alone.size() == 151);
  for (const int workers : {1, 2, 3, 20}) {
    ThreadPool pool(workers);
    SileroStream stream(drawn_model(), &pool);
    // All at once, and in pieces that fill some of the batches or none.
    for (const size_t piece : {samples.size(), size_t{20'000}, size_t{5'000}, size_t{300}}) {
      Floats found;
      const auto add = [&](float p) { found.push_back(p); };
      for (size_t at = 0; at < samples.size(); at += piece) {
        stream.push(std::span(samples).subspan(at, std::min(piece, samples.size() - at)), add);
      }
      CHECK(found.size() == 150);
      stream.finish(add);
      CHECK(found == alone);
    }
  }
}

TEST_CASE("silero: streams do not know of each other, and reset forgets") {
  const Floats a = noise(4 * 512, 1), b = noise(4 * 512, 2);
  SileroStream first(drawn_model()), second(drawn_model());
  Floats of_a, of_b, again;
  for (size_t at = 0; at < a.size(); at += 512) {
    first.push(std::span(a).subspan(at, 512), [&](float p) { of_a.push_back(p); });
    second.push(std::span(b).subspan(at, 512), [&](float p) { of_b.push_back(p); });
  }
  CHECK(of_a == probabilities(a));
  CHECK(of_b == probabilities(b));
  CHECK(of_a != of_b);
  first.push(std::span(b).first(100), [&](float) { FAIL("no frame is complete"); });
  first.reset();
  first.push(b, [&](float p) { again.push_back(p); });
  CHECK(again == of_b);
  again.clear();
  second.finish([&](float) { FAIL("no frame has begun"); });
  second.push(a, [&](float p) { again.push_back(p); });
  CHECK(again == of_a);
}

TEST_CASE("silero: samples that are no sound count as zero, and leave nothing behind") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float bad : {std::nanf(""), infinity, -infinity, 2e6f, -3e38f}) {
    CAPTURE(bad);
    Floats samples = noise(6 * 512), zeros = samples;
    for (size_t i = 700; i < 900; ++i) samples[i] = bad, zeros[i] = 0;
    CHECK(probabilities(samples) == probabilities(zeros));
  }
  for (const float loud : {1.0f, 32768.0f, 1e6f}) {
    Floats samples = noise(6 * 512);
    for (float& x : samples) x = x < 0 ? -loud : loud;
    for (const float p : probabilities(samples)) CHECK((p >= 0 && p <= 1));
  }
}

TEST_CASE("silero: files that are not Silero's") {
  const std::vector<SileroTensor> good = test::silero_tensors(1);
  for (size_t i = 0; i < good.size(); ++i) {
    std::vector<SileroTensor> tensors = good;
    const std::string name = good[i].name;
    tensors.erase(tensors.begin() + static_cast<ptrdiff_t>(i));
    CHECK(test::load_silero(tensors).status().code() == Code::kBadFormat);
    CHECK(test::load_silero(tensors).status().message() ==
          "weights of Silero VAD: expected " + name + ", got none");
    // The same values in another shape.
    tensors = good;
    tensors[i].shape.push_back(1);
    const std::string shape = test::load_silero(tensors).status().message();
    CHECK(shape.substr(0, name.size() + 19) == name + ": shape: expected [");
    CHECK(shape.substr(shape.size() - 4) == ", 1]");
    for (const float bad : {std::nanf(""), HUGE_VALF}) {
      tensors = good;
      tensors[i].values.back() = bad;
      const std::string at = std::to_string(good[i].values.size() - 1);
      CHECK(test::load_silero(tensors).status().message().find(
                name + ": value " + at + ": expected a finite number, got ") == 0);
    }
  }
  const std::vector<uint8_t> bytes = test::silero_bytes(good);
  MemorySource cut{std::span(bytes).first(bytes.size() - 1)};
  CHECK(Silero::load(cut).status().code() == Code::kTruncated);
  std::vector<SileroTensor> more = good;
  more.push_back({"unknown", {3}, {1, 2, 3}});
  CHECK(test::load_silero(more).ok());
}

}  // namespace
}  // namespace sotto
