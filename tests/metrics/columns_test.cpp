#include "metrics/columns.h"

#include <gtest/gtest.h>

#include <string>

namespace mppsolar::metrics {
namespace {

TEST(Columns, AreWhatRunsOfSpacesSeparate) {
  const Columns columns("  03.1  327.3 01026 ");
  EXPECT_EQ(columns.Count(), 3U);
  EXPECT_EQ(columns[1], "03.1");
  EXPECT_EQ(columns[2], "327.3");
  EXPECT_EQ(columns[3], "01026");
}

TEST(Columns, AreEmptyWhereThereAreNone) {
  const Columns columns("1 2");
  EXPECT_EQ(columns[0], "");
  EXPECT_EQ(columns[3], "");
  EXPECT_EQ(columns[4000], "");
  EXPECT_EQ(Columns("").Count(), 0U);
  EXPECT_EQ(Columns("   ").Count(), 0U);
}

TEST(Columns, AreCountedEvenIfThereAreMoreThanAReplyCanHave) {
  std::string payload;
  for (unsigned i = 0; i < kMaxColumns + 2; ++i) payload += "7 ";
  const Columns columns(payload);
  EXPECT_EQ(columns.Count(), kMaxColumns + 2);
  EXPECT_EQ(columns[kMaxColumns], "7");
  EXPECT_EQ(columns[kMaxColumns + 1], "");
}

}  // namespace
}  // namespace mppsolar::metrics
