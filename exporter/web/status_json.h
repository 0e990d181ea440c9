// The status as JSON: what /api/v1/status answers (docs/status-api.md) and what the page is filled
// from, so that both always say the same.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "exporter/inverter/status.h"

namespace mppsolar {

/// A value that was not read is null.
[[nodiscard]] nlohmann::ordered_json StatusJson(const Status& status);

}  // namespace mppsolar
