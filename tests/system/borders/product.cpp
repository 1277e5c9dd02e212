// A product outside of the project with one class of its own for each interface of the library. It
// is compiled with -flto -fwhole-program-vtables -fvisibility=hidden. If an interface were hidden,
// clang would know no other class for it, and calls of the library's objects would go to these
// classes.
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <twoway/twoway.hpp>

#include PROVIDER_HEADER

using namespace twoway;

namespace {

constexpr Error kMine{Errc::provider_failure, "the product's own class was called"};

class MyRng final : public Rng {
 public:
  Status fill(ByteSpan) noexcept override { return kMine; }
};

class MyProvider final : public core::Provider {
 public:
  const char* name() const noexcept override { return "mine"; }
  Rng& rng() const noexcept override { return rng_; }

 private:
  mutable MyRng rng_;
};

class MyGroup final : public core::DhGroup {
 public:
  const core::DhParams& params() const noexcept override { return core::dh_table().back(); }
  Result<std::unique_ptr<core::PublicKey>> import_public(ByteView) const noexcept override {
    return kMine;
  }
  Result<std::unique_ptr<core::DhPrivateKey>> import_private(ByteView) const noexcept override {
    return kMine;
  }
  Status ephemeral_dh(core::DhSecret&, ByteSpan, const core::PublicKey&) const noexcept override {
    return kMine;
  }
};

class MyKdf final : public core::Kdf {
 public:
  const core::KdfParams& params() const noexcept override { return core::kdf_table().back(); }
  Status extract(core::Prk&, ByteView, core::Gather) const noexcept override { return kMine; }
  Status expand(ByteSpan, ByteView, core::Gather) const noexcept override { return kMine; }
};

class MySealer final : public core::AeadSealer {
 public:
  Status seal(ByteSpan, ByteSpan, ByteView, ByteView, ByteView) noexcept override { return kMine; }
};

class MyOpener final : public core::AeadOpener {
 public:
  Status open(ByteSpan, ByteView, ByteView, ByteView, ByteView) noexcept override { return kMine; }
};

class MyAead final : public core::Aead {
 public:
  const core::AeadParams& params() const noexcept override { return core::aead_table().back(); }
  Result<std::unique_ptr<core::AeadSealer>> sealer(ByteView) const noexcept override {
    return std::unique_ptr<core::AeadSealer>(std::make_unique<MySealer>());
  }
  Result<std::unique_ptr<core::AeadOpener>> opener(ByteView) const noexcept override {
    return std::unique_ptr<core::AeadOpener>(std::make_unique<MyOpener>());
  }
};

class MyPublicKey final : public core::PublicKey {
 public:
  ByteView bytes() const noexcept override { return {}; }
  const void* maker() const noexcept override { return this; }
};

class MyKey final : public core::DhPrivateKey {
 public:
  KemId kem_id() const noexcept override { return KemId{0xffff}; }
  ByteView public_key() const noexcept override { return {}; }
  Status dh(core::DhSecret&, const core::PublicKey&) const noexcept override { return kMine; }
};

class MyFilter final : public ReplayFilter {
 public:
  Result<bool> insert_if_absent(std::uint8_t, ByteView) noexcept override { return kMine; }
};

class MySource final : public Source {
 public:
  Result<SourceRead> read(ByteSpan) noexcept override { return kMine; }
};

/// Uses each of the classes above, so that none is dropped before the calls are analysed.
template <typename Interface>
const Interface& pick(const Interface& mine, const Interface& library, bool want_mine) {
  return want_mine ? mine : library;
}

template <typename Outcome>
void require(const Outcome& outcome, const char* what) {
  if (outcome.ok()) return;
  std::printf("%s: %s\n", what, outcome.error().message);
  std::exit(1);
}

void require(bool condition, const char* what) {
  if (condition) return;
  std::printf("%s: a wrong answer\n", what);
  std::exit(1);
}

}  // namespace

int main(int argc, char**) {
  const bool mine = argc > 5;
  const MyProvider my_provider;
  const core::Provider& provider =
      pick<core::Provider>(my_provider, twoway::PROVIDER::provider(), mine);
  require(std::string_view(provider.name()) != "mine", "Provider");
  Bytes random(8);
  require(provider.rng().fill(random), "Rng");

  const MyGroup my_group;
  const core::DhGroup* offered = provider.dh(core::DhId::x25519);
  require(offered != nullptr, "Provider::dh");
  const core::DhGroup& group = pick<core::DhGroup>(my_group, *offered, mine);
  require(group.params().id == core::DhId::x25519, "DhGroup");
  Bytes nine(32);
  nine[0] = 9;
  auto point = group.import_public(nine);
  require(point, "DhGroup::import_public");
  const MyPublicKey my_point;
  require(pick<core::PublicKey>(my_point, **point, mine).bytes().size() == 32, "PublicKey");

  const MyKdf my_kdf;
  const core::Kdf& kdf = pick<core::Kdf>(my_kdf, *provider.kdf(KdfId::hkdf_sha256), mine);
  require(kdf.params().id == KdfId::hkdf_sha256, "Kdf");
  core::Prk prk;
  require(kdf.extract(prk, {}, {}), "Kdf::extract");

  const MyAead my_aead;
  const core::Aead& aead =
      pick<core::Aead>(my_aead, *provider.aead(AeadId::chacha20_poly1305), mine);
  auto sealer = aead.sealer(Bytes(32));
  auto opener = aead.opener(Bytes(32));
  require(sealer, "Aead::sealer");
  require(opener, "Aead::opener");
  Bytes text(4, 1), tag(16);
  require((*sealer)->seal(text, tag, Bytes(12), {}, text), "AeadSealer");
  require((*opener)->open(text, Bytes(12), {}, text, tag), "AeadOpener");
  require(text == Bytes(4, 1), "AeadOpener::open");

  const auto kem = Kem::find(provider, KemId::dhkem_x25519);
  require(kem, "Kem");
  auto key = kem->generate_key_pair();
  require(key, "Kem::generate_key_pair");
  const MyKey my_key;
  const core::PrivateKey& private_key = pick<core::PrivateKey>(my_key, **key, mine);
  require(private_key.kem_id() == KemId::dhkem_x25519, "PrivateKey");

  auto made =
      MemoryReplayFilter::create(provider, {.max_entries = 16, .window = std::chrono::seconds(60)});
  require(made, "MemoryReplayFilter");
  MyFilter my_filter;
  ReplayFilter* filter = mine ? static_cast<ReplayFilter*>(&my_filter) : made->get();
  require(filter->insert_if_absent(1, random), "ReplayFilter");

  MySource my_source;
  const std::unique_ptr<Source> memory = from_memory(random);
  Source* source = mine ? static_cast<Source*>(&my_source) : memory.get();
  require(source->read(text), "Source");

  std::printf("%s\n", provider.name());
}
