#include "exporter/calls/flag_values.h"

#include "exporter/address/simulated_address.h"
#include "exporter/config/config.h"
#include "exporter/config/duration.h"
#include "metrics/decode.h"

namespace mppsolar::flag_values {

std::chrono::milliseconds ReadDuration(const std::string& text) {
  const auto duration = ParseDuration(text);
  if (!duration) throw WrongValue{"is no duration; write 2s, 500ms or 1m30s"};
  return *duration;
}

std::chrono::milliseconds ReadTimeout(const std::string& text) {
  const auto timeout = ReadDuration(text);
  if (const auto wrong = WrongTimeout(timeout)) throw WrongValue{"will not do: " + *wrong};
  return timeout;
}

double ReadSpeed(const std::string& text) {
  const auto speed = metrics::ParseNumber(text);
  if (!speed || *speed < 0 || *speed > 86'400) {
    throw WrongValue{"is no speed; write 60 for an hour a minute (0 to 86400)"};
  }
  return *speed;
}

std::chrono::seconds ReadTimeOfDay(const std::string& text) {
  const auto time = ParseTimeOfDay(text);
  if (!time) throw WrongValue{"is no time of day; write 10:00"};
  return *time;
}

std::string ReadPath(const std::string& text) {
  if (!text.starts_with('/') || text == "/") throw WrongValue{"is no path; write /metrics"};
  return text;
}

}  // namespace mppsolar::flag_values
