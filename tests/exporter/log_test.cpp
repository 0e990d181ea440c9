#include "exporter/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace mppsolar::log {
namespace {

TEST(Logfmt, WritesPlainWordsAsTheyAreAndQuotesTheRest) {
  EXPECT_EQ(ToLogfmt(Level::kInfo, "Inverter is read",
                     {{"inverter", "house"}, {"device", "/dev/ttyUSB0"}}),
            "level=info msg=\"Inverter is read\" inverter=house device=/dev/ttyUSB0");
  EXPECT_EQ(ToLogfmt(Level::kWarn, "m", {{"a", ""}, {"b", "two words"}, {"c", "a=b"}}),
            "level=warn msg=\"m\" a=\"\" b=\"two words\" c=\"a=b\"");
  EXPECT_EQ(ToLogfmt(Level::kError, "m", {{"a", "say \"no\""}, {"b", "back\\slash"}}),
            "level=error msg=\"m\" a=\"say \\\"no\\\"\" b=\"back\\\\slash\"");
  EXPECT_EQ(ToLogfmt(Level::kDebug, "m",
                     {{"a",
                       "k\xC3\xBC"
                       "che"}}),
            "level=debug msg=\"m\" a=\"k\xC3\xBC"
            "che\"");
}

TEST(Logfmt, NoValueCanForgeALine) {
  const std::string line =
      ToLogfmt(Level::kInfo, "m\nlevel=error", {{"a", "x\nts=1 level=error msg=y\r\x1B[2J\0z"}});
  for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << line;
  EXPECT_EQ(line,
            "level=info msg=\"m\\nlevel=error\" "
            "a=\"x\\nts=1 level=error msg=y\\r\\u001b[2J\"");
}

TEST(Logfmt, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(ToLogfmt(Level::kInfo, "m", {{"a", "\xFF(\xC3"}}),
            "level=info msg=\"m\" a=\"\xEF\xBF\xBD(\xEF\xBF\xBD\"");
}

TEST(JsonLog, IsWhatAParserReadsBack) {
  const std::string text = "line\nbreak \"quote\" \\ \x01";
  const auto json = nlohmann::json::parse(
      "{" + ToJson(Level::kWarn, "m \"x\"", {{"a", text}, {"b", "\xFF"}}) + "}");
  EXPECT_EQ(json["level"], "warn");
  EXPECT_EQ(json["msg"], "m \"x\"");
  EXPECT_EQ(json["a"], text);
  EXPECT_EQ(json["b"], "\xEF\xBF\xBD");
}

// What was written while `work` ran.
template <class Work>
std::string Written(Level level, Format format, Work work) {
  testing::internal::CaptureStderr();
  SetUp(level, format);
  work();
  SetUp(Level::kInfo, Format::kLogfmt);
  return testing::internal::GetCapturedStderr();
}

void WriteEach() {
  Debug("one");
  Info("two %s {}", {{"percent", "%v%n{}"}});
  Warn("three");
  Error("four");
}

TEST(Log, WritesOneLineWithItsTimePerCall) {
  const std::string log = Written(Level::kInfo, Format::kLogfmt, WriteEach);
  std::istringstream lines(log);
  std::vector<std::string> rest;
  for (std::string line; std::getline(lines, line);) {
    ASSERT_EQ(line.substr(0, 3), "ts=");
    // "2026-11-22T09:58:29.123Z" and a space.
    ASSERT_EQ(line.substr(26, 2), "Z ") << line;
    rest.push_back(line.substr(28));
  }
  EXPECT_EQ(rest,
            (std::vector<std::string>{"level=info msg=\"two %s {}\" percent=%v%n{}",
                                      "level=warn msg=\"three\"", "level=error msg=\"four\""}));
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  const auto count = [](Level level) {
    const std::string log = Written(level, Format::kLogfmt, WriteEach);
    return std::count(log.begin(), log.end(), '\n');
  };
  EXPECT_EQ(count(Level::kDebug), 4);
  EXPECT_EQ(count(Level::kInfo), 3);
  EXPECT_EQ(count(Level::kWarn), 2);
  EXPECT_EQ(count(Level::kError), 1);
}

TEST(Log, WritesJsonObjects) {
  const std::string log = Written(Level::kError, Format::kJson, WriteEach);
  const auto json = nlohmann::json::parse(log);
  EXPECT_EQ(json["msg"], "four");
  EXPECT_EQ(json["level"], "error");
  EXPECT_EQ(json["ts"].get<std::string>().size(), 24U);
}

}  // namespace
}  // namespace mppsolar::log
