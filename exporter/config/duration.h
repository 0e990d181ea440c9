// Durations as Prometheus writes them: "500ms", "2s", "1m30s", "1h", "0s".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mppsolar {

/// Nothing for text that is no duration: without a unit, negative, empty, or over a year.
[[nodiscard]] std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

[[nodiscard]] std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace mppsolar
