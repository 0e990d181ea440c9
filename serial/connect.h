// A TCP connection to whichever of a host's addresses answers.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <vector>

#include "serial/link.h"

namespace mppsolar::serial {

/// Tries the endpoints in their order. The connection finds out by itself when the other end was
/// switched off, and is reset when it is closed. Errors: kOpen, with what the last one said.
[[nodiscard]] asio::awaitable<Result<asio::ip::tcp::socket>> ConnectToFirst(
    asio::any_io_executor executor, std::vector<asio::ip::tcp::endpoint> endpoints,
    TimePoint deadline);

}  // namespace mppsolar::serial
