#include "serial/exchange.h"

#include <algorithm>
#include <array>
#include <optional>

namespace mppsolar::serial {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = FrameReader::Kind;

// What came before a reply that fits, so that silence after it can be named.
struct Seen {
  bool echo = false;
  std::optional<std::string> bad;     // bytes that are no frame
  std::optional<std::string> misfit;  // a frame that answers something else
};

Error NameOf(const Seen& seen) {
  if (seen.bad) return {Errc::kBadFrame, "damaged reply: " + *seen.bad};
  if (seen.misfit) return {Errc::kBadFrame, "a reply to something else: " + *seen.misfit};
  if (seen.echo) return {Errc::kNak, "the device sends the command back: it does not know it"};
  return {Errc::kTimeout, "no answer"};
}

// Of the frames that are there already the last that fits is the answer: one before it came late.
std::optional<Result<std::string>> Judge(FrameReader& reader, const Fits& fits, Seen& seen) {
  std::optional<Result<std::string>> verdict;
  FrameReader::Item item;
  while (reader.Next(item)) {
    switch (item.kind) {
      case Kind::kPayload:
        if (fits(item.text)) {
          verdict = std::move(item.text);
        } else {
          seen.misfit = Printable(item.text);
        }
        break;
      case Kind::kNak:
        verdict = Fail(Errc::kNak, "the inverter refuses the command (NAK)");
        break;
      case Kind::kOtherProtocol:
        verdict = Fail(Errc::kNak, "the device answers ^0: it speaks PI17 or PI18, not PI30");
        break;
      case Kind::kEcho:
        seen.echo = true;
        break;
      case Kind::kBad:
        seen.bad = std::move(item.text);
        break;
    }
  }
  return verdict;
}

}  // namespace

asio::awaitable<Result<void>> Line::Settle(TimePoint deadline) {
  std::array<char, 256> bytes{};
  for (;;) {
    const TimePoint quiet = Clock::now() + timing_.quiet;
    if (quiet > deadline) co_return Fail(Errc::kTimeout, "the line does not fall silent");
    const auto count = co_await link_->Read(bytes, quiet);
    if (count) continue;
    if (count.error().code != Errc::kTimeout) co_return tl::unexpected<Error>(count.error());
    dirty_ = false;
    co_return Result<void>();
  }
}

asio::awaitable<bool> Line::WaitForSilence(TimePoint deadline) {
  constexpr int kQuietTimes = 5;
  std::array<char, 256> bytes{};
  for (int quiet_times = 0; quiet_times < kQuietTimes;) {
    const TimePoint quiet = Clock::now() + timing_.quiet;
    if (quiet > deadline) co_return false;
    const auto count = co_await link_->Read(bytes, quiet);
    if (!count && count.error().code != Errc::kTimeout) co_return false;
    quiet_times = count ? 0 : quiet_times + 1;
  }
  co_return true;
}

asio::awaitable<Result<std::string>> Line::ReadReply(std::string request, Fits fits, TimePoint sent,
                                                     TimePoint deadline) {
  FrameReader reader(request);
  Seen seen;
  std::array<char, 256> bytes{};
  TimePoint next_byte = sent + WireTime(request.size()) + timing_.first_byte;
  for (;;) {
    const auto count = co_await link_->Read(bytes, std::min(next_byte, deadline));
    if (!count && count.error().code != Errc::kTimeout) {
      co_return tl::unexpected<Error>(count.error());
    }
    if (count) {
      if (log_ != nullptr) log_->Received(std::string_view(bytes.data(), *count));
      reader.Add(std::string_view(bytes.data(), *count));
      if (auto verdict = Judge(reader, fits, seen)) {
        // More is on its way already: it belongs to nothing that was asked.
        dirty_ = reader.HasPart();
        co_return std::move(*verdict);
      }
    }
    // A line that never falls silent always has something to read, past the deadline, too.
    const bool cut_short = count || next_byte > deadline;
    if (!count || Clock::now() >= deadline) {
      FrameReader::Item item;
      while (reader.Finish(item)) seen.bad = std::move(item.text);
      // The answer could have followed the echo, had there been time.
      if (cut_short) seen.echo = false;
      Error error = NameOf(seen);
      if (error.code == Errc::kNak) dirty_ = false;
      co_return tl::unexpected<Error>(std::move(error));
    }
    // After an echo, or a whole frame that is not the answer, the answer has its full time to
    // begin.
    const bool within_frame = reader.HasPart();
    next_byte = Clock::now() + (within_frame ? timing_.between_bytes : timing_.first_byte);
  }
}

asio::awaitable<Result<std::string>> Line::Exchange(Command command, Fits fits,
                                                    TimePoint deadline) {
  const auto drained = link_->Drain();
  if (!drained) co_return tl::unexpected<Error>(drained.error());
  if (dirty_ || *drained > 0) {
    dirty_ = true;
    const TimePoint began = Clock::now();
    const auto settled = co_await Settle(deadline);
    if (!settled) {
      if (log_ != nullptr) {
        log_->Begin(command.text(), "", began);
        log_->End(settled.error().text, Clock::now());
      }
      co_return tl::unexpected<Error>(settled.error());
    }
  }
  auto reply = co_await SendAndRead(command, std::move(fits), deadline);
  if (log_ != nullptr) log_->End(reply ? "good" : reply.error().text, Clock::now());
  co_return reply;
}

asio::awaitable<Result<std::string>> Line::SendAndRead(Command command, Fits fits,
                                                       TimePoint deadline) {
  const std::string plain = EncodeRequest(command);
  const std::string without_zero = EncodeRequestWithoutZero(command);
  const bool use_without_zero = without_zero_.contains(command.text());
  const std::string request = use_without_zero ? without_zero : plain;

  dirty_ = true;
  const TimePoint sent = Clock::now();
  if (log_ != nullptr) log_->Begin(command.text(), request, sent);
  const auto written = co_await link_->Write(request, deadline);
  if (!written) co_return tl::unexpected<Error>(written.error());
  auto reply = co_await ReadReply(request, std::move(fits), sent, deadline);
  if (!reply && reply.error().code == Errc::kTimeout && plain != without_zero) {
    if (use_without_zero) {
      without_zero_.erase(command.text());
    } else {
      without_zero_.insert(command.text());
    }
  }
  co_return reply;
}

asio::awaitable<Result<std::string>> Line::Ask(Command command, Fits fits, TimePoint deadline,
                                               int tries, std::size_t reply_bytes,
                                               std::function<void(const Error&)> failed) {
  const auto wire_time = WireTime(EncodeRequest(command).size() + reply_bytes);
  for (int left = tries - 1;; --left) {
    auto reply = co_await Exchange(command, fits, deadline);
    if (reply) co_return reply;
    failed(reply.error());
    const Errc code = reply.error().code;
    const bool again = left > 0 && (code == Errc::kTimeout || code == Errc::kBadFrame) &&
                       Clock::now() + timing_.quiet + wire_time < deadline;
    if (!again) co_return reply;
  }
}

}  // namespace mppsolar::serial
