#include "serial/descriptor_link.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <array>

#include "serial/stream.h"

namespace mppsolar::serial {
namespace {

// More than a line of 2400 baud can have in store. A device that sends without end must not hold up
// the program here; the reads that follow have a deadline.
constexpr std::size_t kMostDrained = 65'536;

}  // namespace

DescriptorLink::DescriptorLink(asio::any_io_executor executor, int descriptor, std::string name)
    : descriptor_(executor, descriptor), name_(std::move(name)) {
  descriptor_.non_blocking(true);
}

DescriptorLink::~DescriptorLink() { Close(); }

asio::awaitable<Result<std::size_t>> DescriptorLink::Read(std::span<char> buffer,
                                                          TimePoint deadline) {
  return ReadSome(descriptor_, buffer, deadline, name_);
}

asio::awaitable<Result<void>> DescriptorLink::Write(std::string bytes, TimePoint deadline) {
  co_return co_await WriteAll(descriptor_, bytes, deadline, name_);
}

Result<std::size_t> DescriptorLink::Drain() {
  std::size_t dropped = 0;
  std::array<char, 256> bytes{};
  for (std::size_t read = 0; read < kMostDrained;) {
    asio::error_code error;
    const std::size_t count = descriptor_.read_some(asio::buffer(bytes), error);
    if (error == asio::error::would_block || error == asio::error::try_again) return dropped;
    if (error) return Fail(Errc::kIo, name_ + ": " + error.message());
    read += count;
    dropped += static_cast<std::size_t>(
        std::count_if(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count),
                      [](char c) { return c != '\0' && c != '\n'; }));
  }
  return dropped;
}

void DescriptorLink::Close() {
  if (!descriptor_.is_open()) return;
  // TIOCEXCL outlives the descriptor on a pty whose other end stays open.
  ::ioctl(descriptor_.native_handle(), TIOCNXCL);
  asio::error_code ignored;
  descriptor_.close(ignored);
}

}  // namespace mppsolar::serial
