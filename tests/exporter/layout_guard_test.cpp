#include "exporter/inverter/layout_guard.h"

#include <gtest/gtest.h>

namespace mppsolar {
namespace {

TEST(LayoutGuard, TellsDigitsFromLettersFromTheRest) {
  EXPECT_EQ(LayoutOf("230.0 B --"), "000.0 A --");
}

TEST(LayoutGuard, TakesTheFirstReplyAndThoseThatLookLikeIt) {
  LayoutGuard guard;
  EXPECT_TRUE(guard.Accepts("QPIGS", "230.0 50.0"));
  EXPECT_TRUE(guard.Accepts("QPIGS", "001.0 00.0"));
}

TEST(LayoutGuard, RefusesAnotherLayoutOnceAndTakesItTheSecondTime) {
  LayoutGuard guard;
  EXPECT_TRUE(guard.Accepts("QPIGS", "230.0 50.0"));
  EXPECT_FALSE(guard.Accepts("QPIGS", "---.- 50.0"));
  EXPECT_TRUE(guard.Accepts("QPIGS", "---.- 50.0"));
  EXPECT_FALSE(guard.Accepts("QPIGS", "230.0 50.0"));
}

TEST(LayoutGuard, ForgetsWhatItRefusedOnceTheUsualComesAgain) {
  LayoutGuard guard;
  EXPECT_TRUE(guard.Accepts("QMOD", "B"));
  EXPECT_FALSE(guard.Accepts("QMOD", "BB"));
  EXPECT_TRUE(guard.Accepts("QMOD", "L"));
  EXPECT_FALSE(guard.Accepts("QMOD", "BB"));
}

TEST(LayoutGuard, KeepsCommandsApart) {
  LayoutGuard guard;
  EXPECT_TRUE(guard.Accepts("QMOD", "B"));
  EXPECT_TRUE(guard.Accepts("QPI", "PI30"));
}

TEST(LayoutGuard, BeginsAnewForAnotherInverter) {
  LayoutGuard guard;
  EXPECT_TRUE(guard.Accepts("QMOD", "B"));
  guard.Forget();
  EXPECT_TRUE(guard.Accepts("QMOD", "B0"));
}

}  // namespace
}  // namespace mppsolar
