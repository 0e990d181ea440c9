// The ports of this machine behind which an inverter may be, as far as the kernel tells without any
// of them being opened.
#pragma once

#include <string>
#include <vector>

namespace mppsolar::serial {

/// Where the kernel shows things. Tests put folders in their place.
struct Places {
  std::string dev = "/dev";
  std::string sysfs = "/sys";
  std::string proc = "/proc";
};

struct Port {
  std::string address;       ///< "/dev/ttyUSB0", "hid:/dev/hidraw0".
  std::string stable;        ///< The same under a name that survives a re-plug, or `address`.
  std::string what;          ///< "USB serial adapter (Prolific USB-Serial Controller)".
  std::string why_not_safe;  ///< Why nothing may be sent to it unasked; empty: a query is safe.
};

/// Serial ports first, then HID devices, each kind in the order of their numbers. A query is safe
/// only where it cannot mean anything to what is there: a plain adapter from USB to a serial line
/// that no program has open, or a HID device of 0665:5161. A built-in port, a console, a modem or a
/// device with a USB port of its own (an Arduino, a Zigbee stick) is listed, not safe.
[[nodiscard]] std::vector<Port> FindPorts(const Places& places = {});

}  // namespace mppsolar::serial
