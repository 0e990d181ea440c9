#include "serial/tty.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <asio/post.hpp>
#include <asio/read.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "serial/exchange.h"
#include "tests/serial/as_nobody.h"
#include "tests/serial/await.h"
#include "tests/serial/pty.h"

namespace mppsolar::serial {
namespace {

using Clock = std::chrono::steady_clock;

TimePoint Later() { return Clock::now() + std::chrono::seconds(30); }

Command Query(std::string_view text) { return *Command::Query(text); }

bool Anything(std::string_view) { return true; }

// The process's own descriptors of the file at `path`.
std::vector<int> DescriptorsOf(const std::string& path) {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    if (std::filesystem::read_symlink(entry, error) == path) {
      found.push_back(std::stoi(entry.path().filename()));
    }
  }
  return found;
}

std::size_t OpenDescriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

class Tty : public testing::Test {
 protected:
  std::unique_ptr<Link> Open() {
    auto link = OpenTty(io_.get_executor(), pty_.path());
    if (!link) {
      ADD_FAILURE() << link.error().text;
      return nullptr;
    }
    return std::move(*link);
  }

  std::string OpenError(const std::string& path) {
    const auto link = OpenTty(io_.get_executor(), path);
    if (link) {
      ADD_FAILURE() << path << " was opened";
      return "";
    }
    EXPECT_EQ(Name(link.error().code), "open");
    EXPECT_EQ(link.error().text.find(path + ": "), 0U) << link.error().text;
    return link.error().text;
  }

  // What comes in until there are `count` bytes.
  std::string ReadBytes(Link& link, std::size_t count) {
    std::string bytes;
    std::array<char, 64> buffer{};
    while (bytes.size() < count) {
      const auto read = Await(io_, link.Read(buffer, Later()));
      if (!read) {
        ADD_FAILURE() << read.error().text << " after " << bytes.size() << " bytes";
        return bytes;
      }
      bytes.append(buffer.data(), *read);
    }
    return bytes;
  }

  // Sends from the other end, and waits until it is there to be read.
  void Arrives(const std::string& bytes) {
    ASSERT_EQ(::write(pty_.fd(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    const int fd = DescriptorsOf(pty_.path()).at(0);
    int ready = 0;
    while (ready < static_cast<int>(bytes.size())) ASSERT_EQ(::ioctl(fd, FIONREAD, &ready), 0);
  }

  asio::io_context io_;
  Pty pty_{io_};
};

// --- Exchanges ----------------------------------------------------------------------------------

TEST_F(Tty, SendsExactlyTheRequestAndGetsAReplyThatComesByteByByte) {
  Line line(Open(), Timing());
  std::string request;
  asio::co_spawn(io_, AnswerOnce(pty_, request, "(92931905106463I\xCB\r"), asio::detached);
  const auto reply = Await(io_, line.Exchange(Query("QPIGS"), Anything, Later()));
  ASSERT_TRUE(reply) << reply.error().text;
  EXPECT_EQ(*reply, "92931905106463");
  EXPECT_EQ(request, "QPIGS\xB7\xA9\r");
}

TEST_F(Tty, GetsRepliesWithZeroCrAndLfInTheChecksum) {
  Line line(Open(), Timing());
  for (const std::string& frame :
       {std::string("(ExDabjkuvyz\x22\0\r", 15), std::string("(1492932105105335005535\x94\r\r")}) {
    std::string request;
    asio::co_spawn(io_, AnswerOnce(pty_, request, frame), asio::detached);
    const auto reply = Await(io_, line.Exchange(Query("QFLAG"), Anything, Later()));
    ASSERT_TRUE(reply) << reply.error().text;
    EXPECT_EQ(*reply, frame.substr(1, frame.size() - 4));
  }
}

TEST_F(Tty, LetsEveryByteThroughUnchangedInBothDirections) {
  const auto link = Open();
  ASSERT_TRUE(link);
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);

  ASSERT_TRUE(Await(io_, link->Write(all, Later())));
  std::string sent(all.size(), '\0');
  asio::error_code error;
  asio::read(pty_.end(), asio::buffer(sent), error);
  EXPECT_EQ(sent, all);

  asio::write(pty_.end(), asio::buffer(all), error);
  EXPECT_EQ(ReadBytes(*link, all.size()), all);
}

TEST_F(Tty, DoesNotSendBackWhatItGets) {
  const auto link = Open();
  ASSERT_TRUE(link);
  Arrives("(B\xE7\xC9\r");
  EXPECT_EQ(ReadBytes(*link, 5), "(B\xE7\xC9\r");
  ASSERT_TRUE(Await(io_, link->Write("x", Later())));
  std::array<char, 16> bytes{};
  EXPECT_EQ(pty_.end().read_some(asio::buffer(bytes)), 1U);
  EXPECT_EQ(bytes[0], 'x');
}

TEST_F(Tty, TimesOutAtTheDeadline) {
  const auto link = Open();
  ASSERT_TRUE(link);
  std::array<char, 16> buffer{};
  const auto read = Await(io_, link->Read(buffer, Clock::now()));
  ASSERT_FALSE(read);
  EXPECT_EQ(Name(read.error().code), "timeout");
}

TEST_F(Tty, DrainsWhatCameAndCountsItWithoutPadding) {
  const auto link = Open();
  ASSERT_TRUE(link);
  EXPECT_EQ(link->Drain(), 0U);
  Arrives(std::string("\0\n(B\xE7\xC9\r\n\0", 9));
  EXPECT_EQ(link->Drain(), 5U);
  EXPECT_EQ(link->Drain(), 0U);
}

// --- How it is opened ---------------------------------------------------------------------------

TEST_F(Tty, IsSetTo2400Baud8N1Raw) {
  struct termios before {};
  ASSERT_EQ(::tcgetattr(pty_.fd(), &before), 0);
  before.c_cflag |= PARENB | CSTOPB | CRTSCTS;
  before.c_cflag &= ~static_cast<tcflag_t>(CREAD | CLOCAL);
  before.c_iflag |= IXON | IXOFF | IXANY | ICRNL | INLCR | IGNCR | ISTRIP | INPCK | PARMRK | IGNBRK;
  before.c_oflag |= OPOST | ONLCR;
  before.c_lflag |= ECHO | ICANON | ISIG | IEXTEN;
  ::cfsetspeed(&before, B9600);
  ASSERT_EQ(::tcsetattr(pty_.fd(), TCSANOW, &before), 0);

  const auto link = Open();
  struct termios set {};
  ASSERT_EQ(::tcgetattr(pty_.fd(), &set), 0);
  EXPECT_EQ(::cfgetispeed(&set), static_cast<speed_t>(B2400));
  EXPECT_EQ(::cfgetospeed(&set), static_cast<speed_t>(B2400));
  EXPECT_EQ(set.c_cflag & CSIZE, static_cast<tcflag_t>(CS8));
  EXPECT_EQ(set.c_cflag & (PARENB | CSTOPB | CRTSCTS), 0U);
  EXPECT_EQ(set.c_cflag & (CLOCAL | CREAD), static_cast<tcflag_t>(CLOCAL | CREAD));
  EXPECT_EQ(set.c_iflag & (IXON | IXOFF | IXANY | ICRNL | INLCR | IGNCR | ISTRIP | INPCK | PARMRK),
            0U);
  EXPECT_EQ(set.c_oflag & OPOST, 0U);
  EXPECT_EQ(set.c_lflag & (ECHO | ICANON | ISIG | IEXTEN), 0U);
}

TEST_F(Tty, IsNotInheritedByOtherPrograms) {
  const auto link = Open();
  const auto descriptors = DescriptorsOf(pty_.path());
  ASSERT_EQ(descriptors.size(), 1U);
  EXPECT_NE(::fcntl(descriptors[0], F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(Tty, IsOpenedByOneOwnerAtATime) {
  auto link = Open();
  const std::string owner = "in use by pid " + std::to_string(::getpid()) + " (serial_tests)";
  EXPECT_NE(OpenError(pty_.path()).find(owner), std::string::npos);
  link.reset();
  link = Open();
  EXPECT_NE(OpenError(pty_.path()).find(owner), std::string::npos);
  link->Close();
  EXPECT_TRUE(Open());
}

// Programs that know nothing of the lock are kept out, too, and let in again afterwards.
TEST_F(Tty, IsShutToOtherProgramsWhileItIsOpen) {
  ASSERT_EQ(::chmod(pty_.path().c_str(), 0666), 0);
  const AsNobody as_nobody;
  if (::geteuid() == 0) GTEST_SKIP() << "root cannot be shut out";
  for (int turn = 0; turn < 2; ++turn) {
    const auto link = Open();
    ASSERT_TRUE(link);
    EXPECT_EQ(::open(pty_.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC), -1);
    EXPECT_EQ(errno, EBUSY);
  }
  const int other = ::open(pty_.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  EXPECT_GE(other, 0);
  ::close(other);
}

TEST_F(Tty, SaysThatThereIsNoSuchDevice) {
  EXPECT_NE(OpenError("/dev/ttyNoSuchPort7").find("no such device"), std::string::npos);
}

TEST_F(Tty, SaysThatItIsNoSerialPort) {
  EXPECT_NE(OpenError("/dev/null").find("not a serial port"), std::string::npos);
}

TEST_F(Tty, IsNoDirectory) { EXPECT_FALSE(OpenError("/tmp").empty()); }

TEST_F(Tty, SaysWhichGroupMayOpenIt) {
  struct stat status {};
  ASSERT_EQ(::stat(pty_.path().c_str(), &status), 0);
  const struct group* group = ::getgrgid(status.st_gid);
  ASSERT_EQ(::chmod(pty_.path().c_str(), 0000), 0);
  const AsNobody as_nobody;
  if (::geteuid() == 0) GTEST_SKIP() << "root may open everything";
  const std::string text = OpenError(pty_.path());
  EXPECT_NE(text.find("not permitted"), std::string::npos) << text;
  EXPECT_NE(text.find(group != nullptr ? group->gr_name : "dialout"), std::string::npos) << text;
}

// --- How it ends --------------------------------------------------------------------------------

TEST_F(Tty, IsIoAtOnceWhenTheOtherEndGoesAway) {
  Line line(Open(), Timing{std::chrono::seconds(30), std::chrono::seconds(30), {}});
  asio::co_spawn(io_, HangUpOnRequest(pty_), asio::detached);
  const TimePoint before = Clock::now();
  const auto reply = Await(io_, line.Exchange(Query("QPIGS"), Anything, Later()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(Name(reply.error().code), "io") << reply.error().text;
  EXPECT_EQ(reply.error().text.find(pty_.path() + ": "), 0U) << reply.error().text;
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(15)) << "it waited for the deadline";
}

TEST_F(Tty, IsIoWhenTheOtherEndWentAwayBetweenTwoExchanges) {
  Line line(Open(), Timing());
  pty_.HangUp();
  const auto reply = Await(io_, line.Exchange(Query("QPIGS"), Anything, Later()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(Name(reply.error().code), "io") << reply.error().text;
}

TEST_F(Tty, CloseEndsAPendingReadWithIo) {
  const auto link = Open();
  ASSERT_TRUE(link);
  std::array<char, 16> buffer{};
  asio::post(io_, [&] { asio::post(io_, [&] { link->Close(); }); });
  const auto read = Await(io_, link->Read(buffer, Later()));
  ASSERT_FALSE(read);
  EXPECT_EQ(Name(read.error().code), "io");
}

TEST_F(Tty, IsIoAfterClose) {
  const auto link = Open();
  ASSERT_TRUE(link);
  link->Close();
  link->Close();
  std::array<char, 16> buffer{};
  EXPECT_EQ(Await(io_, link->Read(buffer, Later())).error().code, Errc::kIo);
  EXPECT_EQ(Await(io_, link->Write("x", Later())).error().code, Errc::kIo);
  EXPECT_EQ(link->Drain().error().code, Errc::kIo);
}

TEST_F(Tty, LeavesNoDescriptorBehind) {
  Open().reset();
  const std::size_t before = OpenDescriptors();
  for (int turn = 0; turn < 5; ++turn) {
    const auto link = Open();
    EXPECT_FALSE(OpenError(pty_.path()).empty());
    EXPECT_FALSE(OpenError("/dev/null").empty());
    EXPECT_FALSE(OpenError("/dev/ttyNoSuchPort7").empty());
    if (turn % 2 == 0) link->Close();
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

}  // namespace
}  // namespace mppsolar::serial
