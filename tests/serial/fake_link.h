// A link that plays a script: what must be sent, and what comes in when. It never waits, so silence
// takes no time, and it complains about anything that is not next in the script.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "serial/frame.h"
#include "serial/link.h"

namespace mppsolar::serial {

struct Step {
  enum class Kind {
    kWaiting,  ///< These bytes came before anybody asked: Drain finds them.
    kSend,     ///< These bytes must be written now.
    kNotSent,  ///< The same, but the write fails with kIo.
    kArrive,   ///< A read gets these bytes at once.
    kSilence,  ///< A read waits until its deadline in vain.
    kGone,     ///< A read fails with kIo.
    kNoEnd,    ///< From now on every read gets these bytes at once.
  };
  Kind kind;
  std::string bytes{};
};

inline Step Waiting(std::string bytes) { return {Step::Kind::kWaiting, std::move(bytes)}; }
inline Step Send(std::string bytes) { return {Step::Kind::kSend, std::move(bytes)}; }
inline Step NotSent(std::string bytes) { return {Step::Kind::kNotSent, std::move(bytes)}; }
inline Step Arrive(std::string bytes) { return {Step::Kind::kArrive, std::move(bytes)}; }
inline Step Silence() { return {Step::Kind::kSilence}; }
inline Step Gone() { return {Step::Kind::kGone}; }
inline Step NoEnd(std::string bytes) { return {Step::Kind::kNoEnd, std::move(bytes)}; }

class FakeLink final : public Link {
 public:
  /// `script` must outlive the link.
  explicit FakeLink(std::deque<Step>& script) : script_(script) {}

  asio::awaitable<Result<std::size_t>> Read(std::span<char> buffer, TimePoint deadline) override {
    last_deadline = deadline;
    if (script_.empty()) co_return Unexpected("a read");
    Step& next = script_.front();
    switch (next.kind) {
      case Step::Kind::kArrive: {
        const std::size_t count = Copy(next.bytes, buffer);
        next.bytes.erase(0, count);
        if (next.bytes.empty()) script_.pop_front();
        co_return count;
      }
      case Step::Kind::kNoEnd:
        co_return Copy(next.bytes, buffer);
      case Step::Kind::kSilence:
        script_.pop_front();
        co_return Fail(Errc::kTimeout, "silence");
      case Step::Kind::kGone:
        script_.pop_front();
        co_return Fail(Errc::kIo, "fake: gone");
      default:
        co_return Unexpected("a read");
    }
  }

  asio::awaitable<Result<void>> Write(std::string bytes, TimePoint) override {
    if (script_.empty() || (script_.front().kind != Step::Kind::kSend &&
                            script_.front().kind != Step::Kind::kNotSent)) {
      co_return Unexpected("a write of " + Printable(bytes));
    }
    const Step next = script_.front();
    script_.pop_front();
    EXPECT_EQ(Printable(bytes), Printable(next.bytes));
    if (next.kind == Step::Kind::kNotSent) co_return Fail(Errc::kIo, "fake: gone");
    co_return Result<void>();
  }

  Result<std::size_t> Drain() override {
    if (script_.empty()) return 0;
    if (script_.front().kind == Step::Kind::kNoEnd) return script_.front().bytes.size();
    if (script_.front().kind != Step::Kind::kWaiting) return 0;
    const std::string bytes = script_.front().bytes;
    script_.pop_front();
    return static_cast<std::size_t>(
        std::count_if(bytes.begin(), bytes.end(), [](char c) { return c != '\0' && c != '\n'; }));
  }

  void Close() override { closed = true; }

  TimePoint last_deadline{};  ///< Of the last read.
  bool closed = false;

 private:
  static std::size_t Copy(const std::string& bytes, std::span<char> buffer) {
    const std::size_t count = std::min(bytes.size(), buffer.size());
    std::copy_n(bytes.begin(), count, buffer.begin());
    return count;
  }

  [[nodiscard]] tl::unexpected<Error> Unexpected(const std::string& what) const {
    ADD_FAILURE() << what << " is not next in the script, of which " << script_.size()
                  << " steps are left";
    return Fail(Errc::kIo, "fake: not in the script");
  }

  std::deque<Step>& script_;
};

}  // namespace mppsolar::serial
