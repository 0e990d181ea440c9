// A call that may block for long (a name server, a USB device that hangs), made in a thread of its
// own, so that it holds up nothing else.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/this_coro.hpp>
#include <cerrno>
#include <chrono>
#include <future>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

#include "serial/descriptor.h"
#include "serial/stream.h"

namespace mppsolar::serial {

/// What work() returns. At `deadline` the thread is left to itself, so `work` must own all that it
/// needs. Errors: kTimeout, kIo (no thread to be had).
template <class Work, class T = std::invoke_result_t<Work>>
[[nodiscard]] asio::awaitable<Result<T>> CallInThread(Work work, TimePoint deadline) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    co_return Fail(Errc::kIo, "no pipe: " + std::generic_category().message(errno));
  }
  asio::posix::stream_descriptor over(co_await asio::this_coro::executor, ends[0]);
  Descriptor running(ends[1]);
  std::promise<T> promise;
  auto result = promise.get_future();
  try {
    // Not a word goes through the pipe: that it is closed says that the result is there.
    std::thread([work = std::move(work), promise = std::move(promise),
                 running = std::move(running)]() mutable {
      const Descriptor until_the_result_is_there(std::move(running));
      promise.set_value(work());
    }).detach();
  } catch (const std::system_error& error) {
    co_return Fail(Errc::kIo, std::string("no thread: ") + error.what());
  }
  std::array<char, 1> nothing{};
  (void)co_await ReadSome(over, nothing, deadline, "");
  if (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    co_return Fail(Errc::kTimeout, "no answer");
  }
  co_return result.get();
}

}  // namespace mppsolar::serial
