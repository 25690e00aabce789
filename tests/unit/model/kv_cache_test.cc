#include "model/kv_cache.h"

#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <vector>

#include "kernels/attend_pages.h"
#include "unit/support/one_page.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

constexpr int kPage = KvCache::kPage_tokens;

// Two layers of 8 columns, and a context of three pages and a half.
Hyperparameters shape() {
  Hyperparameters hp;
  hp.n_text_layer = 2;
  hp.n_text_state = 8;
  hp.n_text_ctx = 3 * kPage + kPage / 2;
  return hp;
}

struct Cache {
  Arena arena;
  std::unique_ptr<KvCache> cache;
  size_t bytes = 0;

  Cache() {
    ArenaLayout sizes;
    KvCache(shape(), sizes);
    bytes = sizes.total_bytes();
    auto reserved = Arena::reserve(bytes);
    REQUIRE(reserved.ok());
    arena = std::move(reserved.value());
    ArenaLayout places(arena);
    cache = std::make_unique<KvCache>(shape(), places);
  }
  KvCache* operator->() { return cache.get(); }
  KvCache& operator*() { return *cache; }

  float& key(int layer, int hypothesis, int token) {
    return *cache->keys(layer, hypothesis).row(token);
  }
  float& value(int layer, int hypothesis, int token) {
    return *cache->values(layer, hypothesis).row(token);
  }
  // A token of each hypothesis, marked with what it is.
  void say(const std::vector<float>& marks) {
    REQUIRE(cache->extend(1).ok());
    const int token = cache->size_tokens() - 1;
    for (int h = 0; h < cache->hypotheses(); ++h) {
      for (int layer : {0, 1}) {
        key(layer, h, token) = marks[h] + layer * 0.25f;
        value(layer, h, token) = marks[h] + layer * 0.25f + 0.125f;
      }
    }
  }
  bool said(int hypothesis, const std::vector<float>& marks) {
    for (int token = 0; token < int(marks.size()); ++token) {
      for (int layer : {0, 1}) {
        const float mark = marks[token] + layer * 0.25f;
        if (key(layer, hypothesis, token) != mark) return false;
        if (value(layer, hypothesis, token) != mark + 0.125f) return false;
      }
    }
    return true;
  }
};

}  // namespace

TEST_CASE("kv cache: one hypothesis fills the context in the memory that was given") {
  Cache cache;
  for (int round = 0; round < 3; ++round) {
    cache->clear();
    REQUIRE(cache->extend(5).ok());
    const char* begin = reinterpret_cast<const char*>(cache->keys(0, 0).row(0));
    REQUIRE(cache->extend(cache->capacity_tokens() - 5).ok());
    for (int page = 0; page < 4; ++page) {
      const char* at = reinterpret_cast<const char*>(cache->values(1, 0).row(page * kPage));
      CHECK(at >= begin);
      CHECK(at + sizeof(float) * 8 * kPage <= begin + cache.bytes);
    }
    const Status full = cache->extend(1);
    CHECK(full.code() == Code::kInvalidArgument);
    CHECK(cache->size_tokens() == cache->capacity_tokens());
  }
}

TEST_CASE("kv cache: hypotheses share pages until they part") {
  Cache cache;
  std::vector<float> text;
  for (int i = 0; i < kPage + 3; ++i) {
    cache.say({float(i)});
    text.push_back(float(i));
  }
  cache->select(std::vector<int>{0, 0, 0});
  CHECK(cache->hypotheses() == 3);
  CHECK(&cache.key(1, 0, kPage) == &cache.key(1, 2, kPage));
  cache.say({100, 200, 300});
  // The whole page stays one, the page that goes on is each one's own.
  CHECK(&cache.key(0, 0, 0) == &cache.key(0, 1, 0));
  CHECK(&cache.value(1, 0, 0) == &cache.value(1, 2, 0));
  CHECK(std::set<float*>{&cache.key(0, 0, kPage), &cache.key(0, 1, kPage), &cache.key(0, 2, kPage)}
            .size() == 3);
  for (int h = 0; h < 3; ++h) {
    std::vector<float> own = text;
    own.push_back(100.0f * (h + 1));
    CHECK(cache.said(h, own));
  }
  // The one that is left again takes nothing from the others' past.
  cache->select(std::vector<int>{2});
  cache.say({7});
  text.insert(text.end(), {300, 7});
  CHECK(cache.said(0, text));
}

TEST_CASE("kv cache: of several, the first goes on from an earlier token") {
  Cache cache;
  std::vector<float> text;
  for (int i = 0; i < kPage + 3; ++i) {
    cache.say({float(i)});
    text.push_back(float(i));
  }
  cache->select(std::vector<int>{0, 0, 0});
  for (int i = 1; i < 20; ++i) cache.say({100.0f * i, 200.0f * i, 300.0f * i});
  for (const int kept : {kPage + 3, kPage + 1, 4}) {
    cache->keep(kept);
    CHECK(cache->hypotheses() == 1);
    CHECK(cache->size_tokens() == kept);
    text.resize(kept);
    cache.say({7});
    text.push_back(7);
    CHECK(cache.said(0, text));
  }
}

TEST_CASE("kv cache: any history of parting and giving up keeps every text") {
  Cache cache;
  test::Random random(3);
  for (int round = 0; round < 20; ++round) {
    cache->clear();
    std::vector<std::vector<float>> texts(1);
    while (cache->size_tokens() < cache->capacity_tokens()) {
      if (random.below(3) == 0) {
        std::vector<int> sources(1 + random.below(5));
        std::vector<std::vector<float>> chosen;
        for (int& source : sources) {
          source = random.below(cache->hypotheses());
          chosen.push_back(texts[source]);
        }
        cache->select(sources);
        texts = chosen;
      }
      if (random.below(8) == 0 && cache->size_tokens() > 2) {
        cache->resize(cache->size_tokens() - 2);
        for (auto& text : texts) text.resize(text.size() - 2);
      }
      std::vector<float> marks;
      for (auto& text : texts) {
        marks.push_back(float(random.below(1000)));
        text.push_back(marks.back());
      }
      cache.say(marks);
    }
    for (int h = 0; h < cache->hypotheses(); ++h) CHECK(cache.said(h, texts[h]));
  }
}

TEST_CASE("attention over pages: to the bit what attention over rows that stand together is") {
  Cache cache;
  test::Random random(9);
  const int n = cache->capacity_tokens();
  REQUIRE(cache->extend(n).ok());
  std::vector<float> keys(size_t(n) * 8), values(keys.size());
  for (int token = 0; token < n; ++token) {
    for (int j = 0; j < 8; ++j) {
      keys[token * 8 + j] = (&cache.key(1, 0, token))[j] = random.uniform(-2, 2);
      values[token * 8 + j] = (&cache.value(1, 0, token))[j] = random.uniform(-2, 2);
    }
  }
  for (int visible : {1, 2, kPage - 1, kPage, kPage + 1, 2 * kPage, n}) {
    std::vector<float> q = {0.3f, -1, 0.5f, 2}, scores(n), expected(4), actual(4);
    const test::OnePage k(MatrixF32(keys.data() + 4, visible, 4, 8));
    const test::OnePage v(MatrixF32(values.data() + 4, visible, 4, 8));
    attend_f32(q.data(), {k.rows, v.rows}, nullptr, 0.7f, scores.data(), expected.data());
    const PagedRows paged_k = cache->keys(1, 0).part(visible, 4, 4);
    const PagedRows paged_v = cache->values(1, 0).part(visible, 4, 4);
    attend_f32(q.data(), {paged_k, paged_v}, nullptr, 0.7f, scores.data(), actual.data());
    CHECK(actual == expected);
  }
}

TEST_CASE("kv_cache: what was reserved is enough for hypotheses that share nothing") {
  Cache made;
  KvCache& cache = *made.cache;
  const int hypotheses = 3, tokens = 2 * kPage + 1;
  REQUIRE(cache.reserve(hypotheses, tokens).ok());
  const int pages = cache.pages();
  CHECK(pages >= 3 * hypotheses);
  const std::vector<int> sources(hypotheses, 0);
  cache.select(sources);
  REQUIRE(cache.extend(tokens).ok());
  CHECK(cache.pages() == pages);
}
