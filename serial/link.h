// A way to an inverter: bytes out, bytes in.
#pragma once

#include <asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>

#include "serial/result.h"

namespace mppsolar::serial {

using TimePoint = std::chrono::steady_clock::time_point;

/// The one interface that transports implement. One coroutine uses a link at a time.
class Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  virtual ~Link() = default;

  /// Waits for at least one byte and returns how many came. Errors: kTimeout at `deadline`, kIo.
  [[nodiscard]] virtual asio::awaitable<Result<std::size_t>> Read(std::span<char> buffer,
                                                                  TimePoint deadline) = 0;

  /// Sends all of `bytes`. Errors: kTimeout at `deadline`, kIo.
  [[nodiscard]] virtual asio::awaitable<Result<void>> Write(std::string bytes,
                                                            TimePoint deadline) = 0;

  /// Throws away what has come in and was not read. Returns how many bytes that were, padding (NUL,
  /// LF) not counted. Errors: kIo.
  [[nodiscard]] virtual Result<std::size_t> Drain() = 0;

  /// Ends what is under way with kIo. The link is of no use afterwards.
  virtual void Close() = 0;
};

}  // namespace mppsolar::serial
