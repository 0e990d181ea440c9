#include "serial/hid_link.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "serial/blocking_call.h"
#include "serial/descriptor.h"

namespace mppsolar::serial {
namespace {

constexpr std::size_t kReportBytes = 8;
// A buffer shorter than the report would lose the rest of it; full-speed devices have 64 at most.
constexpr std::size_t kLongestReport = 64;

// The number of the report, 00: there is but one. The kernel takes it off again. Without it a
// report whose first byte is 00 would lose that one.
using Report = std::array<char, 1 + kReportBytes>;

struct Written {
  ssize_t count;
  int error;
};

Written WriteAtOnce(int fd, const Report& report) {
  ssize_t count = 0;
  do {
    count = ::write(fd, report.data(), report.size());
  } while (count < 0 && errno == EINTR);
  return {count, errno};
}

}  // namespace

HidLink::HidLink(const asio::any_io_executor& executor, int descriptor, std::string name)
    : StreamLink(asio::posix::stream_descriptor(executor, descriptor), std::move(name)),
      closing_(executor, TimePoint::max()) {}

HidLink::~HidLink() { HidLink::Close(); }

asio::awaitable<Result<std::size_t>> HidLink::Read(std::span<char> buffer, TimePoint deadline) {
  if (rest_.empty()) {
    std::array<char, kLongestReport> report{};
    const auto count = co_await ReadSome(stream(), report, deadline, name());
    if (!count) co_return count;
    rest_.assign(report.data(), *count);
  }
  const std::size_t count = std::min(rest_.size(), buffer.size());
  std::copy_n(rest_.begin(), count, buffer.begin());
  rest_.erase(0, count);
  co_return count;
}

asio::awaitable<Result<void>> HidLink::Write(std::string bytes, TimePoint deadline) {
  for (std::size_t at = 0; at < bytes.size(); at += kReportBytes) {
    const std::string_view part = std::string_view(bytes).substr(at, kReportBytes);
    auto written = co_await WriteReport(part, deadline);
    if (!written) co_return written;
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> HidLink::WriteReport(std::string_view bytes, TimePoint deadline) {
  using asio::experimental::awaitable_operators::operator||;
  Report report{};
  std::copy(bytes.begin(), bytes.end(), report.begin() + 1);
  // Of its own: the write may outlast this link, and the number of a closed one is soon another
  // file's.
  Descriptor own(::fcntl(stream().native_handle(), F_DUPFD_CLOEXEC, 0));
  if (own.get() < 0) {
    co_return Fail(Errc::kIo, name() + ": " + std::generic_category().message(errno));
  }
  if (std::chrono::steady_clock::now() >= deadline) co_return Fail(Errc::kTimeout, "no answer");
  // O_NONBLOCK or not: the kernel waits up to 5 s for a device that does not take a report.
  auto call = CallInThread(
      [own = std::move(own), report] { return WriteAtOnce(own.get(), report); }, deadline);
  auto closing = closing_.async_wait(kAwait);
  const auto either = co_await (std::move(call) || std::move(closing));
  if (either.index() != 0) co_return Fail(Errc::kIo, name() + ": closed");
  const Result<Written>& written = std::get<0>(either);
  if (!written && written.error().code == Errc::kTimeout) {
    co_return Fail(Errc::kTimeout, "the device does not take the request");
  }
  if (!written) co_return tl::unexpected<Error>(written.error());
  if (written->count < 0) {
    co_return Fail(Errc::kIo, name() + ": " + std::generic_category().message(written->error));
  }
  if (written->count != static_cast<ssize_t>(report.size())) {
    co_return Fail(Errc::kIo, name() + ": took " + std::to_string(written->count) + " of " +
                                  std::to_string(report.size()) + " bytes");
  }
  co_return Result<void>();
}

Result<std::size_t> HidLink::Drain() {
  const std::size_t rest = CountWithoutPadding(rest_);
  rest_.clear();
  auto dropped = StreamLink::Drain();
  if (dropped) *dropped += rest;
  return dropped;
}

void HidLink::Close() {
  if (!stream().is_open()) return;
  // A write that hangs has the device open still; the next owner need not wait for it.
  ::flock(stream().native_handle(), LOCK_UN);
  rest_.clear();
  asio::error_code ignored;
  closing_.cancel(ignored);
  StreamLink::Close();
}

}  // namespace mppsolar::serial
