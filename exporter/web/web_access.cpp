#include "exporter/web/web_access.h"

#include <algorithm>
#include <chrono>

#include "exporter/log.h"
#include "exporter/web/basic_auth.h"

namespace mppsolar {
namespace {

HttpResponse AskForPassword() {
  HttpResponse response = PlainLine(401, "A user and a password are needed.");
  response.headers.emplace_back("WWW-Authenticate", "Basic");
  return response;
}

}  // namespace

WebAccess::WebAccess(asio::io_context& io, std::unique_ptr<WebFiles> files)
    : files_(std::move(files)), passwords_(io), tls_([this] { return LatestTls(); }) {
  if (files_->Config().http2_asked) {
    log::Info("HTTP/2 is not served; clients are answered by HTTP/1.1");
  }
}

std::shared_ptr<const TlsIdentity> WebAccess::LatestTls() {
  files_->LookAgain();
  return files_->Tls();
}

bool WebAccess::WithinRate(RateLimit::Time now) {
  const auto& config = files_->Config().rate_limit;
  if (!config) {
    rate_limit_.reset();
    return true;
  }
  if (!rate_limit_ || rate_limit_->Config() != *config) rate_limit_.emplace(*config, now);
  return rate_limit_->Pass(now);
}

asio::awaitable<std::optional<HttpResponse>> WebAccess::Refusal(HttpRequest request,
                                                                std::string from) {
  files_->LookAgain();
  if (!WithinRate(std::chrono::steady_clock::now())) {
    co_return PlainLine(429, "Too many requests; try again later.");
  }
  const auto config = files_->Shared();
  if (config->users.empty()) co_return std::nullopt;
  const auto header = request.Header("Authorization");
  if (!header) co_return AskForPassword();
  auto credentials = ParseBasicAuth(*header);
  if (!credentials) co_return AskForPassword();
  // The configuration owns its users.
  const std::shared_ptr<const Passwords::Users> users(config, &config->users);
  auto checking = passwords_.Check(users, std::move(credentials->user),
                                   std::move(credentials->password), std::move(from));
  const Passwords::Verdict verdict = co_await std::move(checking);
  if (verdict == Passwords::Verdict::kRight) co_return std::nullopt;
  if (verdict == Passwords::Verdict::kBusy) {
    co_return PlainLine(503, "Too many passwords wait to be checked; try again later.");
  }
  co_return AskForPassword();
}

void WebAccess::AddHeaders(HttpResponse& response) {
  files_->LookAgain();
  for (const auto& header : files_->Config().headers) {
    std::erase_if(response.headers, [&](const auto& own) { return own.first == header.first; });
    response.headers.push_back(header);
  }
}

}  // namespace mppsolar
