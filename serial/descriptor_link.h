// A link over a file descriptor that can be polled: a tty.
#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <memory>
#include <string>

#include "serial/link.h"

namespace mppsolar::serial {

class DescriptorLink final : public Link {
 public:
  /// Owns `descriptor`, which must not block. `name` is the device for messages.
  DescriptorLink(asio::any_io_executor executor, int descriptor, std::string name);
  ~DescriptorLink() override;

  asio::awaitable<Result<std::size_t>> Read(std::span<char> buffer, TimePoint deadline) override;
  asio::awaitable<Result<void>> Write(std::string bytes, TimePoint deadline) override;
  Result<std::size_t> Drain() override;
  void Close() override;

 private:
  asio::posix::stream_descriptor descriptor_;
  std::string name_;
};

}  // namespace mppsolar::serial
