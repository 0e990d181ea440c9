#include "exporter/web/listen_places.h"

#include "exporter/log.h"
#include "exporter/web/systemd_sockets.h"

namespace mppsolar {
namespace {

constexpr const char* kDefaultAddress = ":10030";

}  // namespace

tl::expected<std::vector<NamedAddress>, std::string> ListenAddresses(
    std::vector<std::string> texts) {
  if (texts.empty()) texts.emplace_back(kDefaultAddress);
  std::vector<NamedAddress> addresses;
  for (std::string& text : texts) {
    const auto address = ParseListenAddress(text);
    if (!address) {
      return tl::unexpected<std::string>(
          "--web.listen-address: \"" + text +
          "\" is no address; write :10030, 127.0.0.1:10030 or [::1]:10030");
    }
    addresses.push_back({std::move(text), *address});
  }
  return addresses;
}

tl::expected<std::vector<ListenPlace>, std::string> ListenPlaces(const ServeOptions& options) {
  std::vector<ListenPlace> places;
  if (options.systemd_socket) {
    const auto sockets = TakeSystemdSockets();
    if (!sockets) return tl::unexpected<std::string>("--web.systemd-socket: " + sockets.error());
    for (const int socket : *sockets) {
      places.push_back({"passed socket " + std::to_string(socket), socket});
    }
    return places;
  }
  auto addresses = ListenAddresses(options.listen_addresses);
  if (!addresses) return tl::unexpected(addresses.error());
  for (auto& [name, address] : *addresses) places.push_back({std::move(name), address});
  return places;
}

tl::expected<void, std::string> ListenAt(const std::vector<ListenPlace>& places,
                                         HttpServer& server) {
  for (const auto& [name, place] : places) {
    const auto* address = std::get_if<ListenAddress>(&place);
    const auto listening =
        address != nullptr ? server.Listen(*address) : server.ListenOn(std::get<int>(place));
    if (!listening) {
      server.StopListening();
      return tl::unexpected<std::string>("cannot listen on " + name + ": " + listening.error());
    }
  }
  // Said only when all of it is true.
  for (const auto& [name, place] : places) log::Info("Listening", {{"address", name}});
  return {};
}

}  // namespace mppsolar
