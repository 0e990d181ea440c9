#include "tests/torture/faulty_link.h"

#include <algorithm>

namespace mppsolar::torture {

std::string FaultyLink::Noise(std::size_t length) {
  std::string noise(length, '\0');
  for (char& c : noise) c = static_cast<char>(Below(256));
  return noise;
}

std::string FaultyLink::Spoiled(std::string frame, Fault fault) {
  const std::size_t at = Below(frame.size());
  const std::size_t length = 1 + Below(8);
  switch (fault) {
    case Fault::kNone:
    case Fault::kDelay:
      break;
    case Fault::kFlip:
      for (std::size_t i = 0; i < length; ++i) {
        char& c = frame[Below(frame.size())];
        c = static_cast<char>(c ^ (1U << Below(8)));
      }
      break;
    case Fault::kDrop:
      frame.erase(at, length);
      break;
    case Fault::kDouble:
      if (Below(2) == 0) return frame + frame;
      frame.insert(at, frame.substr(at, length));
      break;
    case Fault::kTruncate:
      frame.resize(at);
      break;
    case Fault::kSplice: {
      // The tail of another reply: half of the time at the same place, as after a lost part.
      const std::string& other = any_last_.empty() ? frame : any_last_;
      const std::size_t from = Below(2) == 0 ? std::min(at, other.size()) : Below(other.size());
      const std::string spliced = frame.substr(0, at) + other.substr(from);
      // A line keeps no whole frames to send them again; what would be one is left as it was.
      if (spliced.find(other) == std::string::npos) return spliced;
      break;
    }
    case Fault::kSwap: {
      const std::size_t other = Below(frame.size());
      const std::size_t block = std::min({length, frame.size() - at, frame.size() - other});
      std::swap_ranges(frame.begin() + static_cast<std::ptrdiff_t>(at),
                       frame.begin() + static_cast<std::ptrdiff_t>(at + block),
                       frame.begin() + static_cast<std::ptrdiff_t>(other));
      break;
    }
    case Fault::kInvent:
      frame.insert(at, Noise(length));
      break;
  }
  return frame;
}

asio::awaitable<serial::Result<void>> FaultyLink::Write(std::string bytes, serial::TimePoint) {
  ++counts_.exchanges;
  const std::string reply = device_(bytes);
  if (!reply.empty()) {
    const bool spoil = Below(100) < percent_;
    const Fault fault = spoil ? kFaults[Below(kFaults.size())] : Fault::kNone;
    ++counts_.faults[static_cast<std::size_t>(fault)];
    // The reply before this one to the same request, or to another one, is what it is spliced with.
    if (const auto last = last_.find(bytes); last != last_.end() && Below(2) == 0) {
      any_last_ = last->second;
    }
    on_its_way_.push_back(
        {Spoiled(reply, fault), fault == Fault::kDelay ? 1 + static_cast<unsigned>(Below(4)) : 0U});
    any_last_ = reply;
    last_[bytes] = reply;
  }
  co_return serial::Result<void>();
}

asio::awaitable<serial::Result<std::size_t>> FaultyLink::Read(std::span<char> buffer,
                                                              serial::TimePoint) {
  if (on_its_way_.empty()) co_return serial::Fail(serial::Errc::kTimeout, "no answer");
  OnItsWay& next = on_its_way_.front();
  if (next.silences > 0) {
    --next.silences;
    co_return serial::Fail(serial::Errc::kTimeout, "no answer");
  }
  // Now whole, now byte by byte.
  const std::size_t most = std::min(buffer.size(), next.bytes.size());
  const std::size_t count = most == 0 ? 0 : (Below(2) == 0 ? most : 1 + Below(most));
  std::copy_n(next.bytes.begin(), count, buffer.begin());
  next.bytes.erase(0, count);
  if (next.bytes.empty()) on_its_way_.pop_front();
  if (count == 0) co_return serial::Fail(serial::Errc::kTimeout, "no answer");
  co_return count;
}

serial::Result<std::size_t> FaultyLink::Drain() {
  std::size_t dropped = 0;
  while (!on_its_way_.empty() && on_its_way_.front().silences == 0) {
    dropped += on_its_way_.front().bytes.size();
    on_its_way_.pop_front();
  }
  return dropped;
}

}  // namespace mppsolar::torture
