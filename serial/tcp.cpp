#include "serial/tcp.h"

#include <netdb.h>
#include <sys/socket.h>

#include <asio/ip/tcp.hpp>
#include <charconv>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include "serial/blocking_call.h"
#include "serial/connect.h"
#include "serial/stream_link.h"

namespace mppsolar::serial {
namespace {

using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kScheme = "tcp://";
// Nothing of these belongs into a host's name: somebody meant more than host and port.
constexpr std::string_view kNotInHosts = " \t\r\n/?#@[]\"'";

std::string AddressText(const std::string& host, std::uint16_t port) {
  const bool brackets = host.find(':') != std::string::npos;
  return std::string(kScheme) + (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

struct Resolved {
  std::vector<tcp::endpoint> endpoints;
  std::string error;  // empty: none
};

// Blocks for as long as the name server likes. Not asio's resolver: its one thread lets a name that
// hangs hold up all others, and the end of the program.
Resolved Resolve(const std::string& host, const std::string& port) {
  Resolved resolved;
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    resolved.error = ::gai_strerror(error);
    return resolved;
  }
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    endpoint.resize(entry->ai_addrlen);
    resolved.endpoints.push_back(endpoint);
  }
  ::freeaddrinfo(found);
  return resolved;
}

asio::awaitable<Result<std::vector<tcp::endpoint>>> EndpointsOf(std::string host,
                                                                std::uint16_t port,
                                                                TimePoint deadline) {
  asio::error_code not_numeric;
  const auto address = asio::ip::make_address(host, not_numeric);
  if (!not_numeric) co_return std::vector<tcp::endpoint>{tcp::endpoint(address, port)};

  const std::string name = AddressText(host, port);
  auto call = CallInThread([host, port] { return Resolve(host, std::to_string(port)); }, deadline);
  auto resolved = co_await std::move(call);
  if (!resolved && resolved.error().code == Errc::kTimeout) {
    co_return Fail(Errc::kOpen, name + ": the name server does not answer; try the IP address");
  }
  if (!resolved) co_return Fail(Errc::kOpen, name + ": " + resolved.error().text);
  if (resolved->endpoints.empty()) {
    co_return Fail(Errc::kOpen, name + ": the name of the host is not known: " + resolved->error);
  }
  co_return std::move(resolved->endpoints);
}

}  // namespace

Result<TcpAddress> ParseTcpAddress(std::string_view address) {
  const auto fail = [&](const std::string& what) {
    return Fail(Errc::kOpen, "\"" + std::string(address) + "\" " + what +
                                 "; write tcp://10.0.0.5:8899 or tcp://[::1]:8899");
  };
  if (!address.starts_with(kScheme)) return fail("is no TCP address");
  const std::string_view rest = address.substr(kScheme.size());
  const std::size_t bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
  const std::size_t colon = bracket == std::string_view::npos ? rest.rfind(':') : bracket + 1;
  if (colon >= rest.size()) return fail("has no port");
  if (rest[colon] != ':') return fail("has something between ] and the port");

  TcpAddress parsed;
  const std::string_view digits = rest.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), parsed.port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
      parsed.port == 0) {
    return fail("has \"" + std::string(digits) + "\" where a port from 1 to 65535 should be");
  }
  if (bracket != std::string_view::npos) {
    parsed.host = rest.substr(1, bracket - 1);
    asio::error_code wrong;
    (void)asio::ip::make_address_v6(parsed.host, wrong);
    if (wrong) return fail("has no IPv6 address in its brackets");
    return parsed;
  }
  parsed.host = rest.substr(0, colon);
  if (parsed.host.empty()) return fail("has no host");
  if (parsed.host.find(':') != std::string::npos)
    return fail("has an IPv6 address without brackets");
  if (parsed.host.find_first_of(kNotInHosts) != std::string::npos) {
    return fail("has \"" + parsed.host + "\" where a host should be");
  }
  return parsed;
}

asio::awaitable<Result<std::unique_ptr<Link>>> OpenTcp(asio::any_io_executor executor,
                                                       std::string host, std::uint16_t port,
                                                       std::chrono::milliseconds patience) {
  const TimePoint deadline = Clock::now() + patience;
  auto looking_up = EndpointsOf(host, port, deadline);
  const auto endpoints = co_await std::move(looking_up);
  if (!endpoints) co_return tl::unexpected<Error>(endpoints.error());

  auto connecting = ConnectToFirst(executor, *endpoints, deadline);
  auto socket = co_await std::move(connecting);
  const std::string name = AddressText(host, port);
  if (!socket) co_return Fail(Errc::kOpen, name + ": " + socket.error().text);
  co_return std::make_unique<StreamLink<tcp::socket>>(std::move(*socket), name);
}

}  // namespace mppsolar::serial
