#include "exporter/config/duration.h"

#include <gtest/gtest.h>

namespace mppsolar {
namespace {

using std::chrono::milliseconds;

struct Written {
  std::string text;
  std::int64_t count;
};

TEST(Duration, IsReadAsPrometheusWritesIt) {
  const Written cases[] = {
      {"0", 0},          {"0s", 0},         {"500ms", 500},          {"2s", 2000},
      {"1m30s", 90'000}, {"1h", 3'600'000}, {"1d", 86'400'000},      {"1d2h3m4s5ms", 93'784'005},
      {"120s", 120'000}, {"007s", 7000},    {"366d", 31'622'400'000}};
  for (const auto& [text, count] : cases) {
    const auto duration = ParseDuration(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(duration->count(), count) << text;
  }
}

TEST(Duration, IsRefusedWithoutUnitSignedOutOfOrderOrOverAYear) {
  for (const std::string text : {"",
                                 "5",
                                 "s",
                                 "-1s",
                                 "+1s",
                                 "1.5s",
                                 "1,5s",
                                 "1 s",
                                 " 1s",
                                 "1s ",
                                 "1S",
                                 "1min",
                                 "2s1m",
                                 "1s1s",
                                 "1ms2",
                                 "0x1s",
                                 "1e3s",
                                 "1w",
                                 "367d",
                                 "366d1ms",
                                 "9223372036854775807ms",
                                 "9223372036854775808s",
                                 "106751991168d",
                                 "99999999999999999999999s",
                                 "nan",
                                 "\xC2\xB5s"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
  EXPECT_FALSE(ParseDuration(std::string_view("1s\0", 3)));
}

TEST(Duration, IsWrittenWithoutUnitsThatAreZero) {
  EXPECT_EQ(FormatDuration(milliseconds(0)), "0s");
  EXPECT_EQ(FormatDuration(milliseconds(500)), "500ms");
  EXPECT_EQ(FormatDuration(milliseconds(90'000)), "1m30s");
  EXPECT_EQ(FormatDuration(milliseconds(93'784'005)), "1d2h3m4s5ms");
}

TEST(Duration, IsReadAsItWasWritten) {
  for (const std::int64_t count : {1LL, 999LL, 1000LL, 61'001LL, 3'599'999LL, 31'622'400'000LL}) {
    EXPECT_EQ(ParseDuration(FormatDuration(milliseconds(count))), milliseconds(count));
  }
}

}  // namespace
}  // namespace mppsolar
