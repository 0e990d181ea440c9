// The page at `/`: what this is and where the rest is.
#pragma once

#include <string>
#include <vector>

#include "exporter/config.h"

namespace mppsolar {

/// HTML. Names and addresses from the config are escaped.
[[nodiscard]] std::string StartPage(const std::vector<InverterConfig>& inverters,
                                    const std::string& telemetry_path);

}  // namespace mppsolar
