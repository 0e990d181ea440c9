#include "serial/ports.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

#include "serial/frame.h"
#include "serial/hid_identity.h"
#include "serial/port_owner.h"

namespace mppsolar::serial {
namespace {

namespace fs = std::filesystem;

// How the kernel calls its drivers for chips that are nothing but a serial line.
constexpr std::array<std::string_view, 6> kAdapterDrivers{"pl2303",     "ftdi_sio", "cp210x",
                                                          "ch341-uart", "f81232",   "xr_serial"};
// Makers put these chips into devices, too, and then name the device: "Sonoff Zigbee 3.0 USB Dongle
// Plus". A chip that is only an adapter calls itself one.
constexpr std::array<std::string_view, 6> kAdapterWords{"serial", "uart",       "rs232",
                                                        "rs-232", "usb2.0-ser", "usb to"};

// The first line, printable; empty where there is no such file.
std::string ReadLine(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return Printable(line);
}

// The names in a folder, in the order of their numbers: ttyUSB2 before ttyUSB10.
std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename());
  }
  const auto key = [](const std::string& name) {
    const std::size_t digits = name.find_last_not_of("0123456789") + 1;
    unsigned number = 0;
    std::from_chars(name.data() + digits, name.data() + name.size(), number);
    return std::pair(name.substr(0, digits), number);
  };
  std::sort(names.begin(), names.end(),
            [&key](const std::string& a, const std::string& b) { return key(a) < key(b); });
  return names;
}

// Where a link of the kernel's leads, or nothing.
std::optional<fs::path> Target(const fs::path& link) {
  std::error_code error;
  const fs::path target = fs::canonical(link, error);
  if (error) return std::nullopt;
  return target;
}

// The USB device above a folder of sysfs.
std::optional<fs::path> UsbDeviceAbove(fs::path folder) {
  constexpr int kLevels = 4;  // port, interface, device
  for (int level = 0; level < kLevels && folder.has_parent_path(); ++level) {
    std::error_code error;
    if (fs::exists(folder / "idVendor", error)) return folder;
    folder = folder.parent_path();
  }
  return std::nullopt;
}

// "Prolific USB-Serial Controller", or "067b:2303" of a device that does not name itself.
std::string NameOf(const fs::path& usb) {
  const std::string maker = ReadLine(usb / "manufacturer");
  const std::string product = ReadLine(usb / "product");
  if (product.empty()) return ReadLine(usb / "idVendor") + ":" + ReadLine(usb / "idProduct");
  return maker.empty() || product.starts_with(maker) ? product : maker + " " + product;
}

bool IsConsole(const Places& places, const std::string& name) {
  std::ifstream file(places.sysfs + "/class/tty/console/active");
  for (std::string console; file >> console;) {
    if (console == name) return true;
  }
  return false;
}

bool CallsItselfAnAdapter(std::string product) {
  std::transform(product.begin(), product.end(), product.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return product.empty() ||
         std::any_of(kAdapterWords.begin(), kAdapterWords.end(), [&product](std::string_view word) {
           return product.find(word) != std::string::npos;
         });
}

// The link in a folder of /dev/serial that leads to `device`.
std::optional<std::string> LinkTo(const fs::path& folder, const fs::path& device) {
  for (const std::string& name : NamesIn(folder)) {
    if (Target(folder / name) == device) return (folder / name).string();
  }
  return std::nullopt;
}

// Adapters without a serial number of their own share one name by id, which leads to the one that
// was plugged in last: those are known by the socket that they are in.
std::string StableName(const Places& places, const std::string& address, bool has_serial_number) {
  const auto device = Target(address);
  if (!device) return address;
  const fs::path folder = fs::path(places.dev) / "serial";
  const auto link = LinkTo(folder / (has_serial_number ? "by-id" : "by-path"), *device);
  return link.value_or(address);
}

std::string InUseOrNothing(const Places& places, const std::string& path) {
  const auto owners = FindPortOwners(path, places.proc);
  return owners.empty() ? "" : InUseBy(owners);
}

std::optional<Port> SerialPort(const Places& places, const std::string& name) {
  const fs::path node = fs::path(places.sysfs) / "class/tty" / name;
  const auto hardware = Target(node / "device");
  // Without hardware it is a terminal on a screen; type 0 is a port that the board does not have.
  if (!hardware || ReadLine(node / "type") == "0") return std::nullopt;
  Port port;
  port.address = places.dev + "/" + name;
  port.stable = port.address;
  const auto usb = UsbDeviceAbove(*hardware);
  if (!usb) {
    port.what = "built-in serial port";
    port.why_not_safe = "a built-in port may lead to anything";
  } else {
    const std::string product = ReadLine(*usb / "product");
    const auto driver = Target(*hardware / "driver");
    const bool adapter = driver &&
                         std::find(kAdapterDrivers.begin(), kAdapterDrivers.end(),
                                   driver->filename().string()) != kAdapterDrivers.end() &&
                         CallsItselfAnAdapter(product);
    port.stable = StableName(places, port.address, !ReadLine(*usb / "serial").empty());
    port.what = (adapter ? "USB serial adapter (" : "USB device (") + NameOf(*usb) + ")";
    if (!adapter) port.why_not_safe = "it is not known as a plain adapter";
  }
  if (IsConsole(places, name)) port.why_not_safe = "it is the system's console";
  if (auto in_use = InUseOrNothing(places, port.address); !in_use.empty()) {
    port.why_not_safe = std::move(in_use);
  }
  return port;
}

std::optional<Port> HidPort(const Places& places, const std::string& name) {
  const auto identity = ReadHidIdentity(places.sysfs + "/class/hidraw/" + name + "/device/uevent");
  if (!identity) return std::nullopt;
  const std::string path = places.dev + "/" + name;
  Port port;
  port.address = "hid:" + path;
  port.stable = port.address;
  port.what = "HID " + identity->id + (identity->name.empty() ? "" : " (" + identity->name + ")");
  if (identity->id != kInverterHid) {
    port.why_not_safe = "it is no inverter's USB port (" + std::string(kInverterHid) + ")";
  } else {
    port.why_not_safe = InUseOrNothing(places, path);
    // The udev rules of this project name it by the socket that it is in.
    const auto device = Target(path);
    const auto link =
        device ? LinkTo(fs::path(places.dev) / "mppsolar" / "by-path", *device) : std::nullopt;
    if (link) port.stable = "hid:" + *link;
  }
  return port;
}

}  // namespace

std::vector<Port> FindPorts(const Places& places) {
  std::vector<Port> ports;
  for (const std::string& name : NamesIn(fs::path(places.sysfs) / "class/tty")) {
    if (auto port = SerialPort(places, name)) ports.push_back(*std::move(port));
  }
  for (const std::string& name : NamesIn(fs::path(places.sysfs) / "class/hidraw")) {
    if (auto port = HidPort(places, name)) ports.push_back(*std::move(port));
  }
  return ports;
}

}  // namespace mppsolar::serial
