#include "serial/exclusive.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "serial/port_owner.h"

namespace mppsolar::serial {
namespace {

std::string WhyNotOpened(const std::string& path, int error, const Remedies& remedies) {
  switch (error) {
    case ENOENT:
      return path + ": there is no such device; " + remedies.missing;
    case EACCES:
    case EPERM:
      return path + ": not permitted; " + remedies.not_permitted(path);
    case EBUSY:
      return path + ": " + InUse(path);
    default:
      return path + ": " + std::generic_category().message(error);
  }
}

// The error number, or 0.
int OpenAndLock(const std::string& path, Descriptor& opened) {
  Descriptor fd(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (fd.get() < 0) return errno;
  // The kernel lets root pass TIOCEXCL, and HID devices have none, so the lock decides.
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK ? EBUSY : errno;
  opened = std::move(fd);
  return 0;
}

}  // namespace

Result<Descriptor> OpenExclusively(const std::string& path, const Remedies& remedies) {
  Descriptor fd(-1);
  // It is closed again before the message is made: or else this process would be found, too.
  if (const int error = OpenAndLock(path, fd); error != 0) {
    return Fail(Errc::kOpen, WhyNotOpened(path, error, remedies));
  }
  return fd;
}

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

}  // namespace mppsolar::serial
