// Which path is answered by what.
#pragma once

#include <functional>
#include <string>

#include "exporter/web/http_server.h"
#include "exporter/web/scrape_route.h"
#include "metrics/result.h"

namespace mppsolar {

struct Site {
  ScrapeContext scrapes;
  std::string telemetry_path;
  /// Reads the config anew; empty: nobody may ask for it over HTTP.
  std::function<metrics::Result<void>()> reload = nullptr;
  /// The web configuration without its secrets; empty: there is none.
  std::function<std::string()> web_config = nullptr;
  bool tls = false;  ///< How /sd says that the exporter is reached.
};

/// The status page at `/` with its files, /api/v1/status, the metrics, /probe, /sd, /config,
/// /docs/*.md, /-/healthy, /-/ready and /-/reload. What `site` refers to must outlive them.
/// Errors (the text): the telemetry path is one of the others.
[[nodiscard]] tl::expected<HttpRoutes, std::string> MakeRoutes(Site site);

}  // namespace mppsolar
