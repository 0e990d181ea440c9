// The HTTP server, as far as the program needs to know it. RESTinio stays behind it: its headers
// are heavy, and one file is enough to wait for.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/web/http_counters.h"
#include "serial/result.h"

namespace mppsolar {

struct HttpRequest {
  std::string method;
  std::string path;
  /// What follows "?", decoded, in order; a name may come again.
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> headers;

  /// The value of the first header of this name, whatever its capitals.
  [[nodiscard]] std::optional<std::string_view> Header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  /// Besides those that every answer has.
  std::vector<std::pair<std::string, std::string>> headers;
};

/// An answer of one plain line.
[[nodiscard]] HttpResponse PlainLine(int status, std::string line);

/// The body of the answer to HEAD is left out: a handler need not tell HEAD from GET.
using HttpHandler = std::function<asio::awaitable<HttpResponse>(HttpRequest)>;

struct HttpRoute {
  HttpHandler answer;
  std::string methods = "GET, HEAD";  ///< Those that it takes, as `Allow` lists them.
  bool open = false;                  ///< Answered to whoever asks, without a password.
  std::string handler;                ///< What its requests count as; empty: its path.
};

/// By exact path.
using HttpRoutes = std::map<std::string, HttpRoute, std::less<>>;

/// Where to listen: ":10030" (all addresses), "127.0.0.1:10030", "[::1]:10030".
struct ListenAddress {
  std::string host;  ///< Empty: all addresses.
  std::uint16_t port = 0;
};
[[nodiscard]] std::optional<ListenAddress> ParseListenAddress(std::string_view text);

class WebAccess;

/// Must outlive what waits in `io`: see Loop::DropWaiting.
class HttpServer {
 public:
  /// Paths without a route are answered 404, methods that a route does not take 405, queries that
  /// cannot be decoded 400. `access` says who may ask and brings TLS; null: everybody, without it.
  HttpServer(asio::io_context& io, HttpRoutes routes, std::unique_ptr<WebAccess> access);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Begins to listen; may be called for several addresses. Errors (the text): the port is in use,
  /// no such address.
  [[nodiscard]] tl::expected<void, std::string> Listen(const ListenAddress& address);

  /// The same on a TCP socket that listens already, which becomes the server's.
  [[nodiscard]] tl::expected<void, std::string> ListenOn(int socket);

  /// Takes no new connections; requests under way go on.
  void StopListening();

  [[nodiscard]] const HttpCounters& Counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mppsolar
