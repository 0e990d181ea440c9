// The command line: which of the program's calls it is, and with what. Flags come before
// environment variables (MPPSOLAR_SCRAPE_CACHE for --scrape.cache).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "exporter/log.h"
#include "exporter/simulator/simulated_inverter.h"
#include "metrics/result.h"

namespace mppsolar {

/// `mppsolar_exporter`: serve.
struct ServeOptions {
  std::string config_file;
  std::vector<std::string> devices;
  std::optional<std::chrono::milliseconds> cache, timeout;  ///< scrape.cache, scrape.timeout
  std::optional<std::chrono::milliseconds> max_gap;         ///< energy.max_gap
  std::vector<std::string> protocol_files;
  std::vector<std::string> listen_addresses;  ///< Empty: ":10030".
  bool systemd_socket = false;                ///< Listen on what systemd passed instead.
  std::string web_config_file;  ///< TLS, passwords, headers, a rate limit; empty: none.
  bool protect_health = false;  ///< /-/healthy and /-/ready need a password, too.
  std::string telemetry_path = "/metrics";
  unsigned max_requests = 40;  ///< Scrapes at once; 0: as many as come.
  bool disable_exporter_metrics = false;
  bool enable_lifecycle = false;  ///< Reload by POST /-/reload.
  log::Level log_level = log::Level::kInfo;
  log::Format log_format = log::Format::kLogfmt;
};

/// `mppsolar_exporter query`
struct QueryOptions {
  enum class Output { kRaw, kTable, kJson };
  std::string device;
  std::string config_file;
  std::vector<std::string> protocol_files;
  std::string protocol = "pi30";
  Output output = Output::kRaw;
  bool write = false;
  std::string record_file;
  std::chrono::milliseconds timeout{5000};  ///< For each command.
  std::vector<std::string> commands;
};

/// `mppsolar_exporter simulate`
struct SimulateOptions {
  std::string pty;                   ///< A path for a link to the pty.
  std::optional<std::uint16_t> tcp;  ///< Or a port on 127.0.0.1.
  std::string capture_file;          ///< Answers from here instead of a model.
  simulator::Options model;
  bool paced = true;
};

/// `mppsolar_exporter detect [ADDRESS]...`
struct DetectOptions {
  std::vector<std::string> addresses;  ///< Asked besides the ports that are safe to ask unasked.
};

/// `mppsolar_exporter check-config FILE`
struct CheckConfigOptions {
  std::string file;             ///< Empty only if `web_config_file` is not.
  std::string web_config_file;  ///< Empty: none to check.
  std::vector<std::string> protocol_files;
};

/// `mppsolar_exporter healthcheck`
struct HealthCheckOptions {
  std::vector<std::string> listen_addresses;  ///< Where the exporter listens; empty: ":10030".
  std::string web_config_file;                ///< Given: TLS is what is expected.
  std::chrono::milliseconds timeout{3000};    ///< For each address.
};

/// `mppsolar_exporter list-metrics`
struct ListMetricsOptions {
  /// kDefinition prints the built-in definitions, to copy and extend.
  enum class Output { kText, kMarkdown, kDefinition };
  Output output = Output::kText;
  std::vector<std::string> protocol_files;
};

/// Nothing more to do: help or version were printed, or the command line is wrong (and that was
/// said).
struct Exit {
  int code;
};

using Options = std::variant<ServeOptions, QueryOptions, SimulateOptions, DetectOptions,
                             CheckConfigOptions, HealthCheckOptions, ListMetricsOptions, Exit>;

/// Reads the command line and the environment.
[[nodiscard]] Options ParseCommandLine(int argc, const char* const* argv);

}  // namespace mppsolar
