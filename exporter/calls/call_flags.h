// The flags of each of the program's calls, with their help: what the command line, the manual page
// and the completions are made of.
#pragma once

#include "exporter/calls/flags.h"
#include "exporter/calls/options.h"

namespace mppsolar {

// Each adds a call's flags and positionals to `app`; their values are in the options once the
// command line was parsed and the flags were converted.
void AddServe(Flags& flags, CLI::App& app, ServeOptions& serve);
void AddQuery(Flags& flags, CLI::App& app, QueryOptions& query);
void AddSimulate(Flags& flags, CLI::App& app, SimulateOptions& simulate);
void AddDetect(CLI::App& app, DetectOptions& detect);
void AddCheckConfig(Flags& flags, CLI::App& app, CheckConfigOptions& check);
void AddHealthCheck(Flags& flags, CLI::App& app, HealthCheckOptions& health);
void AddListMetrics(Flags& flags, CLI::App& app, ListMetricsOptions& list);

}  // namespace mppsolar
