// The answers to scrapes: of everything, of a part, of one inverter as a target of its own.
#pragma once

#include "exporter/web/http_server.h"
#include "exporter/web/scrape_context.h"

namespace mppsolar {

/// /metrics, with inverter[]=NAME and collect[]=COMMAND for a part of everything, each as often as
/// wanted, and debug=true for what went over the wire. 400: a parameter or a name that is not
/// known; 503: too many at once.
[[nodiscard]] HttpHandler MetricsRoute(ScrapeContext context);

/// /probe?target=NAME: the same of one inverter, without the exporter's own metrics.
[[nodiscard]] HttpHandler ProbeRoute(ScrapeContext context);

}  // namespace mppsolar
