#include "exporter/address/transports.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "exporter/address/detection.h"
#include "exporter/address/simulated_address.h"
#include "metrics/strict_yaml.h"
#include "serial/hid.h"
#include "serial/ports.h"
#include "serial/simulated_link.h"
#include "serial/tcp.h"
#include "serial/tty.h"

namespace mppsolar {
namespace {

using serial::Errc;
using LinkResult = serial::Result<std::unique_ptr<serial::Link>>;

constexpr std::string_view kHid = "hid:";
constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kSimulated = "sim:";

bool IsControl(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

std::string LastPart(const std::string& path) { return path.substr(path.rfind('/') + 1); }

asio::awaitable<LinkResult> OpenTty(asio::any_io_executor executor, std::string address) {
  co_return serial::OpenTty(std::move(executor), address);
}

serial::Result<void> CheckTty(const std::string&) { return {}; }

asio::awaitable<LinkResult> OpenHid(asio::any_io_executor executor, std::string address) {
  co_return serial::OpenHid(std::move(executor), address.substr(kHid.size()));
}

serial::Result<void> CheckHid(const std::string& address) {
  if (address.substr(kHid.size()).starts_with('/')) return {};
  return serial::Fail(Errc::kOpen, "\"" + address + "\" has no path; write hid:/dev/hidraw0");
}

asio::awaitable<LinkResult> OpenTcp(asio::any_io_executor executor, std::string address) {
  auto parsed = serial::ParseTcpAddress(address);
  if (!parsed) co_return tl::unexpected<serial::Error>(parsed.error());
  auto opening = serial::OpenTcp(std::move(executor), std::move(parsed->host), parsed->port);
  co_return co_await std::move(opening);
}

serial::Result<void> CheckTcp(const std::string& address) {
  const auto parsed = serial::ParseTcpAddress(address);
  if (!parsed) return tl::unexpected<serial::Error>(parsed.error());
  return {};
}

// Host and port: one host may have several serial ports.
std::string NameOfTcp(const std::string& address) { return address.substr(kTcp.size()); }

asio::awaitable<LinkResult> OpenSimulated(asio::any_io_executor executor, std::string address) {
  const auto options = ParseSimulatedAddress(std::string_view(address).substr(kSimulated.size()));
  if (!options) co_return tl::unexpected<serial::Error>(options.error());
  auto responder = SimulatedResponder(*options);
  if (!responder) co_return tl::unexpected<serial::Error>(responder.error());
  co_return std::make_unique<serial::SimulatedLink>(std::move(executor), std::move(*responder),
                                                    serial::Pace{});
}

serial::Result<void> CheckSimulated(const std::string& address) {
  const auto options = ParseSimulatedAddress(std::string_view(address).substr(kSimulated.size()));
  if (!options) return tl::unexpected<serial::Error>(options.error());
  return {};
}

std::string NameOfSimulated(const std::string& address) {
  const std::string model =
      address.substr(kSimulated.size(), address.find('?') - kSimulated.size());
  return model.empty() ? "sim" : model;
}

asio::awaitable<LinkResult> OpenAuto(asio::any_io_executor executor, std::string) {
  auto opening = OpenTheOnlyOne(std::move(executor), serial::FindPorts(), OpenAddress);
  co_return co_await std::move(opening);
}

serial::Result<void> CheckAuto(const std::string& address) {
  if (address == kAutoAddress) return {};
  return serial::Fail(Errc::kOpen, "\"" + address + "\" has something after \"auto\"");
}

std::string NameOfAuto(const std::string& address) { return address; }

struct Transport {
  std::string_view prefix;
  std::string_view example;
  asio::awaitable<LinkResult> (*open)(asio::any_io_executor, std::string);
  serial::Result<void> (*check)(const std::string&);
  std::string (*name)(const std::string&);
};

constexpr std::array kTransports{
    Transport{"/", "/dev/ttyUSB0", OpenTty, CheckTty, LastPart},
    Transport{kHid, "hid:/dev/hidraw0", OpenHid, CheckHid, LastPart},
    Transport{kTcp, "tcp://10.0.0.5:8899", OpenTcp, CheckTcp, NameOfTcp},
    Transport{kSimulated, "sim:", OpenSimulated, CheckSimulated, NameOfSimulated},
    Transport{kAutoAddress, "auto", OpenAuto, CheckAuto, NameOfAuto},
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
  // All other complaints repeat the address, and they go to logs and terminals.
  if (std::any_of(address.begin(), address.end(), IsControl)) {
    return serial::Fail(Errc::kOpen, metrics::Quoted(address) + " has a control character in it");
  }
  const Transport* transport = Find(address);
  if (transport == nullptr) return UnknownAddress(address);
  return transport->check(address);
}

std::string NameFromAddress(const std::string& address) {
  const Transport* transport = Find(address);
  return transport == nullptr ? address : transport->name(address);
}

}  // namespace mppsolar
