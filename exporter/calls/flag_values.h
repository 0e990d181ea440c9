// The values of flags: text in, or a WrongValue that says what would be right.
#pragma once

#include <charconv>
#include <chrono>
#include <string>

#include "exporter/calls/flags.h"

namespace mppsolar::flag_values {

/// "2s", "500ms", "1m30s"
[[nodiscard]] std::chrono::milliseconds ReadDuration(const std::string& text);
/// A duration that somebody waits for.
[[nodiscard]] std::chrono::milliseconds ReadTimeout(const std::string& text);
/// A factor from 0 to 86400.
[[nodiscard]] double ReadSpeed(const std::string& text);
/// "10:00"
[[nodiscard]] std::chrono::seconds ReadTimeOfDay(const std::string& text);
/// "/metrics"
[[nodiscard]] std::string ReadPath(const std::string& text);

/// A whole number that fits the type; `what` is what is wrong with anything else.
template <class Integer>
[[nodiscard]] Integer ReadInteger(const std::string& text, const char* what) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw WrongValue{what};
  return value;
}

}  // namespace mppsolar::flag_values
