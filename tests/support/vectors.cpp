#include "vectors.hpp"

#include <fstream>
#include <map>
#include <variant>

#include <nlohmann/json.hpp>

#include "support.hpp"

namespace twoway::test {
namespace {

using Json = nlohmann::json;
using NodePtr = std::shared_ptr<Vector::Node>;

struct Field {
  std::variant<std::string, std::uint64_t, bool, NodePtr, std::vector<NodePtr>,
               std::vector<std::string>>
      value;
  bool read = false;
};

}  // namespace

struct Vector::Node {
  std::map<std::string, Field, std::less<>> fields;

  template <typename T>
  const T& read(std::string_view name) {
    const auto found = fields.find(name);
    INFO("field " << name);
    if (found == fields.end()) FAIL("the vector has no such field");
    const T* value = std::get_if<T>(&found->second.value);
    if (value == nullptr) FAIL("the field has another type");
    found->second.read = true;
    return *value;
  }
};

namespace {

NodePtr parse_object(const Json& object);

Field parse_list(const Json& list) {
  if (!list.empty() && list.front().is_string()) return {list.get<std::vector<std::string>>()};
  std::vector<NodePtr> nodes;
  for (const Json& item : list) nodes.push_back(parse_object(item));
  return {nodes};
}

Field parse_field(const Json& value) {
  if (value.is_string()) return {value.get<std::string>()};
  if (value.is_boolean()) return {value.get<bool>()};
  if (value.is_number_unsigned()) return {value.get<std::uint64_t>()};
  if (value.is_object()) return {parse_object(value)};
  if (value.is_array()) return parse_list(value);
  FAIL("a vector field is neither text, number, flag, object nor list");
  return {};
}

NodePtr parse_object(const Json& object) {
  auto node = std::make_shared<Vector::Node>();
  for (const auto& [name, value] : object.items()) node->fields[name] = parse_field(value);
  return node;
}

/// Calls `visit` with every object under `node` and its path.
template <typename Visit>
void walk(Vector::Node& node, const std::string& path, const Visit& visit) {
  visit(node, path);
  for (auto& [name, field] : node.fields) {
    if (const auto* inner = std::get_if<NodePtr>(&field.value)) {
      walk(**inner, path + name + '.', visit);
    } else if (const auto* list = std::get_if<std::vector<NodePtr>>(&field.value)) {
      for (std::size_t i = 0; i < list->size(); ++i) {
        walk(*(*list)[i], path + name + '[' + std::to_string(i) + "].", visit);
      }
    }
  }
}

}  // namespace

bool Vector::has(std::string_view field) const {
  return node_->fields.find(field) != node_->fields.end();
}

core::Bytes Vector::bytes(std::string_view field) const {
  return unhex(node_->read<std::string>(field));
}

std::string Vector::text(std::string_view field) const { return node_->read<std::string>(field); }

std::uint64_t Vector::number(std::string_view field) const {
  return node_->read<std::uint64_t>(field);
}

bool Vector::flag(std::string_view field) const { return node_->read<bool>(field); }

Vector Vector::object(std::string_view field) const { return Vector(node_->read<NodePtr>(field)); }

std::vector<Vector> Vector::list(std::string_view field) const {
  // An empty list has no items that show its type, so it is parsed as one of objects.
  std::vector<Vector> items;
  for (const NodePtr& node : node_->read<std::vector<NodePtr>>(field)) items.emplace_back(node);
  return items;
}

std::vector<core::Bytes> Vector::bytes_list(std::string_view field) const {
  const auto found = node_->fields.find(field);
  if (found != node_->fields.end() &&
      std::holds_alternative<std::vector<NodePtr>>(found->second.value) && list(field).empty()) {
    return {};
  }
  std::vector<core::Bytes> items;
  for (const std::string& hex : node_->read<std::vector<std::string>>(field)) {
    items.push_back(unhex(hex));
  }
  return items;
}

void Vector::skip() const {
  walk(*node_, "", [](Node& node, const std::string&) {
    for (auto& [name, field] : node.fields) field.read = true;
  });
}

std::vector<std::string> Vector::unread() const {
  std::vector<std::string> paths;
  walk(*node_, "", [&paths](const Node& node, const std::string& path) {
    for (const auto& [name, field] : node.fields) {
      if (!field.read) paths.push_back(path + name);
    }
  });
  return paths;
}

Vector parse_vector(std::string_view json) { return Vector(parse_object(Json::parse(json))); }

std::size_t for_each_vector(const std::string& file, const std::function<void(const Vector&)>& test,
                            Reads reads) {
  INFO("vector file " << file);
  std::ifstream stream(std::string(TWOWAY_VECTORS_DIR "/") + file);
  if (!stream) FAIL("the vector file cannot be opened in " TWOWAY_VECTORS_DIR);
  const Vector whole(parse_object(Json::parse(stream)));
  CHECK_FALSE(whole.text("source").empty());
  const std::vector<Vector> vectors = whole.list("vectors");
  REQUIRE_FALSE(vectors.empty());
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    INFO("vector " << i);
    test(vectors[i]);
    if (reads == Reads::some) continue;
    for (const std::string& path : vectors[i].unread()) FAIL("no test reads the field " << path);
  }
  return vectors.size();
}

}  // namespace twoway::test
