// Addresses of inverters, and the link behind each kind of address.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "serial/link.h"

namespace mppsolar {

/// The address that stands for whatever port an inverter answers at.
inline constexpr std::string_view kAutoAddress = "auto";

/// Opens "/dev/ttyUSB0", "hid:/dev/hidraw0", "tcp://10.0.0.5:8899", "sim:MODEL?speed=60", or with
/// "auto" the only port of this machine that an inverter answers at. Errors: kOpen, with the reason
/// and the remedy.
[[nodiscard]] asio::awaitable<serial::Result<std::unique_ptr<serial::Link>>> OpenAddress(
    asio::any_io_executor executor, std::string address);

/// Complains about an address that no transport knows, or whose form is wrong; nothing is opened.
[[nodiscard]] serial::Result<void> CheckAddress(const std::string& address);

/// The telling part of an address, as a name for the inverter behind it: "/dev/ttyUSB0" ->
/// "ttyUSB0", "tcp://10.0.0.5:8899" -> "10.0.0.5:8899".
[[nodiscard]] std::string NameFromAddress(const std::string& address);

}  // namespace mppsolar
