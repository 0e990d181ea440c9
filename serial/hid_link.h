// A link over the inverter's own USB port, a HID device: bytes travel in reports of 8.
#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <string>

#include "serial/stream_link.h"

namespace mppsolar::serial {

class HidLink final : public StreamLink<asio::posix::stream_descriptor> {
 public:
  /// Owns `descriptor`, of which one read gives one report. `name` is the device for messages.
  HidLink(const asio::any_io_executor& executor, int descriptor, std::string name);
  ~HidLink() override;

  /// Padding comes with the bytes: a NUL may as well be a part of a checksum.
  asio::awaitable<Result<std::size_t>> Read(std::span<char> buffer, TimePoint deadline) override;
  asio::awaitable<Result<void>> Write(std::string bytes, TimePoint deadline) override;
  Result<std::size_t> Drain() override;
  void Close() override;

 private:
  [[nodiscard]] asio::awaitable<Result<void>> WriteReport(std::string_view bytes,
                                                          TimePoint deadline);

  std::string rest_;            // of a report that did not fit into the reader's buffer
  asio::steady_timer closing_;  // ends what waits for the device
};

}  // namespace mppsolar::serial
