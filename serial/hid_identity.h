// What the kernel knows of a HID device without the device being opened.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mppsolar::serial {

/// The USB id of Voltronic inverters (and of UPSes of the same maker).
inline constexpr std::string_view kInverterHid = "0665:5161";

struct HidIdentity {
  std::string id;    ///< Vendor and product: "0665:5161".
  std::string name;  ///< As the device calls itself; printable.
};

/// Reads a HID device's "uevent" file in sysfs; nothing where that does not say what it is.
[[nodiscard]] std::optional<HidIdentity> ReadHidIdentity(const std::string& uevent);

}  // namespace mppsolar::serial
