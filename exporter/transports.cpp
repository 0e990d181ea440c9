#include "exporter/transports.h"

#include <array>
#include <string_view>

#include "exporter/simulated_address.h"
#include "serial/simulated_link.h"
#include "serial/tty.h"

namespace mppsolar {
namespace {

using serial::Errc;
using LinkResult = serial::Result<std::unique_ptr<serial::Link>>;

asio::awaitable<LinkResult> OpenTty(asio::any_io_executor executor, std::string address) {
  co_return serial::OpenTty(std::move(executor), address);
}

serial::Result<void> CheckTty(const std::string&) { return {}; }

asio::awaitable<LinkResult> OpenSimulated(asio::any_io_executor executor, std::string address) {
  const auto options = ParseSimulatedAddress(std::string_view(address).substr(4));
  if (!options) co_return tl::unexpected<serial::Error>(options.error());
  auto responder = SimulatedResponder(*options);
  if (!responder) co_return tl::unexpected<serial::Error>(responder.error());
  co_return std::make_unique<serial::SimulatedLink>(std::move(executor), std::move(*responder),
                                                    serial::Pace{});
}

serial::Result<void> CheckSimulated(const std::string& address) {
  const auto options = ParseSimulatedAddress(std::string_view(address).substr(4));
  if (!options) return tl::unexpected<serial::Error>(options.error());
  return {};
}

struct Transport {
  std::string_view prefix;
  std::string_view example;
  asio::awaitable<LinkResult> (*open)(asio::any_io_executor, std::string);
  serial::Result<void> (*check)(const std::string&);
};

constexpr std::array kTransports{
    Transport{"/", "/dev/ttyUSB0", OpenTty, CheckTty},
    Transport{"sim:", "sim:", OpenSimulated, CheckSimulated},
};

const Transport* Find(const std::string& address) {
  for (const Transport& transport : kTransports) {
    if (address.starts_with(transport.prefix)) return &transport;
  }
  return nullptr;
}

tl::unexpected<serial::Error> UnknownAddress(const std::string& address) {
  std::string examples;
  for (const Transport& transport : kTransports) {
    if (!examples.empty()) examples += " or ";
    examples += transport.example;
  }
  return serial::Fail(Errc::kOpen,
                      "\"" + address + "\" is no address of a device; write " + examples);
}

}  // namespace

asio::awaitable<LinkResult> OpenAddress(asio::any_io_executor executor, std::string address) {
  const Transport* transport = Find(address);
  if (transport == nullptr) co_return UnknownAddress(address);
  auto opening = transport->open(std::move(executor), std::move(address));
  co_return co_await std::move(opening);
}

serial::Result<void> CheckAddress(const std::string& address) {
  const Transport* transport = Find(address);
  if (transport == nullptr) return UnknownAddress(address);
  return transport->check(address);
}

std::string NameFromAddress(const std::string& address) {
  const std::string_view plain = std::string_view(address).substr(0, address.find('?'));
  const std::size_t slash = plain.find_last_of("/:");
  const std::string_view last = slash == std::string_view::npos ? plain : plain.substr(slash + 1);
  return std::string(last.empty() ? plain.substr(0, slash) : last);
}

}  // namespace mppsolar
