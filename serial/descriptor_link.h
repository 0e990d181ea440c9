// A link over a tty's file descriptor.
#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <string>

#include "serial/stream_link.h"

namespace mppsolar::serial {

class DescriptorLink final : public StreamLink<asio::posix::stream_descriptor> {
 public:
  /// Owns `descriptor`. `name` is the device for messages.
  DescriptorLink(const asio::any_io_executor& executor, int descriptor, std::string name);
  ~DescriptorLink() override;

  void Close() override;
};

}  // namespace mppsolar::serial
