#include "vectors.hpp"

#include "support.hpp"

using twoway::test::for_each_vector;
using twoway::test::parse_vector;
using twoway::test::Vector;
using Paths = std::vector<std::string>;

namespace {

constexpr const char* kVector = R"({"n": 7, "b": "00ff", "t": "label", "f": true, "o": {"x": 1},
    "list": [{"a": "01", "c": 2}, {"a": "02", "c": 3}], "hex": ["", "0a"], "none": []})";

}  // namespace

TEST_CASE("a vector gives its fields by type") {
  const Vector vector = parse_vector(kVector);
  REQUIRE(vector.has("n"));
  REQUIRE_FALSE(vector.has("m"));
  REQUIRE(vector.number("n") == 7);
  REQUIRE(vector.bytes("b") == twoway::core::Bytes{0x00, 0xff});
  REQUIRE(vector.text("t") == "label");
  REQUIRE(vector.flag("f"));
  REQUIRE(vector.object("o").number("x") == 1);
  REQUIRE(vector.list("list").size() == 2);
  REQUIRE(vector.bytes_list("hex") == std::vector<twoway::core::Bytes>{{}, {0x0a}});
  REQUIRE(vector.bytes_list("none").empty());
  REQUIRE(vector.list("none").empty());
}

TEST_CASE("a vector knows which of its fields were not read, at any depth") {
  const Vector vector = parse_vector(kVector);
  REQUIRE(vector.unread() == Paths{"b", "f", "hex", "list", "n", "none", "o", "t", "list[0].a",
                                   "list[0].c", "list[1].a", "list[1].c", "o.x"});
  static_cast<void>(vector.has("n"));  // asking is not reading
  vector.bytes("b"), vector.flag("f"), vector.bytes_list("hex"), vector.text("t");
  vector.list("none"), vector.object("o").number("x");
  REQUIRE(vector.list("list")[1].number("c") == 3);
  REQUIRE(vector.unread() == Paths{"n", "list[0].a", "list[0].c", "list[1].a"});
  vector.skip();
  REQUIRE(vector.unread().empty());
}

// These tests pass by failing: an unread field must fail any test that loops over a file.
TEST_CASE("a test that reads no field of a file fails", "[!shouldfail]") {
  for_each_vector("rfc9458.json", [](const Vector&) {});
}

TEST_CASE("a test that leaves one field of a file unread fails", "[!shouldfail]") {
  for_each_vector("rfc9458.json", [](const Vector& vector) {
    for (const std::string& path : vector.unread()) {
      if (path != "response") static_cast<void>(vector.text(path));
    }
  });
}

TEST_CASE("a test that reads every field of a file passes") {
  const std::size_t count = for_each_vector("rfc9458.json", [](const Vector& vector) {
    for (const std::string& path : vector.unread()) static_cast<void>(vector.text(path));
  });
  REQUIRE(count == 1);
}

TEST_CASE("a missing field fails the test", "[!shouldfail]") { parse_vector("{}").number("n"); }

TEST_CASE("a field of another type fails the test", "[!shouldfail]") {
  parse_vector(R"({"n": "7"})").number("n");
}

TEST_CASE("a missing vector file fails the test", "[!shouldfail]") {
  for_each_vector("none.json", [](const Vector&) {});
}
