// Reads protocol definitions, strictly (docs/protocol-definitions.md, "What is checked").
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "metrics/protocol.h"
#include "metrics/result.h"

namespace mppsolar::metrics {

/// Loads one definition from YAML text; `file` is what messages call it.
[[nodiscard]] Result<Protocol> LoadProtocol(const std::string& yaml, const std::string& file);

/// Loads a definition file. A file that cannot be read is a complaint, too.
[[nodiscard]] Result<Protocol> LoadProtocolFile(const std::string& path);

/// The definitions compiled into the program, as YAML text.
struct BuiltinDefinition {
  std::string_view file;  ///< "metrics/protocols/pi30.yaml"
  std::string_view yaml;
};
[[nodiscard]] const std::vector<BuiltinDefinition>& BuiltinDefinitions();

/// The built-in protocols; each of `files` is added to them or replaces the one of its name.
[[nodiscard]] Result<std::vector<std::shared_ptr<const Protocol>>> LoadProtocols(
    const std::vector<std::string>& files);

}  // namespace mppsolar::metrics
