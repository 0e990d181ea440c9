// Where the server listens: addresses, or sockets that were passed to the program.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "exporter/calls/options.h"
#include "exporter/web/http_server.h"

namespace mppsolar {

struct ListenPlace {
  std::string name;  ///< For messages: ":10030", "passed socket 3".
  std::variant<ListenAddress, int> place;
};

/// An address as it was written, and what it means.
struct NamedAddress {
  std::string name;
  ListenAddress address;
};

/// The values of --web.listen-address; of none, the default. Errors (the text): one is no address.
[[nodiscard]] tl::expected<std::vector<NamedAddress>, std::string> ListenAddresses(
    std::vector<std::string> texts);

/// What the command line asks for. Errors (the text): an address is none, no socket was passed.
[[nodiscard]] tl::expected<std::vector<ListenPlace>, std::string> ListenPlaces(
    const ServeOptions& options);

/// Listens at all of them or, after an error that names the one, at none.
[[nodiscard]] tl::expected<void, std::string> ListenAt(const std::vector<ListenPlace>& places,
                                                       HttpServer& server);

}  // namespace mppsolar
