// Completions for shells, made of what the command line takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/calls/description.h"

namespace mppsolar {

/// The script that the shell (bash, zsh or fish) loads; nothing for another shell. `calls` are
/// those of Describe.
[[nodiscard]] std::optional<std::string> Completion(const std::vector<DescribedCall>& calls,
                                                    std::string_view shell);

}  // namespace mppsolar
