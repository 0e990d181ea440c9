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

log::Level ReadLevel(const std::string& text) {
  if (text == "debug") return log::Level::kDebug;
  if (text == "info") return log::Level::kInfo;
  if (text == "warn") return log::Level::kWarn;
  if (text == "error") return log::Level::kError;
  throw WrongValue{"is none of debug, info, warn, error"};
}

log::Format ReadFormat(const std::string& text) {
  if (text == "logfmt") return log::Format::kLogfmt;
  if (text == "json") return log::Format::kJson;
  throw WrongValue{"is neither logfmt nor json"};
}

QueryOptions::Output ReadOutput(const std::string& text) {
  if (text == "raw") return QueryOptions::Output::kRaw;
  if (text == "table") return QueryOptions::Output::kTable;
  if (text == "json") return QueryOptions::Output::kJson;
  throw WrongValue{"is none of raw, table, json"};
}

ListMetricsOptions::Output ReadListOutput(const std::string& text) {
  if (text == "text") return ListMetricsOptions::Output::kText;
  if (text == "markdown") return ListMetricsOptions::Output::kMarkdown;
  if (text == "definition") return ListMetricsOptions::Output::kDefinition;
  throw WrongValue{"is none of text, markdown, definition"};
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

std::string ReadModel(const std::string& text) {
  std::string names;
  for (const auto& model : simulator::ModelNames()) {
    if (model.name == text) return text;
    names += (names.empty() ? "" : ", ") + std::string(model.name);
  }
  throw WrongValue{"is none of " + names};
}

std::string ReadPath(const std::string& text) {
  if (!text.starts_with('/') || text == "/") throw WrongValue{"is no path; write /metrics"};
  return text;
}

}  // namespace mppsolar::flag_values
