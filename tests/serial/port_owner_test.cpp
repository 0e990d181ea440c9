#include "serial/port_owner.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <asio/io_context.hpp>
#include <string>
#include <vector>

#include "serial/descriptor.h"
#include "tests/serial/as_nobody.h"
#include "tests/serial/folder.h"
#include "tests/serial/pty.h"

namespace mppsolar::serial {
namespace {

class PortOwners : public testing::Test {
 protected:
  // "pid program" of each owner of /dev/null in the folder that stands for /proc.
  std::vector<std::string> Found() {
    std::vector<std::string> found;
    for (const PortOwner& owner : FindPortOwners("/dev/null", proc_.path())) {
      found.push_back(std::to_string(owner.pid) + " " + owner.program);
    }
    return found;
  }

  void Process(const std::string& pid, const std::string& program, const std::string& file) {
    proc_.Write(pid + "/comm", program + "\n");
    proc_.Link(pid + "/fd/3", file);
  }

  Folder proc_;
};

TEST_F(PortOwners, AreTheProcessesThatHaveTheDeviceOpenByPid) {
  Process("90", "ModemManager", "/dev/null");
  Process("1234", "mppsolar_export", "/dev/null");
  Process("5", "cat", "/dev/null");
  Process("300", "minicom", "/dev/null");
  Process("7", "other", "/dev/zero");
  EXPECT_EQ(Found(), (std::vector<std::string>{"5 cat", "90 ModemManager", "300 minicom",
                                               "1234 mppsolar_export"}));
}

TEST_F(PortOwners, AreFoundUnderEveryNameOfTheDevice) {
  proc_.Link("dev/by-id", "/dev/null");
  Process("5", "cat", (proc_.path() / "dev/by-id").string());
  EXPECT_EQ(Found(), std::vector<std::string>{"5 cat"});
  EXPECT_EQ(FindPortOwners((proc_.path() / "dev/by-id").string(), proc_.path()).size(), 1U);
}

TEST_F(PortOwners, AreOnlyProcesses) {
  Process("self", "me", "/dev/null");
  Process("12x", "none", "/dev/null");
  proc_.Write("locks", "1: FLOCK ADVISORY WRITE 99 00:05:4 0 EOF\n");
  EXPECT_TRUE(Found().empty());
}

TEST_F(PortOwners, AreFoundBesideProcessesThatJustEnded) {
  std::filesystem::create_directories(proc_.path() / "3");
  proc_.Link("4/fd/0", "/no/such/file");
  Process("5", "cat", "/dev/null");
  EXPECT_EQ(Found(), std::vector<std::string>{"5 cat"});
}

TEST_F(PortOwners, CannotWriteToTheTerminalByTheirName) {
  Process("5", "a\x1B[2J\xFF", "/dev/null");
  EXPECT_EQ(Found(), std::vector<std::string>{"5 a\\x1b[2J\\xff"});
}

TEST_F(PortOwners, OfWhatIsNoDeviceAreNone) {
  proc_.Write("file", "");
  const std::string file = (proc_.path() / "file").string();
  Process("5", "cat", file);
  EXPECT_TRUE(FindPortOwners(file, proc_.path()).empty());
  EXPECT_TRUE(FindPortOwners("/no/such/device", proc_.path()).empty());
}

TEST_F(PortOwners, AreNamedInTheMessage) {
  Process("1234", "mppsolar_export", "/dev/null");
  EXPECT_EQ(InUse("/dev/null", proc_.path()), "in use by pid 1234 (mppsolar_export)");
  Process("90", "ModemManager", "/dev/null");
  EXPECT_EQ(InUse("/dev/null", proc_.path()),
            "in use by pid 90 (ModemManager), pid 1234 (mppsolar_export)");
}

TEST_F(PortOwners, ThatCannotBeSeenLeaveAWayToFindThem) {
  EXPECT_EQ(InUse("/dev/null", proc_.path()),
            "in use by another process (run as root to see which: sudo fuser -v /dev/null)");
}

TEST_F(PortOwners, OfAnotherUserCannotBeSeen) {
  Process("5", "cat", "/dev/null");
  std::filesystem::permissions(proc_.path() / "5/fd", std::filesystem::perms::none);
  std::filesystem::permissions(proc_.path(), std::filesystem::perms::all);
  {
    const AsNobody as_nobody;
    EXPECT_TRUE(Found().empty());
  }
  std::filesystem::permissions(proc_.path() / "5/fd", std::filesystem::perms::owner_all);
}

TEST(PortOwner, IsThisProcessForAPortThatItHasOpen) {
  asio::io_context io;
  const Pty pty(io);
  EXPECT_TRUE(FindPortOwners(pty.path()).empty());
  const Descriptor port(::open(pty.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_GE(port.get(), 0);
  const auto owners = FindPortOwners(pty.path());
  ASSERT_EQ(owners.size(), 1U);
  EXPECT_EQ(owners[0].pid, ::getpid());
  EXPECT_EQ(owners[0].program, "serial_tests");
  EXPECT_EQ(InUse(pty.path()), "in use by pid " + std::to_string(::getpid()) +
                                   " (serial_tests), which is this program itself");
}

}  // namespace
}  // namespace mppsolar::serial
