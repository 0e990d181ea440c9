// A pseudo-terminal: the link opens path() as if it were a serial port, the test holds the other
// end.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>
#include <string>

#include "serial/stream.h"

namespace mppsolar::serial {

class Pty {
 public:
  explicit Pty(asio::io_context& io) : end_(io, ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    EXPECT_EQ(::grantpt(fd()), 0);
    EXPECT_EQ(::unlockpt(fd()), 0);
    path_ = ::ptsname(fd());
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int fd() { return end_.native_handle(); }
  [[nodiscard]] asio::posix::stream_descriptor& end() { return end_; }
  void HangUp() { end_.close(); }

 private:
  asio::posix::stream_descriptor end_;
  std::string path_;
};

/// Waits for a request, keeps it in `request`, and sends `reply` byte by byte.
inline asio::awaitable<void> AnswerOnce(Pty& pty, std::string& request, std::string reply) {
  co_await asio::async_read_until(pty.end(), asio::dynamic_buffer(request), '\r', kAwait);
  for (const char byte : reply) {
    co_await asio::async_write(pty.end(), asio::buffer(&byte, 1), kAwait);
    // Lets the reader have it.
    for (int turn = 0; turn < 3; ++turn) {
      co_await asio::post(pty.end().get_executor(), asio::use_awaitable);
    }
  }
}

/// Waits for a request and unplugs the cable.
inline asio::awaitable<void> HangUpOnRequest(Pty& pty) {
  std::string request;
  co_await asio::async_read_until(pty.end(), asio::dynamic_buffer(request), '\r', kAwait);
  pty.HangUp();
}

}  // namespace mppsolar::serial
