#include <gtest/gtest.h>

#include <cmath>
#include <locale>

#include "metrics/decode.h"

namespace mppsolar::metrics {
namespace {

TEST(ParseNumber, ReadsWhatRepliesHave) {
  EXPECT_EQ(ParseNumber("234.0"), 234.0);
  EXPECT_EQ(ParseNumber("0070"), 70.0);
  EXPECT_EQ(ParseNumber("13.49"), 13.49);
  EXPECT_EQ(ParseNumber("-5"), -5.0);
  EXPECT_EQ(ParseNumber("+02.7"), 2.7);
  EXPECT_EQ(ParseNumber(".5"), 0.5);
  EXPECT_EQ(ParseNumber("5."), 5.0);
  EXPECT_EQ(ParseNumber("10636700"), 10636700.0);
}

TEST(ParseNumber, TakesNothingElse) {
  for (const char* text : {"",      ".",    "-",   "+",   "-.",  "--",   "---",  "--.-", "nan",
                           "inf",   "-inf", "NaN", "1e3", "1E3", "0x1",  "1,5",  " 1",   "1 ",
                           "1.2.3", "+-1",  "--1", "12a", "1\t", "\xb2", "1_000"}) {
    EXPECT_FALSE(ParseNumber(text)) << text;
  }
}

TEST(ParseNumber, TakesNoNumberThatIsLongerThanAnyReplyHas) {
  EXPECT_TRUE(ParseNumber("12345678901234567890"));
  EXPECT_FALSE(ParseNumber("123456789012345678901"));
  EXPECT_FALSE(ParseNumber(std::string(400, '9')));
}

TEST(ParseNumber, NeverGivesMinusZero) {
  const auto zero = ParseNumber("-0.0");
  ASSERT_TRUE(zero);
  EXPECT_FALSE(std::signbit(*zero));
}

TEST(ParseNumber, ReadsOnlyTheGivenPartOfABuffer) {
  EXPECT_EQ(ParseNumber(std::string_view("1234").substr(1, 2)), 23.0);
}

}  // namespace
}  // namespace mppsolar::metrics
