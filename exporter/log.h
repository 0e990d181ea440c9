// Log lines for machines and people: logfmt (or JSON) on stderr, as Prometheus's own programs
// write.
//
//   ts=2026-11-22T09:58:29.123Z level=info msg="Line is open" inverter=house device=/dev/ttyUSB0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace mppsolar::log {

enum class Level { kDebug, kInfo, kWarn, kError };
enum class Format { kLogfmt, kJson };

struct Field {
  std::string_view key;
  std::string value;
};
using Fields = std::initializer_list<Field>;

/// Sets what is written from now on. Before the first call: kInfo and kLogfmt.
void SetUp(Level level, Format format);

void Debug(std::string_view message, Fields fields = {});
void Info(std::string_view message, Fields fields = {});
void Warn(std::string_view message, Fields fields = {});
void Error(std::string_view message, Fields fields = {});

/// One line without its time, for tests: `level=info msg="…" key=value`.
[[nodiscard]] std::string ToLogfmt(Level level, std::string_view message, Fields fields);

/// The same as the members of a JSON object, without the braces.
[[nodiscard]] std::string ToJson(Level level, std::string_view message, Fields fields);

}  // namespace mppsolar::log
