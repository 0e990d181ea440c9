// A link that spoils what comes over it, in every way that a line can, from a seed. Time does not
// pass: whoever waits for bytes that do not come is told kTimeout at once, so a million exchanges
// take a minute.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <string>

#include "serial/link.h"

namespace mppsolar::torture {

enum class Fault { kNone, kFlip, kDrop, kDouble, kTruncate, kDelay, kSplice, kSwap, kInvent };
inline constexpr std::array kFaults{Fault::kFlip,  Fault::kDrop,   Fault::kDouble, Fault::kTruncate,
                                    Fault::kDelay, Fault::kSplice, Fault::kSwap,   Fault::kInvent};
inline constexpr std::array kFaultNames{"none",    "flipped", "dropped", "doubled", "cut short",
                                        "delayed", "spliced", "swapped", "invented"};

struct Counts {
  std::uint64_t exchanges = 0;
  std::array<std::uint64_t, kFaultNames.size()> faults{};
};

/// What the inverter sends for a request, whole frames.
using Device = std::function<std::string(const std::string& request)>;

class FaultyLink final : public serial::Link {
 public:
  /// Spoils `percent` of the replies. `counts` and `random` outlive the link.
  FaultyLink(Device device, unsigned percent, std::mt19937_64& random, Counts& counts)
      : device_(std::move(device)), percent_(percent), random_(random), counts_(counts) {}

  asio::awaitable<serial::Result<std::size_t>> Read(std::span<char> buffer,
                                                    serial::TimePoint) override;
  asio::awaitable<serial::Result<void>> Write(std::string bytes, serial::TimePoint) override;
  serial::Result<std::size_t> Drain() override;
  void Close() override {}

 private:
  struct OnItsWay {
    std::string bytes;
    unsigned silences;  // how often the reader is told kTimeout before these arrive
  };

  [[nodiscard]] std::size_t Below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  [[nodiscard]] std::string Noise(std::size_t length);
  [[nodiscard]] std::string Spoiled(std::string frame, Fault fault);

  Device device_;
  unsigned percent_;
  std::mt19937_64& random_;
  Counts& counts_;
  std::deque<OnItsWay> on_its_way_;          // replies arrive in the order of the requests
  std::map<std::string, std::string> last_;  // by request: the reply before this one
  std::string any_last_;
};

}  // namespace mppsolar::torture
