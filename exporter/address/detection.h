// Which ports have an inverter behind them: each is asked what it is, where that is safe.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exporter/address/open_link.h"
#include "serial/exchange.h"
#include "serial/ports.h"

namespace mppsolar {

/// What an inverter says of itself. Empty: it did not say.
struct Identification {
  std::string protocol;       ///< The reply to QPI: "PI30".
  std::string serial_number;  ///< The reply to QID.
  std::string model;          ///< The reply to QMN.
};

struct Detected {
  serial::Port port;
  std::optional<Identification> inverter;
  std::string why_none;  ///< What came instead of an inverter's answer, or why nothing was asked.
};

/// Asks all ports for which a query is safe, all at the same time, and returns all, in their order.
/// Nothing but queries is sent. An inverter that is off does not answer; a silent port takes about
/// `timing.first_byte` and `timing.quiet`, twice each.
[[nodiscard]] asio::awaitable<std::vector<Detected>> Detect(asio::any_io_executor executor,
                                                            std::vector<serial::Port> ports,
                                                            OpenLink open,
                                                            serial::Timing timing = {});

/// Opens the only one of the ports that an inverter answers at. Errors: kOpen, when none does or
/// several do, and which.
[[nodiscard]] asio::awaitable<serial::Result<std::unique_ptr<serial::Link>>> OpenTheOnlyOne(
    asio::any_io_executor executor, std::vector<serial::Port> ports, OpenLink open,
    serial::Timing timing = {});

}  // namespace mppsolar
