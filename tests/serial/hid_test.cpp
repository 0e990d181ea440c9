#include "serial/hid.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <asio/io_context.hpp>
#include <asio/read.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "tests/serial/as_nobody.h"
#include "tests/serial/await.h"
#include "tests/serial/folder.h"
#include "tests/serial/pty.h"

namespace mppsolar::serial {
namespace {

TimePoint Later() { return std::chrono::steady_clock::now() + std::chrono::seconds(30); }

// A pty stands for the device, because its other end sees what is sent; the sysfs that says what it
// is stands in a folder.
class Hid : public testing::Test {
 protected:
  Hid() {
    struct termios raw {};
    ::cfmakeraw(&raw);
    EXPECT_EQ(::tcsetattr(pty_.fd(), TCSANOW, &raw), 0);
  }

  void KernelSays(const std::string& uevent) {
    struct stat status {};
    ASSERT_EQ(::stat(pty_.path().c_str(), &status), 0);
    sysfs_.Write("dev/char/" + std::to_string(major(status.st_rdev)) + ":" +
                     std::to_string(minor(status.st_rdev)) + "/device/uevent",
                 uevent);
  }

  Result<std::unique_ptr<Link>> Open(const std::string& path) {
    return OpenHid(io_.get_executor(), path, sysfs_.path());
  }

  std::string OpenError(const std::string& path) {
    const auto link = Open(path);
    if (link) {
      ADD_FAILURE() << path << " was opened";
      return "";
    }
    EXPECT_EQ(Name(link.error().code), "open");
    EXPECT_EQ(link.error().text.find(path + ": "), 0U) << link.error().text;
    return link.error().text;
  }

  // Whether anything has reached the device.
  bool WasSentSomething() {
    EXPECT_EQ(::fcntl(pty_.fd(), F_SETFL, O_NONBLOCK), 0);
    char byte = 0;
    return ::read(pty_.fd(), &byte, 1) > 0;
  }

  asio::io_context io_;
  Pty pty_{io_};
  Folder sysfs_;
};

constexpr char kInverter[] =
    "DRIVER=hid-generic\nHID_ID=0003:00000665:00005161\nHID_NAME=INNO TECH USB to Serial\n"
    "HID_PHYS=usb-0000:00:14.0-2/input0\nHID_UNIQ=\nMODALIAS=hid:b0003g0001v00000665p00005161\n";

TEST_F(Hid, OpensAnInvertersUsbPort) {
  KernelSays(kInverter);
  const auto link = Open(pty_.path());
  ASSERT_TRUE(link) << link.error().text;
  EXPECT_FALSE(WasSentSomething());
  ASSERT_TRUE(Await(io_, (*link)->Write("QPIGS\xB7\xA9\r", Later())));
  std::string sent(9, '\0');
  asio::error_code error;
  asio::read(pty_.end(), asio::buffer(sent), error);
  EXPECT_EQ(sent, std::string("\0QPIGS\xB7\xA9\r", 9));
}

TEST_F(Hid, OpensItByALinkAndOnWhateverBus) {
  KernelSays("HID_ID=0005:00000665:00005161\n");
  sysfs_.Link("axpert0", pty_.path());
  const auto link = Open((sysfs_.path() / "axpert0").string());
  EXPECT_TRUE(link) << link.error().text;
}

TEST_F(Hid, SendsNothingToAnotherDeviceAndNamesIt) {
  KernelSays("HID_ID=0003:0000046D:0000C52B\nHID_NAME=Logitech USB Receiver\n");
  EXPECT_EQ(OpenError(pty_.path()),
            pty_.path() +
                ": is a HID device 046d:c52b (Logitech USB Receiver), not an inverter's "
                "USB port (0665:5161); nothing was sent to it");
  EXPECT_FALSE(WasSentSomething());
}

TEST_F(Hid, SendsNothingToADeviceThatIsNearlyTheSame) {
  for (const std::string id :
       {"0003:00000665:00005162", "0003:00000664:00005161", "0003:00010665:00005161",
        "0003:00000665:00015161", "0003:00005161:00000665"}) {
    KernelSays("HID_ID=" + id + "\n");
    EXPECT_NE(OpenError(pty_.path()).find("nothing was sent"), std::string::npos) << id;
  }
  EXPECT_FALSE(WasSentSomething());
}

TEST_F(Hid, SendsNothingToWhatTheKernelDoesNotShowAsHid) {
  const std::string no_hid = pty_.path() + ": is no HID device; nothing was sent to it";
  EXPECT_EQ(OpenError(pty_.path()), no_hid);
  for (const std::string uevent :
       {"", "DRIVER=ftdi_sio\n", "HID_ID=\n", "HID_ID=0003:665:5161\n",
        "HID_ID=0003:0000066x:00005161\n", "HID_ID=0003-00000665-00005161\n",
        "NOT_HID_ID=0003:00000665:00005161\n"}) {
    KernelSays(uevent);
    EXPECT_EQ(OpenError(pty_.path()), no_hid) << uevent;
  }
  EXPECT_FALSE(WasSentSomething());
}

TEST_F(Hid, IsNoFileAndNoFolder) {
  sysfs_.Write("file", "");
  EXPECT_NE(OpenError((sysfs_.path() / "file").string()).find("no HID"), std::string::npos);
  EXPECT_NE(OpenError(sysfs_.path().string()).find("no HID"), std::string::npos);
}

TEST_F(Hid, CannotWriteToTheTerminalByItsName) {
  KernelSays("HID_ID=0003:0000046D:0000C52B\nHID_NAME=a\x1B[2J\n");
  EXPECT_NE(OpenError(pty_.path()).find("(a\\x1b[2J)"), std::string::npos);
}

TEST_F(Hid, SaysThatThereIsNoSuchDevice) {
  EXPECT_NE(OpenError("/dev/hidraw_none").find("no such device"), std::string::npos);
}

TEST_F(Hid, IsOpenedByOneOwnerAtATime) {
  KernelSays(kInverter);
  auto link = Open(pty_.path());
  ASSERT_TRUE(link) << link.error().text;
  EXPECT_NE(OpenError(pty_.path()).find("in use by pid " + std::to_string(::getpid())),
            std::string::npos);
  (*link)->Close();
  EXPECT_TRUE(Open(pty_.path()));
}

TEST_F(Hid, SaysWhichRuleLetsItBeOpened) {
  KernelSays(kInverter);
  std::filesystem::permissions(sysfs_.path(), std::filesystem::perms::all);
  ASSERT_EQ(::chmod(pty_.path().c_str(), 0000), 0);
  const AsNobody as_nobody;
  if (::geteuid() == 0) GTEST_SKIP() << "root may open everything";
  const std::string text = OpenError(pty_.path());
  EXPECT_NE(text.find("not permitted"), std::string::npos) << text;
  EXPECT_NE(text.find("deploy/udev/70-mppsolar.rules"), std::string::npos) << text;
  EXPECT_NE(text.find("dialout"), std::string::npos) << text;
}

}  // namespace
}  // namespace mppsolar::serial
