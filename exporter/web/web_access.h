// Who may ask the server, how often, and what every answer carries: the web configuration put to
// work.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "exporter/web/http_server.h"
#include "exporter/web/passwords.h"
#include "exporter/web/rate_limit.h"
#include "exporter/web/web_files.h"

namespace mppsolar {

class WebAccess {
 public:
  WebAccess(asio::io_context& io, std::unique_ptr<WebFiles> files);
  WebAccess(const WebAccess&) = delete;
  WebAccess& operator=(const WebAccess&) = delete;

  /// The answer to a request that may not pass: 401, 429, or 503 while too many passwords wait to
  /// be checked. Nothing: it may. `from` is the client's address.
  asio::awaitable<std::optional<HttpResponse>> Refusal(HttpRequest request, std::string from);

  /// Adds the configured headers; one that the answer has already gives way.
  void AddHeaders(HttpResponse& response);

  /// The web configuration in force, without its secrets.
  [[nodiscard]] const std::string& Shown() const { return files_->Config().shown; }

  [[nodiscard]] bool HasTls() const { return files_->Tls() != nullptr; }
  /// For MakeServerContext; lives as long as this.
  [[nodiscard]] const CurrentTls& Tls() const { return tls_; }

 private:
  std::shared_ptr<const TlsIdentity> LatestTls();
  bool WithinRate(RateLimit::Time now);

  std::unique_ptr<WebFiles> files_;
  Passwords passwords_;
  std::optional<RateLimit> rate_limit_;
  CurrentTls tls_;
};

}  // namespace mppsolar
