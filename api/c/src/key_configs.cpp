// Key configurations.
#include <twoway/key_configs.hpp>

#include "algorithms.hpp"
#include "call.hpp"
#include "handles.hpp"

struct twoway_key_configs {
  const twoway::Provider& provider;
  std::vector<twoway::KeyConfig> list;
};

using namespace twoway;

namespace {

constexpr Error kNoSuchIndex{Errc::invalid_argument, "there is no key configuration at this index"};

Result<const KeyConfig*> at(const twoway_key_configs* configs, std::size_t index) noexcept {
  if (configs == nullptr) return c::kNull;
  if (index >= configs->list.size()) return kNoSuchIndex;
  return &configs->list[index];
}

Status give(twoway_key_configs** out, const twoway_provider* provider,
            Result<std::vector<KeyConfig>> list) noexcept {
  if (!list) return list.error();
  *out = new twoway_key_configs{*c::object(provider), std::move(*list)};
  return {};
}

Status append(twoway_key_configs& configs, Result<KeyConfig> config) noexcept {
  if (!config) return config.error();
  configs.list.push_back(std::move(*config));
  return {};
}

}  // namespace

twoway_status twoway_key_configs_new(const twoway_provider* provider, twoway_key_configs** configs,
                                     twoway_error* error) noexcept {
  return c::call(error, provider, configs).then([&] {
    return give(configs, provider, std::vector<KeyConfig>());
  });
}

twoway_status twoway_key_configs_parse(const twoway_provider* provider, const uint8_t* list,
                                       size_t list_size, twoway_key_configs** configs,
                                       twoway_error* error) noexcept {
  return c::call(error, provider, configs, c::Input{list, list_size}).then([&] {
    return give(configs, provider, read_key_configs(*c::object(provider), {list, list_size}));
  });
}

void twoway_key_configs_free(twoway_key_configs* configs) noexcept { delete configs; }

twoway_status twoway_key_configs_add(twoway_key_configs* configs, uint8_t key_id, uint16_t kem,
                                     const uint8_t* public_key, size_t public_key_size,
                                     const twoway_symmetric_algorithms* algorithms, size_t count,
                                     twoway_error* error) noexcept {
  auto pairs = c::algorithms_of(algorithms, count);
  return c::call(error, configs, c::Input{public_key, public_key_size}, pairs)
      .then([&]() -> Status {
        if (core::find_kem(configs->provider, KemId{kem}) == nullptr) {
          return Error{Errc::not_supported, "neither the provider nor the library knows this KEM"};
        }
        KeyConfig config{key_id, KemId{kem}, Bytes(public_key, public_key + public_key_size),
                         std::move(*pairs)};
        const auto encoded = framing::serialize_key_config(configs->provider, config);
        return encoded ? append(*configs, std::move(config)) : encoded.error();
      });
}

twoway_status twoway_key_configs_add_encoded(twoway_key_configs* configs, const uint8_t* config,
                                             size_t config_size, twoway_error* error) noexcept {
  return c::call(error, configs, c::Input{config, config_size}).then([&] {
    return append(*configs, framing::parse_key_config(configs->provider, {config, config_size}));
  });
}

size_t twoway_key_configs_count(const twoway_key_configs* configs) noexcept {
  return configs == nullptr ? 0 : configs->list.size();
}

twoway_status twoway_key_configs_get(const twoway_key_configs* configs, size_t index,
                                     uint8_t* key_id, uint16_t* kem, twoway_error* error) noexcept {
  const auto config = at(configs, index);
  return c::call(error, c::Optional{key_id}, c::Optional{kem}, config).then([&] {
    if (key_id != nullptr) *key_id = (*config)->key_id;
    if (kem != nullptr) *kem = static_cast<std::uint16_t>((*config)->kem);
    return Status();
  });
}

twoway_status twoway_key_configs_public_key(const twoway_key_configs* configs, size_t index,
                                            uint8_t* out, size_t capacity, size_t* written,
                                            twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  const auto config = at(configs, index);
  return c::call(error, output, config).then([&] { return output.write((*config)->public_key); });
}

twoway_status twoway_key_configs_algorithms(const twoway_key_configs* configs, size_t index,
                                            twoway_symmetric_algorithms* out, size_t capacity,
                                            size_t* written, twoway_error* error) noexcept {
  const auto config = at(configs, index);
  return c::call(error, written, c::Span<twoway_symmetric_algorithms>{out, capacity}, config)
      .then([&]() -> Status {
        const c::Output output{nullptr, capacity, written};
        if (Status s = output.require((*config)->algorithms.size()); !s) return s;
        for (const SymmetricAlgorithms& pair : (*config)->algorithms) {
          out[(*written)++] = {static_cast<std::uint16_t>(pair.kdf),
                               static_cast<std::uint16_t>(pair.aead)};
        }
        return {};
      });
}

twoway_status twoway_key_configs_encode(const twoway_key_configs* configs, size_t index,
                                        uint8_t* out, size_t capacity, size_t* written,
                                        twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  const auto config = at(configs, index);
  return c::call(error, output, config).then([&] {
    return output.write(framing::serialize_key_config(configs->provider, **config));
  });
}

twoway_status twoway_key_configs_encode_list(const twoway_key_configs* configs, uint8_t* out,
                                             size_t capacity, size_t* written,
                                             twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, configs, output).then([&] {
    return output.write(framing::serialize_key_configs(configs->provider, configs->list));
  });
}
