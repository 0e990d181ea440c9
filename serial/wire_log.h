// What went over a line lately, byte by byte: what an owner shows who asks for help.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "serial/link.h"

namespace mppsolar::serial {

/// One request and all that came until the next.
struct WireExchange {
  std::string command;
  std::string sent;      ///< Empty: the line did not fall silent before it.
  std::string received;  ///< At most the first kilobyte.
  std::string verdict;   ///< "good", or the error in words.
  TimePoint began;
  TimePoint ended;
};

/// The last 64 exchanges.
class WireLog {
 public:
  void Begin(std::string_view command, std::string_view sent, TimePoint now);
  void Received(std::string_view bytes);
  void End(std::string verdict, TimePoint now);

  /// Oldest first.
  [[nodiscard]] const std::deque<WireExchange>& exchanges() const { return exchanges_; }

 private:
  std::deque<WireExchange> exchanges_;
};

}  // namespace mppsolar::serial
