// Reading and writing any asio stream with a deadline.
#pragma once

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <utility>

#include "serial/link.h"

namespace mppsolar::serial {

/// A completion token whose errors are values. With plain use_awaitable, `||` swallows a hang-up
/// until its other side is done.
inline constexpr auto kAwait = asio::experimental::as_tuple(asio::use_awaitable);

/// What an asio error means, for people.
[[nodiscard]] inline std::string Describe(const asio::error_code& error) {
  return error == asio::error::eof ? "the other end has hung up" : error.message();
}

/// Waits for one of the two operations of `either`, the second of which is a timer. What came of
/// the first one, or kTimeout. `name` begins the text of a kIo error.
template <class Either>
[[nodiscard]] Result<std::size_t> FirstOf(Either either, const std::string& name) {
  if (either.index() != 0) return Fail(Errc::kTimeout, "no answer");
  const auto [error, count] = std::get<0>(either);
  if (error) return Fail(Errc::kIo, name + ": " + Describe(error));
  return count;
}

template <class Stream>
[[nodiscard]] asio::awaitable<Result<std::size_t>> ReadSome(Stream& stream, std::span<char> buffer,
                                                            TimePoint deadline,
                                                            const std::string& name) {
  using asio::experimental::awaitable_operators::operator||;
  asio::steady_timer timer(stream.get_executor(), deadline);
  auto either =
      co_await (stream.async_read_some(asio::buffer(buffer.data(), buffer.size()), kAwait) ||
                timer.async_wait(kAwait));
  co_return FirstOf(std::move(either), name);
}

template <class Stream>
[[nodiscard]] asio::awaitable<Result<void>> WriteAll(Stream& stream, const std::string& bytes,
                                                     TimePoint deadline, const std::string& name) {
  using asio::experimental::awaitable_operators::operator||;
  asio::steady_timer timer(stream.get_executor(), deadline);
  auto either =
      co_await (asio::async_write(stream, asio::buffer(bytes), kAwait) || timer.async_wait(kAwait));
  const auto written = FirstOf(std::move(either), name);
  if (!written) co_return tl::unexpected<Error>(written.error());
  co_return Result<void>();
}

}  // namespace mppsolar::serial
