// PEM: its lines, and its base64.
#include "key_files.hpp"

using namespace twoway;
using namespace twoway::test;

TEST_CASE("PEM: only line ends, lengths, blanks and the text around may vary") {
  const std::string text = key_file("p256");
  const std::string expected = hex(read_ok(text).bytes.view());
  const auto replaced = [&](std::string_view what, std::string_view with) {
    std::string changed;
    for (std::size_t at = 0;;) {
      const std::size_t found = text.find(what, at);
      changed += text.substr(at, found - at);
      if (found == std::string::npos) return changed;
      changed += with;
      at = found + what.size();
    }
  };
  const std::string body = text.substr(28, text.find("\n-----END") - 28);
  const std::string begin = text.substr(0, 28);
  const std::string end = "\n-----END PRIVATE KEY-----\n";
  REQUIRE(begin + body + end == text);

  std::string joined;
  for (const char c : body) {
    if (c != '\n') joined += c;
  }
  for (const std::string& accepted :
       {replaced("\n", "\r\n"), replaced("\n", "\r"), text.substr(0, text.size() - 1),
        begin + joined + end, begin + joined.substr(0, 7) + "\n" + joined.substr(7) + end,
        // RFC 7468 section 2: text around the block, and blanks.
        " " + text, "\n\n" + text, text + "\n\n", text + " \t", "text\n" + text,
        "\xef\xbb\xbf\n" + text, "-----BEGIN of a text\n" + text + "and its end\n", text + '\0',
        replaced("\n", "\n\n"), replaced("\n", " \n"), replaced("\n", "\n\t"),
        replaced("\n", "\r\r\n"), replaced("\n", "\v\f\n"),
        begin + joined.substr(0, 7) + " " + joined.substr(7) + end}) {
    INFO(accepted);
    REQUIRE(hex(read_ok(accepted).bytes.view()) == expected);
  }
  REQUIRE(contains(refusal("\xef\xbb\xbf" + text), "byte order mark"));
  REQUIRE(contains(refusal(text + text), "more than one PEM block"));
  REQUIRE(contains(refusal(text + "-----BEGIN CERTIFICATE-----\n"), "more than one PEM block"));
  REQUIRE(contains(refusal("-----BEGIN CERTIFICATE-----\n" + text), "no private key"));
  for (const std::string& refused :
       {"text" + text, begin + '\0' + body + end, begin + joined + "=" + end,
        begin + joined + "AAAA" + end, begin + "=" + joined + end, begin + "====" + end,
        begin.substr(0, 27) + body + end, begin + body, begin + body + end.substr(1), begin + end,
        begin + body + "\n-----END EC PRIVATE KEY-----\n",
        begin + body + "\n-----END PRIVATE KEY----\n",
        begin + "Proc-Type: 4,ENCRYPTED\n" + body + end, "-----BEGIN -----\n" + body + end,
        "-----BEGIN-----\n" + body + end, "-----begin PRIVATE KEY-----\n" + body + end}) {
    INFO(refused);
    REQUIRE_ERRC(read(refused), Errc::malformed);
  }
}

TEST_CASE("base64: every digit is told from every other character") {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (unsigned value = 0; value < 64; ++value) {
    const Bytes bytes{static_cast<std::uint8_t>(value << 2), 0, 0};
    const std::string text =
        "-----BEGIN X-----\n" + std::string(1, kDigits[value]) + "AAA\n-----END X-----\n";
    REQUIRE(as_string(pem::encode("X", bytes).view()) == text);
    REQUIRE(der_of(text) == bytes);
  }
  for (int c = 0; c < 256; ++c) {
    if (kDigits.find(static_cast<char>(c)) != std::string_view::npos || c == '\n') continue;
    INFO(c);
    const std::string text =
        "-----BEGIN X-----\nA" + std::string(1, static_cast<char>(c)) + "AA\n-----END X-----\n";
    const auto opening = pem::open(as_bytes(text));
    REQUIRE(opening.has_value());
    REQUIRE_FALSE(pem::decode(*opening).has_value());
  }
  for (const char* spare : {"AB==", "A===", "AAB=", "AA=A", "=AAA", "AA==AAAA", "AAAAA", "AAA"}) {
    INFO(spare);
    const std::string text = std::string("-----BEGIN X-----\n") + spare + "\n-----END X-----\n";
    const auto opening = pem::open(as_bytes(text));
    REQUIRE(opening.has_value());
    REQUIRE_FALSE(pem::decode(*opening).has_value());
  }
}
