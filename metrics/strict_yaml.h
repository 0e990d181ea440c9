// Reads YAML strictly: a key that is unknown, repeated or missing, or a value of another kind than
// expected, is a complaint with its place and never passed over.
//
//   Result<Options> options = Strictly(text, "exporter.yaml", [](const Yaml& root) {
//     const YamlMap map(root, "the configuration", {"device", "timeout"});
//     Options read{.device = map.Get("device").Text()};
//     if (const auto timeout = map.Find("timeout")) read.timeout = timeout->Whole(1, 60);
//     return read;
//   });
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "metrics/result.h"

namespace mppsolar::metrics {

/// What the readers below throw. It never leaves Strictly.
class StrictYamlError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct YamlNode;
struct YamlDocument;
struct YamlEntry;

/// One value with its place. Cheap to copy; keeps the document alive. Everything here may throw
/// StrictYamlError: use it inside Strictly.
class Yaml {
 public:
  /// Throws "FILE:LINE:COLUMN: `what`". Say what was found, then what would be right.
  [[noreturn]] void Complain(const std::string& what) const;

  /// "FILE:LINE:COLUMN", counted from 1. Where an alias stands this is the place of its anchor.
  [[nodiscard]] std::string Place() const;
  [[nodiscard]] unsigned Line() const;

  /// Nothing was written there, or "null" or "~".
  [[nodiscard]] bool IsEmpty() const;
  [[nodiscard]] bool IsText() const;
  [[nodiscard]] bool IsList() const;
  [[nodiscard]] bool IsMap() const;

  /// As it is written, never converted: `off` is "off" and 044 is "044". May be "" only if quoted.
  [[nodiscard]] const std::string& Text() const;
  /// `true` or `false`, nothing else.
  [[nodiscard]] bool YesOrNo() const;
  /// A whole number within the two, in decimal digits.
  [[nodiscard]] unsigned Whole(unsigned low, unsigned high) const;
  [[nodiscard]] std::vector<Yaml> List() const;
  /// The texts of a list; a single text is a list of one.
  [[nodiscard]] std::vector<Yaml> OneOrMore() const;
  /// A map with keys of any name, in the order of the file; each key is a text and there once.
  [[nodiscard]] std::vector<YamlEntry> Entries() const;

 private:
  friend Yaml ParseYaml(const std::string& yaml, const std::string& file);
  Yaml(std::shared_ptr<const YamlDocument> document, const YamlNode* node)
      : document_(std::move(document)), node_(node) {}

  std::shared_ptr<const YamlDocument> document_;
  const YamlNode* node_;
};

struct YamlEntry {
  Yaml key;
  Yaml value;
};

/// A map whose keys are known.
class YamlMap {
 public:
  /// Complains of any other key; `what` is what messages call the map: "a command". `keys` is only
  /// used here.
  YamlMap(const Yaml& map, std::string_view what, std::initializer_list<std::string_view> keys);

  [[nodiscard]] bool Has(std::string_view key) const { return Find(key).has_value(); }
  [[nodiscard]] std::optional<Yaml> Find(std::string_view key) const;
  /// Complains if the key is missing.
  [[nodiscard]] Yaml Get(std::string_view key) const;
  /// The whole map, for complaints.
  [[nodiscard]] const Yaml& Whole() const { return map_; }

 private:
  Yaml map_;
  std::string what_;
  std::vector<YamlEntry> entries_;
};

/// `text` in quotes for a message: shortened, and without control characters.
[[nodiscard]] std::string Quoted(std::string_view text);

/// "a, b, c" for a message.
[[nodiscard]] std::string Listed(const std::vector<std::string>& texts);

/// The one document in `yaml`, which must be UTF-8. Throws StrictYamlError; aliases are resolved.
[[nodiscard]] Yaml ParseYaml(const std::string& yaml, const std::string& file);

/// What `read(const Yaml& root)` returns, or the first complaint. `file` is what messages call it.
template <class Read>
[[nodiscard]] auto Strictly(const std::string& yaml, const std::string& file, Read&& read)
    -> Result<std::invoke_result_t<Read, const Yaml&>> {
  try {
    return std::forward<Read>(read)(ParseYaml(yaml, file));
  } catch (const StrictYamlError& error) {
    return tl::unexpected(Complaint{error.what()});
  }
}

/// The contents of a file, or "FILE: why it cannot be read".
[[nodiscard]] Result<std::string> ReadTextFile(const std::string& path);

}  // namespace mppsolar::metrics
