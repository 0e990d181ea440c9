#include "exporter/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

namespace mppsolar::log {
namespace {

std::string_view Name(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarn:
      return "warn";
    case Level::kError:
      break;
  }
  return "error";
}

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      break;
  }
  return spdlog::level::err;
}

// A JSON string is also what logfmt wants where a value has more than one plain word.
std::string Quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string LogfmtValue(std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\';
  });
  return plain ? std::string(text) : Quoted(text);
}

struct Writer {
  std::shared_ptr<spdlog::logger> logger = spdlog::stderr_logger_st("log");
  Format format = Format::kLogfmt;

  Writer() { Use(Level::kInfo, Format::kLogfmt); }

  void Use(Level level, Format new_format) {
    format = new_format;
    logger->set_level(ToSpdlog(level));
    logger->flush_on(spdlog::level::debug);
    logger->set_pattern(format == Format::kJson ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ",%v})"
                                                : "ts=%Y-%m-%dT%H:%M:%S.%eZ %v",
                        spdlog::pattern_time_type::utc);
  }
};

Writer& TheWriter() {
  static Writer writer;
  return writer;
}

void Write(Level level, std::string_view message, Fields fields) {
  Writer& writer = TheWriter();
  if (!writer.logger->should_log(ToSpdlog(level))) return;
  const std::string line = writer.format == Format::kJson ? ToJson(level, message, fields)
                                                          : ToLogfmt(level, message, fields);
  writer.logger->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

void SetUp(Level level, Format format) { TheWriter().Use(level, format); }

void Debug(std::string_view message, Fields fields) { Write(Level::kDebug, message, fields); }
void Info(std::string_view message, Fields fields) { Write(Level::kInfo, message, fields); }
void Warn(std::string_view message, Fields fields) { Write(Level::kWarn, message, fields); }
void Error(std::string_view message, Fields fields) { Write(Level::kError, message, fields); }

std::string ToLogfmt(Level level, std::string_view message, Fields fields) {
  std::string line = "level=" + std::string(Name(level)) + " msg=" + Quoted(message);
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    line += LogfmtValue(field.value);
  }
  return line;
}

std::string ToJson(Level level, std::string_view message, Fields fields) {
  std::string line = "\"level\":" + Quoted(Name(level)) + ",\"msg\":" + Quoted(message);
  for (const Field& field : fields) line += "," + Quoted(field.key) + ":" + Quoted(field.value);
  return line;
}

}  // namespace mppsolar::log
