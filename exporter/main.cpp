// The composition root: which of the program's calls it is.
#include <cstdio>
#include <exception>

#include "exporter/calls/commands.h"

namespace {

struct Call {
  int operator()(const mppsolar::ServeOptions& options) const { return mppsolar::Serve(options); }
  int operator()(const mppsolar::QueryOptions& options) const { return mppsolar::Query(options); }
  int operator()(const mppsolar::SimulateOptions& options) const {
    return mppsolar::Simulate(options);
  }
  int operator()(const mppsolar::DetectOptions& options) const {
    return mppsolar::FindInverters(options);
  }
  int operator()(const mppsolar::CheckConfigOptions& options) const {
    return mppsolar::CheckConfig(options);
  }
  int operator()(const mppsolar::HealthCheckOptions& options) const {
    return mppsolar::HealthCheck(options);
  }
  int operator()(const mppsolar::ListMetricsOptions& options) const {
    return mppsolar::ListMetrics(options);
  }
  int operator()(const mppsolar::Exit& exit) const { return exit.code; }
};

}  // namespace

int main(int argc, char** argv) try {
  return std::visit(Call{}, mppsolar::ParseCommandLine(argc, argv));
} catch (const std::exception& error) {
  std::fprintf(stderr, "mppsolar_exporter: %s\n", error.what());
  return 1;
}
