#include "serial/connect.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "serial/stream.h"

namespace mppsolar::serial {
namespace {

using asio::ip::tcp;

void Set(tcp::socket& socket, int level, int option, int value) {
  ::setsockopt(socket.native_handle(), level, option, &value, sizeof value);
}

void SetOptions(tcp::socket& socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  Set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  // A bridge that was switched off says no good-bye. Without these the connection stays "open" for
  // a quarter of an hour, or for ever if nothing is asked.
  Set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  Set(socket, IPPROTO_TCP, TCP_KEEPIDLE, 10);
  Set(socket, IPPROTO_TCP, TCP_KEEPINTVL, 5);
  Set(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
  Set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, 10'000);
  // Many bridges serve one connection: closing resets it, so that they are free at once.
  asio::error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
}

// The system may choose the very port that is asked for as this side's; then there is nobody but
// ourselves at the other end.
bool IsConnectedToItself(const tcp::socket& socket) {
  asio::error_code error;
  const auto local = socket.local_endpoint(error);
  if (error) return false;
  const auto remote = socket.remote_endpoint(error);
  return !error && local == remote;
}

// Why there is no connection; empty: there is.
asio::awaitable<std::string> Connect(tcp::socket& socket, tcp::endpoint endpoint,
                                     TimePoint deadline) {
  using asio::experimental::awaitable_operators::operator||;
  asio::error_code not_opened;
  socket.open(endpoint.protocol(), not_opened);
  if (not_opened) co_return not_opened.message();
  SetOptions(socket);
  asio::steady_timer timer(socket.get_executor(), deadline);
  const auto either = co_await (socket.async_connect(endpoint, kAwait) || timer.async_wait(kAwait));
  if (either.index() != 0) {
    co_return "no answer; is the bridge switched on and in this network?";
  }
  const auto [error] = std::get<0>(either);
  const bool refused = error == asio::error::connection_refused;
  if (refused || (!error && IsConnectedToItself(socket))) {
    co_return "connection refused; does the bridge listen on this port, and has nobody else "
              "connected?";
  }
  co_return error ? error.message() : std::string();
}

}  // namespace

asio::awaitable<Result<tcp::socket>> ConnectToFirst(asio::any_io_executor executor,
                                                    std::vector<tcp::endpoint> endpoints,
                                                    TimePoint deadline) {
  std::string trouble = "no address";
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    // Each gets its share of the time: one that is silent leaves some to those after it.
    const TimePoint now = std::chrono::steady_clock::now();
    const auto left = static_cast<std::ptrdiff_t>(endpoints.size() - i);
    tcp::socket socket(executor);
    auto connecting = Connect(socket, endpoints[i], now + (deadline - now) / left);
    trouble = co_await std::move(connecting);
    if (trouble.empty()) co_return std::move(socket);
  }
  co_return Fail(Errc::kOpen, trouble);
}

}  // namespace mppsolar::serial
