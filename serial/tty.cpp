#include "serial/tty.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "serial/descriptor_link.h"

namespace mppsolar::serial {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

std::string GroupOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "dialout";
  struct group entry {};
  struct group* found = nullptr;
  std::array<char, 1024> buffer{};
  if (::getgrgid_r(status.st_gid, &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return "dialout";
  }
  return entry.gr_name;
}

std::string WhyNotOpened(const std::string& path, int error) {
  switch (error) {
    case ENOENT:
      return path + ": there is no such device; is the cable plugged in? (ls /dev/serial/by-id)";
    case EACCES:
    case EPERM: {
      const std::string group = GroupOf(path);
      return path + ": not permitted; the user must be in the group " + group +
             " (sudo usermod -aG " + group + " USER, then log in again)";
    }
    case EBUSY:
      return path + ": in use by another process";
    default:
      return path + ": " + std::generic_category().message(error);
  }
}

Result<void> SetRaw2400(int fd, const std::string& path) {
  struct termios settings {};
  if (::tcgetattr(fd, &settings) != 0) {
    return Fail(Errc::kOpen, path + ": not a serial port");
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
  Descriptor fd(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (fd.get() < 0) return Fail(Errc::kOpen, WhyNotOpened(path, errno));
  // The kernel lets root pass TIOCEXCL, so the lock decides; other programs may heed only TIOCEXCL.
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return Fail(Errc::kOpen, WhyNotOpened(path, errno == EWOULDBLOCK ? EBUSY : errno));
  }
  if (auto set = SetRaw2400(fd.get(), path); !set) return tl::unexpected<Error>(set.error());
  ::ioctl(fd.get(), TIOCEXCL);
  return std::make_unique<DescriptorLink>(std::move(executor), fd.Release(), path);
}

}  // namespace mppsolar::serial
