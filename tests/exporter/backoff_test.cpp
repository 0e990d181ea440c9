#include "exporter/inverter/backoff.h"

#include <gtest/gtest.h>

namespace mppsolar {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesFromHalfASecondToHalfAMinuteWithSomeChance) {
  Backoff backoff(1, 500ms);
  for (const auto full : {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 16000ms, 30000ms, 30000ms}) {
    const auto wait = backoff.Next();
    EXPECT_LE(wait, full);
    EXPECT_GE(wait, full * 3 / 4);
  }
}

TEST(Backoff, BeginsAnewAfterASuccess) {
  Backoff backoff(1, 500ms);
  for (int i = 0; i < 5; ++i) EXPECT_GT(backoff.Next().count(), 0);
  backoff.Reset();
  EXPECT_LE(backoff.Next(), 500ms);
}

TEST(Backoff, DiffersBetweenInverters) {
  Backoff one(1, 500ms);
  Backoff two(2, 500ms);
  bool differs = false;
  for (int i = 0; i < 5; ++i) differs |= one.Next() != two.Next();
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace mppsolar
