#include "exporter/inverter/answers.h"

#include <gtest/gtest.h>

#include "tests/exporter/inverter_bench.h"

namespace mppsolar {
namespace {

// Two commands of the built-in definition; nothing else is known.
class AnswersOfPi30 : public testing::Test {
 protected:
  metrics::CommandIndex Index(const std::string& command) {
    return protocol_->IndexOf(*protocol_->Find(command));
  }
  std::map<std::string, double> Collected(serial::TimePoint fresh, const Selection& selection) {
    metrics::Families families;
    answers_.Collect(fresh, "house", selection, families);
    return SeriesOf(families);
  }

  std::shared_ptr<const metrics::Protocol> protocol_ = BuiltinProtocols().front();
  Answers answers_{protocol_, {}, 5min};
  const serial::TimePoint start_ = Clock::now();
};

TEST_F(AnswersOfPi30, AReplyIsAsOldAsItsQuestion) {
  // Asked before the scrape, in a probe of a dead inverter, and answered during it.
  answers_.Remember(Index("QMOD"), "B", start_, start_ + 2s);
  EXPECT_TRUE(answers_.AnyFresh(start_));
  EXPECT_FALSE(answers_.AnyFresh(start_ + 1s));
  EXPECT_TRUE(Collected(start_ + 1s, {}).empty());
  EXPECT_EQ(Collected(start_, {}).at("mppsolar_mode{inverter=\"house\",mode=\"battery\"}"), 1);
}

TEST_F(AnswersOfPi30, OnlyWhatIsSelectedIsCollected) {
  answers_.Remember(Index("QMOD"), "B", start_, start_);
  answers_.Remember(Index("QPIWS"), kNoWarnings, start_, start_);
  EXPECT_EQ(Collected(start_, {{}, {"QPIWS"}})
                .count("mppsolar_mode{inverter=\"house\",mode=\"battery\"}"),
            0U);
  EXPECT_EQ(
      Collected(start_, {{}, {"QMOD"}}).count("mppsolar_mode{inverter=\"house\",mode=\"battery\"}"),
      1U);
}

}  // namespace
}  // namespace mppsolar
