#include "metrics/energy.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/known.h"
#include "metrics/loader.h"

namespace mppsolar::metrics {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// Series by name without the prefix, with label values: "pv_watts 1".
using Values = std::vector<std::pair<std::string, double>>;

std::string NameOf(std::string_view family, const Labels& labels) {
  std::string name(family.substr(std::string_view("mppsolar_").size()));
  for (const auto& [label, value] : labels) name += " " + value;
  return name;
}

// A definition of nothing but series: {"pv_watts", {{"mppt", "1"}}}.
Protocol Defining(const std::vector<std::pair<std::string, Labels>>& series) {
  Protocol protocol;
  std::map<std::string, FamilyIndex> families;
  for (const auto& [name, labels] : series) {
    const auto [family, is_new] =
        families.emplace(name, static_cast<FamilyIndex>(protocol.families.size()));
    if (is_new) {
      protocol.families.push_back({"mppsolar_" + name, "X.", FamilyType::kGauge, {}});
    }
    protocol.series.push_back({family->second, labels});
  }
  return protocol;
}

const Labels kFirst = {{"mppt", "1"}};
const Labels kSecond = {{"mppt", "2"}};
const Labels kThird = {{"mppt", "3"}};

// All that is used, among things that are not.
Protocol Whole() {
  return Defining({{"grid_volts", {}},
                   {"output_watts", {}},
                   {"battery_volts", {}},
                   {"battery_charge_amperes", {}},
                   {"pv_volts", kFirst},
                   {"pv_watts", kFirst},
                   {"pv_watts", kSecond},
                   {"pv_watts", kThird},
                   {"pv_total_watts", {}},
                   {"battery_discharge_amperes", {}},
                   {"rating_output_watts", {}},
                   {"rating_battery_volts", {}}});
}

// An inverter with a clock. Samples and counters go by name.
class Inverter {
 public:
  explicit Inverter(milliseconds max_gap = minutes(5), const Protocol& protocol = Whole())
      : energy_(max_gap) {
    Use(protocol);
  }

  void Use(const Protocol& protocol) {
    protocol_ = protocol;
    energy_.Use(protocol);
  }

  void Read(nanoseconds at, const Values& values) {
    energy_.Add(Samples(values), Energy::TimePoint(hours(1000) + at));
  }

  void Learn(const Values& values) { energy_.Learn(Samples(values)); }

  [[nodiscard]] std::map<std::string, double> Counters() const {
    std::map<std::string, double> counters;
    for (const Energy::Counter& counter : energy_.Counters()) {
      EXPECT_TRUE(counters.emplace(NameOf(counter.name, counter.labels), counter.value).second);
    }
    return counters;
  }

  [[nodiscard]] double Joules(const std::string& energy) const {
    return Counters().at(energy + "_energy_joules_total");
  }
  [[nodiscard]] double Gap(const std::string& energy) const {
    return Counters().at("energy_gap_seconds_total " + energy);
  }
  [[nodiscard]] double Impossible(const std::string& energy) const {
    return Counters().at("impossible_values_total " + energy);
  }

 private:
  [[nodiscard]] std::vector<Sample> Samples(const Values& values) const {
    std::vector<Sample> samples;
    for (const auto& [name, value] : values) {
      bool found = false;
      for (std::size_t i = 0; i < protocol_.series.size(); ++i) {
        const Series& series = protocol_.series[i];
        if (NameOf(protocol_.families[series.family].name, series.labels) != name) continue;
        samples.push_back({static_cast<SeriesIndex>(i), value});
        found = true;
      }
      EXPECT_TRUE(found) << name;
    }
    return samples;
  }

  Protocol protocol_;
  Energy energy_;
};

// ---------------------------------------------------------------- what is integrated

TEST(Energy, OfTheFirstReadingIsZeroAndNoGap) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 500}});
  EXPECT_EQ(inverter.Joules("output"), 0);
  EXPECT_EQ(inverter.Gap("output"), 0);
}

TEST(Energy, OfConstantPowerIsPowerTimesTime) {
  Inverter inverter;
  for (int i = 0; i <= 6; ++i) inverter.Read(seconds(10 * i), {{"output_watts", 500}});
  EXPECT_EQ(inverter.Joules("output"), 30000);  // 500 W x 60 s
  EXPECT_EQ(inverter.Gap("output"), 0);
}

TEST(Energy, OfARampIsItsTriangle) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 0}});
  inverter.Read(seconds(10), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Joules("output"), 500);  // 10 s x 100 W / 2
  inverter.Read(seconds(20), {{"output_watts", 200}});
  EXPECT_EQ(inverter.Joules("output"), 2000);  // 20 s x 200 W / 2
}

TEST(Energy, OfIrregularReadingsWeighsEachByItsTime) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(milliseconds(2500), {{"output_watts", 300}});    // 200 W x 2.5 s =   500 J
  inverter.Read(milliseconds(3000), {{"output_watts", 50}});     // 175 W x 0.5 s =  87.5 J
  inverter.Read(milliseconds(120000), {{"output_watts", 150}});  // 100 W x 117 s = 11700 J
  EXPECT_EQ(inverter.Joules("output"), 12287.5);
}

TEST(Energy, OfPvIsTheSumOfAllTrackersAndNothingElse) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"pv_watts 1", 100},
                             {"pv_watts 2", 20},
                             {"pv_watts 3", 3},
                             {"pv_total_watts", 123},
                             {"pv_volts 1", 90}});
  inverter.Read(
      seconds(10),
      {{"pv_watts 3", 7}, {"pv_watts 1", 300}, {"pv_total_watts", 367}, {"pv_watts 2", 60}});
  EXPECT_EQ(inverter.Joules("pv"), 2450);  // (123 W + 367 W) / 2 x 10 s
}

TEST(Energy, OfTheBatteryIsVoltsTimesAmperesOfEachDirection) {
  Inverter inverter;
  inverter.Read(
      seconds(0),
      {{"battery_volts", 12.5}, {"battery_charge_amperes", 4}, {"battery_discharge_amperes", 0}});
  inverter.Read(
      seconds(8),
      {{"battery_discharge_amperes", 10}, {"battery_charge_amperes", 2}, {"battery_volts", 12}});
  EXPECT_EQ(inverter.Joules("battery_charge"), 296);     // (50 W + 24 W) / 2 x 8 s
  EXPECT_EQ(inverter.Joules("battery_discharge"), 480);  // (0 W + 120 W) / 2 x 8 s
}

TEST(Energy, TakesTheSampleThatIsServedIfThereAreTwo) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 100}, {"output_watts", 900}});
  inverter.Read(seconds(10), {{"output_watts", 100}, {"output_watts", 900}});
  EXPECT_EQ(inverter.Joules("output"), 1000);  // 100 W x 10 s
}

TEST(Energy, LosesNoSmallStepInALargeTotal) {
  Inverter inverter(hours(24 * 3652));
  inverter.Read(seconds(0), {{"output_watts", 5000}});
  const seconds years = hours(24 * 3652);  // ten
  inverter.Read(years, {{"output_watts", 5000}});
  EXPECT_EQ(inverter.Joules("output"), 1577664000000);  // 5000 W x 315532800 s

  // Then 200,000 seconds at 0.1 W. A double of this size counts in steps of 2^-12 J, so each 0.1 J
  // would be 410 of them, 0.0001 J too much: 20 J in the end.
  inverter.Use(Whole());
  for (int i = 1; i <= 200'001; ++i) inverter.Read(years + seconds(i), {{"output_watts", 0.1}});
  EXPECT_NEAR(inverter.Joules("output"), 1577664020000, 0.001);
}

TEST(Energy, OfTenYearsInStepsOfOneSecondIsExact) {
  // As many additions as can be done quickly; the others are one step.
  Inverter inverter(hours(24 * 3652));
  constexpr int kSteps = 100'000;
  for (int i = 0; i <= kSteps; ++i) inverter.Read(seconds(i), {{"output_watts", 1}});
  EXPECT_EQ(inverter.Joules("output"), 100'000);
  inverter.Read(seconds(315'532'800 - kSteps), {{"output_watts", 1}});
  for (int i = kSteps; i >= 0; --i) {
    inverter.Read(seconds(315'532'800 - i), {{"output_watts", 1}});
  }
  EXPECT_EQ(inverter.Joules("output"), 315'532'800);  // 1 W x 3652 days x 86400 s
}

// ---------------------------------------------------------------- gaps

TEST(EnergyGap, OfExactlyTheLongestIsStillBridged) {
  Inverter inverter(minutes(5));
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(seconds(300), {{"output_watts", 200}});
  EXPECT_EQ(inverter.Joules("output"), 45000);  // 150 W x 300 s
  EXPECT_EQ(inverter.Gap("output"), 0);
}

TEST(EnergyGap, ThatIsLongerAddsItsTimeAndNoEnergy) {
  Inverter inverter(minutes(5));
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(seconds(300) + milliseconds(1), {{"output_watts", 200}});
  EXPECT_EQ(inverter.Joules("output"), 0);
  EXPECT_EQ(inverter.Gap("output"), 300.001);
  // It goes on from there: 200 W x 10 s.
  inverter.Read(seconds(310) + milliseconds(1), {{"output_watts", 200}});
  EXPECT_EQ(inverter.Joules("output"), 2000);
  EXPECT_EQ(inverter.Gap("output"), 300.001);
}

TEST(EnergyGap, OfOneNanosecondTooMuchIsAGap) {
  Inverter inverter(minutes(5));
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(seconds(300) + nanoseconds(1), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Joules("output"), 0);
}

TEST(EnergyGap, IsAsLongAsItIsConfigured) {
  Inverter inverter(seconds(15));
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(seconds(15), {{"output_watts", 100}});
  inverter.Read(seconds(31), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Joules("output"), 1500);  // the first 15 s
  EXPECT_EQ(inverter.Gap("output"), 16);
}

TEST(EnergyGap, OfZeroLeavesEverythingOut) {
  Inverter inverter(seconds(0));
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(milliseconds(1), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Joules("output"), 0);
  EXPECT_EQ(inverter.Gap("output"), 0.001);
}

TEST(EnergyGap, IsBridgedOverAReadingWithoutThePower) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 100}, {"pv_watts 1", 10}});
  inverter.Read(seconds(10), {{"pv_watts 1", 10}});
  EXPECT_EQ(inverter.Joules("output"), 0);
  inverter.Read(seconds(20), {{"output_watts", 300}, {"pv_watts 1", 10}});
  EXPECT_EQ(inverter.Joules("output"), 4000);  // (100 W + 300 W) / 2 x 20 s
  EXPECT_EQ(inverter.Gap("output"), 0);
  EXPECT_EQ(inverter.Joules("pv"), 200);  // 10 W x 20 s: the one does not stop the other
}

TEST(EnergyGap, IsCountedForThePowerThatIsMissingAlone) {
  Inverter inverter(seconds(15));
  inverter.Read(seconds(0), {{"output_watts", 100}, {"pv_watts 1", 10}});
  inverter.Read(seconds(10), {{"pv_watts 1", 10}});
  inverter.Read(seconds(20), {{"output_watts", 300}, {"pv_watts 1", 10}});
  EXPECT_EQ(inverter.Joules("output"), 0);
  EXPECT_EQ(inverter.Gap("output"), 20);
  EXPECT_EQ(inverter.Joules("pv"), 200);  // 10 W x 20 s
  EXPECT_EQ(inverter.Gap("pv"), 0);
}

TEST(EnergyGap, ShowsWhileItLasts) {
  Inverter inverter(seconds(15));
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(seconds(10), {});
  EXPECT_EQ(inverter.Gap("output"), 0);  // may yet be bridged
  inverter.Read(seconds(20), {});
  EXPECT_EQ(inverter.Gap("output"), 20);
  inverter.Read(seconds(25), {});
  EXPECT_EQ(inverter.Gap("output"), 25);
  inverter.Read(seconds(30), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Gap("output"), 30);
  EXPECT_EQ(inverter.Joules("output"), 0);
  inverter.Read(seconds(40), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Gap("output"), 30);
  EXPECT_EQ(inverter.Joules("output"), 1000);  // 100 W x 10 s
}

TEST(EnergyGap, BeginsWithTheFirstReadingOfThePower) {
  Inverter inverter(seconds(15));
  inverter.Read(seconds(0), {});
  inverter.Read(seconds(100), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Gap("output"), 0);
  EXPECT_EQ(inverter.Gap("pv"), 0);
}

TEST(EnergyOfTheBattery, IsMissingWithoutItsVolts) {
  Inverter inverter(seconds(15));
  inverter.Read(seconds(0), {{"battery_volts", 10}, {"battery_charge_amperes", 5}});
  inverter.Read(seconds(5), {{"battery_charge_amperes", 5}});
  inverter.Read(seconds(10), {{"battery_volts", 10}});
  inverter.Read(seconds(15), {{"battery_volts", 10}, {"battery_charge_amperes", 7}});
  EXPECT_EQ(inverter.Joules("battery_charge"), 900);  // (50 W + 70 W) / 2 x 15 s
  EXPECT_EQ(inverter.Gap("battery_charge"), 0);
}

// ---------------------------------------------------------------- trackers

TEST(EnergyOfPv, OfAnInverterWithOneTrackerIsThatOfTheFirst) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"pv_watts 1", 100}});
  inverter.Read(seconds(10), {{"pv_watts 1", 100}});
  EXPECT_EQ(inverter.Joules("pv"), 1000);  // 100 W x 10 s
  EXPECT_EQ(inverter.Gap("pv"), 0);
}

TEST(EnergyOfPv, IsNotThatOfAPartOfTheTrackers) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"pv_watts 1", 100}, {"pv_watts 2", 1000}, {"output_watts", 10}});
  inverter.Read(seconds(10), {{"pv_watts 1", 100}, {"output_watts", 10}});
  inverter.Read(seconds(30), {{"pv_watts 1", 100}, {"pv_watts 2", 1000}, {"output_watts", 10}});
  EXPECT_EQ(inverter.Joules("pv"), 0);
  EXPECT_EQ(inverter.Gap("pv"), 30);
  EXPECT_EQ(inverter.Joules("output"), 300);  // 10 W x 30 s
  EXPECT_EQ(inverter.Gap("output"), 0);
  inverter.Read(seconds(40), {{"pv_watts 1", 100}, {"pv_watts 2", 1000}});
  EXPECT_EQ(inverter.Joules("pv"), 11000);  // 1100 W x 10 s
  EXPECT_EQ(inverter.Gap("pv"), 30);
}

TEST(EnergyOfPv, GoesOnWithTheTrackersThatAreLeft) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"pv_watts 1", 100}, {"pv_watts 2", 1000}});
  inverter.Read(seconds(10), {{"pv_watts 1", 100}});
  inverter.Read(seconds(20), {{"pv_watts 1", 300}});
  EXPECT_EQ(inverter.Joules("pv"), 2000);  // 200 W x 10 s
  EXPECT_EQ(inverter.Gap("pv"), 10);
}

TEST(EnergyOfPv, TellsTrackersApartAndDoesNotOnlyCountThem) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"pv_watts 1", 100}});
  inverter.Read(seconds(10), {{"pv_watts 2", 1000}});
  EXPECT_EQ(inverter.Joules("pv"), 0);
  EXPECT_EQ(inverter.Gap("pv"), 10);
}

TEST(EnergyOfPv, IsBridgedOverAReadingWithoutAnyTracker) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"pv_watts 1", 100}, {"pv_watts 2", 1000}});
  inverter.Read(seconds(10), {});
  inverter.Read(seconds(20), {{"pv_watts 1", 100}, {"pv_watts 2", 1000}});
  EXPECT_EQ(inverter.Joules("pv"), 22000);  // 1100 W x 20 s
  EXPECT_EQ(inverter.Gap("pv"), 0);
}

// ---------------------------------------------------------------- impossible values

TEST(ImpossiblePower, BetweenGoodOnesAddsNoEnergyAndIsCountedOnce) {
  Inverter inverter;
  inverter.Learn({{"rating_output_watts", 800}});
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(seconds(10), {{"output_watts", 1601}});
  inverter.Read(seconds(20), {{"output_watts", 200}});
  EXPECT_EQ(inverter.Joules("output"), 3000);  // 150 W x 20 s, as if it had not been read
  EXPECT_EQ(inverter.Gap("output"), 0);
  EXPECT_EQ(inverter.Impossible("output"), 1);
  EXPECT_EQ(inverter.Impossible("pv"), 0);
}

TEST(ImpossiblePower, IsMoreThanTwiceTheRating) {
  Inverter inverter;
  inverter.Learn({{"rating_output_watts", 800}});
  inverter.Read(seconds(0), {{"output_watts", 1600}});
  inverter.Read(seconds(10), {{"output_watts", 1600}});
  EXPECT_EQ(inverter.Joules("output"), 16000);  // twice is not more: 1600 W x 10 s
  EXPECT_EQ(inverter.Impossible("output"), 0);
}

TEST(ImpossiblePower, OfPvAndBatteryIsJudgedByTheOutputsRating) {
  Inverter inverter;
  inverter.Learn({{"rating_output_watts", 800}});
  // 900 W + 701 W, 20 V x 80.1 A and 20 V x 90 A are over 1600 W, each part of them is not.
  inverter.Read(seconds(0), {{"output_watts", 100},
                             {"pv_watts 1", 900},
                             {"pv_watts 2", 701},
                             {"battery_volts", 20},
                             {"battery_charge_amperes", 80.1},
                             {"battery_discharge_amperes", 90}});
  EXPECT_EQ(inverter.Impossible("output"), 0);
  EXPECT_EQ(inverter.Impossible("pv"), 1);
  EXPECT_EQ(inverter.Impossible("battery_charge"), 1);
  EXPECT_EQ(inverter.Impossible("battery_discharge"), 1);
}

TEST(ImpossiblePower, IsNegativeOrNotANumber) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(seconds(1), {{"output_watts", -1}});
  inverter.Read(seconds(2), {{"output_watts", kNan}});
  inverter.Read(seconds(3), {{"output_watts", kInfinity}});
  inverter.Read(seconds(4), {{"output_watts", -kInfinity}});
  inverter.Read(seconds(5), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Impossible("output"), 4);
  EXPECT_EQ(inverter.Joules("output"), 500);  // 100 W x 5 s
}

TEST(ImpossiblePower, OfOneTrackerIsNotHiddenByAnother) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"pv_watts 1", 100}, {"pv_watts 2", 100}});
  inverter.Read(seconds(10), {{"pv_watts 1", -50}, {"pv_watts 2", 100}});
  inverter.Read(seconds(20), {{"pv_watts 1", 100}, {"pv_watts 2", 100}});
  EXPECT_EQ(inverter.Impossible("pv"), 1);
  EXPECT_EQ(inverter.Joules("pv"), 4000);  // 200 W x 20 s
  EXPECT_EQ(inverter.Gap("pv"), 0);
}

TEST(ImpossiblePower, ThatGoesOnIsAGap) {
  Inverter inverter(seconds(15));
  inverter.Learn({{"rating_output_watts", 800}});
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(seconds(10), {{"output_watts", 9999}});
  inverter.Read(seconds(20), {{"output_watts", 9999}});
  inverter.Read(seconds(30), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Joules("output"), 0);
  EXPECT_EQ(inverter.Gap("output"), 30);
  EXPECT_EQ(inverter.Impossible("output"), 2);
}

TEST(ImpossiblePower, IsOverAMegawattWhileNoRatingIsKnown) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 99999}});
  inverter.Read(seconds(10), {{"output_watts", 1000001}});
  inverter.Read(seconds(20), {{"output_watts", 99999}});
  EXPECT_EQ(inverter.Joules("output"), 1999980);  // 99999 W x 20 s
  EXPECT_EQ(inverter.Impossible("output"), 1);
}

TEST(ImpossiblePower, OfTheLastReadingIsFoundOutWhenTheRatingComes) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 9999}, {"pv_watts 1", 100}});
  inverter.Learn({{"rating_output_watts", 800}});
  EXPECT_EQ(inverter.Impossible("output"), 1);
  inverter.Learn({{"rating_output_watts", 800}});
  EXPECT_EQ(inverter.Impossible("output"), 1);
  inverter.Read(seconds(10), {{"output_watts", 100}, {"pv_watts 1", 100}});
  EXPECT_EQ(inverter.Joules("output"), 0);
  EXPECT_EQ(inverter.Gap("output"), 10);
  EXPECT_EQ(inverter.Joules("pv"), 1000);  // 100 W x 10 s
  EXPECT_EQ(inverter.Impossible("output"), 1);
}

TEST(ImpossiblePower, IsJudgedByARatingOfTheSameReading) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 1601}, {"rating_output_watts", 800}});
  EXPECT_EQ(inverter.Impossible("output"), 1);
  // And by that one from then on.
  inverter.Read(seconds(10), {{"output_watts", 1601}});
  EXPECT_EQ(inverter.Impossible("output"), 2);
}

TEST(ImpossiblePower, IsNotJudgedByARatingOfZero) {
  Inverter inverter;
  inverter.Learn({{"rating_output_watts", 0}});
  inverter.Read(seconds(0), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Impossible("output"), 0);
}

// ---------------------------------------------------------------- time

TEST(EnergyTime, ThatStandsStillOrGoesBackAddsNothing) {
  Inverter inverter;
  inverter.Read(seconds(100), {{"output_watts", 100}});
  inverter.Read(seconds(110), {{"output_watts", 100}});
  inverter.Read(seconds(110), {{"output_watts", 900}});
  inverter.Read(seconds(50), {{"output_watts", 900}});
  inverter.Read(seconds(109), {{"output_watts", -1}});
  EXPECT_EQ(inverter.Joules("output"), 1000);  // 100 W x 10 s
  EXPECT_EQ(inverter.Gap("output"), 0);
  EXPECT_EQ(inverter.Impossible("output"), 0);
  // The last reading is still that of 110 s.
  inverter.Read(seconds(120), {{"output_watts", 300}});
  EXPECT_EQ(inverter.Joules("output"), 3000);  // 1000 J + 200 W x 10 s
}

// ---------------------------------------------------------------- another inverter

TEST(EnergyAfterUse, KeepsTotalsAndDoesNotBridge) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(seconds(10), {{"output_watts", 100}});
  inverter.Read(seconds(20), {{"output_watts", -1}});
  inverter.Use(Whole());
  EXPECT_EQ(inverter.Joules("output"), 1000);  // 100 W x 10 s
  EXPECT_EQ(inverter.Impossible("output"), 1);
  inverter.Read(seconds(30), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Joules("output"), 1000);
  EXPECT_EQ(inverter.Gap("output"), 20);  // since the good reading at 10 s
  inverter.Read(seconds(40), {{"output_watts", 100}});
  EXPECT_EQ(inverter.Joules("output"), 2000);
  EXPECT_EQ(inverter.Gap("output"), 20);
}

TEST(EnergyAfterUse, ForgetsTheRating) {
  Inverter inverter;
  inverter.Learn({{"rating_output_watts", 800}});
  inverter.Use(Whole());
  inverter.Read(seconds(0), {{"output_watts", 5000}});
  EXPECT_EQ(inverter.Impossible("output"), 0);
}

TEST(EnergyAfterUse, HasNoRatingIfTheNewDefinitionHasNone) {
  Inverter inverter(minutes(5), Defining({{"rating_output_watts", {}}, {"output_watts", {}}}));
  inverter.Use(Defining({{"grid_volts", {}}, {"output_watts", {}}}));
  inverter.Read(seconds(0), {{"grid_volts", 230}, {"output_watts", 5000}});
  EXPECT_EQ(inverter.Impossible("output"), 0);
}

TEST(EnergyAfterUse, TakesSamplesByTheNewDefinition) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(seconds(10), {{"output_watts", 100}});
  // The same places, other meanings.
  inverter.Use(Defining({{"output_watts", {}}, {"grid_volts", {}}}));
  inverter.Read(seconds(20), {{"output_watts", 10}, {"grid_volts", 230}});
  inverter.Read(seconds(30), {{"output_watts", 10}, {"grid_volts", 230}});
  EXPECT_EQ(inverter.Joules("output"), 1100);  // 100 W x 10 s + 10 W x 10 s
}

TEST(EnergyAfterUse, IsServedOnEvenIfTheNewDefinitionHasNoPower) {
  Inverter inverter;
  inverter.Read(seconds(0), {{"output_watts", 100}});
  inverter.Read(seconds(10), {{"output_watts", 100}});
  inverter.Use(Defining({{"grid_volts", {}}}));
  inverter.Read(seconds(20), {{"grid_volts", 230}});
  EXPECT_EQ(inverter.Joules("output"), 1000);  // 100 W x 10 s
  EXPECT_EQ(inverter.Gap("output"), 10);
}

// ---------------------------------------------------------------- which counters there are

TEST(EnergyCounters, AreNoneBeforeTheProtocolIsKnown) {
  const Energy energy{minutes(5)};
  EXPECT_TRUE(energy.Counters().empty());
}

TEST(EnergyCounters, AreZeroFromTheStart) {
  EXPECT_EQ(Inverter().Counters(),
            (std::map<std::string, double>{{"output_energy_joules_total", 0},
                                           {"pv_energy_joules_total", 0},
                                           {"battery_charge_energy_joules_total", 0},
                                           {"battery_discharge_energy_joules_total", 0},
                                           {"energy_gap_seconds_total output", 0},
                                           {"energy_gap_seconds_total pv", 0},
                                           {"energy_gap_seconds_total battery_charge", 0},
                                           {"energy_gap_seconds_total battery_discharge", 0},
                                           {"impossible_values_total output", 0},
                                           {"impossible_values_total pv", 0},
                                           {"impossible_values_total battery_charge", 0},
                                           {"impossible_values_total battery_discharge", 0}}));
}

TEST(EnergyCounters, AreNoneOfADefinitionWithoutAnyPower) {
  Inverter inverter(minutes(5), Defining({{"grid_volts", {}}, {"pv_volts", kFirst}}));
  inverter.Read(seconds(0), {{"grid_volts", 230}});
  inverter.Read(seconds(10), {{"grid_volts", 230}});
  EXPECT_TRUE(inverter.Counters().empty());
}

TEST(EnergyCounters, AreOfThosePowersOnlyThatTheDefinitionHas) {
  // Charge has amperes and volts, discharge no amperes.
  const Inverter inverter(minutes(5),
                          Defining({{"battery_charge_amperes", {}}, {"battery_volts", {}}}));
  EXPECT_EQ(inverter.Counters(),
            (std::map<std::string, double>{{"battery_charge_energy_joules_total", 0},
                                           {"energy_gap_seconds_total battery_charge", 0},
                                           {"impossible_values_total battery_charge", 0}}));
}

TEST(EnergyCounters, NeedTheVoltsOfTheBattery) {
  const Inverter inverter(minutes(5), Defining({{"battery_charge_amperes", {}}}));
  EXPECT_TRUE(inverter.Counters().empty());
}

TEST(EnergyCounters, MultiplyEachBatteryWithItsOwnVolts) {
  const Labels a = {{"battery", "a"}};
  const Labels b = {{"battery", "b"}};
  Inverter inverter(minutes(5), Defining({{"battery_charge_amperes", a},
                                          {"battery_charge_amperes", b},
                                          {"battery_volts", b},
                                          {"battery_volts", a}}));
  const Values values = {{"battery_charge_amperes a", 1},
                         {"battery_charge_amperes b", 10},
                         {"battery_volts a", 12},
                         {"battery_volts b", 24}};
  inverter.Read(seconds(0), values);
  inverter.Read(seconds(10), values);
  EXPECT_EQ(inverter.Joules("battery_charge"), 2520);  // (12 W + 240 W) x 10 s
}

TEST(EnergyCounters, AreAllListedWithTheirLabelAndASentence) {
  const Protocol protocol = Whole();
  Energy energy{minutes(5)};
  energy.Use(protocol);
  std::map<std::string_view, const EnergyMetric*> listed;
  for (const EnergyMetric& metric : EnergyMetrics()) {
    EXPECT_TRUE(metric.name.starts_with("mppsolar_") && metric.name.ends_with("_total"));
    EXPECT_TRUE(metric.help.ends_with('.')) << metric.help;
    listed[metric.name] = &metric;
  }
  EXPECT_EQ(listed.size(), 6U);
  for (const Energy::Counter& counter : energy.Counters()) {
    ASSERT_TRUE(listed.contains(counter.name)) << counter.name;
    const EnergyMetric& metric = *listed[counter.name];
    EXPECT_EQ(counter.help, metric.help);
    EXPECT_EQ(counter.labels.empty() ? "" : counter.labels.at(0).first, metric.label);
  }
}

// ---------------------------------------------------------------- a real definition and frame

TEST(EnergyOfPi30, IsThatOfRealReplies) {
  const auto protocols = LoadProtocols({});
  ASSERT_TRUE(protocols);
  const Protocol& protocol = *protocols->front();
  ASSERT_EQ(protocol.name, "pi30");
  const KnownReplies known(protocol);
  std::vector<Sample> samples;
  const auto read = [&](std::string_view name, std::string_view payload) {
    Decoded decoded;
    Decode(protocol, *protocol.Find(name), payload, known, ResolveTraits(protocol, known, {}),
           decoded);
    samples.insert(samples.end(), decoded.samples.begin(), decoded.samples.end());
  };
  // tests/captures/axpert-5kva-48v-fw71.71.txt: 250 W of output, 241 W from the panels, 1 A out of
  // a battery of 52.00 V. The second tracker's 1026 W are those of the example in the definition.
  read("QPIGS",
       "233.8 49.8 230.2 49.8 0277 0250 005 363 52.00 000 028 0045 0000 289.6 00.00 00001 00010010 "
       "00 00 00241 010");
  read("QPIGS2", "03.1 327.3 01026 ");
  Energy energy{minutes(5)};
  energy.Use(protocol);
  energy.Add(samples, Energy::TimePoint(seconds(1000)));
  energy.Add(samples, Energy::TimePoint(seconds(1010)));
  std::map<std::string_view, double> joules;
  for (const Energy::Counter& counter : energy.Counters()) {
    if (counter.labels.empty()) joules[counter.name] = counter.value;
  }
  EXPECT_EQ(joules.size(), 4U);
  EXPECT_EQ(joules["mppsolar_output_energy_joules_total"], 2500);  // 250 W x 10 s
  EXPECT_EQ(joules["mppsolar_pv_energy_joules_total"], 12670);     // (241 W + 1026 W) x 10 s
  EXPECT_EQ(joules["mppsolar_battery_charge_energy_joules_total"], 0);
  EXPECT_EQ(joules["mppsolar_battery_discharge_energy_joules_total"], 520);  // 52 W x 10 s

  // It is rated for 5000 W.
  const auto impossible = [&energy] {
    std::map<std::string, double> counts;
    for (const Energy::Counter& counter : energy.Counters()) {
      if (counter.name == "mppsolar_impossible_values_total" && counter.value > 0) {
        counts[counter.labels.at(0).second] = counter.value;
      }
    }
    return counts;
  };
  samples.clear();
  read("QPIRI",
       "230.0 21.7 230.0 50.0 21.7 5000 5000 48.0 51.0 49.0 54.4 54.4 2 60 060 1 1 2 9 01 0 1 53.0 "
       "0 1 000");
  energy.Learn(samples);
  EXPECT_EQ(impossible(), (std::map<std::string, double>{}));
  samples.clear();
  read("QPIGS",
       "233.8 49.8 230.2 49.8 0277 10001 005 363 52.00 000 028 0045 0000 289.6 00.00 00001 "
       "00010010 00 00 00241 010");
  energy.Add(samples, Energy::TimePoint(seconds(1020)));
  EXPECT_EQ(impossible(), (std::map<std::string, double>{{"output", 1}}));
}

}  // namespace
}  // namespace mppsolar::metrics
