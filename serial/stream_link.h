// A link over any asio stream that can be polled: what tty, HID and TCP links share.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "serial/link.h"
#include "serial/stream.h"

namespace mppsolar::serial {

template <class Stream>
class StreamLink : public Link {
 public:
  /// `name` is the device or address for messages.
  StreamLink(Stream stream, std::string name) : stream_(std::move(stream)), name_(std::move(name)) {
    asio::error_code ignored;
    stream_.non_blocking(true, ignored);
  }
  ~StreamLink() override { StreamLink::Close(); }

  asio::awaitable<Result<std::size_t>> Read(std::span<char> buffer, TimePoint deadline) override {
    return ReadSome(stream_, buffer, deadline, name_);
  }

  asio::awaitable<Result<void>> Write(std::string bytes, TimePoint deadline) override {
    co_return co_await WriteAll(stream_, bytes, deadline, name_);
  }

  Result<std::size_t> Drain() override {
    std::size_t dropped = 0;
    std::array<char, 256> bytes{};
    for (std::size_t read = 0; read < kMostDrained;) {
      asio::error_code error;
      const std::size_t count = stream_.read_some(asio::buffer(bytes), error);
      if (error == asio::error::would_block || error == asio::error::try_again) return dropped;
      if (error) return Fail(Errc::kIo, name_ + ": " + Describe(error));
      read += count;
      dropped += CountWithoutPadding({bytes.data(), count});
    }
    return dropped;
  }

  void Close() override {
    asio::error_code ignored;
    stream_.close(ignored);
  }

 protected:
  [[nodiscard]] static std::size_t CountWithoutPadding(std::string_view bytes) {
    return static_cast<std::size_t>(
        std::count_if(bytes.begin(), bytes.end(), [](char c) { return c != '\0' && c != '\n'; }));
  }
  [[nodiscard]] Stream& stream() { return stream_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  // More than a line of 2400 baud can have in store. A device that sends without end must not hold
  // up the program here; the reads that follow have a deadline.
  static constexpr std::size_t kMostDrained = 65'536;

  Stream stream_;
  std::string name_;
};

}  // namespace mppsolar::serial
