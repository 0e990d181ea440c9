#include "exporter/web/http_server.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <cctype>
#include <charconv>
#include <exception>
#include <restinio/all.hpp>
#include <restinio/tls.hpp>

#include "exporter/log.h"
#include "exporter/web/gzip.h"
#include "exporter/web/tls.h"
#include "exporter/web/url_query.h"
#include "exporter/web/web_access.h"

namespace mppsolar {
namespace {

struct PlainTraits : restinio::default_single_thread_traits_t {
  static constexpr bool use_connection_count_limiter = true;
};
struct TlsTraits : restinio::single_thread_tls_traits_t<restinio::asio_timer_manager_t,
                                                        restinio::null_logger_t> {
  static constexpr bool use_connection_count_limiter = true;
};

// What a client may take: a Prometheus sends some hundred bytes and keeps one connection open.
constexpr std::size_t kMaxUrl = 2048;
constexpr std::size_t kMaxFieldName = 256;
constexpr std::size_t kMaxFieldValue = 8192;
constexpr std::size_t kMaxFields = 64;
constexpr std::size_t kMaxBody = 4096;
// Up to this factor more than that is read, to be refused in words; beyond it, the connection ends.
constexpr std::size_t kReadToRefuse = 8;
constexpr std::size_t kMaxConnections = 2048;
// A connection with TLS takes some 50 kB.
constexpr std::size_t kMaxTlsConnections = 512;
constexpr std::chrono::seconds kReadLimit{75};
constexpr std::chrono::seconds kWriteLimit{30};
constexpr std::chrono::seconds kHandshakeLimit{10};
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

// RESTinio never accepts again once there is no descriptor left for a connection, so there must
// always be one: for other addresses, for inverters, for files.
std::size_t MostConnections(std::size_t wanted) {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  return std::clamp<std::size_t>(limit.rlim_cur / 4, 1, wanted);
}

// What RESTinio calls before it reads from a connection with TLS. Its own version waits for the
// handshake as long as the client likes.
template <typename Start, typename Failed>
void prepare_connection_and_start_read(restinio::tls_socket_t& socket,
                                       restinio::impl::connection_t<TlsTraits>& connection,
                                       Start start, Failed failed) {
  auto limit =
      std::make_shared<asio::steady_timer>(socket.lowest_layer().get_executor(), kHandshakeLimit);
  auto kept = connection.shared_from_this();
  limit->async_wait([&socket, kept](const asio::error_code& error) {
    asio::error_code ignored;
    if (!error) socket.lowest_layer().close(ignored);
  });
  socket.async_handshake(asio::ssl::stream_base::server,
                         [limit, kept, start = std::move(start),
                          failed = std::move(failed)](const asio::error_code& error) {
                           limit->cancel();
                           if (!error) {
                             start();
                             return;
                           }
                           log::Debug("TLS handshake failed", {{"error", error.message()}});
                           failed(error);
                         });
}

// Makes a body smaller that is worth it, for clients that want that.
void Compress(const restinio::request_handle_t& request, HttpResponse& response) {
  constexpr std::size_t kWorthIt = 1024;
  if (response.body.size() < kWorthIt) return;
  // Also of an answer that is sent as it is: a cache must not give it to everybody.
  response.headers.emplace_back("Vary", "Accept-Encoding");
  const auto accepted = request->header().opt_value_of(restinio::http_field::accept_encoding);
  if (!accepted || !WantsGzip(std::string_view(accepted->data(), accepted->size()))) return;
  auto packed = Gzip(response.body);
  if (!packed) return;
  response.body = std::move(*packed);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

void Reply(const restinio::request_handle_t& request, const HttpResponse& response) {
  // The builder that takes any Content-Length: HEAD announces the length of a body that it leaves
  // out.
  auto builder =
      request->create_response<restinio::user_controlled_output_t>(StatusLine(response.status));
  builder.append_header(restinio::http_field::content_type, response.content_type);
  for (const auto& [name, value] : response.headers) builder.append_header(name, value);
  const auto& header = request->header();
  if (!header.should_keep_alive()) builder.connection_close();
  builder.set_content_length(response.body.size());
  if (header.method() != restinio::http_method_head()) {
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

HttpResponse PlainLine(int status, std::string line) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(line) + "\n";
  return response;
}

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
  Impl(asio::io_context& io, HttpRoutes routes, std::unique_ptr<WebAccess> access)
      : io_(io), routes_(std::move(routes)), access_(std::move(access)) {
    for (const auto& [path, route] : routes_) counters_.Know(HandlerOf(path, route));
    if (access_ && access_->HasTls()) {
      tls_ = std::make_shared<asio::ssl::context>(MakeServerContext(access_->Tls()).release());
    }
  }

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

  // RESTinio wants to bind a socket of its own: it gets one that nobody sees, and then this one in
  // its place.
  tl::expected<void, std::string> ListenOn(int socket) {
    const auto take_its_place = [socket](asio::ip::tcp::acceptor& acceptor) {
      struct sockaddr_storage address {};
      socklen_t size = sizeof address;
      ::getsockname(socket, reinterpret_cast<struct sockaddr*>(&address), &size);
      acceptor.close();
      acceptor.assign(address.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(),
                      socket);
    };
    return Open(asio::ip::address_v4::loopback(), 0, take_its_place);
  }

  void StopListening() {
    for (const auto& listener : listeners_) listener->Close();
  }

  [[nodiscard]] const HttpCounters& Counters() const { return counters_; }

 private:
  static constexpr const char* kNoIpv6 = "this machine has no IPv6";

  // One address that is listened on, with TLS or without.
  class Listener {
   public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual ~Listener() = default;
    virtual void Close() = 0;
  };

  template <class Traits>
  class ListenerOf : public Listener {
   public:
    template <class Configure>
    ListenerOf(asio::io_context& io, Configure&& configure)
        : server_(restinio::external_io_context(io), std::forward<Configure>(configure)) {
      server_.open_sync();
    }
    void Close() override { server_.close_sync(); }

   private:
    restinio::http_server_t<Traits> server_;
  };

  using AfterBind = std::function<void(asio::ip::tcp::acceptor&)>;

  template <class Settings>
  void Configure(Settings& settings, const asio::ip::address& address, std::uint16_t port,
                 const AfterBind& after_bind) {
    settings.address(address)
        .acceptor_post_bind_hook(after_bind)
        .protocol(address.is_v6() ? asio::ip::tcp::v6() : asio::ip::tcp::v4())
        .port(port)
        .read_next_http_message_timelimit(kReadLimit)
        .write_http_response_timelimit(kWriteLimit)
        .handle_request_timeout(kHandleLimit)
        .max_parallel_connections(MostConnections(tls_ ? kMaxTlsConnections : kMaxConnections))
        .incoming_http_msg_limits(restinio::incoming_http_msg_limits_t{}
                                      .max_url_size(kReadToRefuse * kMaxUrl)
                                      .max_field_name_size(kMaxFieldName)
                                      .max_field_value_size(kMaxFieldValue)
                                      .max_field_count(kMaxFields)
                                      .max_body_size(kReadToRefuse * kMaxBody))
        .socket_options_setter([](restinio::socket_options_t& options) {
          options.set_option(asio::ip::tcp::no_delay(true));
        })
        .request_handler([this](restinio::request_handle_t request) {
          asio::co_spawn(io_, Handle(std::move(request)), asio::detached);
          return restinio::request_accepted();
        });
  }

  tl::expected<void, std::string> Open(
      const asio::ip::address& address, std::uint16_t port,
      const AfterBind& after_bind = [](asio::ip::tcp::acceptor&) {}) {
    try {
      if (tls_) {
        listeners_.push_back(std::make_unique<ListenerOf<TlsTraits>>(io_, [&](auto& settings) {
          Configure(settings, address, port, after_bind);
          settings.tls_context(tls_);
        }));
      } else {
        listeners_.push_back(std::make_unique<ListenerOf<PlainTraits>>(
            io_, [&](auto& settings) { Configure(settings, address, port, after_bind); }));
      }
      return {};
    } catch (const asio::system_error& error) {
      const auto code = error.code();
      if (code == asio::error::address_family_not_supported) return Fail(kNoIpv6);
      if (code == asio::error::address_in_use) return Fail("the port is in use by another program");
      return Fail(code.message());
    } catch (const std::exception& error) {
      return Fail(error.what());
    }
  }

  static tl::unexpected<std::string> Fail(std::string text) {
    return tl::unexpected<std::string>(std::move(text));
  }

  asio::awaitable<void> Handle(restinio::request_handle_t request) {
    const auto begun = std::chrono::steady_clock::now();
    counters_.Begin();
    const auto route = routes_.find(std::string(request->header().path()));
    HttpResponse response;
    // The last fence: whatever one request runs into costs that request only.
    try {
      response = co_await Answer(request, route);
    } catch (const std::exception& error) {
      log::Error("Request failed", {{"error", error.what()}});
      response = PlainLine(500, "Internal error; the log has more.");
    }
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    if (access_) access_->AddHeaders(response);
    Compress(request, response);
    Reply(request, response);
    counters_.End(
        route == routes_.end() ? HttpCounters::kOther : HandlerOf(route->first, route->second),
        response.status, std::chrono::steady_clock::now() - begun);
  }

  static const std::string& HandlerOf(const std::string& path, const HttpRoute& route) {
    return route.handler.empty() ? path : route.handler;
  }

  asio::awaitable<HttpResponse> Answer(restinio::request_handle_t request,
                                       HttpRoutes::const_iterator route) {
    HttpRequest plain;
    plain.method = request->header().method().c_str();
    plain.path = std::string(request->header().path());
    request->header().for_each_field([&](const restinio::http_header_field_t& field) {
      plain.headers.emplace_back(field.name(), field.value());
    });
    if (access_ && (route == routes_.end() || !route->second.open)) {
      auto asking = access_->Refusal(plain, request->remote_endpoint().address().to_string());
      auto refusal = co_await std::move(asking);
      if (refusal) co_return std::move(*refusal);
    }
    if (request->header().request_target().size() > kMaxUrl) {
      co_return PlainLine(414, "The address is too long.");
    }
    if (request->body().size() > kMaxBody) co_return PlainLine(413, "The body is too large.");
    if (route == routes_.end()) co_return PlainLine(404, "Not found; try / or /metrics.");
    const std::string& methods = route->second.methods;
    if (!Lists(methods, plain.method)) {
      HttpResponse refusal = PlainLine(405, "Only " + methods + ".");
      refusal.headers.emplace_back("Allow", methods);
      co_return refusal;
    }
    auto query = ParseUrlQuery(request->header().query());
    if (!query) co_return PlainLine(400, "The part after \"?\" cannot be decoded.");
    plain.query = std::move(*query);
    auto answering = route->second.answer(std::move(plain));
    co_return co_await std::move(answering);
  }

  asio::io_context& io_;
  HttpRoutes routes_;
  std::unique_ptr<WebAccess> access_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  HttpCounters counters_;
};

HttpServer::HttpServer(asio::io_context& io, HttpRoutes routes, std::unique_ptr<WebAccess> access)
    : impl_(std::make_unique<Impl>(io, std::move(routes), std::move(access))) {}
HttpServer::~HttpServer() = default;

tl::expected<void, std::string> HttpServer::Listen(const ListenAddress& address) {
  return impl_->Listen(address);
}
tl::expected<void, std::string> HttpServer::ListenOn(int socket) { return impl_->ListenOn(socket); }
void HttpServer::StopListening() { impl_->StopListening(); }
const HttpCounters& HttpServer::Counters() const { return impl_->Counters(); }

}  // namespace mppsolar
