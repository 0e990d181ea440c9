#include "serial/blocking_call.h"

#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "tests/serial/await.h"

namespace mppsolar::serial {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

asio::awaitable<Result<std::string>> Call(std::shared_future<std::string> work,
                                          TimePoint deadline) {
  auto call = CallInThread([work] { return work.get(); }, deadline);
  co_return co_await std::move(call);
}

TEST(BlockingCall, GivesWhatTheCallReturns) {
  std::promise<std::string> work;
  work.set_value("ten addresses");
  const auto result = Await(Call(work.get_future().share(), Clock::now() + 30s));
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_EQ(*result, "ten addresses");
}

// The work is done only by something else on the loop, so a loop that is held up would never end.
TEST(BlockingCall, HoldsUpNothingElseOnTheLoop) {
  asio::io_context io;
  std::promise<std::string> work;
  asio::steady_timer soon(io, 1ms);
  soon.async_wait([&](asio::error_code) { work.set_value("done"); });
  const auto result = Await(io, Call(work.get_future().share(), Clock::now() + 30s));
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_EQ(*result, "done");
}

TEST(BlockingCall, IsATimeoutAtTheDeadlineAndMayEndLater) {
  std::promise<std::string> work;
  const auto result = Await(Call(work.get_future().share(), Clock::now() + 1ms));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kTimeout);
  // Its loop is gone by now.
  work.set_value("too late");
}

}  // namespace
}  // namespace mppsolar::serial
