// Serving: config in, inverters and HTTP up, until a signal comes.
#include <malloc.h>
#include <sys/resource.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <csignal>

#include "exporter/build_info.h"
#include "exporter/collector.h"
#include "exporter/commands.h"
#include "exporter/config.h"
#include "exporter/log.h"
#include "exporter/transports.h"
#include "exporter/web/http_server.h"
#include "exporter/web/routes.h"
#include "metrics/loader.h"
#include "serial/stream.h"

namespace mppsolar {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFailed = 1;
// After SIGTERM: how long requests under way may take to be answered, and how often that is looked
// at.
constexpr std::chrono::milliseconds kLongestEnd{1500};
constexpr std::chrono::milliseconds kLookAgain{5};

// Flags over file over defaults.
metrics::Result<Config> MakeConfig(const ServeOptions& options) {
  Config config;
  if (!options.config_file.empty()) {
    auto loaded = LoadConfigFile(options.config_file);
    if (!loaded) return loaded;
    config = std::move(*loaded);
  }
  if (!options.devices.empty()) config.inverters.clear();
  for (const std::string& text : options.devices) {
    auto inverter = ParseDevice(text);
    if (!inverter) return tl::unexpected<metrics::Complaint>(inverter.error());
    config.inverters.push_back(std::move(*inverter));
  }
  if (options.cache) config.scrape.cache = *options.cache;
  if (options.timeout) config.scrape.timeout = *options.timeout;
  if (options.max_gap) config.energy.max_gap = *options.max_gap;
  return config;
}

int Complain(const std::string& text) {
  log::Error("Cannot start", {{"error", text}});
  return kFailed;
}

// The soft limit of 1024 descriptors is there for programs that use select(); the hard one is
// meant.
void AllowAllDescriptors() {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

asio::awaitable<void> RunUntilSignal(asio::io_context& io, Collector& collector,
                                     HttpServer& server) {
  asio::signal_set signals(io, SIGINT, SIGTERM);
  const auto [error, signal] = co_await signals.async_wait(serial::kAwait);
  if (error) co_return;
  log::Info("Ending", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  server.StopListening();
  // Scrapes that wait are answered with what there is.
  collector.Stop();
  asio::steady_timer timer(io);
  for (const auto end = Clock::now() + kLongestEnd; server.InFlight() > 0 && Clock::now() < end;) {
    timer.expires_after(kLookAgain);
    co_await timer.async_wait(serial::kAwait);
  }
  // What was answered last still has to leave.
  timer.expires_after(kLookAgain);
  co_await timer.async_wait(serial::kAwait);
  io.stop();
}

}  // namespace

int Serve(const ServeOptions& options) {
  log::SetUp(options.log_level, options.log_format);
  log::Info("Starting mppsolar_exporter",
            {{"version", MPPSOLAR_VERSION}, {"revision", MPPSOLAR_REVISION}});
  const auto config = MakeConfig(options);
  if (!config) return Complain(config.error().text);
  auto protocols = metrics::LoadProtocols(options.protocol_files);
  if (!protocols) return Complain(protocols.error().text);
  if (const auto checked = CheckInverters(config->inverters, *protocols); !checked) {
    return Complain(checked.error().text);
  }
  const auto address = ParseListenAddress(options.listen_address);
  if (!address) {
    return Complain("--web.listen-address: \"" + options.listen_address +
                    "\" is no address; write :10030, 127.0.0.1:10030 or [::1]:10030");
  }

  AllowAllDescriptors();
  asio::io_context io(1);
  std::vector<std::unique_ptr<Inverter>> inverters;
  for (const InverterConfig& inverter : config->inverters) {
    InverterTiming timing;
    timing.energy_max_gap = config->energy.max_gap;
    inverters.push_back(std::make_unique<Inverter>(io, inverter, *protocols, OpenAddress, timing));
  }
  Collector collector(std::move(inverters), config->scrape);
  HttpServer server(io,
                    MakeRoutes(collector, *config, options.telemetry_path, options.max_requests));
  if (const auto listening = server.Listen(*address); !listening) {
    return Complain("cannot listen on " + options.listen_address + ": " + listening.error());
  }
  log::Info("Listening", {{"address", options.listen_address}});
  collector.Start();
  asio::co_spawn(io, RunUntilSignal(io, collector, server), asio::detached);
  // Reading the definitions leaves much memory behind that is never needed again.
  ::malloc_trim(0);
  io.run();
  return 0;
}

}  // namespace mppsolar
