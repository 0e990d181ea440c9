#include "exporter/calls/service.h"

#include <systemd/sd-daemon.h>

#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>

#include "serial/stream.h"

namespace mppsolar::service {

void Ready() { ::sd_notify(0, "READY=1"); }

void Reloading() {
  // systemd wants the time, so that it can tell this reload from an earlier one.
  struct timespec now {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
                            static_cast<std::uint64_t>(now.tv_nsec) / 1000;
  const std::string state = "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds);
  ::sd_notify(0, state.c_str());
}

void Stopping() { ::sd_notify(0, "STOPPING=1"); }

asio::awaitable<void> KeepWatchdogQuiet(asio::io_context& io) {
  std::uint64_t limit = 0;  // in microseconds
  if (::sd_watchdog_enabled(0, &limit) <= 0) co_return;
  asio::steady_timer timer(io);
  for (;;) {
    ::sd_notify(0, "WATCHDOG=1");
    timer.expires_after(std::chrono::microseconds(limit / 3));
    const auto [error] = co_await timer.async_wait(serial::kAwait);
    if (error) co_return;
  }
}

}  // namespace mppsolar::service
