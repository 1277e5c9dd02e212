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

/// Null with an index that is none.
const KeyConfig* at(const twoway_key_configs& configs, std::size_t index) noexcept {
  return index < configs.list.size() ? &configs.list[index] : nullptr;
}

}  // namespace

twoway_status twoway_key_configs_new(const twoway_provider* provider, twoway_key_configs** configs,
                                     twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(configs);
    if (c::any_null(provider, configs)) return c::kNull;
    *configs = new twoway_key_configs{*c::object(provider), {}};
    return {};
  }());
}

twoway_status twoway_key_configs_parse(const twoway_provider* provider, const uint8_t* list,
                                       size_t list_size, twoway_key_configs** configs,
                                       twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(configs);
    if (c::any_null(provider, configs) || !c::is_span(list, list_size)) return c::kNull;
    auto parsed = read_key_configs(*c::object(provider), {list, list_size});
    if (!parsed) return parsed.error();
    *configs = new twoway_key_configs{*c::object(provider), std::move(*parsed)};
    return {};
  }());
}

void twoway_key_configs_free(twoway_key_configs* configs) noexcept { delete configs; }

twoway_status twoway_key_configs_add(twoway_key_configs* configs, uint8_t key_id, uint16_t kem,
                                     const uint8_t* public_key, size_t public_key_size,
                                     const twoway_symmetric_algorithms* algorithms, size_t count,
                                     twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    if (configs == nullptr || !c::is_span(public_key, public_key_size)) return c::kNull;
    auto pairs = c::algorithms_of(algorithms, count);
    if (!pairs) return pairs.error();
    if (core::find_kem(configs->provider, KemId{kem}) == nullptr) {
      return Error{Errc::not_supported, "neither the provider nor the library knows this KEM"};
    }
    KeyConfig config{key_id, KemId{kem}, Bytes(public_key, public_key + public_key_size),
                     std::move(*pairs)};
    const auto encoded = framing::serialize_key_config(configs->provider, config);
    if (!encoded) return encoded.error();
    configs->list.push_back(std::move(config));
    return {};
  }());
}

twoway_status twoway_key_configs_add_encoded(twoway_key_configs* configs, const uint8_t* config,
                                             size_t config_size, twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    if (configs == nullptr || !c::is_span(config, config_size)) return c::kNull;
    auto parsed = framing::parse_key_config(configs->provider, {config, config_size});
    if (!parsed) return parsed.error();
    configs->list.push_back(std::move(*parsed));
    return {};
  }());
}

size_t twoway_key_configs_count(const twoway_key_configs* configs) noexcept {
  return configs == nullptr ? 0 : configs->list.size();
}

twoway_status twoway_key_configs_get(const twoway_key_configs* configs, size_t index,
                                     uint8_t* key_id, uint16_t* kem, twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(key_id, kem);
    if (configs == nullptr) return c::kNull;
    const KeyConfig* config = at(*configs, index);
    if (config == nullptr) return kNoSuchIndex;
    if (key_id != nullptr) *key_id = config->key_id;
    if (kem != nullptr) *kem = static_cast<std::uint16_t>(config->kem);
    return {};
  }());
}

twoway_status twoway_key_configs_public_key(const twoway_key_configs* configs, size_t index,
                                            uint8_t* out, size_t capacity, size_t* written,
                                            twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(written);
    const c::Output output{out, capacity, written};
    if (configs == nullptr || !output.valid()) return c::kNull;
    const KeyConfig* config = at(*configs, index);
    return config == nullptr ? kNoSuchIndex : output.write(config->public_key);
  }());
}

twoway_status twoway_key_configs_algorithms(const twoway_key_configs* configs, size_t index,
                                            twoway_symmetric_algorithms* out, size_t capacity,
                                            size_t* written, twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(written);
    if (c::any_null(configs, written) || (out == nullptr && capacity != 0)) return c::kNull;
    const KeyConfig* config = at(*configs, index);
    if (config == nullptr) return kNoSuchIndex;
    const c::Output output{nullptr, capacity, written};
    if (Status s = output.require(config->algorithms.size()); !s) return s;
    for (const SymmetricAlgorithms& pair : config->algorithms) {
      out[(*written)++] = {static_cast<std::uint16_t>(pair.kdf),
                           static_cast<std::uint16_t>(pair.aead)};
    }
    return {};
  }());
}

twoway_status twoway_key_configs_encode(const twoway_key_configs* configs, size_t index,
                                        uint8_t* out, size_t capacity, size_t* written,
                                        twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(written);
    const c::Output output{out, capacity, written};
    if (configs == nullptr || !output.valid()) return c::kNull;
    const KeyConfig* config = at(*configs, index);
    if (config == nullptr) return kNoSuchIndex;
    const auto encoded = framing::serialize_key_config(configs->provider, *config);
    return encoded ? output.write(*encoded) : encoded.error();
  }());
}

twoway_status twoway_key_configs_encode_list(const twoway_key_configs* configs, uint8_t* out,
                                             size_t capacity, size_t* written,
                                             twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(written);
    const c::Output output{out, capacity, written};
    if (configs == nullptr || !output.valid()) return c::kNull;
    const auto encoded = framing::serialize_key_configs(configs->provider, configs->list);
    return encoded ? output.write(*encoded) : encoded.error();
  }());
}
