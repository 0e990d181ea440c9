#include "serial/hid_link.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "serial/descriptor.h"
#include "serial/exchange.h"
#include "tests/serial/await.h"
#include "tests/serial/folder.h"

namespace mppsolar::serial {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

TimePoint Later() { return Clock::now() + 30s; }

Command Query(std::string_view text) { return *Command::Query(text); }

bool Anything(std::string_view) { return true; }

// "2842e7c90d" -> its 5 bytes.
std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
  }
  return bytes;
}

// The frame of the first line of frames.tsv in which `text` stands.
std::string CapturedFrame(const std::string& text) {
  std::ifstream file(TESTS_DIR "/serial/frames.tsv");
  for (std::string line; std::getline(file, line);) {
    if (line.find(text) == std::string::npos) continue;
    std::size_t begin = 0;
    for (int column = 0; column < 4; ++column) begin = line.find('\t', begin) + 1;
    return FromHex(line.substr(begin, line.find('\t', begin) - begin));
  }
  ADD_FAILURE() << "frames.tsv has no " << text;
  return "";
}

// A frame as the device sends it: reports of 8 bytes, the last one padded.
std::vector<std::string> InReports(const std::string& frame) {
  std::vector<std::string> reports;
  for (std::size_t at = 0; at < frame.size(); at += 8) {
    reports.push_back(frame.substr(at, 8));
    reports.back().resize(8, '\0');
  }
  return reports;
}

// A link, and the device that it is a link to: as with hidraw, one read gives one report.
class HidLinkTest : public testing::Test {
 protected:
  HidLinkTest() {
    // A HID device knows no such signal; the socket that stands for it does.
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    link_end_ = ends[0];
    device_.assign(ends[1]);
    link_ = std::make_unique<HidLink>(io_.get_executor(), ends[0], "/dev/hidraw0");
  }

  void Send(const std::vector<std::string>& reports) {
    for (const std::string& report : reports) {
      EXPECT_EQ(::write(device_.native_handle(), report.data(), report.size()),
                static_cast<ssize_t>(report.size()));
    }
  }

  // The next report as it was written, its number included.
  std::string NextReport() {
    std::array<char, 64> bytes{};
    const ssize_t count = ::recv(device_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }

  std::string ReadOnce(std::size_t most = 256) {
    std::string buffer(most, '\0');
    const auto count = Await(io_, link_->Read(buffer, Later()));
    if (!count) return "error: " + count.error().text;
    return buffer.substr(0, *count);
  }

  asio::io_context io_;
  int link_end_ = -1;
  asio::posix::stream_descriptor device_{io_};
  std::unique_ptr<HidLink> link_;
};

// Waits for a request and gives it without padding.
asio::awaitable<std::string> NextRequest(asio::posix::stream_descriptor& device) {
  std::string request;
  while (request.find('\r') == std::string::npos) {
    std::array<char, 64> report{};
    const auto [error, count] = co_await device.async_read_some(asio::buffer(report), kAwait);
    if (error) co_return "error: " + error.message();
    EXPECT_EQ(count, 9U);
    EXPECT_EQ(report[0], '\0');
    request.append(report.data() + 1, count - 1);
  }
  co_return request.substr(0, request.find('\r') + 1);
}

// Answers each request with the next of `replies`.
asio::awaitable<void> Answer(asio::posix::stream_descriptor& device,
                             std::vector<std::vector<std::string>> replies,
                             std::vector<std::string>& requests) {
  for (const auto& reply : replies) {
    requests.push_back(co_await NextRequest(device));
    for (const std::string& report : reply) {
      co_await device.async_write_some(asio::buffer(report), kAwait);
    }
  }
}

// --- Writing ------------------------------------------------------------------------------------

TEST_F(HidLinkTest, WritesARequestOfEightBytesAsOneReportWithItsNumber) {
  ASSERT_TRUE(Await(io_, link_->Write("QPIGS\xB7\xA9\r", Later())));
  EXPECT_EQ(NextReport(), std::string("\0QPIGS\xB7\xA9\r", 9));
  EXPECT_EQ(NextReport(), "");
}

TEST_F(HidLinkTest, FillsAShortRequestUpWithZeros) {
  ASSERT_TRUE(Await(io_, link_->Write("QMOD\x49\xC1\r", Later())));
  EXPECT_EQ(NextReport(), std::string("\0QMOD\x49\xC1\r\0", 9));
  EXPECT_EQ(NextReport(), "");
}

TEST_F(HidLinkTest, SplitsARequestOfNineBytesInTwo) {
  ASSERT_TRUE(Await(io_, link_->Write("QPIGS2\x68\x2D\r", Later())));
  EXPECT_EQ(NextReport(), std::string("\0QPIGS2\x68\x2D", 9));
  EXPECT_EQ(NextReport(), std::string("\0\r\0\0\0\0\0\0\0", 9));
  EXPECT_EQ(NextReport(), "");
}

TEST_F(HidLinkTest, SplitsARequestOfFourteenBytesInTwo) {
  ASSERT_TRUE(Await(io_, link_->Write("QED20240101\xF6\xB5\r", Later())));
  EXPECT_EQ(NextReport(), std::string("\0QED20240", 9));
  EXPECT_EQ(NextReport(), std::string("\0"
                                      "101\xF6\xB5\r\0\0",
                                      9));
  EXPECT_EQ(NextReport(), "");
}

TEST_F(HidLinkTest, KeepsAChecksumByteOfZeroThatBeginsAReport) {
  ASSERT_TRUE(Await(io_, link_->Write(std::string("QPGS1234\0\x31\r", 11), Later())));
  EXPECT_EQ(NextReport(), std::string("\0QPGS1234", 9));
  EXPECT_EQ(NextReport(), std::string("\0\0\x31\r\0\0\0\0\0", 9));
}

TEST_F(HidLinkTest, WritesNothingPastTheDeadline) {
  const auto written = Await(io_, link_->Write("QMOD\x49\xC1\r", Clock::now()));
  ASSERT_FALSE(written);
  EXPECT_EQ(Name(written.error().code), "timeout");
  EXPECT_EQ(NextReport(), "");
}

// --- Reading ------------------------------------------------------------------------------------

TEST_F(HidLinkTest, ReadsOneReportAtATimeWithItsPadding) {
  Send({"(B\xE7\xC9\r\0\0\0", std::string("(L\x06\x07\r\0\0\0", 8)});
  Send({std::string("(B\xE7\xC9\r\0\0\0", 8)});
  EXPECT_EQ(ReadOnce(), "(B\xE7\xC9\r");
  EXPECT_EQ(ReadOnce(), std::string("(L\x06\x07\r\0\0\0", 8));
  EXPECT_EQ(ReadOnce(), std::string("(B\xE7\xC9\r\0\0\0", 8));
}

TEST_F(HidLinkTest, GivesASmallBufferAReportInParts) {
  Send({"12345678"});
  EXPECT_EQ(ReadOnce(3), "123");
  EXPECT_EQ(ReadOnce(3), "456");
  EXPECT_EQ(ReadOnce(3), "78");
}

TEST_F(HidLinkTest, DrainsAllReportsAndTheRestOfOneAndCountsThemWithoutPadding) {
  EXPECT_EQ(link_->Drain(), 0U);
  Send({"12345678", std::string("(B\xE7\xC9\r\0\0\0", 8)});
  EXPECT_EQ(ReadOnce(3), "123");
  EXPECT_EQ(link_->Drain(), 10U);
  EXPECT_EQ(link_->Drain(), 0U);
}

TEST_F(HidLinkTest, TimesOutAtTheDeadline) {
  std::array<char, 16> buffer{};
  const auto read = Await(io_, link_->Read(buffer, Clock::now()));
  ASSERT_FALSE(read);
  EXPECT_EQ(Name(read.error().code), "timeout");
}

// --- Exchanges ----------------------------------------------------------------------------------

class HidExchange : public HidLinkTest {
 protected:
  // The reply to a request that the device answers with these reports.
  Result<std::string> Exchange(const std::string& command, std::vector<std::string> reports) {
    Line line(std::move(link_), Timing{300ms, 20ms, 20ms});
    asio::co_spawn(io_, Answer(device_, {std::move(reports)}, requests_), asio::detached);
    return Await(io_, line.Exchange(Query(command), Anything, Later()));
  }

  std::vector<std::string> requests_;
};

TEST_F(HidExchange, OfALongRequestReachesTheDeviceWhole) {
  const auto reply = Exchange("QPIGS2", InReports("(03.1 327.3 01026 \xC9\x8B\r"));
  ASSERT_TRUE(reply) << reply.error().text;
  EXPECT_EQ(*reply, "03.1 327.3 01026 ");
  EXPECT_EQ(requests_, std::vector<std::string>{"QPIGS2\x68\x2D\r"});
}

TEST_F(HidExchange, KeepsAZeroBeforeTheCr) {
  const auto reply = Exchange("QFLAG", InReports(std::string("(ExDabjkuvyz\x22\0\r", 15)));
  ASSERT_TRUE(reply) << reply.error().text;
  EXPECT_EQ(*reply, "ExDabjkuvyz");
}

TEST_F(HidExchange, PassesOverTheZerosThatTheReplyBeforeLeft) {
  auto reports = InReports(std::string("\0\0\0\0\0\0(B\xE7\xC9\r", 11));
  const auto reply = Exchange("QMOD", std::move(reports));
  ASSERT_TRUE(reply) << reply.error().text;
  EXPECT_EQ(*reply, "B");
}

// One of 14 reports was dropped on its way: what is left has the right end and the right checksum,
// of something else.
TEST_F(HidExchange, RefusesAFrameThatLostAReport) {
  const std::string damaged = CapturedFrame("AS RECEIVED, bytes 16..23 missing");
  ASSERT_EQ(damaged.size(), 110U - 8U);
  const auto reply = Exchange("QPIGS", InReports(damaged));
  ASSERT_FALSE(reply) << *reply;
  EXPECT_EQ(Name(reply.error().code), "bad_frame");
}

TEST_F(HidExchange, RefusesAFrameThatLostItsLastReport) {
  auto reports = InReports(CapturedFrame("one 8-byte HID report"));
  reports.pop_back();
  const auto reply = Exchange("QPIGS", std::move(reports));
  ASSERT_FALSE(reply) << *reply;
  EXPECT_EQ(Name(reply.error().code), "bad_frame");
}

TEST_F(HidExchange, IsMadeAgainAfterALostReport) {
  const std::string whole = CapturedFrame("one 8-byte HID report");
  ASSERT_EQ(whole.size(), 110U);
  std::vector<std::string> lost = InReports(whole);
  lost.erase(lost.begin() + 2);
  asio::co_spawn(io_, Answer(device_, {lost, InReports(whole)}, requests_), asio::detached);

  Line line(std::move(link_), Timing{300ms, 20ms, 20ms});
  std::vector<Errc> failures;
  const auto reply =
      Await(io_, line.Ask(Query("QPIGS"), Anything, Later(), 2, whole.size(),
                          [&](const Error& error) { failures.push_back(error.code); }));
  ASSERT_TRUE(reply) << reply.error().text;
  EXPECT_EQ(*reply, whole.substr(1, whole.size() - 4));
  EXPECT_EQ(failures, std::vector<Errc>{Errc::kBadFrame});
  EXPECT_EQ(requests_.size(), 2U);
}

// --- How it ends --------------------------------------------------------------------------------

TEST_F(HidLinkTest, IsIoWhenItIsUnpluggedBetweenTwoRequests) {
  device_.close();
  const auto written = Await(io_, link_->Write("QMOD\x49\xC1\r", Later()));
  ASSERT_FALSE(written);
  EXPECT_EQ(Name(written.error().code), "io");
  EXPECT_EQ(written.error().text.find("/dev/hidraw0: "), 0U) << written.error().text;
  EXPECT_EQ(link_->Drain().error().code, Errc::kIo);
}

TEST_F(HidLinkTest, IsIoAtOnceWhenItIsUnpluggedDuringARead) {
  std::array<char, 16> buffer{};
  asio::post(io_, [&] { asio::post(io_, [&] { device_.close(); }); });
  const TimePoint before = Clock::now();
  const auto read = Await(io_, link_->Read(buffer, Later()));
  ASSERT_FALSE(read);
  EXPECT_EQ(Name(read.error().code), "io");
  EXPECT_LT(Clock::now() - before, 15s) << "it waited for the deadline";
}

// A file that may not grow longer takes what still fits.
TEST(HidWrite, IsIoWhenTheDeviceTakesAPartOfAReport) {
  asio::io_context io;
  HidLink link(io.get_executor(), ::memfd_create("device", MFD_CLOEXEC), "/dev/hidraw0");
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit five_bytes { 5, before.rlim_max };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &five_bytes), 0);
  const auto written = Await(io, link.Write("QMOD\x49\xC1\r", Later()));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(written);
  EXPECT_EQ(Name(written.error().code), "io");
  EXPECT_EQ(written.error().text, "/dev/hidraw0: took 5 of 9 bytes");
}

// An eventfd takes 8 bytes, no more and no less: EINVAL, as from a device that wants other reports.
TEST(HidWrite, IsIoWhenTheKernelRefusesIt) {
  asio::io_context io;
  HidLink link(io.get_executor(), ::eventfd(0, EFD_CLOEXEC), "/dev/hidraw0");
  const auto written = Await(io, link.Write("QMOD\x49\xC1\r", Later()));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().text, "/dev/hidraw0: Invalid argument");
  EXPECT_EQ(Name(written.error().code), "io");
}

// The kernel waits for seconds for a device that takes nothing, whatever it was told of blocking.
class HangingHid : public HidLinkTest {
 protected:
  HangingHid() {
    while (::send(link_end_, "full", 4, MSG_DONTWAIT) > 0) continue;
    EXPECT_EQ(::fcntl(link_end_, F_SETFL, 0), 0);
  }
};

TEST_F(HangingHid, IsATimeoutAtTheDeadline) {
  const auto written = Await(io_, link_->Write("QMOD\x49\xC1\r", Clock::now() + 10ms));
  ASSERT_FALSE(written);
  EXPECT_EQ(Name(written.error().code), "timeout");
}

TEST_F(HangingHid, HoldsUpNothingElseAndEndsWithClose) {
  asio::steady_timer other(io_, 1ms);
  other.async_wait([&](asio::error_code) { link_->Close(); });
  const auto written = Await(io_, link_->Write("QMOD\x49\xC1\r", Later()));
  ASSERT_FALSE(written);
  EXPECT_EQ(Name(written.error().code), "io");
}

// The write has the device open as well, and with it the lock.
TEST(HidWrite, ThatHangsLeavesTheDeviceToTheNextOwnerAfterClose) {
  const Folder folder;
  folder.Write("device", "");
  const std::string path = (folder.path() / "device").string();
  asio::io_context io;
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(fd, LOCK_EX | LOCK_NB), 0);
  const Descriptor hanging(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  HidLink link(io.get_executor(), fd, path);
  const Descriptor next(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_NE(::flock(next.get(), LOCK_EX | LOCK_NB), 0);
  link.Close();
  EXPECT_EQ(::flock(next.get(), LOCK_EX | LOCK_NB), 0);
}

TEST_F(HidLinkTest, CloseEndsAPendingReadWithIo) {
  std::array<char, 16> buffer{};
  asio::post(io_, [&] { asio::post(io_, [&] { link_->Close(); }); });
  const auto read = Await(io_, link_->Read(buffer, Later()));
  ASSERT_FALSE(read);
  EXPECT_EQ(Name(read.error().code), "io");
}

TEST_F(HidLinkTest, IsIoAfterClose) {
  Send({"12345678"});
  EXPECT_EQ(ReadOnce(3), "123");
  link_->Close();
  link_->Close();
  std::array<char, 16> buffer{};
  EXPECT_EQ(Await(io_, link_->Read(buffer, Later())).error().code, Errc::kIo);
  EXPECT_EQ(Await(io_, link_->Write("x", Later())).error().code, Errc::kIo);
  EXPECT_EQ(link_->Drain().error().code, Errc::kIo);
}

}  // namespace
}  // namespace mppsolar::serial
