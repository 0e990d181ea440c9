// How long a scrape may take.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace mppsolar {

/// The time for one scrape: `longest` (scrape.timeout), or less where Prometheus says in the header
/// X-Prometheus-Scrape-Timeout-Seconds that it will not wait so long: half a second less than that
/// for the way back, or half of it where that would leave nothing. No header, or 0: `longest`.
/// Nothing for a header that is no number of seconds.
[[nodiscard]] std::optional<std::chrono::milliseconds> ScrapeTime(
    std::chrono::milliseconds longest, std::optional<std::string_view> header);

}  // namespace mppsolar
