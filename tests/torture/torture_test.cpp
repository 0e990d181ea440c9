#include "tests/torture/torture.h"

#include <gtest/gtest.h>

namespace mppsolar::torture {
namespace {

TEST(Torture, WhatIsServedWasSentWholeInReplyToThatCommandInThatScrape) {
  const Outcome outcome = Torture(20'000, 1);
  EXPECT_TRUE(outcome.wrong.empty()) << outcome.wrong.front();
  std::uint64_t spoiled = 0;
  for (const Fault fault : kFaults) {
    const auto count = outcome.counts.faults[static_cast<std::size_t>(fault)];
    EXPECT_GT(count, 100U) << kFaultNames[static_cast<std::size_t>(fault)];
    spoiled += count;
  }
  EXPECT_GE(spoiled, 5'000U);
  // A line this bad still yields readings, or the test would prove nothing.
  EXPECT_GT(outcome.whole, outcome.scrapes / 10);
  EXPECT_GT(outcome.sets, 1'000U);
}

}  // namespace
}  // namespace mppsolar::torture
