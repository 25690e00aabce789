#include "text/languages.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "unit/text/text_assets.h"

using sotto::find_language;
using sotto::languages;

TEST_CASE("languages stand in the order of their tokens") {
  REQUIRE(languages().size() == 100);
  CHECK(languages()[0].code == "en");
  CHECK(languages()[0].name == "english");
  CHECK(languages()[1].code == "zh");
  CHECK(languages()[2].code == "de");
  CHECK(languages()[19].code == "vi");
  CHECK(languages()[50].code == "br");
  CHECK(languages()[80].name == "haitian creole");
  CHECK(languages()[93].code == "haw");
  CHECK(languages()[98].code == "su");
  CHECK(languages()[99].code == "yue");
  // The whole table at once: "en=english;zh=chinese;..." of openai-whisper's LANGUAGES.
  std::string table;
  for (const auto& language : languages()) {
    table += std::string(language.code) + "=" + std::string(language.name) + ";";
  }
  CHECK(sotto_test::hash_of(table) == 0x9be7396693027ba1u);
}

TEST_CASE("every language is found by its code and its name, and none twice") {
  std::set<std::string_view> seen;
  for (size_t i = 0; i < languages().size(); ++i) {
    CHECK(find_language(languages()[i].code) == static_cast<int>(i));
    CHECK(find_language(languages()[i].name) == static_cast<int>(i));
    CHECK(seen.insert(languages()[i].code).second);
    CHECK(seen.insert(languages()[i].name).second);
  }
}

TEST_CASE("aliases and capitals are understood") {
  const std::pair<const char*, const char*> aliases[] = {
      {"Burmese", "my"},   {"valencian", "ca"}, {"Flemish", "nl"},   {"haitian", "ht"},
      {"pushto", "ps"},    {"panjabi", "pa"},   {"moldavian", "ro"}, {"Moldovan", "ro"},
      {"sinhalese", "si"}, {"CASTILIAN", "es"}, {"mandarin", "zh"},  {"letzeburgesch", "lb"}};
  for (const auto& [alias, code] : aliases) {
    CAPTURE(alias);
    CHECK(find_language(alias) == find_language(code));
    CHECK(find_language(alias) >= 0);
  }
  CHECK(find_language("EN") == 0);
  CHECK(find_language("Haitian Creole") == find_language("ht"));
}

TEST_CASE("what is no language is not found") {
  for (const char* text : {"", "e", "eng", "english ", "klingon", "en\n", "auto", "\xC5\x93"}) {
    CAPTURE(text);
    CHECK(find_language(text) == -1);
  }
}
