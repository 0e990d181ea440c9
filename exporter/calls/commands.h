// The program's calls. Each returns the exit code of the process.
#pragma once

#include "exporter/calls/options.h"

namespace mppsolar {

/// Serves metrics until SIGTERM or SIGINT. 1: wrong config, or the port is in use.
[[nodiscard]] int Serve(const ServeOptions& options);

/// Asks and prints. 0 all answered; 1 wrong usage; 2 NAK; 3 no answer; 4 damaged reply; 5 the
/// device: of the first command that failed.
[[nodiscard]] int Query(const QueryOptions& options);

/// Is an inverter until SIGTERM or SIGINT.
[[nodiscard]] int Simulate(const SimulateOptions& options);

/// Asks the ports of this machine and the given addresses what is there, and prints a config. 0 an
/// inverter answered; 1 wrong usage; 3 none did.
[[nodiscard]] int FindInverters(const DetectOptions& options);

/// 0: the config is right; 1: it is not, and stderr says where.
[[nodiscard]] int CheckConfig(const CheckConfigOptions& options);

/// Asks a running exporter. 0: it is healthy; 1: it is not, and stderr says why.
[[nodiscard]] int HealthCheck(const HealthCheckOptions& options);

/// Prints all metrics.
[[nodiscard]] int ListMetrics(const ListMetricsOptions& options);

}  // namespace mppsolar
