#include "serial/wire_log.h"

#include <algorithm>

namespace mppsolar::serial {
namespace {

constexpr std::size_t kMostExchanges = 64;
// A line that is never silent must not fill the memory.
constexpr std::size_t kMostBytes = 1024;

}  // namespace

void WireLog::Begin(std::string_view command, std::string_view sent, TimePoint now) {
  if (exchanges_.size() == kMostExchanges) exchanges_.pop_front();
  exchanges_.push_back({std::string(command), std::string(sent), "", "", now, now});
}

void WireLog::Received(std::string_view bytes) {
  if (exchanges_.empty()) return;
  std::string& received = exchanges_.back().received;
  received += bytes.substr(0, std::min(bytes.size(), kMostBytes - received.size()));
}

void WireLog::End(std::string verdict, TimePoint now) {
  if (exchanges_.empty()) return;
  exchanges_.back().verdict = std::move(verdict);
  exchanges_.back().ended = now;
}

}  // namespace mppsolar::serial
