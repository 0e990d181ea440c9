// A second look at replies whose checksum is right: does this one look like those before it?
//
// A checksum of 16 bits lets one of 65,536 badly damaged frames pass. Firmware sends a command's
// columns in the same widths every time, so a reply with bytes lost, doubled or put in between
// looks unlike its predecessors. Such a reply counts only when the next one looks the same.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace mppsolar {

/// The places of digits, letters and all other characters: "230.0 B" -> "000.0 A".
[[nodiscard]] std::string LayoutOf(std::string_view payload);

class LayoutGuard {
 public:
  /// Whether a reply to `command` may be used: it is the first, looks like the one before it, or
  /// like one that was refused for its looks just now.
  [[nodiscard]] bool Accepts(std::string_view command, std::string_view payload);

  /// Another inverter may answer from now on.
  void Forget() { seen_.clear(); }

 private:
  struct Seen {
    std::string usual;
    std::string refused;
  };
  std::map<std::string, Seen, std::less<>> seen_;
};

}  // namespace mppsolar
