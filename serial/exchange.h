// One command and its reply, and the care that the reply is the one to that command.
#pragma once

#include <asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "serial/command.h"
#include "serial/frame.h"
#include "serial/link.h"
#include "serial/wire_log.h"

namespace mppsolar::serial {

/// How long to wait for what. The defaults suit a line of 2400 baud.
struct Timing {
  /// From the end of the request to the first byte of the reply.
  std::chrono::milliseconds first_byte{1000};
  /// From one byte to the next. Inverters pause within a reply, bridges and USB send in gulps.
  std::chrono::milliseconds between_bytes{250};
  /// A line on which nothing came for so long has nothing more on its way.
  std::chrono::milliseconds quiet{300};
};

/// How often a command is asked that comes first: the first request after opening is often lost.
inline constexpr int kTriesAfterOpening = 2;

/// The longest reply that is known, with its frame (QPGSn), in bytes.
inline constexpr std::size_t kLongestReply = 143;

/// The time that `bytes` bytes take at 2400 baud, 8N1: 10 bits each.
[[nodiscard]] constexpr std::chrono::microseconds WireTime(std::size_t bytes) {
  return std::chrono::microseconds(bytes * 10 * 1'000'000 / 2400);
}

/// Whether a payload can be the reply to the command that was asked.
using Fits = std::function<bool(std::string_view payload)>;

/// A link with its memory: after any failure it counts as dirty, and before the next request it
/// must have been silent for a moment, so that a late reply is never taken for the next one's.
class Line {
 public:
  /// `log` hears of all that is sent and received; it must live as long as this.
  Line(std::unique_ptr<Link> link, Timing timing, WireLog* log = nullptr)
      : link_(std::move(link)), timing_(timing), log_(log) {}

  /// Sends `command` once and returns the payload of the reply that fits. Frames that do not fit
  /// are passed over. Errors: kTimeout, kBadFrame, kNak (also for an echo, and for a device of
  /// another protocol), kIo.
  [[nodiscard]] asio::awaitable<Result<std::string>> Exchange(Command command, Fits fits,
                                                              TimePoint deadline);

  /// Exchange, again after kTimeout and kBadFrame: `tries` times at most, and only while request
  /// and a reply of `reply_bytes` still fit in before the deadline. `failed` hears of each failure.
  [[nodiscard]] asio::awaitable<Result<std::string>> Ask(Command command, Fits fits,
                                                         TimePoint deadline, int tries,
                                                         std::size_t reply_bytes,
                                                         std::function<void(const Error&)> failed);

  /// Waits until nothing has come for much longer than a late reply takes. False at `deadline`, and
  /// when the link is gone.
  [[nodiscard]] asio::awaitable<bool> WaitForSilence(TimePoint deadline);

  void Close() { link_->Close(); }

 private:
  [[nodiscard]] asio::awaitable<Result<std::string>> SendAndRead(Command command, Fits fits,
                                                                 TimePoint deadline);
  [[nodiscard]] asio::awaitable<Result<void>> Settle(TimePoint deadline);
  [[nodiscard]] asio::awaitable<Result<std::string>> ReadReply(std::string request, Fits fits,
                                                               TimePoint sent, TimePoint deadline);

  std::unique_ptr<Link> link_;
  Timing timing_;
  WireLog* log_;
  bool dirty_ = false;
  /// Commands that got no answer with a 00 in the checksum and are tried with 01 next.
  std::set<std::string> without_zero_;
};

}  // namespace mppsolar::serial
