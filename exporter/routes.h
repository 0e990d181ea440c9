// What the program serves over HTTP.
#pragma once

#include <string>

#include "exporter/collector.h"
#include "exporter/config.h"
#include "exporter/http_server.h"

namespace mppsolar {

/// `/`, the metrics, `/-/healthy` and `/-/ready`. `collector` must outlive the routes.
[[nodiscard]] HttpRoutes MakeRoutes(Collector& collector, const Config& config,
                                    const std::string& telemetry_path);

}  // namespace mppsolar
