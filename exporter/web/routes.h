// What the program serves over HTTP.
#pragma once

#include <string>

#include "exporter/collector.h"
#include "exporter/config.h"
#include "exporter/web/http_server.h"

namespace mppsolar {

/// `/`, the metrics, `/-/healthy` and `/-/ready`. At most `max_requests` scrapes are answered at
/// once (0: any number), more get 503. `collector` must outlive the routes.
[[nodiscard]] HttpRoutes MakeRoutes(Collector& collector, const Config& config,
                                    const std::string& telemetry_path, unsigned max_requests);

}  // namespace mppsolar
