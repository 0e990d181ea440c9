// Asks a running exporter whether it is healthy, as a container's health check does: no shell and
// no other program is needed for it.
#pragma once

#include <asio/awaitable.hpp>
#include <string>
#include <tl/expected.hpp>

#include "exporter/web/http_server.h"

namespace mppsolar {

/// Which of HTTP and HTTPS is tried first; the other one follows if that is not what is spoken.
enum class TryFirst { kHttp, kHttps };

/// Asks /-/healthy at `address` (all addresses: at 127.0.0.1). Its word for the answer: "200". An
/// exporter that wants a password or a certificate is healthy, too: it has answered. No certificate
/// is checked, for nothing secret is sent. Errors (the text): nothing listens, it answers
/// otherwise. It may take for ever: whoever waits has a deadline.
[[nodiscard]] asio::awaitable<tl::expected<std::string, std::string>> AskHealth(
    ListenAddress address, TryFirst first);

}  // namespace mppsolar
