#include "exporter/web/systemd_sockets.h"

#include <sys/socket.h>
#include <systemd/sd-daemon.h>

namespace mppsolar {
namespace {

constexpr int kMost = 64;

}  // namespace

tl::expected<std::vector<int>, std::string> TakeSystemdSockets() {
  constexpr int kForgetVariables = 1;
  const int count = ::sd_listen_fds(kForgetVariables);
  if (count < 1 || count > kMost) {
    return tl::unexpected<std::string>("no socket was passed (LISTEN_PID, LISTEN_FDS)");
  }
  std::vector<int> sockets;
  for (int socket = SD_LISTEN_FDS_START; socket < SD_LISTEN_FDS_START + count; ++socket) {
    constexpr int kListening = 1;
    constexpr int kAnyPort = 0;
    if (::sd_is_socket_inet(socket, AF_UNSPEC, SOCK_STREAM, kListening, kAnyPort) <= 0) {
      return tl::unexpected<std::string>("passed descriptor " + std::to_string(socket) +
                                         " is no listening TCP socket");
    }
    sockets.push_back(socket);
  }
  return sockets;
}

}  // namespace mppsolar
