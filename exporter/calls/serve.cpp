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
#include "exporter/calls/commands.h"
#include "exporter/calls/service.h"
#include "exporter/config/config_in_force.h"
#include "exporter/inverter/collector.h"
#include "exporter/log.h"
#include "exporter/loop.h"
#include "exporter/own_metrics.h"
#include "exporter/process_metrics.h"
#include "exporter/web/http_server.h"
#include "exporter/web/listen_places.h"
#include "exporter/web/routes.h"
#include "exporter/web/web_access.h"
#include "exporter/web/web_files.h"
#include "serial/stream.h"

namespace mppsolar {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFailed = 1;
// After SIGTERM: how long requests under way may take to be answered, and how often that is looked
// at.
constexpr std::chrono::milliseconds kLongestEnd{1500};
constexpr std::chrono::milliseconds kLookAgain{5};

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

metrics::Result<void> Reload(ConfigInForce& in_force) {
  service::Reloading();
  auto loaded = in_force.Load();
  service::Ready();
  if (loaded) {
    log::Info("Config is reloaded",
              {{"inverters", std::to_string(in_force.config().inverters.size())}});
  } else {
    log::Error("Config is wrong, the old one stays", {{"error", loaded.error().text}});
  }
  return loaded;
}

asio::awaitable<void> ReloadOnSignal(asio::signal_set& signals, ConfigInForce& in_force) {
  for (;;) {
    const auto [error, signal] = co_await signals.async_wait(serial::kAwait);
    if (error) co_return;
    static_cast<void>(Reload(in_force));
  }
}

asio::awaitable<void> RunUntilSignal(asio::io_context& io, asio::signal_set& signals,
                                     Collector& collector, HttpServer& server) {
  const auto [error, signal] = co_await signals.async_wait(serial::kAwait);
  if (error) co_return;
  log::Info("Ending", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  service::Stopping();
  server.StopListening();
  // Scrapes that wait are answered with what there is.
  collector.Stop();
  asio::steady_timer timer(io);
  for (const auto end = Clock::now() + kLongestEnd;
       server.Counters().InFlight() > 0 && Clock::now() < end;) {
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
  log::Info("Starting mppsolar_exporter", {{"version", VersionInLog()}});
  log::Info("Build context", {{"build_context", BuildContext()}});
  const auto places = ListenPlaces(options);
  if (!places) return Complain(places.error());
  std::unique_ptr<WebFiles> web_files;
  if (!options.web_config_file.empty()) {
    auto opened = WebFiles::Open(options.web_config_file);
    if (!opened) return Complain(opened.error().text);
    web_files = std::move(*opened);
  }

  AllowAllDescriptors();
  Loop io(1);
  // Before anybody is told that the program runs: a signal that nobody waits for ends it.
  asio::signal_set ending(io, SIGINT, SIGTERM);
  asio::signal_set reloading(io, SIGHUP);
  Collector collector;
  ConfigInForce in_force(io, options, collector);
  if (const auto loaded = in_force.Load(); !loaded) return Complain(loaded.error().text);
  collector.Add([](metrics::Families& families) { Add(families, kBuildInfo, BuildLabels(), 1); });
  collector.Add([&in_force](metrics::Families& families) { in_force.Collect(families); });
  if (!options.disable_exporter_metrics) {
    collector.Add([](metrics::Families& families) { CollectProcess(families); });
  }
  Site site{{collector, in_force, ScrapeLimit(options.max_requests)}, options.telemetry_path};
  std::unique_ptr<WebAccess> access;
  if (web_files) {
    access = std::make_unique<WebAccess>(io, std::move(web_files));
    site.tls = access->HasTls();
    site.web_config = [&access = *access] { return access.Shown(); };
  }
  if (options.enable_lifecycle) site.reload = [&in_force] { return Reload(in_force); };
  auto routes = MakeRoutes(std::move(site));
  if (!routes) return Complain(routes.error());
  if (options.protect_health) {
    for (auto& [path, route] : *routes) route.open = false;
  }
  HttpServer server(io, std::move(*routes), std::move(access));
  if (!options.disable_exporter_metrics) {
    collector.Add([&server](metrics::Families& families) { server.Counters().Collect(families); });
  }
  if (const auto listening = ListenAt(*places, server); !listening) {
    return Complain(listening.error());
  }
  asio::co_spawn(io, RunUntilSignal(io, ending, collector, server), asio::detached);
  asio::co_spawn(io, ReloadOnSignal(reloading, in_force), asio::detached);
  asio::co_spawn(io, service::KeepWatchdogQuiet(io), asio::detached);
  service::Ready();
  // Reading the definitions leaves much memory behind that is never needed again.
  ::malloc_trim(0);
  io.run();
  io.DropWaiting();
  return 0;
}

}  // namespace mppsolar
