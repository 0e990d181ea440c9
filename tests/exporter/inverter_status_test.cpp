// What the status page is told of an inverter, and of all of them.
#include "tests/exporter/inverter_bench.h"

namespace mppsolar {
namespace {

class InverterStatusTest : public InverterBench {
 protected:
  // From a scrape that takes nothing from the cache.
  InverterFacts ScrapedFacts() {
    const auto begun = Clock::now();
    Scrape();
    return inverter->Facts(begun, Clock::now());
  }
};

TEST_F(InverterStatusTest, TellsWhoItIsAndHowOldTheReadingIs) {
  Start();
  const auto begun = Clock::now();
  Scrape();
  const InverterFacts facts = inverter->Facts(begun, begun + 1h);
  EXPECT_EQ(facts.name, "house");
  EXPECT_EQ(facts.device, "fake");
  ASSERT_TRUE(facts.protocol);
  EXPECT_EQ(facts.protocol->name, "pi30");
  EXPECT_EQ(facts.trouble, "");
  EXPECT_FALSE(facts.trouble_since);
  ASSERT_TRUE(facts.age);
  EXPECT_LE(*facts.age, 1h);
  EXPECT_GT(*facts.age, 59min);
}

TEST_F(InverterStatusTest, HasNoAgeWhereNothingIsFresh) {
  Start();
  Scrape();
  EXPECT_FALSE(inverter->Facts(Clock::now(), Clock::now()).age);
}

TEST_F(InverterStatusTest, IsAsOldAsTheOldestOfItsReplies) {
  Start();
  const auto begun = Clock::now();
  Scrape();
  const auto after_first = Clock::now();
  // QPIWS is refused from now on, so that of the first scrape is the oldest that counts.
  device.answers.erase("QPIWS");
  Scrape();
  const auto now = Clock::now();
  EXPECT_GE(*inverter->Facts(begun, now).age, now - after_first);
  EXPECT_LE(*inverter->Facts(after_first, now).age, now - after_first);
}

TEST_F(InverterStatusTest, TellsTheLastTroubleAndSinceWhenThereHasBeenAny) {
  Start();
  Scrape();
  device.answers["QPIWS"] = Nak();
  const InverterFacts first = ScrapedFacts();
  EXPECT_TRUE(first.trouble.starts_with("QPIWS: ")) << first.trouble;
  ASSERT_TRUE(first.trouble_since);
  EXPECT_TRUE(first.age);
  device.answers["QMOD"] = Damaged("B");
  device.answers["QPIWS"] = Reply(kNoWarnings);
  const InverterFacts second = ScrapedFacts();
  EXPECT_TRUE(second.trouble.starts_with("QMOD: ")) << second.trouble;
  EXPECT_EQ(second.trouble_since, first.trouble_since);
  device.answers["QMOD"] = Reply("B");
  const InverterFacts good = ScrapedFacts();
  EXPECT_EQ(good.trouble, "");
  EXPECT_FALSE(good.trouble_since);
}

TEST_F(InverterStatusTest, TellsWhyALinkCannotBeOpened) {
  device.open_error = "fake: there is no such device";
  Start();
  const InverterFacts facts = ScrapedFacts();
  EXPECT_EQ(facts.trouble, "fake: there is no such device");
  EXPECT_TRUE(facts.trouble_since);
  EXPECT_FALSE(facts.protocol);
  EXPECT_FALSE(facts.age);
}

TEST_F(InverterStatusTest, IsMadeOfTheMetrics) {
  Start();
  const InverterFacts facts = ScrapedFacts();
  metrics::Families families;
  inverter->Collect(Clock::now() - 20s, {}, families);
  const Status status = MakeStatus({facts}, families.Take());
  ASSERT_EQ(status.inverters.size(), 1U);
  EXPECT_EQ(status.inverters[0].answers, InverterStatus::Answers::kAll);
  EXPECT_EQ(status.inverters[0].grid.volts, 234);
  EXPECT_EQ(status.inverters[0].mode, "battery");
}

}  // namespace
}  // namespace mppsolar
