// Wakes coroutines that wait for something to happen.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

#include "serial/stream.h"

namespace mppsolar {

class Signal {
 public:
  explicit Signal(const asio::any_io_executor& executor)
      : timer_(executor, asio::steady_timer::time_point::max()) {}

  /// Wakes all that wait now.
  void Notify() { timer_.cancel(); }

  /// Until the next Notify.
  asio::awaitable<void> Wait() { co_await timer_.async_wait(serial::kAwait); }

  /// Until the next Notify or `deadline`, whichever comes first.
  asio::awaitable<void> WaitUntil(asio::steady_timer::time_point deadline) {
    using asio::experimental::awaitable_operators::operator||;
    asio::steady_timer limit(timer_.get_executor(), deadline);
    co_await (timer_.async_wait(serial::kAwait) || limit.async_wait(serial::kAwait));
  }

 private:
  asio::steady_timer timer_;
};

}  // namespace mppsolar
