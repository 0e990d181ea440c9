// The inverters at one moment, as a page for people and as JSON for programs.
#pragma once

#include <vector>

#include "exporter/web/http_server.h"
#include "exporter/web/scrape_context.h"
#include "exporter/web/status_page.h"

namespace mppsolar {

/// `/`. A reading like that of a scrape, from the same cache and with the same limits.
[[nodiscard]] HttpHandler StatusPageRoute(ScrapeContext context, std::vector<PageLink> links);

/// /api/v1/status (docs/status-api.md).
[[nodiscard]] HttpHandler StatusJsonRoute(ScrapeContext context);

}  // namespace mppsolar
