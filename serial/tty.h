// A serial port at 2400 8N1, as every manual of the family asks for.
#pragma once

#include <asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "serial/link.h"

namespace mppsolar::serial {

/// Opens `path` ("/dev/ttyUSB0") for this process alone. Errors: kOpen with the reason and the
/// remedy: not there, not permitted, in use, not a serial port.
[[nodiscard]] Result<std::unique_ptr<Link>> OpenTty(asio::any_io_executor executor,
                                                    const std::string& path);

}  // namespace mppsolar::serial
