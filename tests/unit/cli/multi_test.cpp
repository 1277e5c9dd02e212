// One request to several receivers through the program.
#include <array>
#include <cstdio>

#include <unistd.h>

#include "program.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

/// A receiver's key and list, NAME.pem and NAME.ohttp-keys.
void make_multi_receiver(const std::string& name, const Words& more = {}) {
  REQUIRE_RAN(program({"keygen", "--kem", "x25519", "--out", name + ".pem"}), 0);
  Words config{"config", "--key", "1=" + name + ".pem", "--out", name + ".ohttp-keys"};
  config.insert(config.end(), more.begin(), more.end());
  REQUIRE_RAN(program(config), 0);
}

Words seal_multi(const Words& more = {}) {
  Words words{"seal-multi", "--to",        "alice.ohttp-keys", "--to", "bob.ohttp-keys",
              "--out",      "request.bin", "--keys-dir",       "keys"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Words open_multi(const std::string& name, const std::string& key, const Words& more = {}) {
  Words words{"open-multi",  "--key",   "1=" + name + ".pem", "--encapsulated-key",
              key,           "--in",    "request.bin",        "--out",
              name + ".txt", "--state", name + ".state",      "--force"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("one request opens at each receiver, and each responds for itself") {
  if (none_built()) return;
  for (const Words& form : {Words{}, Words{"--chunked"}}) {
    const Folder folder;
    make_multi_receiver("alice");
    make_multi_receiver("bob");
    const std::string text(100000, 'q');
    REQUIRE_RAN(program(seal_multi(form), text), 0);
    REQUIRE(mode_of("keys/alice.state") == 0600);
    for (const std::string name : {"alice", "bob"}) {
      REQUIRE_RAN(program(open_multi(name, "keys/" + name + ".encapsulated-key", form)), 0);
      REQUIRE(read_file(name + ".txt") == text);
      REQUIRE_RAN(program({"seal-response", "--state", name + ".state", "--out", name + ".bin"},
                          "from " + name),
                  0);
    }
    for (const std::string name : {"alice", "bob"}) {
      const Ran answer =
          program({"open-response", "--state", "keys/" + name + ".state", "--in", name + ".bin"});
      REQUIRE_RAN(answer, 0);
      REQUIRE(answer.out == "from " + name);
    }
    REQUIRE_REFUSED(program({"open-response", "--state", "keys/alice.state", "--in", "bob.bin"}), 1,
                    "refused");

    REQUIRE_REFUSED(program(open_multi("bob", "keys/alice.encapsulated-key", form)), 1,
                    "keys/alice.encapsulated-key: refused");
    // The key of another request.
    REQUIRE(rename("keys", "old") == 0);
    REQUIRE(rename("request.bin", "old.bin") == 0);
    REQUIRE_RAN(program(seal_multi(form), text), 0);
    REQUIRE(remove("bob.txt") == 0);
    REQUIRE(remove("bob.state") == 0);
    REQUIRE_REFUSED(program(open_multi("bob", "old/bob.encapsulated-key", form)), 1,
                    "request.bin: refused");
    REQUIRE_FALSE(exists("bob.txt"));
    REQUIRE_FALSE(exists("bob.state"));
  }
}

TEST_CASE("the AEAD of a one-to-many request is one that all accept") {
  const core::Suite aes{core::KemId::dhkem_x25519, core::KdfId::hkdf_sha256,
                        core::AeadId::aes128_gcm};
  if (none_built() || !offers(*built::providers().front(), aes)) return;
  const Folder folder;
  make_multi_receiver("alice", {"--algorithms", "hkdf-sha256:aes-128-gcm", "--algorithms",
                                "hkdf-sha256:chacha20-poly1305"});
  make_multi_receiver("bob", {"--algorithms", "hkdf-sha256:chacha20-poly1305"});
  REQUIRE_RAN(program(seal_multi(), "text"), 0);
  const Ran opened = program(open_multi("alice", "keys/alice.encapsulated-key",
                                        {"--algorithms", "hkdf-sha256:aes-128-gcm", "--algorithms",
                                         "hkdf-sha256:chacha20-poly1305"}));
  REQUIRE_RAN(opened, 0);
  REQUIRE(read_file("alice.txt") == "text");

  make_multi_receiver("carol", {"--algorithms", "hkdf-sha256:aes-128-gcm"});
  REQUIRE_REFUSED(program({"seal-multi", "--to", "bob.ohttp-keys", "--to", "carol.ohttp-keys",
                           "--out", "r", "--keys-dir", "new"},
                          "text"),
                  1, "no usable AEAD in common");
  REQUIRE_FALSE(exists("new"));
}

TEST_CASE("if a one-to-many request fails, its keys and states are taken back") {
  if (none_built()) return;
  const Folder folder;
  make_multi_receiver("alice");
  make_multi_receiver("bob");
  const std::string seal =
      "printf question | \"$TWOWAY\" seal-multi --to alice.ohttp-keys --to bob.ohttp-keys "
      "--keys-dir . ";
  const Words before = names_here();
  REQUIRE_REFUSED(shell(seal + ">/dev/full"), 3, "standard output: cannot be written");
  REQUIRE(names_here() == before);
  write_file("alice.encapsulated-key", "old");
  REQUIRE_REFUSED(shell(seal + "--force >/dev/full"), 3, "standard output: cannot be written");
  REQUIRE(read_file("alice.encapsulated-key") == "old");

  REQUIRE(rename("bob.ohttp-keys", "alice") == 0);
  REQUIRE_REFUSED(program({"seal-multi", "--to", "alice.ohttp-keys", "--to", "./alice",
                           "--keys-dir", ".", "--out", "r"}),
                  2, "other names");
  write_file("file", "");
  REQUIRE_REFUSED(
      program({"seal-multi", "--to", "alice", "--keys-dir", "file", "--out", "r"}, "text"), 3,
      "file/alice.state: cannot be written");
  REQUIRE_REFUSED(
      program({"seal-multi", "--to", "alice", "--keys-dir", "no/where", "--out", "r"}, "text"), 3,
      "no/where: cannot be made");
}

TEST_CASE("a file that is not an encapsulated key, or too long, is refused") {
  if (none_built()) return;
  const Folder folder;
  make_multi_receiver("alice");
  make_multi_receiver("bob");
  REQUIRE_RAN(program(seal_multi(), "text"), 0);
  const std::string key = read_file("keys/alice.encapsulated-key");
  for (const std::string& bad :
       {std::string(), key.substr(0, 6), key.substr(0, key.size() - 1), key + "x", flipped(key, 10),
        flipped(key, key.size() - 1), std::string(5000, 'x')}) {
    write_file("bad.key", bad);
    REQUIRE_REFUSED(program(open_multi("alice", "bad.key")), 1, "bad.key: ");
    REQUIRE_FALSE(exists("alice.txt"));
  }
}

TEST_CASE("hundreds of receivers") {
  if (none_built()) return;
  const Folder folder;
  make_multi_receiver("alice");
  Words command{"seal-multi", "--keys-dir", "keys", "--out", "request.bin"};
  for (int i = 0; i < 600; ++i) {
    const std::string list = std::to_string(i) + ".list";
    REQUIRE(link("alice.ohttp-keys", list.c_str()) == 0);
    command.insert(command.end(), {"--to", list});
  }
  REQUIRE_RAN(program(command, "text"), 0);
  for (const char* name : {"0", "599"}) {
    const Ran opened = program({"open-multi", "--key", "1=alice.pem", "--encapsulated-key",
                                std::string("keys/") + name + ".encapsulated-key", "--in",
                                "request.bin", "--state", "s", "--force"});
    REQUIRE_RAN(opened, 0);
    REQUIRE(opened.out == "text");
  }
}

TEST_CASE("a list of many keys takes no longer for each") {
  if (none_built()) return;
  const Folder folder;
  make_multi_receiver("alice");
  // 1 MB of keys with AEADs that nobody offers. The program would be stopped long before it had
  // tried the whole list for each of them.
  const std::string key = std::string("\x00\x20", 2) + std::string(32, '5');
  std::string list;
  for (unsigned aead = 0x7000; list.size() + 60 < std::size_t{1} << 20; ++aead) {
    const std::array<char, 4> pair{0, 1, static_cast<char>(aead >> 8), static_cast<char>(aead)};
    list += std::string("\x00\x29\x01", 3) + key + std::string("\x00\x04", 2) +
            std::string(pair.data(), pair.size());
  }
  write_file("long", list);
  REQUIRE_REFUSED(program({"seal-multi", "--to", "long", "--to", "alice.ohttp-keys", "--keys-dir",
                           "keys", "--out", "r"},
                          "text"),
                  1, "no usable AEAD in common");
  REQUIRE_FALSE(exists("keys"));
}
