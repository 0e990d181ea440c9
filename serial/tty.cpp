#include "serial/tty.h"

#include <sys/ioctl.h>
#include <termios.h>

#include <cerrno>
#include <system_error>

#include "serial/descriptor_link.h"
#include "serial/exclusive.h"

namespace mppsolar::serial {
namespace {

std::string NotPermitted(const std::string& path) {
  const std::string group = GroupOf(path);
  return "the user must be in the group " + group + " (sudo usermod -aG " + group +
         " USER, then log in again)";
}

constexpr Remedies kRemedies{"is the cable plugged in? (ls /dev/serial/by-id)", NotPermitted};

Result<void> SetRaw2400(int fd, const std::string& path) {
  struct termios settings {};
  if (::tcgetattr(fd, &settings) != 0) {
    const bool hid = path.find("hidraw") != std::string::npos;
    return Fail(Errc::kOpen, path + ": not a serial port" + (hid ? "; write hid:" + path : ""));
  }
  ::cfmakeraw(&settings);
  // cfmakeraw leaves these. With IXOFF the kernel itself would send XOFF bytes to the inverter.
  settings.c_iflag &= ~static_cast<tcflag_t>(IXOFF | IXANY | INPCK);
  settings.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | CRTSCTS | PARENB);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  ::cfsetispeed(&settings, B2400);
  ::cfsetospeed(&settings, B2400);
  if (::tcsetattr(fd, TCSANOW, &settings) != 0) {
    return Fail(Errc::kOpen, path + ": cannot be set to 2400 baud 8N1: " +
                                 std::generic_category().message(errno));
  }
  ::tcflush(fd, TCIOFLUSH);
  return {};
}

}  // namespace

Result<std::unique_ptr<Link>> OpenTty(asio::any_io_executor executor, const std::string& path) {
  auto fd = OpenExclusively(path, kRemedies);
  if (!fd) return tl::unexpected<Error>(fd.error());
  if (auto set = SetRaw2400(fd->get(), path); !set) return tl::unexpected<Error>(set.error());
  // Other programs may know nothing of the lock and heed only this.
  ::ioctl(fd->get(), TIOCEXCL);
  return std::make_unique<DescriptorLink>(executor, fd->Release(), path);
}

}  // namespace mppsolar::serial
