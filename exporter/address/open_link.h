// What opens the link behind an address. Tests put their own in its place.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "serial/link.h"

namespace mppsolar {

using OpenLink = std::function<asio::awaitable<serial::Result<std::unique_ptr<serial::Link>>>(
    asio::any_io_executor executor, std::string address)>;

}  // namespace mppsolar
