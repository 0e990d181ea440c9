#include "serial/hid.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

#include "serial/exclusive.h"
#include "serial/frame.h"
#include "serial/hid_link.h"

namespace mppsolar::serial {
namespace {

constexpr std::string_view kInverter = "0665:5161";

std::string NotPermitted(const std::string&) {
  return "copy deploy/udev/70-mppsolar.rules to /etc/udev/rules.d, plug the cable in again, and "
         "add "
         "the user to the group dialout (sudo usermod -aG dialout USER, then log in again)";
}

constexpr Remedies kRemedies{"is the cable plugged in? (ls /dev/hidraw*)", NotPermitted};

struct Identity {
  std::string id;    // "0665:5161": vendor and product
  std::string name;  // as the device calls itself
};

// "0003:00000665:00005161", which is bus, vendor and product -> "0665:5161".
std::optional<std::string> ParseHidId(std::string_view text) {
  constexpr std::string_view kForm = "xxxx:xxxxxxxx:xxxxxxxx";
  constexpr std::string_view kHighPart = "0000";
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hex = std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
    if (kForm[i] == 'x' ? !hex : text[i] != kForm[i]) return std::nullopt;
  }
  if (text.substr(5, 4) != kHighPart || text.substr(14, 4) != kHighPart) return std::nullopt;
  std::string id = std::string(text.substr(9, 5)) + std::string(text.substr(18, 4));
  id[4] = ':';
  std::transform(id.begin(), id.end(), id.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return id;
}

// What the kernel knows of the HID device with this number. By number, because names change.
std::optional<Identity> Identify(dev_t device, const std::string& sysfs) {
  std::ifstream uevent(sysfs + "/dev/char/" + std::to_string(major(device)) + ":" +
                       std::to_string(minor(device)) + "/device/uevent");
  std::optional<Identity> identity;
  std::string name;
  for (std::string line; std::getline(uevent, line);) {
    const std::string_view text = line;
    if (text.starts_with("HID_ID=")) {
      if (auto id = ParseHidId(text.substr(7))) identity = Identity{*std::move(id), ""};
    } else if (text.starts_with("HID_NAME=")) {
      name = Printable(text.substr(9));
    }
  }
  if (identity) identity->name = name;
  return identity;
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
  if (identity->id != kInverter) {
    return Fail(Errc::kOpen, path + ": is a HID device " + identity->id + " (" + identity->name +
                                 "), not an inverter's USB port (" + std::string(kInverter) +
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
