// The inverter's own USB port: not a serial port, but a HID device that carries the same bytes.
#pragma once

#include <asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "serial/link.h"

namespace mppsolar::serial {

/// Opens `path` ("/dev/hidraw0", or a link to it) for this process alone. Only a device that the
/// kernel shows as 0665:5161 is opened at all: what another one (a keyboard) makes of a query is
/// anybody's guess. `sysfs` is where the kernel shows them. Errors: kOpen with the reason and the
/// remedy: not there, not permitted, in use, another device.
[[nodiscard]] Result<std::unique_ptr<Link>> OpenHid(asio::any_io_executor executor,
                                                    const std::string& path,
                                                    const std::string& sysfs = "/sys");

}  // namespace mppsolar::serial
