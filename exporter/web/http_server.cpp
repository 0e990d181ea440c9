#include "exporter/web/http_server.h"

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <cctype>
#include <charconv>
#include <exception>
#include <restinio/all.hpp>

#include "exporter/log.h"
#include "exporter/web/url_query.h"

namespace mppsolar {
namespace {

struct Traits : restinio::default_single_thread_traits_t {
  static constexpr bool use_connection_count_limiter = true;
};
using Server = restinio::http_server_t<Traits>;

// What a client may take: a Prometheus sends some hundred bytes and keeps one connection open.
constexpr std::size_t kMaxUrl = 2048;
constexpr std::size_t kMaxFieldName = 256;
constexpr std::size_t kMaxFieldValue = 8192;
constexpr std::size_t kMaxFields = 64;
constexpr std::size_t kMaxBody = 4096;
constexpr std::size_t kMaxConnections = 2048;
constexpr std::chrono::seconds kReadLimit{75};
constexpr std::chrono::seconds kWriteLimit{30};
// Longer than any scrape may wait.
constexpr std::chrono::minutes kHandleLimit{10};

const char* Reason(int status) {
  switch (status) {
#define REASON(code, name, text) \
  case code:                     \
    return #text;
    HTTP_STATUS_MAP(REASON)
#undef REASON
    default:
      return "Unknown";
  }
}

restinio::http_status_line_t StatusLine(int status) {
  return {restinio::http_status_code_t{static_cast<std::uint16_t>(status)}, Reason(status)};
}

HttpResponse OneLine(int status, std::string line) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(line) + "\n";
  return response;
}

void Reply(const restinio::request_handle_t& request, const HttpResponse& response) {
  // The builder that takes any Content-Length: HEAD announces the length of a body that it leaves
  // out.
  auto builder =
      request->create_response<restinio::user_controlled_output_t>(StatusLine(response.status));
  builder.append_header(restinio::http_field::content_type, response.content_type);
  builder.append_header("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) builder.append_header(name, value);
  if (!request->header().should_keep_alive()) builder.connection_close();
  builder.set_content_length(response.body.size());
  if (request->header().method() != restinio::http_method_head()) {
    builder.append_body(response.body);
  }
  builder.done();
}

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// Whether "GET, HEAD" lists GET.
bool Lists(std::string_view methods, std::string_view method) {
  while (!methods.empty()) {
    const std::string_view one = methods.substr(0, methods.find(", "));
    if (one == method) return true;
    methods.remove_prefix(std::min(one.size() + 2, methods.size()));
  }
  return false;
}

}  // namespace

std::optional<std::string_view> HttpRequest::Header(std::string_view name) const {
  for (const auto& [field, value] : headers) {
    if (SameName(field, name)) return value;
  }
  return std::nullopt;
}

std::optional<ListenAddress> ParseListenAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  ListenAddress address;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != std::string_view::npos) return std::nullopt;
  if (host == "localhost") host = "127.0.0.1";
  asio::error_code bad_host;
  asio::ip::make_address(host, bad_host);
  if (!host.empty() && bad_host) return std::nullopt;
  address.host = host;
  return address;
}

class HttpServer::Impl {
 public:
  Impl(asio::io_context& io, HttpRoutes routes) : io_(io), routes_(std::move(routes)) {}

  tl::expected<void, std::string> Listen(const ListenAddress& address) {
    // An empty host means all addresses: those of IPv6 serve IPv4, too, unless this machine has
    // none.
    if (!address.host.empty()) return Open(asio::ip::make_address(address.host), address.port);
    auto opened = Open(asio::ip::address_v6::any(), address.port);
    if (!opened && opened.error() == kNoIpv6) {
      opened = Open(asio::ip::address_v4::any(), address.port);
    }
    return opened;
  }

  void StopListening() {
    if (server_) server_->close_sync();
  }

  [[nodiscard]] int InFlight() const { return in_flight_; }

 private:
  static constexpr const char* kNoIpv6 = "this machine has no IPv6";

  tl::expected<void, std::string> Open(const asio::ip::address& address, std::uint16_t port) {
    try {
      server_ = std::make_unique<Server>(
          restinio::external_io_context(io_), [&](restinio::server_settings_t<Traits>& settings) {
            settings.address(address)
                .protocol(address.is_v6() ? asio::ip::tcp::v6() : asio::ip::tcp::v4())
                .port(port)
                .read_next_http_message_timelimit(kReadLimit)
                .write_http_response_timelimit(kWriteLimit)
                .handle_request_timeout(kHandleLimit)
                .max_parallel_connections(kMaxConnections)
                .incoming_http_msg_limits(restinio::incoming_http_msg_limits_t{}
                                              .max_url_size(kMaxUrl)
                                              .max_field_name_size(kMaxFieldName)
                                              .max_field_value_size(kMaxFieldValue)
                                              .max_field_count(kMaxFields)
                                              .max_body_size(kMaxBody))
                .socket_options_setter([](restinio::socket_options_t& options) {
                  options.set_option(asio::ip::tcp::no_delay(true));
                })
                .request_handler([this](restinio::request_handle_t request) {
                  asio::co_spawn(io_, Handle(std::move(request)), asio::detached);
                  return restinio::request_accepted();
                });
          });
      server_->open_sync();
      return {};
    } catch (const asio::system_error& error) {
      server_.reset();
      const auto code = error.code();
      if (code == asio::error::address_family_not_supported) return Fail(kNoIpv6);
      if (code == asio::error::address_in_use) return Fail("the port is in use by another program");
      return Fail(code.message());
    } catch (const std::exception& error) {
      server_.reset();
      return Fail(error.what());
    }
  }

  static tl::unexpected<std::string> Fail(std::string text) {
    return tl::unexpected<std::string>(std::move(text));
  }

  asio::awaitable<void> Handle(restinio::request_handle_t request) {
    ++in_flight_;
    HttpResponse response;
    // The last fence: whatever one request runs into costs that request only.
    try {
      response = co_await Answer(request);
    } catch (const std::exception& error) {
      log::Error("Request failed", {{"error", error.what()}});
      response = OneLine(500, "Internal error; the log has more.");
    }
    Reply(request, response);
    --in_flight_;
  }

  asio::awaitable<HttpResponse> Answer(restinio::request_handle_t request) {
    HttpRequest plain;
    plain.method = request->header().method().c_str();
    plain.path = std::string(request->header().path());
    request->header().for_each_field([&](const restinio::http_header_field_t& field) {
      plain.headers.emplace_back(field.name(), field.value());
    });
    const auto route = routes_.find(plain.path);
    if (route == routes_.end()) co_return OneLine(404, "Not found; try / or /metrics.");
    const std::string& methods = route->second.methods;
    if (!Lists(methods, plain.method)) {
      HttpResponse refusal = OneLine(405, "Only " + methods + ".");
      refusal.headers.emplace_back("Allow", methods);
      co_return refusal;
    }
    auto query = ParseUrlQuery(request->header().query());
    if (!query) co_return OneLine(400, "The part after \"?\" cannot be decoded.");
    plain.query = std::move(*query);
    auto answering = route->second.answer(std::move(plain));
    co_return co_await std::move(answering);
  }

  asio::io_context& io_;
  HttpRoutes routes_;
  std::unique_ptr<Server> server_;
  int in_flight_ = 0;
};

HttpServer::HttpServer(asio::io_context& io, HttpRoutes routes)
    : impl_(std::make_unique<Impl>(io, std::move(routes))) {}
HttpServer::~HttpServer() = default;

tl::expected<void, std::string> HttpServer::Listen(const ListenAddress& address) {
  return impl_->Listen(address);
}
void HttpServer::StopListening() { impl_->StopListening(); }
int HttpServer::InFlight() const { return impl_->InFlight(); }

}  // namespace mppsolar
