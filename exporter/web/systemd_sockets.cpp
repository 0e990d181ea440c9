#include "exporter/web/systemd_sockets.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace mppsolar {
namespace {

// The first that is passed, by the convention.
constexpr int kFirst = 3;
constexpr int kMost = 64;

std::optional<long> Number(const char* text) {
  if (text == nullptr) return std::nullopt;
  const std::string_view digits = text;
  long value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

int Option(int socket, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

bool ListensForTcp(int socket) {
  const int family = Option(socket, SO_DOMAIN);
  return (family == AF_INET || family == AF_INET6) && Option(socket, SO_TYPE) == SOCK_STREAM &&
         Option(socket, SO_ACCEPTCONN) == 1;
}

}  // namespace

tl::expected<std::vector<int>, std::string> TakeSystemdSockets() {
  const auto process = Number(std::getenv("LISTEN_PID"));
  const auto count = Number(std::getenv("LISTEN_FDS"));
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  // Without the check of the process, a parent's sockets would be taken for ours.
  if (process != ::getpid() || !count || *count < 1 || *count > kMost) {
    return tl::unexpected<std::string>("no socket was passed (LISTEN_PID, LISTEN_FDS)");
  }
  std::vector<int> sockets;
  for (int socket = kFirst; socket < kFirst + *count; ++socket) {
    if (!ListensForTcp(socket)) {
      return tl::unexpected<std::string>("passed descriptor " + std::to_string(socket) +
                                         " is no listening TCP socket");
    }
    ::fcntl(socket, F_SETFD, FD_CLOEXEC);
    sockets.push_back(socket);
  }
  return sockets;
}

}  // namespace mppsolar
