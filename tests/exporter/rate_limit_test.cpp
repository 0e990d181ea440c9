#include "exporter/web/rate_limit.h"

#include <gtest/gtest.h>

namespace mppsolar {
namespace {

using std::chrono::milliseconds;

constexpr RateLimit::Time kStart{std::chrono::hours(1)};

int Passed(RateLimit& limit, RateLimit::Time now, int tries) {
  int passed = 0;
  for (int i = 0; i < tries; ++i) passed += limit.Pass(now) ? 1 : 0;
  return passed;
}

TEST(RateLimit, LetsABurstPassAndNoMore) {
  RateLimit limit({milliseconds(1000), 3}, kStart);
  EXPECT_EQ(Passed(limit, kStart, 10), 3);
}

TEST(RateLimit, EarnsOneForEachInterval) {
  RateLimit limit({milliseconds(1000), 3}, kStart);
  Passed(limit, kStart, 3);
  EXPECT_FALSE(limit.Pass(kStart + milliseconds(999)));
  EXPECT_TRUE(limit.Pass(kStart + milliseconds(1000)));
  EXPECT_FALSE(limit.Pass(kStart + milliseconds(1999)));
  EXPECT_EQ(Passed(limit, kStart + milliseconds(3000), 5), 2);
}

TEST(RateLimit, LosesNoPartOfAnInterval) {
  RateLimit limit({milliseconds(1000), 2}, kStart);
  Passed(limit, kStart, 2);
  EXPECT_TRUE(limit.Pass(kStart + milliseconds(1700)));
  EXPECT_TRUE(limit.Pass(kStart + milliseconds(2000)));
}

TEST(RateLimit, NeverSavesMoreThanABurst) {
  RateLimit limit({milliseconds(10), 3}, kStart);
  EXPECT_EQ(Passed(limit, kStart + std::chrono::hours(24 * 365), 10), 3);
}

TEST(RateLimit, RefusalsCostNothing) {
  RateLimit limit({milliseconds(1000), 1}, kStart);
  EXPECT_EQ(Passed(limit, kStart, 1000), 1);
  EXPECT_TRUE(limit.Pass(kStart + milliseconds(1000)));
}

TEST(RateLimit, AClockThatGoesBackIsNoRequestMore) {
  RateLimit limit({milliseconds(1000), 1}, kStart);
  EXPECT_TRUE(limit.Pass(kStart));
  EXPECT_FALSE(limit.Pass(kStart - std::chrono::minutes(30)));
}

}  // namespace
}  // namespace mppsolar
