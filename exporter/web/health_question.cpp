#include "exporter/web/health_question.h"

#include <http_parser.h>

#include <array>
#include <asio/ip/tcp.hpp>
#include <asio/ssl.hpp>
#include <asio/this_coro.hpp>
#include <string_view>

#include "serial/stream.h"

namespace mppsolar {
namespace {

using Tcp = asio::ip::tcp;
using Answer = tl::expected<std::string, std::string>;

constexpr std::string_view kRequest =
    "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
constexpr unsigned kOk = 200;
constexpr unsigned kUnauthorized = 401;
constexpr unsigned kTooManyRequests = 429;

Answer Judge(unsigned status) {
  const bool healthy = status == kOk || status == kUnauthorized || status == kTooManyRequests;
  if (!healthy) return tl::unexpected("it answers " + std::to_string(status));
  return std::to_string(status);
}

Tcp::endpoint EndpointOf(const ListenAddress& address) {
  // The address was parsed before: it is none or a right one.
  auto ip = address.host.empty() ? asio::ip::address(asio::ip::address_v4::loopback())
                                 : asio::ip::make_address(address.host);
  if (ip.is_unspecified()) {
    ip = ip.is_v4() ? asio::ip::address(asio::ip::address_v4::loopback())
                    : asio::ip::address(asio::ip::address_v6::loopback());
  }
  return {ip, address.port};
}

template <class Stream>
asio::awaitable<Answer> AskOver(Stream& stream) {
  const auto [write_error, written] =
      co_await asio::async_write(stream, asio::buffer(kRequest), serial::kAwait);
  if (write_error) co_return tl::unexpected(serial::Describe(write_error));

  http_parser parser;
  http_parser_init(&parser, HTTP_RESPONSE);
  bool complete = false;
  parser.data = &complete;
  http_parser_settings settings;
  http_parser_settings_init(&settings);
  settings.on_headers_complete = [](http_parser* parsed) {
    *static_cast<bool*>(parsed->data) = true;
    return 0;
  };
  std::array<char, 4096> buffer;
  while (!complete) {
    const auto [read_error, count] =
        co_await stream.async_read_some(asio::buffer(buffer), serial::kAwait);
    if (read_error) co_return tl::unexpected(serial::Describe(read_error));
    http_parser_execute(&parser, &settings, buffer.data(), count);
    if (!complete && HTTP_PARSER_ERRNO(&parser) != HPE_OK) {
      co_return tl::unexpected<std::string>("what it answers is no HTTP");
    }
  }
  co_return Judge(parser.status_code);
}

asio::awaitable<Answer> AskHttp(Tcp::endpoint endpoint) {
  const auto executor = co_await asio::this_coro::executor;
  Tcp::socket socket(executor);
  const auto [error] = co_await socket.async_connect(endpoint, serial::kAwait);
  if (error) co_return tl::unexpected(serial::Describe(error));
  co_return co_await AskOver(socket);
}

// asio has the application's own pointer of an SSL_CTX for itself.
int WantsCertificateIndex() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

asio::awaitable<Answer> AskHttps(Tcp::endpoint endpoint) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ssl::context context(asio::ssl::context::tls_client);
  bool wants_certificate = false;
  SSL_CTX_set_ex_data(context.native_handle(), WantsCertificateIndex(), &wants_certificate);
  SSL_CTX_set_client_cert_cb(context.native_handle(), [](SSL* ssl, X509**, EVP_PKEY**) {
    *static_cast<bool*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), WantsCertificateIndex())) = true;
    return 0;
  });
  asio::ssl::stream<Tcp::socket> stream(executor, context);
  const auto [connect_error] = co_await stream.next_layer().async_connect(endpoint, serial::kAwait);
  if (connect_error) co_return tl::unexpected(serial::Describe(connect_error));
  const auto [error] =
      co_await stream.async_handshake(asio::ssl::stream_base::client, serial::kAwait);
  Answer answer = tl::unexpected(serial::Describe(error));
  if (!error) answer = co_await AskOver(stream);
  if (!answer && wants_certificate) answer = "it wants a certificate";
  co_return answer;
}

}  // namespace

asio::awaitable<Answer> AskHealth(ListenAddress address, TryFirst first) {
  const Tcp::endpoint endpoint = EndpointOf(address);
  const bool https_first = first == TryFirst::kHttps;
  auto first_question = https_first ? AskHttps(endpoint) : AskHttp(endpoint);
  Answer answer = co_await std::move(first_question);
  if (answer) co_return answer;
  auto second_question = https_first ? AskHttp(endpoint) : AskHttps(endpoint);
  Answer second = co_await std::move(second_question);
  // What is wrong with the way that was expected is what tells.
  co_return second ? second : answer;
}

}  // namespace mppsolar
