#include "text/token_table.h"

#include <doctest/doctest.h>

using sotto::TokenTable;

TEST_CASE("tokens are found by their bytes and given back by id") {
  const std::string with_zero("a\0b", 3);
  const std::vector<std::string> tokens = {"a", "", "b", with_zero, "a", "abcdefgh"};
  auto table = TokenTable::create(tokens);
  REQUIRE(table.ok());
  CHECK(table->size() == 6);
  CHECK(table->find("a") == 0);  // the lowest of two
  CHECK(table->find("b") == 2);
  CHECK(table->find(with_zero) == 3);
  CHECK(table->find("abcdefgh") == 5);
  CHECK(table->find("") == -1);
  CHECK(table->find("c") == -1);
  CHECK(table->find("abcdefghi") == -1);
  CHECK(table->bytes(3) == with_zero);
  CHECK(table->bytes(1) == "");
  CHECK(table->bytes(-1) == "");
  CHECK(table->bytes(6) == "");
}

TEST_CASE("an empty table finds nothing") {
  const TokenTable none;
  CHECK(none.size() == 0);
  CHECK(none.find("a") == -1);
  CHECK(none.bytes(0) == "");
  auto created = TokenTable::create({});
  REQUIRE(created.ok());
  CHECK(created->find("a") == -1);
}

TEST_CASE("a table stays whole when it is moved") {
  std::vector<std::string> tokens;
  for (int i = 0; i < 5000; ++i) tokens.push_back(std::to_string(i));
  auto table = TokenTable::create(tokens);
  REQUIRE(table.ok());
  const TokenTable moved = std::move(table.value());
  for (int i = 0; i < 5000; ++i) {
    if (moved.find(tokens[static_cast<size_t>(i)]) != i) FAIL("token " << i);
  }
}
