// A link without a wire: what is written goes to a responder, and its answers come back at the pace
// of a serial line.
#pragma once

#include <asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "serial/link.h"

namespace mppsolar::serial {

/// What an inverter sends when these bytes (a request up to its CR) have come in at `now`: whole
/// frames, or nothing for silence.
using Responder = std::function<std::string(std::string_view request, TimePoint now)>;

/// How fast a simulated line is.
struct Pace {
  /// Per byte in either direction; 0: all at once. 10 bits at 2400 baud by default.
  std::chrono::microseconds byte{10 * 1'000'000 / 2400};
  /// From the last byte of the request to the first of the reply.
  std::chrono::microseconds turnaround{0};
};

class SimulatedLink final : public Link {
 public:
  SimulatedLink(asio::any_io_executor executor, Responder responder, Pace pace);

  asio::awaitable<Result<std::size_t>> Read(std::span<char> buffer, TimePoint deadline) override;
  asio::awaitable<Result<void>> Write(std::string bytes, TimePoint deadline) override;
  Result<std::size_t> Drain() override;
  void Close() override;

 private:
  [[nodiscard]] std::size_t Arrived(TimePoint now) const;

  asio::steady_timer timer_;
  Responder responder_;
  Pace pace_;
  std::string request_;       // bytes of a request that has no CR yet
  std::string reply_;         // bytes on their way back
  TimePoint reply_starts_{};  // when the first byte of reply_ begins to arrive
  TimePoint line_free_{};     // when the last byte written will have left
  bool closed_ = false;
};

}  // namespace mppsolar::serial
