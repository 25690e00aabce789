#include "text/json_reader.h"

#include <doctest/doctest.h>

#include <cfloat>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "text/json_number.h"
#include "unit/support/random.h"

namespace sotto {
namespace {

// Reads the whole text as one value of any kind.
Status check(std::string_view text) {
  JsonReader json(text);
  json.skip();
  json.finish();
  return json.status();
}

std::string read_string(std::string_view text) {
  JsonReader json(text);
  std::string value = json.string();
  json.finish();
  return json.status().ok() ? value : "<" + json.status().message() + ">";
}

double read_number(std::string_view text) {
  JsonReader json(text);
  const double value = json.number();
  json.finish();
  REQUIRE_MESSAGE(json.status().ok(), json.status().message());
  return value;
}

TEST_CASE("json_reader: members and items in order, by kind") {
  JsonReader json(R"( {"name" : "tiny", "sizes":[1, 20 ,300],"deep":{"x":null},
                       "yes":true,"no":false,"half":-0.5e0, "empty":[ ], "none":{ } } )");
  std::string seen;
  std::vector<uint64_t> sizes;
  json.object([&](const std::string& key) {
    seen += key + ";";
    if (key == "name") {
      CHECK(json.kind() == JsonKind::kString);
      CHECK(json.string() == "tiny");
    } else if (key == "sizes") {
      CHECK(json.kind() == JsonKind::kArray);
      json.array([&] { sizes.push_back(json.unsigned_integer()); });
    } else if (key == "deep") {
      CHECK(json.kind() == JsonKind::kObject);
      json.object([&](const std::string&) {
        CHECK(json.kind() == JsonKind::kNull);
        json.null();
      });
    } else if (key == "yes" || key == "no") {
      CHECK(json.kind() == JsonKind::kBool);
      CHECK(json.boolean() == (key == "yes"));
    } else if (key == "half") {
      CHECK(json.kind() == JsonKind::kNumber);
      CHECK(json.number() == -0.5);
    } else {
      json.skip();
    }
  });
  json.finish();
  CHECK_MESSAGE(json.status().ok(), json.status().message());
  CHECK(seen == "name;sizes;deep;yes;no;half;empty;none;");
  CHECK(sizes == std::vector<uint64_t>{1, 20, 300});
}

TEST_CASE("json_reader: strings with escapes and UTF-8") {
  CHECK(read_string(R"("")").empty());
  CHECK(read_string(R"("a\"\\\/\b\f\n\r\tz")") == "a\"\\/\b\f\n\r\tz");
  CHECK(read_string(R"("\u0041\u00e9\u20AC\ud83D\ude00")") == "A\u00e9\u20ac\U0001f600");
  CHECK(read_string("\"A\u00e9\u20ac\U0001f600\"") == "A\u00e9\u20ac\U0001f600");
  CHECK(read_string(R"("\u0000")") == std::string(1, '\0'));
  // What no writer may produce.
  for (const char* bad : {R"(")",
                          R"("a)",
                          R"("\)",
                          R"("\x41")",
                          R"("\u12")",
                          R"("\u12g4")",
                          R"("\ud800")",
                          R"("\ud800x")",
                          R"("\ud800\n")",
                          R"("\ud800\u0041")",
                          R"("\udc00")",
                          "\"a\nb\"",
                          "\"\x1f\"",
                          "\"\xff\"",
                          "\"\xc3\"",
                          "\"\xed\xa0\x80\"",
                          "\"\xc0\x80\"",
                          "'a'",
                          "a",
                          ""}) {
    CAPTURE(bad);
    CHECK(read_string(bad).substr(0, 13) == "<JSON at byte");
  }
}

TEST_CASE("json_reader: what is no JSON is refused, with the byte") {
  for (const char* bad : {"",          " ",
                          "{",         "}",
                          "[",         "]",
                          "[1",        "[1,",
                          "[1,]",      "[,1]",
                          "[1 2]",     "{\"a\"}",
                          "{\"a\":}",  "{\"a\":1,}",
                          "{a:1}",     "{1:1}",
                          "{\"a\" 1}", "{\"a\":1 \"b\":2}",
                          "tru",       "True",
                          "nul",       "nulls",
                          "truefalse", "+1",
                          "01",        "-",
                          "-a",        ".5",
                          "5.",        "1e",
                          "1e+",       "0x10",
                          "1.e5",      "NaN",
                          "Infinity",  "[1]]",
                          "{}{}",      "1 2",
                          "// x\n1",   "\xef\xbb\xbf{}",
                          "[1\v,2]"}) {
    CAPTURE(bad);
    const Status status = check(bad);
    CHECK(status.code() == Code::kBadFormat);
    CHECK(status.message().substr(0, 12) == "JSON at byte");
  }
  CHECK(check("[1 2]").message() == "JSON at byte 3: expected ',' or ']', got '2'");
  CHECK(check("[1,\x01]").message() == "JSON at byte 3: expected a value, got byte 1");
  CHECK(check("[1").message() == "JSON at byte 2: expected ',' or ']', got the end of the text");
  // A zero byte is no end.
  CHECK(check(std::string_view("1\0", 2)).message() ==
        "JSON at byte 1: expected the end of the text, got byte 0");
}

TEST_CASE("json_reader: another kind than asked for is refused, and the first failure stays") {
  const auto refused = [](std::string_view text, const auto& read) {
    JsonReader json(text);
    read(json);
    const std::string message = json.status().message();
    // Later reads give nothing and change nothing.
    CHECK(json.kind() == JsonKind::kNone);
    CHECK(json.number() == 0);
    CHECK(json.string().empty());
    CHECK_FALSE(json.boolean());
    json.object([](const std::string&) { FAIL("an object after a failure"); });
    json.array([] { FAIL("an array after a failure"); });
    json.skip();
    json.finish();
    CHECK(json.status().message() == message);
    return message;
  };
  CHECK(refused("[]", [](JsonReader& j) { j.object([](const std::string&) {}); }) ==
        "JSON at byte 0: expected an object, got '['");
  CHECK(refused(" 1", [](JsonReader& j) { j.array([] {}); }) ==
        "JSON at byte 1: expected an array, got '1'");
  CHECK(refused("1", [](JsonReader& j) { j.string(); }) ==
        "JSON at byte 0: expected a string, got '1'");
  CHECK(refused("\"1\"", [](JsonReader& j) { j.number(); }) ==
        "JSON at byte 0: expected a number, got '\"'");
  CHECK(refused("0", [](JsonReader& j) { j.boolean(); }) ==
        "JSON at byte 0: expected true or false, got '0'");
  CHECK(refused("0", [](JsonReader& j) { j.null(); }) == "JSON at byte 0: expected null, got '0'");
  // A caller that reads nothing comes no further.
  CHECK(refused("[1,2]", [](JsonReader& j) { j.array([] {}); }) ==
        "JSON at byte 1: expected ',' or ']', got '1'");
}

TEST_CASE("json_reader: unsigned integers within their bound") {
  const auto read = [](std::string_view text, uint64_t most) {
    JsonReader json(text);
    const uint64_t value = json.unsigned_integer(most);
    return json.status().ok() ? std::to_string(value) : json.status().message();
  };
  CHECK(read("0", 0) == "0");
  CHECK(read("255", 255) == "255");
  CHECK(read("18446744073709551615", UINT64_MAX) == "18446744073709551615");
  CHECK(read("18446744073709551616", UINT64_MAX) ==
        "JSON at byte 0: expected an integer from 0 to 18446744073709551615, got "
        "18446744073709551616");
  for (const char* bad : {"256", "-1", "-0", "1.0", "1e2", "99999999999999999999999"}) {
    CAPTURE(bad);
    CHECK(read(bad, 255).find("expected an integer from 0 to 255") != std::string::npos);
  }
  CHECK(read("1", 0).find("expected") != std::string::npos);
}

TEST_CASE("json_reader: numbers as strtod reads them") {
  for (const char* exact : {"0", "-0", "1", "-1", "0.1", "0.02", "1e22", "1e-22", "123456789012345",
                            "0.000001", "2.5E+3", "2.5e-3", "99999.9999999", "0e999999999999999"}) {
    CAPTURE(exact);
    CHECK(read_number(exact) == std::strtod(exact, nullptr));
  }
  CHECK(std::signbit(read_number("-0")));
  test::Random random(3);
  for (int i = 0; i < 2000; ++i) {
    std::string text = random.below(2) == 0 ? "-" : "";
    text += std::to_string(1 + random.below(9));
    for (int n = random.below(25); n > 0; --n) text += std::to_string(random.below(10));
    if (random.below(2) == 0) {
      text += '.';
      for (int n = 1 + random.below(25); n > 0; --n) text += std::to_string(random.below(10));
    }
    if (random.below(2) == 0) text += "e" + std::to_string(random.below(560) - 300);
    CAPTURE(text);
    const double expected = std::strtod(text.c_str(), nullptr);
    if (std::isinf(expected)) {
      CHECK(std::isinf(parse_json_number(text)));
    } else {
      const double slack = std::max(1e-14 * std::fabs(expected), 4 * DBL_TRUE_MIN);
      CHECK(std::fabs(read_number(text) - expected) <= slack);
    }
  }
  // Digits and exponents that make up for one another, and more than any counter of ours.
  CHECK(read_number("1" + std::string(500, '0') + "e-500") == doctest::Approx(1));
  CHECK(read_number("0." + std::string(500, '0') + "1e501") == doctest::Approx(1));
  CHECK(read_number("1e-" + std::string(100, '9')) == 0);
  JsonReader json("1e400");
  json.number();
  CHECK(json.status().message() == "JSON at byte 0: expected a number below 1.8e308, got 1e400");
}

TEST_CASE("json_reader: nesting is bounded") {
  const auto nested = [](int depth, char open, char close, const std::string& key) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += open + key;
    text += key.empty() ? "" : "0";
    return text + std::string(static_cast<size_t>(depth), close);
  };
  CHECK(check(nested(JsonReader::kMaxDepth, '[', ']', "")).ok());
  CHECK(check(nested(JsonReader::kMaxDepth, '{', '}', "\"a\":")).ok());
  const char* kTooDeep = "expected at most 64 values inside one another, got one more";
  for (const int depth : {JsonReader::kMaxDepth + 1, 1'000'000}) {
    CHECK(check(nested(depth, '[', ']', "")).message().find(kTooDeep) != std::string::npos);
    CHECK(check(nested(depth, '{', '}', "\"a\":")).message().find(kTooDeep) != std::string::npos);
    CHECK(check(std::string(static_cast<size_t>(depth), '[')).code() == Code::kBadFormat);
  }
  // Depth is counted down again.
  std::string many = "[";
  for (int i = 0; i < 1000; ++i) many += "[],{},";
  CHECK(check(many + "0]").ok());
}

TEST_CASE("json_reader: cut anywhere, or with any byte changed, it never leaves the text") {
  const std::string text =
      R"({"a":[1,-2.5e3,true,false,null,"x\u00e9\ud83d\ude00\n"],"b":{"c":[[],{}]}})";
  REQUIRE(check(text).ok());
  for (size_t size = 0; size < text.size(); ++size) {
    // A copy of its own, so that the sanitizers see a byte too far.
    const std::vector<char> cut(text.begin(), text.begin() + static_cast<ptrdiff_t>(size));
    CHECK(check(std::string_view(cut.data(), cut.size())).code() == Code::kBadFormat);
  }
  int refused = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = text;
      changed[i] = static_cast<char>(byte);
      const Status status = check(changed);
      if (!status.ok()) ++refused;
      CHECK((status.ok() || status.code() == Code::kBadFormat));
    }
  }
  CHECK(refused > 10'000);
}

}  // namespace
}  // namespace sotto
