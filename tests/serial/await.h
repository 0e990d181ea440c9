// Runs one coroutine to its end and gives what it returned.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

namespace mppsolar::serial {

template <class T>
[[nodiscard]] T Await(asio::io_context& io, asio::awaitable<T> work) {
  std::optional<T> result;
  asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& error, T value) {
    if (error) std::rethrow_exception(error);
    result = std::move(value);
  });
  io.restart();
  while (!result) io.run_one();
  return std::move(*result);
}

template <class T>
[[nodiscard]] T Await(asio::awaitable<T> work) {
  asio::io_context io;
  return Await(io, std::move(work));
}

}  // namespace mppsolar::serial
