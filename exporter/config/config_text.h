// The config that is in force, as YAML: file, environment and flags put together.
#pragma once

#include <string>

#include "exporter/config/config.h"

namespace mppsolar {

/// A config file that says the same.
[[nodiscard]] std::string ConfigText(const Config& config);

}  // namespace mppsolar
