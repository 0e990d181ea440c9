#include "metrics/families.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mppsolar::metrics {
namespace {

TEST(Families, AreSortedAndEachIsThereOnce) {
  Families families;
  families.Add("b", "B.", FamilyType::kGauge, {{"inverter", "x"}}, 1);
  families.Add("a", "A.", FamilyType::kCounter, {{"inverter", "x"}}, 2);
  families.Add("b", "B.", FamilyType::kGauge, {{"inverter", "y"}}, 3);
  const auto taken = families.Take();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].name, "a");
  EXPECT_EQ(taken[0].type, prometheus::MetricType::Counter);
  EXPECT_EQ(taken[0].metric.at(0).counter.value, 2);
  EXPECT_EQ(taken[1].name, "b");
  EXPECT_EQ(taken[1].help, "B.");
  EXPECT_EQ(taken[1].type, prometheus::MetricType::Gauge);
  ASSERT_EQ(taken[1].metric.size(), 2U);
  EXPECT_EQ(taken[1].metric[0].gauge.value, 1);
  EXPECT_EQ(taken[1].metric[1].gauge.value, 3);
  EXPECT_EQ(taken[1].metric[1].label.at(0).value, "y");
}

TEST(Families, AreThoseOfTheProtocol) {
  Families families;
  const Family family{"mppsolar_made_joules_total", "Made.", FamilyType::kCounter, {}};
  families.Add(family, {{"inverter", "x"}}, 7);
  const auto taken = families.Take();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].name, "mppsolar_made_joules_total");
  EXPECT_EQ(taken[0].help, "Made.");
  EXPECT_EQ(taken[0].metric.at(0).counter.value, 7);
}

TEST(Families, KeepTheHelpAndTypeOfTheFirst) {
  Families families;
  families.Add("a", "First.", FamilyType::kGauge, {{"l", "1"}}, 1);
  families.Add("a", "Second.", FamilyType::kCounter, {{"l", "2"}}, 2);
  const auto taken = families.Take();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].help, "First.");
  EXPECT_EQ(taken[0].metric.at(1).gauge.value, 2);
}

TEST(Families, DropASeriesThatIsThereAlready) {
  Families families;
  families.Add("a", "A.", FamilyType::kGauge, {{"l", "1"}, {"m", "2"}}, 1);
  families.Add("a", "A.", FamilyType::kGauge, {{"l", "1"}, {"m", "2"}}, 2);
  families.Add("a", "A.", FamilyType::kGauge, {{"m", "2"}, {"l", "1"}}, 3);
  const auto taken = families.Take();
  ASSERT_EQ(taken.at(0).metric.size(), 1U);
  EXPECT_EQ(taken[0].metric[0].gauge.value, 1);
}

TEST(Families, KeepSeriesThatOnlyLookAlike) {
  const std::vector<Labels> all = {
      {},
      {{"l", "1"}},
      {{"l", "2"}},
      {{"m", "1"}},
      {{"l", "1"}, {"m", "2"}},
      {{"l", "2"}, {"m", "1"}},
      {{"l", "12"}, {"m", ""}},
      {{"l", ""}, {"m", "12"}},
      {{"lm", "12"}},
  };
  Families families;
  for (const Labels& labels : all) families.Add("a", "A.", FamilyType::kGauge, labels, 1);
  EXPECT_EQ(families.Take().at(0).metric.size(), all.size());
}

TEST(Families, AreEmptyOnceTaken) {
  Families families;
  families.Add("a", "A.", FamilyType::kGauge, {}, 1);
  EXPECT_EQ(families.Take().size(), 1U);
  EXPECT_TRUE(families.Take().empty());
  families.Add("a", "A.", FamilyType::kGauge, {}, 1);
  EXPECT_EQ(families.Take().at(0).metric.size(), 1U);
}

}  // namespace
}  // namespace mppsolar::metrics
