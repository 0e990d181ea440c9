// Reading the inverters for a request: within the time that it leaves, and not for too many at
// once.
#pragma once

#include <tl/expected.hpp>
#include <vector>

#include "exporter/config/config_in_force.h"
#include "exporter/inverter/collector.h"
#include "exporter/web/http_server.h"
#include "exporter/web/scrape_limit.h"

namespace mppsolar {

/// What answers that need a reading have in common.
struct ScrapeContext {
  Collector& collector;
  const ConfigInForce& in_force;
  ScrapeLimit limit;
};

/// Reads what is selected, or refuses: 400 for a wrong X-Prometheus-Scrape-Timeout-Seconds, 503 for
/// too many at once.
[[nodiscard]] asio::awaitable<tl::expected<std::vector<Collector::Read>, HttpResponse>>
ReadForRequest(ScrapeContext context, Selection selection, HttpRequest request);

}  // namespace mppsolar
