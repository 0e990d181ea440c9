#include "serial/simulated_link.h"

#include <algorithm>

#include "serial/stream.h"

namespace mppsolar::serial {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

SimulatedLink::SimulatedLink(asio::any_io_executor executor, Responder responder, Pace pace)
    : timer_(executor), responder_(std::move(responder)), pace_(pace) {}

std::size_t SimulatedLink::Arrived(TimePoint now) const {
  if (now < reply_starts_) return 0;
  if (pace_.byte.count() == 0) return reply_.size();
  const auto bytes = static_cast<std::size_t>((now - reply_starts_) / pace_.byte);
  return std::min(bytes, reply_.size());
}

asio::awaitable<Result<std::size_t>> SimulatedLink::Read(std::span<char> buffer,
                                                         TimePoint deadline) {
  for (;;) {
    if (closed_) co_return Fail(Errc::kIo, "closed");
    const TimePoint now = Clock::now();
    if (const std::size_t arrived = std::min(Arrived(now), buffer.size()); arrived > 0) {
      std::copy_n(reply_.begin(), arrived, buffer.begin());
      reply_.erase(0, arrived);
      reply_starts_ += arrived * pace_.byte;
      co_return arrived;
    }
    if (now >= deadline) co_return Fail(Errc::kTimeout, "no answer");
    timer_.expires_at(reply_.empty() ? deadline : std::min(deadline, reply_starts_ + pace_.byte));
    const auto [cancelled] = co_await timer_.async_wait(kAwait);
    // A write wakes a waiting reader, too; only whoever waits for this coroutine ends it.
    if (cancelled && (co_await asio::this_coro::cancellation_state).cancelled() !=
                         asio::cancellation_type::none) {
      co_return Fail(Errc::kIo, "cancelled");
    }
  }
}

asio::awaitable<Result<void>> SimulatedLink::Write(std::string bytes, TimePoint) {
  if (closed_) co_return Fail(Errc::kIo, "closed");
  line_free_ = std::max(line_free_, Clock::now());
  for (const char c : bytes) {
    line_free_ += pace_.byte;
    request_ += c;
    if (c != '\r') continue;
    std::string reply = responder_(request_, line_free_);
    request_.clear();
    if (reply_.empty()) reply_starts_ = line_free_ + pace_.turnaround;
    reply_ += reply;
  }
  timer_.cancel();
  co_return Result<void>();
}

Result<std::size_t> SimulatedLink::Drain() {
  if (closed_) return Fail(Errc::kIo, "closed");
  const std::size_t arrived = Arrived(Clock::now());
  const auto dropped =
      std::count_if(reply_.begin(), reply_.begin() + static_cast<std::ptrdiff_t>(arrived),
                    [](char c) { return c != '\0' && c != '\n'; });
  reply_.erase(0, arrived);
  reply_starts_ += arrived * pace_.byte;
  return static_cast<std::size_t>(dropped);
}

void SimulatedLink::Close() {
  closed_ = true;
  timer_.cancel();
}

}  // namespace mppsolar::serial
