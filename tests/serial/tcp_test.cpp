#include "serial/tcp.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "serial/connect.h"
#include "serial/exchange.h"
#include "serial/stream.h"
#include "tests/serial/await.h"

namespace mppsolar::serial {
namespace {

using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

TimePoint Later() { return Clock::now() + 30s; }

Command Query(std::string_view text) { return *Command::Query(text); }

bool Anything(std::string_view) { return true; }

// --- Addresses ----------------------------------------------------------------------------------

TEST(TcpAddress, HasAHostAndAPort) {
  const auto parsed = [](std::string_view address) {
    const auto result = ParseTcpAddress(address);
    if (!result) return result.error().text;
    return result->host + " " + std::to_string(result->port);
  };
  EXPECT_EQ(parsed("tcp://10.0.0.5:8899"), "10.0.0.5 8899");
  EXPECT_EQ(parsed("tcp://bridge.lan:1"), "bridge.lan 1");
  EXPECT_EQ(parsed("tcp://[::1]:65535"), "::1 65535");
  EXPECT_EQ(parsed("tcp://[fe80::1%lo]:23"), "fe80::1%lo 23");
}

TEST(TcpAddress, NamesWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"tcp:10.0.0.5:8899", "is no TCP address"},
      {"tcp://", "has no port"},
      {"tcp://10.0.0.5", "has no port"},
      {"tcp://[::1]", "has no port"},
      {"tcp://10.0.0.5:", "has \"\" where a port"},
      {"tcp://10.0.0.5:0", "has \"0\" where a port"},
      {"tcp://10.0.0.5:65536", "has \"65536\" where a port"},
      {"tcp://10.0.0.5:-1", "has \"-1\" where a port"},
      {"tcp://10.0.0.5: 23", "has \" 23\" where a port"},
      {"tcp://10.0.0.5:8899/", "has \"8899/\" where a port"},
      {"tcp://10.0.0.5:telnet", "has \"telnet\" where a port"},
      {"tcp://:8899", "has no host"},
      {"tcp://::1:8899", "has an IPv6 address without brackets"},
      {"tcp://[::1]8899", "has something between ] and the port"},
      {"tcp://[bridge]:8899", "has no IPv6 address in its brackets"},
      {"tcp://[]:8899", "has no IPv6 address in its brackets"},
      {"tcp://me@bridge:8899", "has \"me@bridge\" where a host"},
      {"tcp://a b:8899", "has \"a b\" where a host"},
      {"tcp:///dev/ttyUSB0:1", "has \"/dev/ttyUSB0\" where a host"},
  };
  for (const auto& [address, what] : wrong) {
    const auto parsed = ParseTcpAddress(address);
    ASSERT_FALSE(parsed) << address;
    EXPECT_EQ(Name(parsed.error().code), "open");
    EXPECT_EQ(parsed.error().text.find("\"" + address + "\" " + what), 0U) << parsed.error().text;
    EXPECT_NE(parsed.error().text.find("write tcp://10.0.0.5:8899"), std::string::npos);
  }
}

// The port of the endpoint that the connection came about with.
asio::awaitable<Result<std::uint16_t>> PortOfFirst(asio::any_io_executor executor,
                                                   std::vector<tcp::endpoint> endpoints,
                                                   TimePoint deadline) {
  auto connecting = ConnectToFirst(executor, std::move(endpoints), deadline);
  const auto socket = co_await std::move(connecting);
  if (!socket) co_return tl::unexpected<Error>(socket.error());
  co_return socket->remote_endpoint().port();
}

// --- A bridge and a link to it ------------------------------------------------------------------

asio::awaitable<std::string> NextRequest(tcp::socket& bridge) {
  std::string request;
  co_await asio::async_read_until(bridge, asio::dynamic_buffer(request), '\r', kAwait);
  co_return request;
}

// Answers one request with these segments, each of which is read before the next is sent.
asio::awaitable<void> Answer(tcp::socket& bridge, std::vector<std::string> segments,
                             std::string& request) {
  request = co_await NextRequest(bridge);
  for (const std::string& segment : segments) {
    co_await asio::async_write(bridge, asio::buffer(segment), kAwait);
    for (int turn = 0; turn < 3; ++turn) {
      co_await asio::post(bridge.get_executor(), asio::use_awaitable);
    }
  }
}

asio::awaitable<void> AnswerAndHangUp(tcp::socket& bridge, std::string bytes) {
  co_await NextRequest(bridge);
  co_await asio::async_write(bridge, asio::buffer(bytes), kAwait);
  bridge.close();
}

class Tcp : public testing::Test {
 protected:
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] std::string name() const { return "tcp://127.0.0.1:" + std::to_string(port()); }

  std::unique_ptr<Link> Open(const std::string& host = "127.0.0.1") {
    auto link = Await(io_, OpenTcp(io_.get_executor(), host, port(), 30s));
    if (!link) {
      ADD_FAILURE() << link.error().text;
      return nullptr;
    }
    bridge_ = acceptor_.accept();
    return std::move(*link);
  }

  std::string OpenError(const std::string& host, std::uint16_t at,
                        std::chrono::milliseconds patience) {
    const auto link = Await(io_, OpenTcp(io_.get_executor(), host, at, patience));
    if (link) {
      ADD_FAILURE() << "it was opened";
      return "";
    }
    EXPECT_EQ(Name(link.error().code), "open");
    EXPECT_EQ(link.error().text.find("tcp://" + host + ":" + std::to_string(at) + ": "), 0U)
        << link.error().text;
    return link.error().text;
  }

  asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  tcp::socket bridge_{io_};
};

TEST_F(Tcp, SendsExactlyTheRequestAndGetsAReplyInSegmentsOfOneByte) {
  Line line(Open(), Timing());
  std::vector<std::string> segments;
  for (const char byte : std::string("(92931905106463I\xCB\r")) segments.emplace_back(1, byte);
  std::string request;
  asio::co_spawn(io_, Answer(bridge_, segments, request), asio::detached);
  const auto reply = Await(io_, line.Exchange(Query("QPIGS"), Anything, Later()));
  ASSERT_TRUE(reply) << reply.error().text;
  EXPECT_EQ(*reply, "92931905106463");
  EXPECT_EQ(request, "QPIGS\xB7\xA9\r");
}

TEST_F(Tcp, GetsAReplyThatIsSplitOverSegments) {
  Line line(Open(), Timing());
  std::string request;
  asio::co_spawn(io_, Answer(bridge_, {"(9293190510", "6463I", "\xCB\r\n"}, request),
                 asio::detached);
  const auto reply = Await(io_, line.Exchange(Query("QID"), Anything, Later()));
  ASSERT_TRUE(reply) << reply.error().text;
  EXPECT_EQ(*reply, "92931905106463");
}

TEST_F(Tcp, IsReachedByName) { EXPECT_TRUE(Open("localhost")); }

TEST_F(Tcp, DrainsWhatCameAndCountsItWithoutPadding) {
  const auto link = Open();
  EXPECT_EQ(link->Drain(), 0U);
  asio::write(bridge_, asio::buffer(std::string("(B\xE7\xC9\r\n\0", 7)));
  std::size_t drained = 0;
  while (drained == 0) drained = link->Drain().value();
  EXPECT_EQ(drained, 5U);
}

TEST_F(Tcp, IsIoAtOnceWhenTheBridgeHangsUpWithinAReply) {
  Line line(Open(), Timing{30s, 30s, {}});
  asio::co_spawn(io_, AnswerAndHangUp(bridge_, "(929319"), asio::detached);
  const TimePoint before = Clock::now();
  const auto reply = Await(io_, line.Exchange(Query("QID"), Anything, Later()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(Name(reply.error().code), "io");
  EXPECT_EQ(reply.error().text, name() + ": the other end has hung up");
  EXPECT_LT(Clock::now() - before, 15s) << "it waited for the deadline";
}

TEST_F(Tcp, IsIoWhenTheBridgeHungUpBetweenTwoExchanges) {
  Line line(Open(), Timing{1s, 1s, {}});
  bridge_.close();
  const auto reply = Await(io_, line.Exchange(Query("QID"), Anything, Later()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(Name(reply.error().code), "io");
}

TEST_F(Tcp, TimesOutAtTheDeadlineWhenTheBridgeSaysNothing) {
  const auto link = Open();
  std::array<char, 16> buffer{};
  const auto read = Await(io_, link->Read(buffer, Clock::now() + 1ms));
  ASSERT_FALSE(read);
  EXPECT_EQ(Name(read.error().code), "timeout");
  // It is still there: a late reply is not lost.
  asio::write(bridge_, asio::buffer("x", 1));
  EXPECT_EQ(Await(io_, link->Read(buffer, Later())), 1U);
}

TEST_F(Tcp, CloseEndsAPendingReadWithIo) {
  const auto link = Open();
  std::array<char, 16> buffer{};
  asio::post(io_, [&] { asio::post(io_, [&] { link->Close(); }); });
  const auto read = Await(io_, link->Read(buffer, Later()));
  ASSERT_FALSE(read);
  EXPECT_EQ(Name(read.error().code), "io");
  EXPECT_EQ(Await(io_, link->Write("x", Later())).error().code, Errc::kIo);
  EXPECT_EQ(link->Drain().error().code, Errc::kIo);
}

// A bridge that still waits for the good-bye of the last connection refuses the next one.
TEST_F(Tcp, ResetsTheConnectionWhenItEnds) {
  Open().reset();
  std::array<char, 16> buffer{};
  asio::error_code error;
  bridge_.read_some(asio::buffer(buffer), error);
  EXPECT_EQ(error, asio::error::connection_reset);
}

// --- How it is opened ---------------------------------------------------------------------------

TEST_F(Tcp, IsRefusedAtOnceWhereNobodyListens) {
  // Bound but not listening: the port is nobody else's.
  tcp::socket holder(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const TimePoint before = Clock::now();
  EXPECT_NE(OpenError("127.0.0.1", holder.local_endpoint().port(), 30s).find("refused"),
            std::string::npos);
  EXPECT_LT(Clock::now() - before, 15s) << "it waited for the deadline";
}

// A listener with as many connections waiting as it may have: more get no answer.
class FullTcp : public Tcp {
 protected:
  FullTcp() {
    const tcp::endpoint full = acceptor_.local_endpoint();
    acceptor_.listen(0);
    for (int i = 0; i < 8; ++i) {
      waiting_.emplace_back(io_);
      waiting_.back().open(tcp::v4());
      waiting_.back().non_blocking(true);
      // asio would wait for the connection.
      ::connect(waiting_.back().native_handle(), full.data(), static_cast<socklen_t>(full.size()));
    }
  }

 private:
  std::vector<tcp::socket> waiting_;
};

TEST_F(FullTcp, IsGivenUpAtTheDeadline) {
  EXPECT_NE(OpenError("127.0.0.1", port(), 20ms).find("no answer"), std::string::npos);
}

TEST_F(FullTcp, LeavesTimeForTheNextAddress) {
  tcp::acceptor next(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const std::vector<tcp::endpoint> both{acceptor_.local_endpoint(), next.local_endpoint()};
  const TimePoint deadline = Clock::now() + 600ms;
  EXPECT_EQ(Await(io_, PortOfFirst(io_.get_executor(), both, deadline)),
            next.local_endpoint().port());
  EXPECT_LT(Clock::now(), deadline) << "the first address had all the time";
}

TEST_F(Tcp, TriesTheNextAddressWhenOneRefuses) {
  tcp::socket holder(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const std::vector<tcp::endpoint> both{holder.local_endpoint(), acceptor_.local_endpoint()};
  EXPECT_EQ(Await(io_, PortOfFirst(io_.get_executor(), both, Later())), port());
}

TEST_F(Tcp, SaysThatAHostIsNotKnown) {
  const std::string text = OpenError("does-not-exist.invalid", 8899, 3s);
  EXPECT_NE(text.find("name"), std::string::npos) << text;
}

TEST_F(Tcp, FindsOutThatABridgeWasSwitchedOff) {
  const auto link = Open();
  const auto theirs = bridge_.remote_endpoint();
  int found = -1;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    sockaddr_in local{};
    socklen_t size = sizeof local;
    const int fd = std::stoi(entry.path().filename());
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) == 0 &&
        local.sin_family == AF_INET && ntohs(local.sin_port) == theirs.port()) {
      found = fd;
    }
  }
  ASSERT_GE(found, 0);
  const auto option = [found](int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    EXPECT_EQ(::getsockopt(found, level, name, &value, &size), 0);
    return value;
  };
  EXPECT_EQ(option(IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(option(SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(option(IPPROTO_TCP, TCP_KEEPIDLE), 10);
  EXPECT_EQ(option(IPPROTO_TCP, TCP_KEEPINTVL), 5);
  EXPECT_EQ(option(IPPROTO_TCP, TCP_KEEPCNT), 3);
  EXPECT_EQ(option(IPPROTO_TCP, TCP_USER_TIMEOUT), 10'000);
  EXPECT_NE(::fcntl(found, F_GETFD) & FD_CLOEXEC, 0);
}

}  // namespace
}  // namespace mppsolar::serial
