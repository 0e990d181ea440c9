#include "serial/simulated_link.h"

#include <gtest/gtest.h>

#include <array>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "serial/exchange.h"
#include "tests/serial/await.h"

namespace mppsolar::serial {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr Pace kAtOnce{microseconds(0), microseconds(0)};
const std::string kQmod = "QMOD\x49\xC1\r";
const std::string kB = "(B\xE7\xC9\r";

TimePoint Later() { return Clock::now() + hours(1); }

class SimulatedLinkTest : public testing::Test {
 protected:
  // A link to an inverter that answers everything with `reply`.
  SimulatedLink& Make(std::string reply, Pace pace) {
    link_ = std::make_unique<SimulatedLink>(
        io_.get_executor(),
        [this, reply](std::string_view request, TimePoint now) {
          requests_.emplace_back(request);
          last_request_ = now;
          return reply;
        },
        pace);
    return *link_;
  }

  void Write(const std::string& bytes) { ASSERT_TRUE(Await(io_, link_->Write(bytes, Later()))); }

  std::string Read(std::size_t at_most = 64) {
    std::string buffer(at_most, '\0');
    const auto count = Await(io_, link_->Read(buffer, Later()));
    EXPECT_TRUE(count) << count.error().text;
    buffer.resize(count.value_or(0));
    return buffer;
  }

  Errc ReadError(TimePoint deadline) {
    std::array<char, 8> buffer{};
    const auto count = Await(io_, link_->Read(buffer, deadline));
    EXPECT_FALSE(count);
    return count ? Errc::kRefused : count.error().code;
  }

  asio::io_context io_;
  std::vector<std::string> requests_;
  TimePoint last_request_{};
  std::unique_ptr<SimulatedLink> link_;
};

TEST_F(SimulatedLinkTest, GivesTheResponderTheRequestAndTheReaderItsReply) {
  Make(kB, kAtOnce);
  Write(kQmod);
  EXPECT_EQ(requests_, (std::vector<std::string>{kQmod}));
  EXPECT_EQ(Read(), kB);
}

TEST_F(SimulatedLinkTest, GivesAsMuchAsTheBufferHolds) {
  Make(kB, kAtOnce);
  Write(kQmod);
  EXPECT_EQ(Read(2), "(B");
  EXPECT_EQ(Read(2), "\xE7\xC9");
  EXPECT_EQ(Read(2), "\r");
}

TEST_F(SimulatedLinkTest, PutsARequestTogetherThatComesInTwoWrites) {
  Make(kB, kAtOnce);
  Write("QMOD\x49");
  EXPECT_TRUE(requests_.empty());
  EXPECT_EQ(ReadError(Clock::now()), Errc::kTimeout);
  Write("\xC1\r");
  EXPECT_EQ(requests_, (std::vector<std::string>{kQmod}));
  EXPECT_EQ(Read(), kB);
}

TEST_F(SimulatedLinkTest, AnswersEachRequestOfOneWrite) {
  Make(kB, kAtOnce);
  Write(kQmod + kQmod);
  EXPECT_EQ(requests_, (std::vector<std::string>{kQmod, kQmod}));
  EXPECT_EQ(Read(), kB + kB);
}

TEST_F(SimulatedLinkTest, TakesTheTimeOfTheWire) {
  constexpr Pace kPace{microseconds(20), microseconds(500)};
  Make(std::string(100, 'x'), kPace);
  const TimePoint before = Clock::now();
  Write(kQmod);
  EXPECT_GE(last_request_, before + kQmod.size() * kPace.byte);
  const TimePoint reply_starts = before + kQmod.size() * kPace.byte + kPace.turnaround;
  std::size_t count = 0;
  while (count < 100) {
    count += Read().size();
    EXPECT_GE(Clock::now(), reply_starts + count * kPace.byte) << count << " bytes came too soon";
  }
  EXPECT_EQ(count, 100U);
}

TEST_F(SimulatedLinkTest, Takes4Point166MillisecondsAByteByDefault) {
  EXPECT_EQ(Pace().byte, microseconds(4166));
  EXPECT_EQ(Pace().turnaround, microseconds(0));
}

TEST_F(SimulatedLinkTest, TimesOutWhenTheResponderIsSilent) {
  Make("", kAtOnce);
  Write(kQmod);
  const TimePoint deadline = Clock::now() + microseconds(500);
  EXPECT_EQ(ReadError(deadline), Errc::kTimeout);
  EXPECT_GE(Clock::now(), deadline);
}

TEST_F(SimulatedLinkTest, TimesOutWhileTheReplyIsOnItsWay) {
  Make(kB, Pace{microseconds(0), hours(1)});
  Write(kQmod);
  EXPECT_EQ(ReadError(Clock::now() + microseconds(500)), Errc::kTimeout);
}

TEST_F(SimulatedLinkTest, WakesAReaderThatWaitsAlready) {
  Make(kB, kAtOnce);
  const auto write = [this] { asio::co_spawn(io_, link_->Write(kQmod, Later()), asio::detached); };
  asio::post(io_, [this, write] { asio::post(io_, write); });
  EXPECT_EQ(Read(), kB);
}

TEST_F(SimulatedLinkTest, CloseEndsAPendingReadWithIo) {
  Make(kB, kAtOnce);
  asio::post(io_, [this] { asio::post(io_, [this] { link_->Close(); }); });
  EXPECT_EQ(ReadError(Later()), Errc::kIo);
}

TEST_F(SimulatedLinkTest, IsIoAfterClose) {
  Make(kB, kAtOnce);
  Write(kQmod);
  link_->Close();
  EXPECT_EQ(ReadError(Later()), Errc::kIo);
  EXPECT_EQ(link_->Drain().error().code, Errc::kIo);
  EXPECT_EQ(Await(io_, link_->Write(kQmod, Later())).error().code, Errc::kIo);
  EXPECT_EQ(requests_.size(), 1U);
}

asio::awaitable<bool> ReadOrGiveUp(Link& link, asio::any_io_executor executor) {
  using asio::experimental::awaitable_operators::operator||;
  std::array<char, 8> buffer{};
  const auto first =
      co_await (link.Read(buffer, Later()) || asio::post(executor, asio::use_awaitable));
  co_return first.index() == 1;
}

TEST_F(SimulatedLinkTest, LetsAReadBeAbandoned) {
  Make(kB, kAtOnce);
  EXPECT_TRUE(Await(io_, ReadOrGiveUp(*link_, io_.get_executor())));
}

TEST_F(SimulatedLinkTest, DrainsWhatHasArrivedAndCountsItWithoutPadding) {
  Make(std::string("\0\n", 2) + kB + "\n", kAtOnce);
  EXPECT_EQ(link_->Drain(), 0U);
  Write(kQmod);
  EXPECT_EQ(link_->Drain(), 5U);
  EXPECT_EQ(link_->Drain(), 0U);
  EXPECT_EQ(ReadError(Clock::now()), Errc::kTimeout);
}

TEST_F(SimulatedLinkTest, DoesNotDrainWhatIsOnItsWay) {
  Make(kB, Pace{microseconds(0), milliseconds(2)});
  Write(kQmod);
  EXPECT_EQ(link_->Drain(), 0U);
  EXPECT_EQ(Read(), kB);
}

TEST_F(SimulatedLinkTest, CarriesExchanges) {
  auto link = std::make_unique<SimulatedLink>(
      io_.get_executor(),
      [](std::string_view request, TimePoint) {
        return request == kQmod ? kB : EncodeReply("NAK");
      },
      Pace{microseconds(10), microseconds(100)});
  Line line(std::move(link), Timing());
  const auto fits = [](std::string_view) { return true; };
  EXPECT_EQ(Await(io_, line.Exchange(*Command::Query("QMOD"), fits, Later())), "B");
  const auto refused = Await(io_, line.Exchange(*Command::Query("QMN"), fits, Later()));
  EXPECT_EQ(refused.error().code, Errc::kNak);
  EXPECT_EQ(Await(io_, line.Exchange(*Command::Query("QMOD"), fits, Later())), "B");
}

}  // namespace
}  // namespace mppsolar::serial
