#include "serial/hid.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <optional>
#include <system_error>

#include "serial/exclusive.h"
#include "serial/hid_identity.h"
#include "serial/hid_link.h"

namespace mppsolar::serial {
namespace {

std::string NotPermitted(const std::string&) {
  return "copy deploy/udev/70-mppsolar.rules to /etc/udev/rules.d, plug the cable in again, and "
         "add "
         "the user to the group dialout (sudo usermod -aG dialout USER, then log in again)";
}

constexpr Remedies kRemedies{"is the cable plugged in? (ls /dev/hidraw*)", NotPermitted};

// By number, because names change.
std::optional<HidIdentity> Identify(dev_t device, const std::string& sysfs) {
  return ReadHidIdentity(sysfs + "/dev/char/" + std::to_string(major(device)) + ":" +
                         std::to_string(minor(device)) + "/device/uevent");
}

// The number of the device at `path`, if that is an inverter's.
Result<dev_t> Recognise(const std::string& path, const std::string& sysfs) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return Fail(Errc::kOpen,
                path + ": " +
                    (errno == ENOENT ? std::string("there is no such device; ") + kRemedies.missing
                                     : std::generic_category().message(errno)));
  }
  const auto identity = S_ISCHR(status.st_mode) ? Identify(status.st_rdev, sysfs) : std::nullopt;
  if (!identity) {
    return Fail(Errc::kOpen, path + ": is no HID device; nothing was sent to it");
  }
  if (identity->id != kInverterHid) {
    return Fail(Errc::kOpen, path + ": is a HID device " + identity->id + " (" + identity->name +
                                 "), not an inverter's USB port (" + std::string(kInverterHid) +
                                 "); nothing was sent to it");
  }
  return status.st_rdev;
}

}  // namespace

Result<std::unique_ptr<Link>> OpenHid(asio::any_io_executor executor, const std::string& path,
                                      const std::string& sysfs) {
  // Before it is opened: opening alone makes some devices do something.
  const auto recognised = Recognise(path, sysfs);
  if (!recognised) return tl::unexpected<Error>(recognised.error());
  auto fd = OpenExclusively(path, kRemedies);
  if (!fd) return tl::unexpected<Error>(fd.error());
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0 || !S_ISCHR(status.st_mode) ||
      status.st_rdev != *recognised) {
    return Fail(Errc::kOpen, path + ": became another device just now; nothing was sent to it");
  }
  return std::make_unique<HidLink>(executor, fd->Release(), path);
}

}  // namespace mppsolar::serial
