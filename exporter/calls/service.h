// What the exporter tells systemd, where that has started it (man sd_notify). Elsewhere nothing.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>

namespace mppsolar::service {

void Ready();
/// A reload begins; Ready ends it.
void Reloading();
void Stopping();

/// Says that the loop still turns, as often as the unit's WatchdogSec wants it. Ends at once where
/// the unit has none.
[[nodiscard]] asio::awaitable<void> KeepWatchdogQuiet(asio::io_context& io);

}  // namespace mppsolar::service
