// What the built-in PI30 definition makes of real replies. Expected values were worked out by hand
// from the manuals; a payload that no device is known to have sent says so.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/catalogue.h"
#include "metrics/conditions.h"
#include "metrics/decode.h"
#include "metrics/families.h"
#include "metrics/known.h"
#include "metrics/loader.h"
#include "metrics/protocol.h"

namespace mppsolar::metrics {
namespace {

// AbiSolar 1 kVA 12 V (michbil/solar, dh_connect.py): what a PIP-1012-MSE sends.
constexpr std::string_view kQpigs1Kva =
    "234.0 50.0 234.0 50.0 0070 0032 007 422 13.49 00 100 0522 0000 000.1 13.50 00000 10111101 22 "
    "03 00000 100";
constexpr std::string_view kQpiri1Kva =
    "230.0 04.3 230.0 50.0 04.3 1000 0800 12.0 11.8 10.5 14.1 13.5 0 20 50 0 1 2 - 01 1 0 14.0 0 0";
// EASUN SP-3200 24 V (softwarecrash/Solar2MQTT), off grid.
constexpr std::string_view kQpiriEasun =
    "220.0 14.5 220.0 50.0 13.9 3200 3000 24.0 22.5 23.2 27.6 27.0 2 40 060 0 0 2 6 01 0 0 27.5 0 "
    "1";
constexpr std::string_view kQpiwsEasun = "00000100000000000000000000000000";
// Axpert 5 kVA 48 V, firmware 71.71 (b48736/axpert-monitor).
constexpr std::string_view kQpiriMks =
    "230.0 21.7 230.0 50.0 21.7 5000 5000 48.0 51.0 49.0 54.4 54.4 2 60 060 1 1 2 9 01 0 1 53.0 0 "
    "1 000";
constexpr std::string_view kQpiwsMks = "01000000000100000000000000000000";
// Phocos Anygrid PSW-H 5 kW (softwarecrash/Solar2MQTT), at night, grid feeds the load.
constexpr std::string_view kQpigsPhocos =
    "218.4 50.0 218.4 50.0 0698 0653 013 367 49.60 002 045 0037 00.0 000.0 00.00 00000 00010101 00 "
    "00 00000 010 0 01 0000";
constexpr std::string_view kQpiriPhocos =
    "230.0 21.7 230.0 50.0 21.7 5000 5000 48.0 48.0 45.0 53.2 53.2 2 02 080 1 2 2 9 00 0 0 00.0 0 "
    "1 060 0 120 54.7";
constexpr std::string_view kQpiwsPhocos = "100000000000000000000000000000010000";
// Test data of other programs (jblance/mpp-solar): their CRC verifies, the content may be composed.
constexpr std::string_view kQpiri27 =
    "120.0 25.0 120.0 60.0 25.0 3000 3000 48.0 46.0 44.0 58.4 54.4 2 30 060 1 2 0 9 01 0 6 54.0 0 "
    "1 000 0";
constexpr std::string_view kQpiri28 =
    "230.0 34.7 230.0 50.0 34.7 8000 8000 48.0 48.0 42.0 54.0 52.5 2 010 030 1 2 2 9 01 0 0 50.0 0 "
    "1 480 0 070";

std::shared_ptr<const Protocol> Pi30() {
  static const std::shared_ptr<const Protocol> protocol = [] {
    const auto protocols = LoadProtocols({});
    if (!protocols) {
      ADD_FAILURE() << protocols.error().text;
      return std::shared_ptr<const Protocol>{};
    }
    for (const auto& candidate : *protocols) {
      if (candidate->name == "pi30") return candidate;
    }
    ADD_FAILURE() << "no built-in pi30";
    return std::shared_ptr<const Protocol>{};
  }();
  return protocol;
}

/// Samples by their name without prefix and with their labels: `pv_watts{mppt=1}`.
class Reading {
 public:
  Reading(const Protocol& protocol, const Decoded& decoded) : bad_columns(decoded.bad_columns) {
    for (const Sample& sample : decoded.samples) {
      const Series& series = protocol.series.at(sample.series);
      std::string key = protocol.families.at(series.family).name;
      EXPECT_EQ(key.rfind("mppsolar_", 0), 0U) << key;
      key.erase(0, std::string_view("mppsolar_").size());
      for (const auto& [name, value] : series.labels) key += '{' + name + '=' + value + '}';
      EXPECT_TRUE(values_.emplace(key, sample.value).second) << "given twice: " << key;
    }
    for (const Text& text : decoded.texts) {
      const Info& info = protocol.infos.at(text.info);
      texts_[protocol.families.at(info.family).name + '.' + info.labels.at(text.label)] = text.text;
    }
  }

  [[nodiscard]] bool Has(const std::string& key) const { return values_.count(key) != 0; }
  [[nodiscard]] bool HasNameWith(const std::string& prefix) const {
    const auto next = values_.lower_bound(prefix);
    return next != values_.end() && next->first.rfind(prefix, 0) == 0;
  }
  /// -1 for a series without a sample: no value of these tests is negative.
  [[nodiscard]] double operator[](const std::string& key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? -1 : found->second;
  }
  [[nodiscard]] std::string TextOf(const std::string& info_and_label) const {
    const auto found = texts_.find("mppsolar_" + info_and_label);
    return found == texts_.end() ? "(none)" : found->second;
  }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

  unsigned bad_columns;

 private:
  std::map<std::string, double> values_;
  std::map<std::string, std::string> texts_;
};

/// An inverter that has answered some commands.
class Inverter {
 public:
  Inverter() : known_(*Pi30()) {}

  Inverter& Overridden(const std::string& trait, const std::string& value) {
    overrides_.emplace_back(trait, value);
    return *this;
  }
  /// Remembers a reply.
  Inverter& Answered(std::string_view command, std::string_view payload) {
    known_.Set(Pi30()->IndexOf(Find(command)), std::string(payload));
    return *this;
  }
  /// Reads a reply with what is known so far, and remembers it.
  Reading Read(std::string_view command, std::string_view payload) {
    EXPECT_TRUE(Fits(Find(command), payload)) << command << ": " << payload;
    Answered(command, payload);
    Decoded decoded;
    Decode(*Pi30(), Find(command), payload, known_, ResolveTraits(*Pi30(), known_, overrides_),
           decoded);
    return {*Pi30(), decoded};
  }

  static const Command& Find(std::string_view command) {
    const Command* found = Pi30()->Find(command);
    if (found == nullptr)
      throw std::runtime_error("not a command of pi30: " + std::string(command));
    return *found;
  }

  [[nodiscard]] bool Wants(std::string_view command) const {
    return IsWanted(*Pi30(), Find(command), known_, ResolveTraits(*Pi30(), known_, overrides_));
  }

 private:
  KnownReplies known_;
  TraitOverrides overrides_;
};

Inverter OfGeneration(const std::string& generation) {
  Inverter inverter;
  inverter.Overridden("generation", generation);
  return inverter;
}

/// `payload` with its column `at` (from 1) replaced.
std::string WithColumn(std::string_view payload, unsigned at, std::string_view column) {
  std::string out;
  unsigned number = 1;
  for (std::size_t start = 0; start <= payload.size(); ++number) {
    const std::size_t end = std::min(payload.find(' ', start), payload.size());
    if (number > 1) out += ' ';
    out += number == at ? column : payload.substr(start, end - start);
    start = end + 1;
  }
  return out;
}

/// The first `count` columns of `payload`.
std::string FirstColumns(std::string_view payload, unsigned count) {
  std::size_t end = 0;
  for (unsigned i = 0; i < count; ++i) end = payload.find(' ', end + 1);
  return std::string(payload.substr(0, end));
}

/// A status word of `size` zeros with ones at `places`.
std::string Flags(std::size_t size, const std::set<std::size_t>& places) {
  std::string out(size, '0');
  for (const std::size_t place : places) out.at(place) = '1';
  return out;
}

// ---------------------------------------------------------------- QPIGS

TEST(Pi30Qpigs, TheOneKilovoltampereUnitIsReadColumnByColumn) {
  Inverter inverter;
  inverter.Answered("QPIRI", kQpiri1Kva).Answered("QPIWS", kQpiwsEasun);
  const Reading reading = inverter.Read("QPIGS", kQpigs1Kva);
  EXPECT_EQ(reading.bad_columns, 0U);
  EXPECT_EQ(reading["grid_volts"], 234);
  EXPECT_EQ(reading["grid_hertz"], 50);
  EXPECT_EQ(reading["output_volts"], 234);
  EXPECT_EQ(reading["output_hertz"], 50);
  EXPECT_EQ(reading["output_voltamperes"], 70);
  EXPECT_EQ(reading["output_watts"], 32);
  EXPECT_EQ(reading["output_load_ratio"], 0.07);
  EXPECT_EQ(reading["bus_volts"], 422);
  EXPECT_EQ(reading["battery_volts"], 13.49);
  EXPECT_EQ(reading["battery_charge_amperes"], 0);
  EXPECT_EQ(reading["battery_state_of_charge_ratio"], 1);
  EXPECT_EQ(reading["heat_sink_ntc_counts"], 522);
  EXPECT_FALSE(reading.Has("heat_sink_celsius"));
  EXPECT_EQ(reading["pv_amperes{mppt=1}"], 0);
  EXPECT_EQ(reading["pv_volts{mppt=1}"], 0.1);
  EXPECT_EQ(reading["battery_scc_volts{mppt=1}"], 13.5);
  EXPECT_EQ(reading["battery_discharge_amperes"], 0);
  EXPECT_EQ(reading["sbu_priority_added"], 1);           // 1.......
  EXPECT_EQ(reading["configuration_changed"], 0);        // .0......
  EXPECT_EQ(reading["scc_firmware_updated"], 1);         // ..1.....
  EXPECT_EQ(reading["load_on"], 1);                      // ...1....
  EXPECT_EQ(reading["battery_voltage_steady"], 1);       // ....1...
  EXPECT_EQ(reading["charging"], 1);                     // .....1..
  EXPECT_EQ(reading["scc_charging"], 0);                 // ......0.
  EXPECT_EQ(reading["ac_charging"], 1);                  // .......1
  EXPECT_EQ(reading["battery_fan_offset_volts"], 0.22);  // 22 steps of 10 mV
  EXPECT_EQ(reading.TextOf("eeprom_info.version"), "03");
  EXPECT_EQ(reading["pv_watts{mppt=1}"], 0);
  EXPECT_EQ(reading["charging_to_float"], 1);     // 1..
  EXPECT_EQ(reading["switched_on"], 0);           // .0.
  EXPECT_EQ(reading["dust_proof_installed"], 0);  // ..0
  EXPECT_FALSE(reading.HasNameWith("feeding_grid"));
  EXPECT_FALSE(reading.HasNameWith("grid_feed_watts"));
}

TEST(Pi30Qpigs, AHeatSinkValueAbove150IsACountBeforeAnythingElseIsKnown) {
  const Reading reading = Inverter().Read("QPIGS", kQpigs1Kva);
  EXPECT_EQ(reading["heat_sink_ntc_counts"], 522);
  EXPECT_FALSE(reading.Has("heat_sink_celsius"));
}

TEST(Pi30Qpigs, AHeatSinkValueUpTo150IsNotServedUntilQpiriIsKnown) {
  for (const char* value : {"0037", "0150"}) {
    const Reading reading = Inverter().Read("QPIGS", WithColumn(kQpigs1Kva, 12, value));
    EXPECT_FALSE(reading.Has("heat_sink_ntc_counts")) << value;
    EXPECT_FALSE(reading.Has("heat_sink_celsius")) << value;
    EXPECT_EQ(reading.bad_columns, 0U) << value;
  }
}

TEST(Pi30Qpigs, ADashAsParallelNumberMakesTheHeatSinkValueACount) {
  Inverter inverter;
  inverter.Answered("QPIRI", kQpiri1Kva);
  const Reading reading = inverter.Read("QPIGS", WithColumn(kQpigs1Kva, 12, "0140"));
  EXPECT_EQ(reading["heat_sink_ntc_counts"], 140);
  EXPECT_FALSE(reading.Has("heat_sink_celsius"));
}

TEST(Pi30Qpigs, ADigitAsParallelNumberMakesTheHeatSinkValueDegrees) {
  Inverter inverter;
  inverter.Answered("QPIRI", kQpiriEasun);
  // EASUN SP-3200, from the battery.
  const Reading reading = inverter.Read(
      "QPIGS",
      "000.0 00.0 220.1 49.9 0198 0155 006 395 26.30 000 060 0028 0000 000.0 00.00 00004 00010000 "
      "00 00 00001 010");
  EXPECT_EQ(reading["heat_sink_celsius"], 28);
  EXPECT_FALSE(reading.Has("heat_sink_ntc_counts"));
}

TEST(Pi30Qpigs, AHeatSinkValueAbove150IsACountWhateverQpiriSays) {
  Inverter inverter;
  inverter.Answered("QPIRI", kQpiriEasun);
  const Reading reading = inverter.Read("QPIGS", kQpigs1Kva);
  EXPECT_EQ(reading["heat_sink_ntc_counts"], 522);
  EXPECT_FALSE(reading.Has("heat_sink_celsius"));
}

TEST(Pi30Qpigs, TheOwnersWordOnTheHeatSinkWinsOverQpiri) {
  const std::string low = WithColumn(kQpigs1Kva, 12, "0140");
  Inverter celsius;
  celsius.Overridden("heat_sink", "celsius").Answered("QPIRI", kQpiri1Kva);
  EXPECT_EQ(celsius.Read("QPIGS", low)["heat_sink_celsius"], 140);
  Inverter ntc;
  ntc.Overridden("heat_sink", "ntc").Answered("QPIRI", kQpiriEasun);
  EXPECT_EQ(ntc.Read("QPIGS", low)["heat_sink_ntc_counts"], 140);
  // No heat sink has 522 degrees.
  EXPECT_EQ(celsius.Read("QPIGS", kQpigs1Kva)["heat_sink_ntc_counts"], 522);
}

TEST(Pi30Qpigs, TwentyFourColumnsTellWhatIsFedIntoTheGrid) {
  Inverter inverter;
  inverter.Answered("QPIRI", kQpiriPhocos).Answered("QPIWS", kQpiwsPhocos);
  const Reading reading = inverter.Read("QPIGS", kQpigsPhocos);
  EXPECT_EQ(reading.bad_columns, 0U);
  EXPECT_EQ(reading["battery_charge_amperes"], 2);
  EXPECT_EQ(reading["heat_sink_celsius"], 37);
  EXPECT_EQ(reading["feeding_grid"], 0);
  EXPECT_EQ(reading["grid_regulation{country=germany}"], 1);
  EXPECT_EQ(reading["grid_regulation{country=india}"], 0);
  EXPECT_EQ(reading["grid_feed_watts"], 0);
}

TEST(Pi30Qpigs, ACountryThatNoManualListsIsOther) {
  // Test data of jblance/powermon with another country.
  const Reading reading = Inverter().Read(
      "QPIGS",
      "227.2 50.0 230.3 50.0 0829 0751 010 447 54.50 020 083 0054 02.7 323.6 00.00 00000 00010110 "
      "00 00 00879 010 1 09 123");
  EXPECT_EQ(reading.bad_columns, 0U);
  EXPECT_EQ(reading["grid_regulation{country=other}"], 1);
  EXPECT_EQ(reading["grid_regulation{country=germany}"], 0);
  EXPECT_EQ(reading["feeding_grid"], 1);
  EXPECT_EQ(reading["grid_feed_watts"], 123);
}

TEST(Pi30Qpigs, ADecimalPvCurrentAndFiveDigitPowersAreReadAsTheyAre) {
  // Test data of jblance/mpp-solar (pi30max), powers widened as 11 kW units send them.
  const Reading reading = Inverter().Read("QPIGS",
                                          "227.2 50.0 230.3 50.0 10829 10751 098 447 54.50 020 083 "
                                          "0054 02.7 323.6 00.00 00000 00010110 "
                                          "00 00 00879 010");
  EXPECT_EQ(reading.bad_columns, 0U);
  EXPECT_EQ(reading["output_voltamperes"], 10829);
  EXPECT_EQ(reading["output_watts"], 10751);
  EXPECT_EQ(reading["pv_amperes{mppt=1}"], 2.7);
  EXPECT_EQ(reading["pv_watts{mppt=1}"], 879);
}

// 24 V PIP (MillerTechnologyPeru/MPPSolar): 6 A at 24.89 V from the panels, 157 W by its own word.
constexpr std::string_view kQpigsPvOn =
    "001.0 00.0 229.0 60.0 0000 0000 000 350 24.83 005 045 0422 0006 024.5 24.89 00000 10010110 00 "
    "03 00157 000";

TEST(Pi30Qpigs, PvPowerIsTheInvertersOwnWhereItHasTheColumn) {
  EXPECT_EQ(Inverter().Read("QPIGS", kQpigsPvOn)["pv_watts{mppt=1}"], 157);
}

TEST(Pi30Qpigs, PvPowerIsCurrentTimesBatteryVoltageWhereTheColumnIsMissing) {
  for (const unsigned columns : {16U, 17U, 19U}) {
    const Reading reading = Inverter().Read("QPIGS", FirstColumns(kQpigsPvOn, columns));
    EXPECT_DOUBLE_EQ(reading["pv_watts{mppt=1}"], 149.34) << columns;  // 6 x 24.89, not x 24.5
    EXPECT_EQ(reading.bad_columns, 0U) << columns;
  }
}

TEST(Pi30Qpigs, SixteenColumnsHaveNoStatusBits) {
  const Reading reading = Inverter().Read("QPIGS", FirstColumns(kQpigsPvOn, 16));
  EXPECT_EQ(reading["battery_discharge_amperes"], 0);
  EXPECT_FALSE(reading.Has("load_on"));
  EXPECT_FALSE(reading.Has("charging"));
}

TEST(Pi30Qpigs, TheFirstStatusBitMeansWhatTheManualOfTheGenerationSays) {
  for (const char* generation : {"hs", "ks", "three_trackers"}) {
    const Reading reading = OfGeneration(generation).Read("QPIGS", kQpigs1Kva);
    EXPECT_EQ(reading["sbu_priority_added"], 1) << generation;
    EXPECT_EQ(reading["battery_voltage_steady"], 1) << generation;
    EXPECT_FALSE(reading.Has("source_feeds_load")) << generation;
  }
  for (const char* generation : {"gk", "mk"}) {
    const Reading reading = OfGeneration(generation).Read("QPIGS", kQpigs1Kva);
    EXPECT_EQ(reading["source_feeds_load"], 1) << generation;
    EXPECT_FALSE(reading.Has("sbu_priority_added")) << generation;
    EXPECT_FALSE(reading.Has("battery_voltage_steady")) << generation;
  }
}

TEST(Pi30Qpigs, StatusBitsThatAreReservedOrNotYetKnownAreNotServed) {
  for (Inverter inverter : {OfGeneration("max"), Inverter()}) {
    const Reading reading = inverter.Read("QPIGS", kQpigs1Kva);
    EXPECT_FALSE(reading.Has("sbu_priority_added"));
    EXPECT_FALSE(reading.Has("source_feeds_load"));
    EXPECT_FALSE(reading.Has("battery_voltage_steady"));
    EXPECT_EQ(reading["load_on"], 1);
    EXPECT_EQ(reading.bad_columns, 0U);
  }
}

TEST(Pi30Qpigs, AColumnThatCannotBeReadCostsOnlyItself) {
  const Reading reading = Inverter().Read("QPIGS", WithColumn(kQpigs1Kva, 9, "---"));
  EXPECT_EQ(reading.bad_columns, 1U);
  EXPECT_FALSE(reading.Has("battery_volts"));
  EXPECT_EQ(reading["bus_volts"], 422);
  EXPECT_EQ(reading["battery_charge_amperes"], 0);
}

TEST(Pi30Qpigs, AReplyThatLostAReportOfEightBytesIsRefused) {
  // Sako 24 V as it was received: bytes 16 to 23 are missing, so the columns are shifted.
  const Command* qpigs = Pi30()->Find("QPIGS");
  ASSERT_NE(qpigs, nullptr);
  EXPECT_FALSE(Fits(*qpigs,
                    "228.0 50.0 228.161 0161 005 380 26.45 000 086 0434 0002 037.8 25.73 00007 "
                    "10010110 00 03 00074 000"));
}

// ---------------------------------------------------------------- QMOD

TEST(Pi30Qmod, EveryModeIsASeriesAndOneIsInForce) {
  const std::map<std::string, std::string> modes = {
      {"P", "power_on"},     {"S", "standby"},  {"L", "line"},   {"B", "battery"}, {"F", "fault"},
      {"H", "power_saving"}, {"D", "shutdown"}, {"C", "charge"}, {"Y", "bypass"},  {"E", "eco"}};
  for (const auto& [letter, mode] : modes) {
    const Reading reading = Inverter().Read("QMOD", letter);
    EXPECT_EQ(reading.size(), 11U) << letter;  // these and "unknown"
    for (const auto& [other_letter, other] : modes) {
      EXPECT_EQ(reading["mode{mode=" + other + "}"], other == mode ? 1 : 0) << letter << other;
    }
    EXPECT_EQ(reading["mode{mode=unknown}"], 0) << letter;
  }
}

TEST(Pi30Qmod, ALetterThatNoManualListsIsUnknown) {
  const Reading reading = Inverter().Read("QMOD", "G");
  EXPECT_EQ(reading["mode{mode=unknown}"], 1);
  EXPECT_EQ(reading["mode{mode=line}"], 0);
  EXPECT_EQ(reading.bad_columns, 0U);
}

// ---------------------------------------------------------------- QPIWS

TEST(Pi30Qpiws, ALostGridIsAWarningAndNoFault) {
  const Reading reading = Inverter().Read("QPIWS", kQpiwsEasun);
  EXPECT_EQ(reading["warning_active{warning=line_fail}"], 1);
  EXPECT_EQ(reading["warning_active{warning=battery_low}"], 0);
  EXPECT_EQ(reading["fault_active{fault=inverter_fault}"], 0);
  EXPECT_FALSE(reading.Has("fault_active{fault=line_fail}"));
  EXPECT_EQ(reading.bad_columns, 0U);
}

TEST(Pi30Qpiws, ABatteryThatIsTooHighIsAFaultTogetherWithAnInverterFault) {
  const Reading reading = Inverter().Read("QPIWS", kQpiwsMks);
  EXPECT_EQ(reading["fault_active{fault=inverter_fault}"], 1);
  EXPECT_EQ(reading["fault_active{fault=battery_volts_high}"], 1);
  EXPECT_EQ(reading["warning_active{warning=battery_volts_high}"], 0);
}

TEST(Pi30Qpiws, WhatIsAFaultOnlyWithAnInverterFaultIsAWarningWithoutOne) {
  const Reading reading = Inverter().Read("QPIWS", Flags(32, {9, 10, 11, 16}));
  for (const char* name : {"over_temperature", "fan_locked", "battery_volts_high", "overload"}) {
    EXPECT_EQ(reading["warning_active{warning=" + std::string(name) + "}"], 1) << name;
    EXPECT_EQ(reading["fault_active{fault=" + std::string(name) + "}"], 0) << name;
  }
}

TEST(Pi30Qpiws, AShortedOutputIsAWarningOnOldModelsAndAFaultOnNewOnes) {
  // Axpert 5 kVA 48 V, firmware 71.71: output short and battery high.
  constexpr std::string_view kShorted = "00000010000100000000000000000000";
  Inverter mks;
  mks.Answered("QPIRI", kQpiriMks);
  const Reading old_model = mks.Read("QPIWS", kShorted);
  EXPECT_EQ(old_model["warning_active{warning=output_short}"], 1);
  EXPECT_FALSE(old_model.Has("fault_active{fault=output_short}"));
  for (const char* generation : {"gk", "mk", "max"}) {
    const Reading new_model = OfGeneration(generation).Read("QPIWS", kShorted);
    EXPECT_EQ(new_model["fault_active{fault=output_short}"], 1) << generation;
    EXPECT_FALSE(new_model.Has("warning_active{warning=output_short}")) << generation;
  }
}

TEST(Pi30Qpiws, WhereTheSeverityDependsOnAnUnknownGenerationThereIsNoSample) {
  const Reading reading = Inverter().Read("QPIWS", Flags(32, {6, 26}));
  EXPECT_FALSE(reading.Has("warning_active{warning=output_short}"));
  EXPECT_FALSE(reading.Has("fault_active{fault=output_short}"));
  EXPECT_FALSE(reading.Has("warning_active{warning=pv_volts_high}"));
  EXPECT_EQ(reading.bad_columns, 0U);
}

TEST(Pi30Qpiws, ReservedCharactersAreServedOnlyWhereAManualNamesThem) {
  const std::string all = Flags(32, {0, 13, 15, 24, 27});
  const Reading hs = OfGeneration("hs").Read("QPIWS", all);
  EXPECT_FALSE(hs.Has("warning_active{warning=pv_loss}"));
  EXPECT_FALSE(hs.Has("fault_active{fault=overcharge}"));
  EXPECT_FALSE(hs.Has("warning_active{warning=battery_derating}"));
  EXPECT_EQ(hs["fault_active{fault=battery_short}"], 1);
  EXPECT_EQ(hs["warning_active{warning=mppt_overload_fault}"], 1);
  const Reading ks = OfGeneration("ks").Read("QPIWS", all);
  EXPECT_EQ(ks["fault_active{fault=overcharge}"], 1);
  EXPECT_EQ(ks["warning_active{warning=battery_derating}"], 1);
  const Reading mk = OfGeneration("mk").Read("QPIWS", all);
  EXPECT_EQ(mk["warning_active{warning=pv_loss}"], 1);
  EXPECT_FALSE(mk.Has("fault_active{fault=overcharge}"));
  EXPECT_EQ(mk["fault_active{fault=battery_short}"], 1);
  EXPECT_EQ(mk["fault_active{fault=mppt_overload_fault}"], 1);
  EXPECT_FALSE(mk.Has("warning_active{warning=mppt_overload_fault}"));
  for (const char* generation : {"gk", "max"}) {
    const Reading reading = OfGeneration(generation).Read("QPIWS", all);
    EXPECT_EQ(reading["warning_active{warning=battery_derating}"], 1) << generation;
    EXPECT_FALSE(reading.Has("fault_active{fault=battery_short}")) << generation;
    EXPECT_FALSE(reading.Has("fault_active{fault=mppt_overload_fault}")) << generation;
  }
}

TEST(Pi30Qpiws, ThePhocosOfThirtySixCharactersHasNoPvAndAWeakBattery) {
  Inverter inverter;
  inverter.Answered("QPIRI", kQpiriPhocos);
  const Reading reading = inverter.Read("QPIWS", kQpiwsPhocos);
  EXPECT_EQ(reading["warning_active{warning=pv_loss}"], 1);
  EXPECT_EQ(reading["warning_active{warning=battery_weak}"], 1);
  EXPECT_EQ(reading["fault_code"], 0);
  EXPECT_EQ(reading["fault_active{fault=inverter_fault}"], 0);
  EXPECT_EQ(reading["warning_active{warning=battery_equalization}"], 0);
}

TEST(Pi30Qpiws, TheDigitsOfAFaultCodeAreReadWhereTheModelHasThem) {
  // No capture with a fault code is known: composed from the manuals, code 58.
  std::string at_a31 = Flags(36, {1, 35});
  at_a31.replace(31, 2, "58");
  std::string at_a32 = Flags(36, {1, 35});
  at_a32.replace(32, 2, "58");

  Inverter max48;
  max48.Answered("QPIRI", kQpiri28);
  EXPECT_EQ(max48.Read("QPIWS", at_a32)["fault_code"], 58);

  Inverter max24;
  max24.Answered("QPIRI", WithColumn(kQpiri28, 8, "24.0"));
  const Reading max24_reading = max24.Read("QPIWS", at_a31);
  EXPECT_EQ(max24_reading["fault_code"], 58);
  EXPECT_FALSE(max24_reading.Has("warning_active{warning=battery_weak}"));

  Inverter vm3;
  vm3.Answered("QPIRI", kQpiriEasun).Answered("QGMN", "027");
  const Reading vm3_reading = vm3.Read("QPIWS", at_a31);
  EXPECT_EQ(vm3_reading["fault_code"], 58);
  EXPECT_EQ(vm3_reading["warning_active{warning=low_pv_energy}"], 0);
  EXPECT_EQ(vm3_reading["warning_active{warning=battery_equalization}"], 1);

  Inverter mks3;
  mks3.Answered("QPIRI", kQpiriEasun).Answered("QGMN", "042");
  const Reading mks3_reading = mks3.Read("QPIWS", at_a32);
  EXPECT_EQ(mks3_reading["fault_code"], 58);
  EXPECT_FALSE(mks3_reading.Has("warning_active{warning=low_pv_energy}"));
}

TEST(Pi30Qpiws, DigitsAreNotTakenForBits) {
  std::string digits = Flags(36, {1});
  digits.replace(31, 3, "011");  // the code 11, wherever it stands
  Inverter max48;
  max48.Answered("QPIRI", kQpiri28);
  const Reading reading = max48.Read("QPIWS", digits);
  EXPECT_EQ(reading["fault_code"], 11);
  EXPECT_FALSE(reading.Has("warning_active{warning=low_pv_energy}"));
  EXPECT_EQ(reading["warning_active{warning=battery_weak}"], 0);
}

TEST(Pi30Qpiws, DigitsWhosePlaceIsUnknownAreNeitherServedNorAnError) {
  std::string digits = Flags(36, {1});
  digits.replace(31, 3, "580");
  Inverter nothing_known;
  Inverter without_model_number;
  without_model_number.Answered("QPIRI", kQpiriEasun);
  for (Inverter* inverter : {&nothing_known, &without_model_number}) {
    const Reading reading = inverter->Read("QPIWS", digits);
    EXPECT_FALSE(reading.Has("fault_code"));
    EXPECT_FALSE(reading.Has("warning_active{warning=battery_weak}"));
    EXPECT_FALSE(reading.Has("warning_active{warning=low_pv_energy}"));
    EXPECT_EQ(reading.bad_columns, 0U);
  }
}

TEST(Pi30Qpiws, ThirtyOneCharactersAreEnough) {
  // PowMr VMII-NXPW5KW sends so many.
  const Reading reading = OfGeneration("ks").Read("QPIWS", Flags(31, {5}));
  EXPECT_EQ(reading["warning_active{warning=line_fail}"], 1);
  EXPECT_EQ(reading["warning_active{warning=battery_too_low_to_charge}"], 0);
  EXPECT_FALSE(reading.Has("fault_code"));
  EXPECT_FALSE(reading.Has("warning_active{warning=battery_weak}"));
  EXPECT_EQ(reading.bad_columns, 0U);
}

TEST(Pi30Qpiws, ThirtyEightCharactersTellOfThreeTrackers) {
  const Reading reading = Inverter().Read("QPIWS", Flags(38, {6, 26, 31, 37}));
  EXPECT_EQ(reading["warning_active{warning=output_short}"], 1);
  EXPECT_EQ(reading["warning_active{warning=pv_volts_high}"], 1);
  EXPECT_EQ(reading["warning_active{warning=pv_volts_high_2}"], 0);
  EXPECT_EQ(reading["warning_active{warning=mppt_overload_fault_2}"], 1);
  EXPECT_EQ(reading["warning_active{warning=mppt_overload_warning_2}"], 0);
  EXPECT_EQ(reading["warning_active{warning=battery_too_low_to_charge_2}"], 0);
  EXPECT_EQ(reading["warning_active{warning=battery_too_low_to_charge_3}"], 1);
  EXPECT_FALSE(reading.Has("fault_code"));
  EXPECT_FALSE(reading.Has("fault_active{fault=dcdc_over_current}"));
}

TEST(Pi30Qpiws, TheGenerationFollowsFromBothLengths) {
  struct Case {
    std::size_t characters;
    std::string_view qpiri;
    const char* generation;
  };
  const std::string qpiri22 = FirstColumns(kQpiri1Kva, 22);
  const Case cases[] = {{32, kQpiri1Kva, "hs"}, {31, qpiri22, "hs"},
                        {32, kQpiriMks, "ks"},  {36, kQpiriEasun, "gk"},
                        {36, kQpiriMks, "mk"},  {36, kQpiri27, "mk"},
                        {36, kQpiri28, "max"},  {36, kQpiriPhocos, "max"},
                        {32, kQpiri28, "max"},  {38, kQpiri1Kva, "three_trackers"}};
  for (const Case& c : cases) {
    const Protocol& protocol = *Pi30();
    KnownReplies known(protocol);
    known.Set(protocol.IndexOf(*protocol.Find("QPIWS")), std::string(c.characters, '0'));
    known.Set(protocol.IndexOf(*protocol.Find("QPIRI")), std::string(c.qpiri));
    const TraitValues traits = ResolveTraits(protocol, known, {});
    std::string generation = "(unknown)";
    for (std::size_t i = 0; i < protocol.traits.size(); ++i) {
      const Trait& trait = protocol.traits[i];
      if (trait.name == "generation" && traits.at(i)) generation = trait.values.at(*traits[i]).name;
    }
    EXPECT_EQ(generation, c.generation) << c.characters << " characters, " << c.qpiri;
  }
}

// ---------------------------------------------------------------- QPIGS2

TEST(Pi30Qpigs2, TheSecondTrackerOfAMaxIsReadDespiteTheTrailingSpace) {
  const Reading reading = Inverter().Read("QPIGS2", "03.1 327.3 01026 ");
  EXPECT_EQ(reading["pv_amperes{mppt=2}"], 3.1);
  EXPECT_EQ(reading["pv_volts{mppt=2}"], 327.3);
  EXPECT_EQ(reading["pv_watts{mppt=2}"], 1026);
  EXPECT_EQ(reading.size(), 3U);
  EXPECT_EQ(reading.bad_columns, 0U);
}

// In the form of the customer manual of 2015, 2.10; no capture is known.
constexpr std::string_view kQpigs2ThreeTrackers =
    "0012 098.7 53.20 01180 10000000 0004 0210 0003 101.2 53.10 0300 01480";

TEST(Pi30Qpigs2, TwelveColumnsAreTwoMoreTrackersAndTheGridCharger) {
  Inverter inverter;
  inverter.Answered("QPIWS", Flags(38, {}));
  const Reading reading = inverter.Read("QPIGS2", kQpigs2ThreeTrackers);
  EXPECT_EQ(reading["pv_amperes{mppt=2}"], 12);
  EXPECT_EQ(reading["pv_volts{mppt=2}"], 98.7);
  EXPECT_EQ(reading["battery_scc_volts{mppt=2}"], 53.2);
  EXPECT_EQ(reading["pv_watts{mppt=2}"], 1180);
  EXPECT_EQ(reading["scc2_charging"], 1);
  EXPECT_EQ(reading["scc3_charging"], 0);
  EXPECT_EQ(reading["ac_charge_amperes"], 4);
  EXPECT_EQ(reading["ac_charge_watts"], 210);
  EXPECT_EQ(reading["pv_amperes{mppt=3}"], 3);
  EXPECT_EQ(reading["pv_volts{mppt=3}"], 101.2);
  EXPECT_EQ(reading["battery_scc_volts{mppt=3}"], 53.1);
  EXPECT_EQ(reading["pv_watts{mppt=3}"], 300);
  EXPECT_EQ(reading["pv_total_watts"], 1480);
}

TEST(Pi30Qpigs2, TwelveColumnsOfAModelThatIsNotKnownToHaveThreeTrackersAreNotServed) {
  EXPECT_EQ(Inverter().Read("QPIGS2", kQpigs2ThreeTrackers).size(), 0U);
}

TEST(Pi30Qpigs2, ElevenColumnsAreRefused) {
  // Test data of jblance/powermon, which has lost one column; PI41 sends 11 with another meaning.
  const Command* qpigs2 = Pi30()->Find("QPIGS2");
  ASSERT_NE(qpigs2, nullptr);
  EXPECT_FALSE(Fits(*qpigs2, "03.1 327.3 52.3 123 1 1234 122 327.1 52.4 234 567 "));
}

// ---------------------------------------------------------------- QPIRI

TEST(Pi30Qpiri, TheOneKilovoltampereUnitIsReadColumnByColumn) {
  const Reading reading = Inverter().Read("QPIRI", kQpiri1Kva);
  EXPECT_EQ(reading["rating_grid_volts"], 230);
  EXPECT_EQ(reading["rating_grid_amperes"], 4.3);
  EXPECT_EQ(reading["rating_output_volts"], 230);
  EXPECT_EQ(reading["rating_output_hertz"], 50);
  EXPECT_EQ(reading["rating_output_amperes"], 4.3);
  EXPECT_EQ(reading["rating_output_voltamperes"], 1000);
  EXPECT_EQ(reading["rating_output_watts"], 800);
  EXPECT_EQ(reading["rating_battery_volts"], 12);
  EXPECT_EQ(reading["setting_battery_recharge_volts"], 11.8);
  EXPECT_EQ(reading["setting_battery_cutoff_volts"], 10.5);
  EXPECT_EQ(reading["setting_battery_bulk_volts"], 14.1);
  EXPECT_EQ(reading["setting_battery_float_volts"], 13.5);
  EXPECT_EQ(reading["setting_battery_type{type=agm}"], 1);
  EXPECT_EQ(reading["setting_battery_type{type=user}"], 0);
  EXPECT_EQ(reading["setting_max_ac_charge_amperes"], 20);
  EXPECT_EQ(reading["setting_max_charge_amperes"], 50);
  EXPECT_EQ(reading["setting_input_voltage_range{range=appliance}"], 1);
  EXPECT_EQ(reading["setting_output_source_priority{priority=solar_first}"], 1);
  EXPECT_EQ(reading["setting_output_source_priority{priority=sbu}"], 0);
  EXPECT_EQ(reading["setting_charger_source_priority{priority=solar_and_utility}"], 1);
  EXPECT_EQ(reading["rating_machine_type{type=off_grid}"], 1);
  EXPECT_EQ(reading["rating_topology{topology=transformer}"], 1);
  EXPECT_EQ(reading["setting_output_mode{mode=single}"], 1);
  EXPECT_EQ(reading["setting_battery_redischarge_volts"], 14);
  EXPECT_EQ(reading["setting_pv_ok_condition{condition=any_unit}"], 1);
  EXPECT_EQ(reading["setting_pv_power_balance{limit=charge_current}"], 1);
  EXPECT_FALSE(reading.HasNameWith("setting_max_constant_voltage_seconds"));
}

TEST(Pi30Qpiri, ADashAsParallelNumberIsNoError) {
  const Reading reading = Inverter().Read("QPIRI", kQpiri1Kva);
  EXPECT_EQ(reading.bad_columns, 0U);
  EXPECT_EQ(reading.TextOf("parallel_info.max_units"), "-");
  EXPECT_EQ(Inverter().Read("QPIRI", kQpiriMks).TextOf("parallel_info.max_units"), "9");
}

TEST(Pi30Qpiri, EveryLengthFromTwentyTwoToTwentyNineColumnsIsRead) {
  for (unsigned columns = 22; columns <= 28; ++columns) {
    const Reading reading = Inverter().Read("QPIRI", FirstColumns(kQpiriPhocos, columns));
    EXPECT_EQ(reading.bad_columns, 0U) << columns;
    EXPECT_EQ(reading["setting_output_mode{mode=single}"], 1) << columns;
    EXPECT_EQ(reading.Has("setting_battery_redischarge_volts"), columns >= 23) << columns;
    EXPECT_EQ(reading.Has("setting_pv_ok_condition{condition=any_unit}"), columns >= 24) << columns;
    EXPECT_EQ(reading.Has("setting_pv_power_balance{limit=charge_and_load}"), columns >= 25);
    EXPECT_EQ(reading.Has("setting_max_constant_voltage_seconds"), columns >= 26) << columns;
    EXPECT_EQ(reading.Has("setting_operation_logic{logic=automatic}"), columns >= 27) << columns;
    EXPECT_EQ(reading.Has("setting_max_discharge_amperes"), columns >= 28) << columns;
  }
}

TEST(Pi30Qpiri, ThePhocosOfTwentyNineColumnsIsReadAndItsLastIsLeftOut) {
  Inverter inverter;
  const Reading reading = inverter.Read("QPIRI", kQpiriPhocos);
  EXPECT_EQ(reading.bad_columns, 0U);
  EXPECT_EQ(reading["setting_max_ac_charge_amperes"], 2);
  EXPECT_EQ(reading["setting_battery_redischarge_volts"], 0);  // when the battery is full
  EXPECT_EQ(reading["setting_output_source_priority{priority=sbu}"], 1);
  EXPECT_EQ(reading["setting_charger_source_priority{priority=solar_and_utility}"], 1);
  EXPECT_EQ(reading["rating_machine_type{type=grid_tie}"], 1);
  EXPECT_EQ(reading["rating_topology{topology=transformerless}"], 1);
  EXPECT_EQ(reading["setting_max_constant_voltage_seconds"], 3600);  // 60 minutes
  EXPECT_EQ(reading["setting_operation_logic{logic=automatic}"], 1);
  EXPECT_EQ(reading["setting_max_discharge_amperes"], 120);
  EXPECT_EQ(reading.size(), inverter.Read("QPIRI", FirstColumns(kQpiriPhocos, 28)).size());
}

TEST(Pi30Qpiri, LithiumBatteriesAndSplitPhasesAreNamed) {
  // Test data of jblance/mpp-solar.
  EXPECT_EQ(
      Inverter().Read("QPIRI", kQpiri27)["setting_output_mode{mode=phase_2_of_2_120_degrees}"], 1);
  const Reading weco = Inverter().Read("QPIRI", WithColumn(kQpiri28, 13, "5"));
  EXPECT_EQ(weco["setting_battery_type{type=weco}"], 1);
  const Reading lic = Inverter().Read("QPIRI", WithColumn(kQpiri28, 13, "9"));
  EXPECT_EQ(lic["setting_battery_type{type=lic}"], 1);
}

TEST(Pi30Qpiri, TheChargerPriorityOfAKingIsNotGuessed) {
  // Its manuals disagree on the numbers; it sends 27 columns.
  EXPECT_FALSE(Inverter().Read("QPIRI", kQpiri27).HasNameWith("setting_charger_source_priority"));
  Inverter king;
  king.Answered("QGMN", "023");
  const Reading king_reading = king.Read("QPIRI", kQpiri27);
  EXPECT_FALSE(king_reading.HasNameWith("setting_charger_source_priority"));
  EXPECT_EQ(king_reading.bad_columns, 0U);
  Inverter other;
  other.Answered("QGMN", "022");
  const Reading reading = other.Read("QPIRI", kQpiri27);
  EXPECT_EQ(reading["setting_charger_source_priority{priority=utility_first}"], 1);
}

// ---------------------------------------------------------------- identity

TEST(Pi30Identity, EveryPartOfTheIdentityFindsItsLabel) {
  Inverter inverter;
  EXPECT_EQ(inverter.Read("QPI", "PI30").TextOf("inverter_info.protocol"), "PI30");
  EXPECT_EQ(inverter.Read("QID", "92931905106463").TextOf("inverter_info.serial_number"),
            "92931905106463");
  EXPECT_EQ(inverter.Read("QVFW", "VERFW:00052.30").TextOf("inverter_info.firmware"), "00052.30");
  EXPECT_EQ(inverter.Read("QVFW2", "VERFW2:00000.00").TextOf("inverter_info.scc_firmware"),
            "00000.00");
  EXPECT_EQ(inverter.Read("QMN", "MKS2-5000").TextOf("inverter_info.model"), "MKS2-5000");
  EXPECT_EQ(inverter.Read("QVFW3", "VERFW:00001.02").TextOf("remote_panel_info.firmware"),
            "00001.02");
  EXPECT_EQ(inverter.Read("QSID", "1492932105105335005535")
                .TextOf("long_serial_number_info.serial_number"),
            "1492932105105335005535");
}

TEST(Pi30Identity, AGeneralModelNumberIsNamedAndAnUnlistedOneIsKept) {
  EXPECT_EQ(Inverter().Read("QGMN", "044").TextOf("model_info.model"), "MAX 7.2K");
  EXPECT_EQ(Inverter().Read("QGMN", "023").TextOf("model_info.model"), "KING 5KW");
  EXPECT_EQ(Inverter().Read("QGMN", "099").TextOf("model_info.model"), "099");
}

TEST(Pi30Identity, ASecondChargeControllersFirmwareIsNotTheRemotePanels) {
  // What the customer manual of 2015 has in this place.
  const Command* qvfw3 = Pi30()->Find("QVFW3");
  ASSERT_NE(qvfw3, nullptr);
  EXPECT_FALSE(Fits(*qvfw3, "VERFW3:00012.01"));
}

TEST(Pi30Identity, ThirteenDigitsAreASerialNumberToo) {
  EXPECT_EQ(Inverter().Read("QID", "9293333010501").TextOf("inverter_info.serial_number"),
            "9293333010501");
}

// ---------------------------------------------------------------- settings and energy

TEST(Pi30Settings, FlagsBeforeTheDAreOnAndThoseAfterItOff) {
  const Reading reading = Inverter().Read("QFLAG", "EbxDajkuvyz");
  EXPECT_EQ(reading["setting_enabled{setting=overload_bypass}"], 1);
  EXPECT_EQ(reading["setting_enabled{setting=backlight}"], 1);
  EXPECT_EQ(reading["setting_enabled{setting=buzzer}"], 0);
  EXPECT_EQ(reading["setting_enabled{setting=power_saving}"], 0);
  EXPECT_EQ(reading["setting_enabled{setting=lcd_escape_to_default_page}"], 0);
  EXPECT_EQ(reading["setting_enabled{setting=overload_restart}"], 0);
  EXPECT_EQ(reading["setting_enabled{setting=over_temperature_restart}"], 0);
  EXPECT_EQ(reading["setting_enabled{setting=alarm_on_source_interrupt}"], 0);
  EXPECT_EQ(reading["setting_enabled{setting=fault_code_record}"], 0);
  EXPECT_FALSE(reading.Has("setting_enabled{setting=solar_feed_to_grid}"));
  EXPECT_EQ(reading.size(), 9U);
}

TEST(Pi30Settings, AFlagDAfterTheDIsASettingAndNotTheSeparator) {
  // Phocos Anygrid PSW-H: solar feed to grid is there and off.
  const Reading reading = Inverter().Read("QFLAG", "EkuvyzDabdjx");
  EXPECT_EQ(reading["setting_enabled{setting=solar_feed_to_grid}"], 0);
  EXPECT_EQ(reading["setting_enabled{setting=fault_code_record}"], 1);
  EXPECT_EQ(reading["setting_enabled{setting=backlight}"], 0);
}

TEST(Pi30Settings, DefaultsAreReadColumnByColumn) {
  // Axpert 5 kVA 48 V, firmware 71.71.
  const Reading reading = Inverter().Read(
      "QDI", "230.0 50.0 0030 42.0 54.0 56.4 46.0 60 0 0 2 0 0 0 0 0 1 1 0 0 1 0 54.0 0 1 000");
  EXPECT_EQ(reading.bad_columns, 0U);
  EXPECT_EQ(reading["default_output_volts"], 230);
  EXPECT_EQ(reading["default_max_ac_charge_amperes"], 30);
  EXPECT_EQ(reading["default_battery_cutoff_volts"], 42);
  EXPECT_EQ(reading["default_battery_float_volts"], 54);
  EXPECT_EQ(reading["default_battery_bulk_volts"], 56.4);
  EXPECT_EQ(reading["default_battery_recharge_volts"], 46);
  EXPECT_EQ(reading["default_max_charge_amperes"], 60);
  EXPECT_EQ(reading["default_charger_source_priority{priority=solar_and_utility}"], 1);
  EXPECT_EQ(reading["default_buzzer_silenced"], 0);
  EXPECT_EQ(reading["default_backlight"], 1);
  EXPECT_EQ(reading["default_alarm_on_source_interrupt"], 1);
  EXPECT_EQ(reading["default_fault_code_record"], 0);
  EXPECT_EQ(reading["default_lcd_escape_to_default_page"], 1);
  EXPECT_EQ(reading["default_battery_redischarge_volts"], 54);
  EXPECT_EQ(reading["default_pv_power_balance{limit=charge_and_load}"], 1);
  EXPECT_EQ(reading["default_max_constant_voltage_seconds"], 0);
}

TEST(Pi30Settings, TheLastDefaultsMeanWhatTheManualOfTheLengthAndGenerationSays) {
  const std::string common =
      "230.0 50.0 0030 42.0 54.0 56.4 46.0 60 0 0 2 0 0 0 0 0 1 1 0 0 1 0 54.0 0 1 ";
  // In the form of the PIP-GK/MK and MAX manuals; no captures are known.
  const Reading mk = OfGeneration("mk").Read("QDI", common + "060 1");
  EXPECT_EQ(mk["default_max_constant_voltage_seconds"], 3600);
  EXPECT_EQ(mk["default_operation_logic{logic=online}"], 1);
  EXPECT_FALSE(mk.Has("default_max_discharge_amperes"));
  const Reading max = OfGeneration("max").Read("QDI", common + "060 120");
  EXPECT_EQ(max["default_max_discharge_amperes"], 120);
  EXPECT_FALSE(max.HasNameWith("default_operation_logic"));
  // The end of what an LV2424 sends, which is the form of the customer manual of 2015.
  const Reading lv2424 = Inverter().Read("QDI", common + "0 0 040 255");
  EXPECT_EQ(lv2424["default_charging_stages{stages=automatic}"], 1);
  EXPECT_EQ(lv2424["default_data_log_popup"], 0);
  EXPECT_EQ(lv2424["default_max_solar_charge_amperes"], 40);
  EXPECT_FALSE(lv2424.Has("default_max_constant_voltage_seconds"));
  EXPECT_EQ(lv2424.bad_columns, 0U);
}

TEST(Pi30Settings, SelectableCurrentsAreNumbered) {
  // PIP4048, firmware 52.30 (scottwday/InverterEmulator).
  const Reading reading =
      Inverter().Read("QMCHGCR", "010 020 030 040 050 060 070 080 090 100 110 120");
  EXPECT_EQ(reading["selectable_charge_amperes{choice=1}"], 10);
  EXPECT_EQ(reading["selectable_charge_amperes{choice=12}"], 120);
  EXPECT_EQ(reading.size(), 12U);
  const Reading utility = Inverter().Read("QMUCHGCR", "002 010 020 030 040 050 060");
  EXPECT_EQ(utility["selectable_ac_charge_amperes{choice=1}"], 2);
  EXPECT_EQ(utility["selectable_ac_charge_amperes{choice=7}"], 60);
}

TEST(Pi30Settings, EqualizationIsInSecondsAndVolts) {
  // Test data of jblance/mpp-solar.
  const Reading reading = Inverter().Read("QBEQI", "1 030 030 080 021 55.40 224 030 0 0234");
  EXPECT_EQ(reading["setting_battery_equalization"], 1);
  EXPECT_EQ(reading["setting_battery_equalization_seconds"], 1800);
  EXPECT_EQ(reading["setting_battery_equalization_period_seconds"], 2592000);  // 30 days
  EXPECT_EQ(reading["setting_battery_equalization_max_amperes"], 80);
  EXPECT_EQ(reading["setting_battery_equalization_volts"], 55.4);
  EXPECT_EQ(reading["setting_battery_equalization_timeout_seconds"], 1800);
  EXPECT_EQ(reading["battery_equalization_active"], 0);
  EXPECT_EQ(reading["battery_equalization_elapsed_seconds"], 842400);  // 234 hours
  EXPECT_EQ(reading.size(), 8U);
}

TEST(Pi30Settings, TheOutputModeOfQopmHasItsOwnName) {
  const Reading reading = Inverter().Read("QOPM", "01");
  EXPECT_EQ(reading["qopm_output_mode{mode=parallel}"], 1);
  EXPECT_EQ(reading["qopm_output_mode{mode=single}"], 0);
  EXPECT_FALSE(reading.HasNameWith("setting_output_mode"));
}

TEST(Pi30Energy, WattHoursOfTheInverterBecomeJoules) {
  EXPECT_EQ(Inverter().Read("QET", "10636700")["pv_generated_joules_total"], 38292120000);
  EXPECT_EQ(Inverter().Read("QLT", "00766900")["load_consumed_joules_total"], 2760840000);
  for (const Family& family : Pi30()->families) {
    const bool total =
        family.name.size() > 6 && family.name.substr(family.name.size() - 6) == "_total";
    EXPECT_EQ(family.type, total ? FamilyType::kCounter : FamilyType::kGauge) << family.name;
  }
}

// ---------------------------------------------------------------- QPGS0 to QPGS9

// Two Axpert 5 kVA 48 V, firmware 71.71 (b48736/axpert-monitor): replies to QPGS0 and QPGS1, which
// are the two units (QID of the one that was asked is that of QPGS1), and to QPGS2, which does not
// exist and has totals of another time.
constexpr std::string_view kQpgs1 =
    "1 92931905106463 B 00 231.8 49.96 229.0 50.01 0458 0437 009 52.2 000 030 302.5 000 00848 "
    "00774 007 10100010 1 2 060 080 60 00 000";
constexpr std::string_view kQpgs0 =
    "1 92931905106458 B 00 232.0 50.00 229.3 50.02 0412 0323 008 52.2 000 030 299.6 000 00895 "
    "00713 007 10100010 1 1 060 080 60 00 000";
constexpr std::string_view kQpgs2 =
    "0 00000000000000 P 00 000.0 00.00 000.0 00.00 0000 0000 000 00.0 000 000 000.0 000 00690 "
    "00530 005 00000000 0 0 010 080 02 00 000";
// Test data of other programs (jblance/mpp-solar), replies to QPGS0; their CRC verifies. The second
// one of 29 columns is a single MAX, which denies that it exists.
constexpr std::string_view kQpgs27 =
    "1 92931701100510 B 00 000.0 00.00 230.6 50.00 0275 0141 005 51.4 001 100 083.3 002 00574 "
    "00312 003 10100110 1 2 060 120 10 04 000";
constexpr std::string_view kQpgs29 =
    "1 92912102100033 B 00 000.0 00.00 120.1 59.99 0048 0000 000 53.1 000 059 000.0 000 00154 "
    "00016 000 00000110 7 1 060 120 030 00 000 000.0 00";
constexpr std::string_view kQpgs29Max =
    "0 92932105105315 B 00 000.0 00.00 230.0 50.00 0989 0907 012 53.2 009 090 349.8 009 00989 "
    "00907 011 10100110 0 1 100 120 030 02 000 275.3 02";

TEST(Pi30Qpgs, AUnitIsReadColumnByColumn) {
  Inverter inverter;
  inverter.Answered("QPIRI", kQpiriMks);
  const Reading reading = inverter.Read("QPGS1", kQpgs1);
  EXPECT_EQ(reading.bad_columns, 0U);
  EXPECT_EQ(reading.TextOf("unit_info.unit"), "1");
  EXPECT_EQ(reading.TextOf("unit_info.serial_number"), "92931905106463");
  EXPECT_EQ(reading["unit_mode{unit=1}{mode=battery}"], 1);
  EXPECT_EQ(reading["unit_mode{unit=1}{mode=line}"], 0);
  EXPECT_EQ(reading["unit_fault_code{unit=1}"], 0);
  EXPECT_EQ(reading["unit_grid_volts{unit=1}"], 231.8);
  EXPECT_EQ(reading["unit_grid_hertz{unit=1}"], 49.96);
  EXPECT_EQ(reading["unit_output_volts{unit=1}"], 229);
  EXPECT_EQ(reading["unit_output_hertz{unit=1}"], 50.01);
  EXPECT_EQ(reading["unit_output_voltamperes{unit=1}"], 458);
  EXPECT_EQ(reading["unit_output_watts{unit=1}"], 437);
  EXPECT_EQ(reading["unit_output_load_ratio{unit=1}"], 0.09);
  EXPECT_EQ(reading["unit_battery_volts{unit=1}"], 52.2);
  EXPECT_EQ(reading["unit_battery_charge_amperes{unit=1}"], 0);
  EXPECT_EQ(reading["unit_battery_state_of_charge_ratio{unit=1}"], 0.3);
  EXPECT_EQ(reading["unit_pv_volts{unit=1}{mppt=1}"], 302.5);
  EXPECT_EQ(reading["parallel_total_charge_amperes"], 0);
  EXPECT_EQ(reading["parallel_total_output_voltamperes"], 848);
  EXPECT_EQ(reading["parallel_total_output_watts"], 774);
  EXPECT_EQ(reading["parallel_total_output_load_ratio"], 0.07);
  // 10100010: b7, b5 and b1.
  EXPECT_EQ(reading["unit_scc_ok{unit=1}"], 1);
  EXPECT_EQ(reading["unit_ac_charging{unit=1}"], 0);
  EXPECT_EQ(reading["unit_scc_charging{unit=1}"], 1);
  EXPECT_EQ(reading["unit_battery_open{unit=1}"], 0);
  EXPECT_EQ(reading["unit_battery_under{unit=1}"], 0);
  EXPECT_EQ(reading["unit_line_lost{unit=1}"], 0);
  EXPECT_EQ(reading["unit_load_on{unit=1}"], 1);
  EXPECT_EQ(reading["unit_configuration_changed{unit=1}"], 0);
  EXPECT_EQ(reading["unit_output_mode{unit=1}{mode=parallel}"], 1);
  EXPECT_EQ(reading["unit_output_mode{unit=1}{mode=single}"], 0);
  EXPECT_EQ(reading["unit_charger_source_priority{unit=1}{priority=solar_and_utility}"], 1);
  EXPECT_EQ(reading["unit_charger_source_priority{unit=1}{priority=solar_first}"], 0);
  EXPECT_EQ(reading["unit_max_charge_amperes{unit=1}"], 60);
  EXPECT_EQ(reading["unit_max_charge_range_amperes{unit=1}"], 80);
  EXPECT_EQ(reading["unit_max_ac_charge_amperes{unit=1}"], 60);
  EXPECT_EQ(reading["unit_pv_amperes{unit=1}{mppt=1}"], 0);
  EXPECT_EQ(reading["unit_battery_discharge_amperes{unit=1}"], 0);
  // Three state sets (11, 8 and 4 states), 8 bits, 4 totals and 17 numbers.
  EXPECT_EQ(reading.size(), 52U);
}

TEST(Pi30Qpgs, ValuesThatAreZeroInThePairAreReadFromTheirColumns) {
  Inverter inverter;
  const Reading reading = inverter.Read("QPGS3", kQpgs27);
  EXPECT_EQ(reading["unit_battery_charge_amperes{unit=3}"], 1);
  EXPECT_EQ(reading["parallel_total_charge_amperes"], 2);
  EXPECT_EQ(reading["unit_pv_amperes{unit=3}{mppt=1}"], 4);
  EXPECT_EQ(reading["unit_max_ac_charge_amperes{unit=3}"], 10);
  EXPECT_EQ(reading["unit_line_lost{unit=3}"], 1);
  const Reading changed = inverter.Read(
      "QPGS3", WithColumn(WithColumn(WithColumn(kQpgs27, 20, "01011001"), 4, "86"), 27, "017"));
  EXPECT_EQ(changed["unit_fault_code{unit=3}"], 86);
  EXPECT_EQ(changed["unit_battery_discharge_amperes{unit=3}"], 17);
  EXPECT_EQ(changed["unit_ac_charging{unit=3}"], 1);
  EXPECT_EQ(changed["unit_battery_open{unit=3}"], 1);
  EXPECT_EQ(changed["unit_battery_under{unit=3}"], 1);
  EXPECT_EQ(changed["unit_configuration_changed{unit=3}"], 1);
  EXPECT_EQ(changed["unit_scc_ok{unit=3}"], 0);
  EXPECT_EQ(changed["unit_load_on{unit=3}"], 0);
}

TEST(Pi30Qpgs, AUnitThatDoesNotExistGivesNothing) {
  const Reading reading = Inverter().Read("QPGS2", kQpgs2);
  EXPECT_EQ(reading.size(), 0U);
  EXPECT_EQ(reading.TextOf("unit_info.serial_number"), "(none)");
  EXPECT_EQ(reading.bad_columns, 0U);
  EXPECT_FALSE(Exists(Inverter::Find("QPGS2"), kQpgs2));
  EXPECT_TRUE(Exists(Inverter::Find("QPGS0"), kQpgs0));
  EXPECT_TRUE(Exists(Inverter::Find("QPGS1"), kQpgs1));
  EXPECT_FALSE(Exists(Inverter::Find("QPGS0"), kQpgs29Max));
}

TEST(Pi30Qpgs, TwentyNineColumnsHaveASecondTracker) {
  const Reading reading = Inverter().Read("QPGS2", kQpgs29);
  EXPECT_EQ(reading.bad_columns, 0U);
  EXPECT_EQ(reading["unit_pv_volts{unit=2}{mppt=2}"], 0);
  EXPECT_EQ(reading["unit_pv_amperes{unit=2}{mppt=2}"], 0);
  EXPECT_EQ(reading["unit_output_mode{unit=2}{mode=phase_2_of_2_180_degrees}"], 1);
  EXPECT_EQ(reading["unit_max_ac_charge_amperes{unit=2}"], 30);
  const Reading max = Inverter().Read("QPGS2", WithColumn(kQpgs29Max, 1, "1"));
  EXPECT_EQ(max["unit_pv_volts{unit=2}{mppt=1}"], 349.8);
  EXPECT_EQ(max["unit_pv_amperes{unit=2}{mppt=1}"], 2);
  EXPECT_EQ(max["unit_pv_volts{unit=2}{mppt=2}"], 275.3);
  EXPECT_EQ(max["unit_pv_amperes{unit=2}{mppt=2}"], 2);
  EXPECT_FALSE(Inverter().Read("QPGS1", kQpgs1).Has("unit_pv_volts{unit=1}{mppt=2}"));
}

TEST(Pi30Qpgs, TheChargerPriorityIsReadAsInQpiri) {
  const std::string priority = "unit_charger_source_priority{unit=1}{priority=solar_and_utility}";
  EXPECT_FALSE(Inverter().Read("QPGS1", kQpgs1).Has(priority));
  EXPECT_EQ(Inverter().Answered("QPIRI", kQpiriMks).Read("QPGS1", kQpgs1)[priority], 1);
  EXPECT_EQ(Inverter().Answered("QPIRI", kQpiri28).Read("QPGS1", kQpgs1)[priority], 1);
  // 27 columns may be a King, where 2 means something else; QGMN tells.
  EXPECT_FALSE(Inverter().Answered("QPIRI", kQpiri27).Read("QPGS1", kQpgs1).Has(priority));
  const auto with_model = [&](std::string_view model) {
    Inverter inverter;
    inverter.Answered("QPIRI", kQpiri27).Answered("QGMN", model);
    return inverter.Read("QPGS1", kQpgs1)[priority];
  };
  EXPECT_EQ(with_model("022"), 1);
  EXPECT_EQ(with_model("023"), -1);
}

TEST(Pi30Qpgs, TotalsOfTwoUnitsAreServedOnce) {
  Families families;
  const auto add = [&](std::string_view command, std::string_view payload) {
    Decoded decoded;
    Decode(*Pi30(), Inverter::Find(command), payload, KnownReplies(*Pi30()),
           TraitValues(Pi30()->traits.size()), decoded);
    for (const Sample& sample : decoded.samples) {
      const Series& series = Pi30()->series.at(sample.series);
      families.Add(Pi30()->families.at(series.family), series.labels, sample.value);
    }
  };
  add("QPGS0", kQpgs0);
  add("QPGS1", kQpgs1);
  add("QPGS2", kQpgs2);
  std::map<std::string, std::vector<double>> values;
  for (const auto& family : families.Take()) {
    for (const auto& metric : family.metric) values[family.name].push_back(metric.gauge.value);
  }
  EXPECT_EQ(values["mppsolar_parallel_total_output_watts"], (std::vector<double>{713}));
  EXPECT_EQ(values["mppsolar_parallel_total_output_voltamperes"], (std::vector<double>{895}));
  EXPECT_EQ(values["mppsolar_parallel_total_output_load_ratio"], (std::vector<double>{0.07}));
  EXPECT_EQ(values["mppsolar_parallel_total_charge_amperes"], (std::vector<double>{0}));
  EXPECT_EQ(values["mppsolar_unit_output_watts"], (std::vector<double>{323, 437}));
}

TEST(Pi30Qpgs, IsAskedWhereTheOutputModeIsNotSingle) {
  Inverter inverter;
  EXPECT_FALSE(inverter.Wants("QPGS1"));
  inverter.Answered("QPIRI", kQpiri1Kva);  // 0: single
  EXPECT_FALSE(inverter.Wants("QPGS1"));
  inverter.Answered("QPIRI", kQpiriMks);  // 1: parallel
  EXPECT_TRUE(inverter.Wants("QPGS1"));
  EXPECT_TRUE(inverter.Wants("QPGS9"));
  inverter.Answered("QPIRI", kQpiri27);  // 6: a phase of two
  EXPECT_TRUE(inverter.Wants("QPGS1"));
  inverter.Answered("QPIRI", WithColumn(kQpiriMks, 22, "8"));  // no manual has it
  EXPECT_FALSE(inverter.Wants("QPGS1"));
  for (const Command& command : Pi30()->commands) {
    EXPECT_EQ(Inverter().Wants(command.name), !command.unit) << command.name;
  }
}

TEST(Pi30Qpgs, LooksLikeNoOtherReply) {
  for (const std::string_view frame : {kQpgs0, kQpgs1, kQpgs2, kQpgs27, kQpgs29, kQpgs29Max}) {
    for (const Command& command : Pi30()->commands) {
      EXPECT_EQ(Fits(command, frame), command.unit.has_value()) << command.name << ": " << frame;
    }
  }
  const std::string_view qdi29 =  // composed: that of a 24 V unit with the end of an LV2424's
      "120.0 60.0 0030 22.0 27.0 28.2 23.0 60 0 0 2 0 0 0 0 0 1 1 1 0 1 0 27.0 0 1 0 0 040 255";
  for (const std::string_view frame :
       {kQpigs1Kva, kQpigsPhocos, kQpiri1Kva, kQpiri27, kQpiri28, kQpiriPhocos, qdi29}) {
    EXPECT_FALSE(Fits(Inverter::Find("QPGS1"), frame)) << frame;
  }
}

TEST(Pi30Qpgs, IsOneEntryOfTheCatalogue) {
  std::map<std::string, std::vector<std::string>> from;
  std::map<std::string, std::vector<std::string>> labels;
  for (const CatalogueEntry& entry : Catalogue(*Pi30())) {
    from[entry.name] = entry.from;
    labels[entry.name] = entry.labels;
  }
  using Texts = std::vector<std::string>;
  EXPECT_EQ(from["mppsolar_unit_grid_volts"], (Texts{"QPGS0 to QPGS9 column 5"}));
  EXPECT_EQ(labels["mppsolar_unit_grid_volts"], (Texts{"inverter", "unit"}));
  EXPECT_EQ(from["mppsolar_unit_pv_volts"],
            (Texts{"QPGS0 to QPGS9 column 15", "QPGS0 to QPGS9 column 28"}));
  EXPECT_EQ(labels["mppsolar_unit_pv_volts"], (Texts{"inverter", "unit", "mppt"}));
  EXPECT_EQ(from["mppsolar_parallel_total_output_watts"], (Texts{"QPGS0 to QPGS9 column 18"}));
  EXPECT_EQ(labels["mppsolar_parallel_total_output_watts"], (Texts{"inverter"}));
  EXPECT_EQ(labels["mppsolar_unit_mode"], (Texts{"inverter", "unit", "mode"}));
}

// ---------------------------------------------------------------- the definition as a whole

TEST(Pi30Definition, HasEveryNameThatTheDesignFixes) {
  const std::map<std::string, std::vector<std::string>> fixed = {
      {"grid_volts", {}},
      {"grid_hertz", {}},
      {"output_volts", {}},
      {"output_hertz", {}},
      {"output_voltamperes", {}},
      {"output_watts", {}},
      {"output_load_ratio", {}},
      {"bus_volts", {}},
      {"battery_volts", {}},
      {"battery_charge_amperes", {}},
      {"battery_state_of_charge_ratio", {}},
      {"heat_sink_celsius", {}},
      {"heat_sink_ntc_counts", {}},
      {"pv_amperes", {"mppt"}},
      {"pv_volts", {"mppt"}},
      {"battery_scc_volts", {"mppt"}},
      {"battery_discharge_amperes", {}},
      {"pv_watts", {"mppt"}},
      {"load_on", {}},
      {"charging", {}},
      {"scc_charging", {}},
      {"ac_charging", {}},
      {"sbu_priority_added", {}},
      {"configuration_changed", {}},
      {"scc_firmware_updated", {}},
      {"battery_voltage_steady", {}},
      {"charging_to_float", {}},
      {"switched_on", {}},
      {"mode", {"mode"}},
      {"warning_active", {"warning"}},
      {"fault_active", {"fault"}},
      {"rating_grid_volts", {}},
      {"rating_grid_amperes", {}},
      {"rating_output_volts", {}},
      {"rating_output_hertz", {}},
      {"rating_output_amperes", {}},
      {"rating_output_voltamperes", {}},
      {"rating_output_watts", {}},
      {"rating_battery_volts", {}},
      {"setting_battery_recharge_volts", {}},
      {"setting_battery_redischarge_volts", {}},
      {"setting_battery_cutoff_volts", {}},
      {"setting_battery_bulk_volts", {}},
      {"setting_battery_float_volts", {}},
      {"setting_max_ac_charge_amperes", {}},
      {"setting_max_charge_amperes", {}},
      {"setting_output_source_priority", {"priority"}},
      {"setting_charger_source_priority", {"priority"}},
      {"setting_battery_type", {"type"}},
      {"setting_input_voltage_range", {"range"}},
      {"setting_output_mode", {"mode"}},
      {"inverter_info", {"serial_number", "firmware", "scc_firmware", "model", "protocol"}}};
  std::map<std::string, std::vector<std::string>> defined;
  for (const Family& family : Pi30()->families) defined[family.name] = family.label_names;
  for (const auto& [name, labels] : fixed) {
    const auto found = defined.find("mppsolar_" + name);
    ASSERT_NE(found, defined.end()) << name;
    EXPECT_EQ(found->second, labels) << name;
  }
  // These are the exporter's own; a protocol must not take them.
  EXPECT_EQ(defined.count("mppsolar_pv_energy_joules_total"), 0U);
  EXPECT_EQ(defined.count("mppsolar_output_energy_joules_total"), 0U);
}

TEST(Pi30Definition, AsksTheStatusFirstAndNothingButQueries) {
  const std::vector<Command>& commands = Pi30()->commands;
  ASSERT_EQ(commands.size(), 31U);
  EXPECT_EQ(commands[0].name, "QPIGS");
  EXPECT_EQ(commands[1].name, "QMOD");
  EXPECT_EQ(commands[2].name, "QPIWS");
  EXPECT_EQ(commands[3].name, "QPIGS2");
  EXPECT_EQ(commands[4].name, "QPIRI");
  // The ten for units are the last: in idle time the identity goes before them.
  EXPECT_EQ(commands[21].name, "QPGS0");
  EXPECT_EQ(commands[30].name, "QPGS9");
  for (std::size_t i = 0; i < commands.size(); ++i) {
    EXPECT_EQ(commands[i].name.front(), 'Q') << commands[i].name;
    EXPECT_EQ(commands[i].ask == Ask::kEveryScrape, i < 4 || i >= 21) << commands[i].name;
    EXPECT_EQ(commands[i].required, i < 3) << commands[i].name;
    EXPECT_FALSE(commands[i].source.empty()) << commands[i].name;
  }
}

TEST(Pi30Definition, IsTakenWhereQpiIsAnsweredWithPi30) {
  ASSERT_EQ(Pi30()->answers.size(), 1U);
  EXPECT_EQ(Pi30()->commands.at(Pi30()->answers[0].first).name, "QPI");
  EXPECT_EQ(Pi30()->answers[0].second, "PI30");
}

TEST(Pi30Definition, EveryHelpIsASentence) {
  for (const Family& family : Pi30()->families) {
    ASSERT_FALSE(family.help.empty()) << family.name;
    EXPECT_EQ(family.help.back(), '.') << family.name;
    EXPECT_EQ(family.help.find('\n'), std::string::npos) << family.name;
  }
}

TEST(Pi30Definition, NoFlagOfOneGenerationHidesThatOfAnother) {
  // Whatever the generation, each name is served at most once, and every 0 of a word is a 0.
  for (const char* generation : {"hs", "ks", "gk", "mk", "max", "three_trackers"}) {
    const Reading reading = OfGeneration(generation).Read("QPIWS", Flags(38, {}));
    EXPECT_GT(reading.size(), 20U) << generation;
    EXPECT_EQ(reading.bad_columns, 0U) << generation;
    EXPECT_EQ(reading["fault_active{fault=inverter_fault}"], 0) << generation;
  }
}

}  // namespace
}  // namespace mppsolar::metrics
