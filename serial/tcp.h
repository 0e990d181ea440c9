// A serial line at the far end of a TCP connection: ser2net, an ESP bridge, a serial server.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "serial/link.h"

namespace mppsolar::serial {

struct TcpAddress {
  std::string host;  ///< A name, or an address without brackets.
  std::uint16_t port = 0;
};

/// Reads "tcp://bridge:8899", "tcp://10.0.0.5:8899", "tcp://[::1]:8899". Errors: kOpen.
[[nodiscard]] Result<TcpAddress> ParseTcpAddress(std::string_view address);

/// Connects, to whichever address of `host` answers first in their order; `patience` is for all of
/// them and the name server together. The bytes are passed on as they are: no telnet, no TLS.
/// Errors: kOpen with the reason: no such host, refused, no answer.
[[nodiscard]] asio::awaitable<Result<std::unique_ptr<Link>>> OpenTcp(
    asio::any_io_executor executor, std::string host, std::uint16_t port,
    std::chrono::milliseconds patience = std::chrono::seconds(3));

}  // namespace mppsolar::serial
