#include "exporter/web/scrape_deadline.h"

#include <algorithm>

#include "metrics/decode.h"

namespace mppsolar {

std::optional<std::chrono::milliseconds> ScrapeTime(std::chrono::milliseconds longest,
                                                    std::optional<std::string_view> header) {
  constexpr double kWayBack = 0.5;
  constexpr double kADay = 86'400;
  if (!header) return longest;
  const auto seconds = metrics::ParseNumber(*header);
  if (!seconds || *seconds < 0) return std::nullopt;
  if (*seconds == 0) return longest;
  const double usable = std::min(std::max(*seconds - kWayBack, *seconds / 2), kADay);
  const std::chrono::duration<double> allowed(usable);
  return std::min(longest, std::chrono::duration_cast<std::chrono::milliseconds>(allowed));
}

}  // namespace mppsolar
