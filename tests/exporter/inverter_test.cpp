// What a scrape asks, waits for and shows.
#include "exporter/inverter/inverter.h"

#include "tests/exporter/inverter_bench.h"

namespace mppsolar {
namespace {

using Commands = std::vector<std::string>;

class InverterScrape : public InverterBench {};

TEST_F(InverterScrape, FirstReadsStatusModeAndWarningsAndIsUp) {
  device.answers["QPIWS"] = Reply("00000100000000000000000000000000");
  Start();
  EXPECT_EQ(device.asked, Commands{"QPI"});
  const Shown shown = Scrape();
  EXPECT_EQ(Commands(device.asked.begin(), device.asked.begin() + 4),
            (Commands{"QPI", "QPIGS", "QMOD", "QPIWS"}));
  EXPECT_EQ(shown.At("mppsolar_up"), 1);
  EXPECT_EQ(shown.At("mppsolar_grid_volts"), 234);
  EXPECT_EQ(shown.At("mppsolar_battery_volts"), 13.49);
  EXPECT_EQ(shown.At("mppsolar_mode{mode=\"battery\"}"), 1);
  EXPECT_EQ(shown.At("mppsolar_mode{mode=\"line\"}"), 0);
  EXPECT_EQ(shown.At("mppsolar_warning_active{warning=\"line_fail\"}"), 1);
  EXPECT_EQ(shown.Of("QPIGS", "mppsolar_command_success"), 1);
  EXPECT_EQ(shown.Of("QPIGS", "mppsolar_commands_total"), 1);
  EXPECT_EQ(shown.At("mppsolar_link_opens_total"), 1);
}

TEST_F(InverterScrape, WithinTheCacheAsksNothingAndShowsTheSame) {
  Start();
  ScrapeAndIdle();
  const auto asked = device.asked.size();
  const Shown shown = Scrape(1h);
  EXPECT_EQ(device.asked.size(), asked);
  EXPECT_EQ(shown.At("mppsolar_cache_hits_total"), 1);
  EXPECT_EQ(shown.At("mppsolar_up"), 1);
  EXPECT_EQ(shown.At("mppsolar_grid_volts"), 234);
}

TEST_F(InverterScrape, WithoutCacheReadsAgain) {
  Start();
  ScrapeAndIdle();
  device.answers["QMOD"] = Reply("L");
  const Shown shown = Scrape();
  EXPECT_EQ(shown.At("mppsolar_mode{mode=\"line\"}"), 1);
  EXPECT_EQ(shown.At("mppsolar_mode{mode=\"battery\"}"), 0);
  EXPECT_EQ(shown.At("mppsolar_cache_hits_total"), 0);
}

TEST_F(InverterScrape, ThatOverlapsAnotherSharesItsReading) {
  device.pace.turnaround = 2ms;
  Start();
  RunUntil([&] { return device.Count("QPI") == 1; });
  const auto now = Clock::now();
  bool first_done = false;
  bool second_done = false;
  bool third_done = false;
  Await(inverter->Request(now, now + 8s), now + 8s, first_done);
  Await(inverter->Request(now, now + 8s), now + 8s, second_done);
  RunUntil([&] { return device.Count("QMOD") == 1; });
  EXPECT_FALSE(first_done);
  const auto later = Clock::now();
  const auto ticket = inverter->Request(later, later + 8s);
  Await(ticket, later + 8s, third_done);
  RunUntil([&] { return first_done && second_done && third_done; });
  const Shown shown = Collect(ticket.fresh);
  EXPECT_EQ(shown.At("mppsolar_up"), 1);
  EXPECT_EQ(shown.At("mppsolar_grid_volts"), 234);
  EXPECT_EQ(device.Count("QPIGS"), 1);
  EXPECT_EQ(shown.Of("QPIGS", "mppsolar_commands_total"), 1);
}

TEST_F(InverterScrape, ThatJoinsAReadingGetsWhatThatHadTakenFromTheCache) {
  device.pace.turnaround = 2ms;
  Start();
  Scrape();
  // In the order in which they were asked: QPIWS alone was answered after `warnings_asked`.
  const auto at = std::find(device.asked.begin(), device.asked.end(), "QPIWS");
  const auto warnings_asked = device.asked_at[static_cast<std::size_t>(at - device.asked.begin())];
  bool first_done = false;
  bool second_done = false;
  const auto first = inverter->Request(warnings_asked, Clock::now() + 8s);
  Await(first, Clock::now() + 8s, first_done);
  RunUntil([&] { return device.Count("QPIGS") == 2; });
  const auto second = inverter->Request(Clock::now(), Clock::now() + 8s);
  Await(second, Clock::now() + 8s, second_done);
  RunUntil([&] { return first_done && second_done; });
  EXPECT_EQ(device.Count("QPIWS"), 2);
  EXPECT_EQ(Collect(first.fresh).At("mppsolar_up"), 1);
  EXPECT_EQ(Collect(second.fresh).At("mppsolar_up"), 1);
}

TEST_F(InverterScrape, InAHurrySpoilsNothingForOneThatJoins) {
  device.pace.turnaround = 5ms;
  Start();
  RunUntil([&] { return device.Count("QPI") == 1; });
  bool hurried_done = false;
  bool patient_done = false;
  const auto now = Clock::now();
  const auto hurried = inverter->Request(now, now + 1ms);
  Await(hurried, now + 1ms, hurried_done);
  RunUntil([&] { return device.Count("QPIGS") == 1; });
  const auto patient = inverter->Request(now, now + 8s);
  Await(patient, now + 8s, patient_done);
  RunUntil([&] { return hurried_done; });
  EXPECT_FALSE(patient_done);
  RunUntil([&] { return patient_done; });
  const Shown shown = Collect(patient.fresh);
  EXPECT_EQ(shown.At("mppsolar_up"), 1);
  EXPECT_EQ(shown.Errors("QPIGS", "timeout"), 0);
}

TEST_F(InverterScrape, WaitsUntilItsDeadlineAndNoLonger) {
  timing.line.first_byte = 20s;
  Start();
  device.off = true;
  const auto began = Clock::now();
  const Shown shown = Scrape(0ms, 50ms);
  const auto took = Clock::now() - began;
  EXPECT_GE(took, 50ms);
  EXPECT_LT(took, 2s);
  EXPECT_EQ(shown.At("mppsolar_up"), 0);
}

// A way for one command to fail, and how the counters call it.
struct Failure {
  std::string answer;
  std::string reason;
  double tries;
};
class InverterFailure : public InverterBench, public testing::WithParamInterface<Failure> {};

TEST_P(InverterFailure, OfOneCommandLeavesTheOthersServed) {
  Start();
  device.answers["QMOD"] = GetParam().answer;
  const Shown shown = Scrape();
  EXPECT_EQ(shown.At("mppsolar_up"), 0);
  EXPECT_EQ(shown.At("mppsolar_grid_volts"), 234);
  EXPECT_EQ(shown.At("mppsolar_warning_active{warning=\"line_fail\"}"), 0);
  EXPECT_TRUE(shown.Beginning("mppsolar_mode").empty());
  EXPECT_EQ(shown.Of("QPIGS", "mppsolar_command_success"), 1);
  EXPECT_EQ(shown.Of("QMOD", "mppsolar_command_success"), 0);
  EXPECT_EQ(shown.Of("QMOD", "mppsolar_commands_total"), GetParam().tries);
  for (const std::string reason : {"timeout", "bad_frame", "nak", "io"}) {
    EXPECT_EQ(shown.Errors("QMOD", reason), reason == GetParam().reason ? GetParam().tries : 0);
    EXPECT_EQ(shown.Errors("QPIGS", reason), 0);
  }
  EXPECT_FALSE(shown.Has("mppsolar_last_success_timestamp_seconds"));
}

INSTANTIATE_TEST_SUITE_P(All, InverterFailure,
                         testing::Values(Failure{kSilence, "timeout", 3},
                                         Failure{Damaged("B"), "bad_frame", 3},
                                         // A late reply to another command.
                                         Failure{Reply(kNoWarnings), "bad_frame", 3},
                                         Failure{Nak(), "nak", 1}));

TEST_F(InverterScrape, OfASilentInverterShowsNothingOfItButTheCounters) {
  Start();
  ScrapeAndIdle();
  EXPECT_TRUE(Scrape().Has("mppsolar_setting_battery_float_volts"));
  Idle();
  device.off = true;
  const Shown shown = Scrape();
  EXPECT_EQ(shown.At("mppsolar_up"), 0);
  EXPECT_EQ(shown.Errors("QPIGS", "timeout"), 3);
  EXPECT_EQ(shown.Of("QPIGS", "mppsolar_commands_total"), 5);
  std::set<std::string> names;
  for (const std::string& series : shown.Beginning("")) {
    names.insert(series.substr(0, series.find('{')));
  }
  EXPECT_EQ(names,
            (std::set<std::string>{
                "mppsolar_up", "mppsolar_scrape_duration_seconds",
                "mppsolar_last_success_timestamp_seconds", "mppsolar_command_success",
                "mppsolar_command_duration_seconds", "mppsolar_commands_total",
                "mppsolar_command_errors_total", "mppsolar_bad_columns_total",
                "mppsolar_link_opens_total", "mppsolar_link_open_errors_total",
                "mppsolar_cache_hits_total", "mppsolar_output_energy_joules_total",
                "mppsolar_pv_energy_joules_total", "mppsolar_battery_charge_energy_joules_total",
                "mppsolar_battery_discharge_energy_joules_total",
                "mppsolar_energy_gap_seconds_total", "mppsolar_impossible_values_total"}));
}

TEST_F(InverterScrape, GivesUpWhenAlsoTheMarkerIsSilent) {
  Start();
  device.off = true;
  const Shown shown = Scrape();
  EXPECT_EQ(device.Count("QPIGS"), 3);
  EXPECT_EQ(device.Count("QPI"), 1 + 3) << "the marker: nothing else was answered so far";
  EXPECT_EQ(device.Count("QMOD"), 0);
  EXPECT_EQ(shown.At("mppsolar_up"), 0);
}

TEST_F(InverterScrape, NeverShowsAReplyThatIsOlderThanTheCache) {
  Start();
  ScrapeAndIdle();
  device.answers["QPIGS"] = Nak();
  const Shown shown = Scrape();
  EXPECT_TRUE(shown.Beginning("mppsolar_grid_volts").empty());
  EXPECT_TRUE(shown.Beginning("mppsolar_battery_volts").empty());
  EXPECT_EQ(shown.At("mppsolar_mode{mode=\"battery\"}"), 1);
  EXPECT_EQ(shown.At("mppsolar_up"), 0);
}

TEST_F(InverterScrape, CountsColumnsThatCannotBeReadOncePerReply) {
  std::string with_dashes = kQpigs;
  with_dashes.replace(with_dashes.find("13.49"), 5, "--.--");
  device.answers["QPIGS"] = Reply(with_dashes);
  Start();
  const Shown first = ScrapeAndIdle();
  EXPECT_FALSE(first.Has("mppsolar_battery_volts"));
  EXPECT_EQ(first.Of("QPIGS", "mppsolar_bad_columns_total"), 1);
  EXPECT_EQ(first.At("mppsolar_up"), 1);
  Scrape(1h);
  EXPECT_EQ(Scrape(1h).Of("QPIGS", "mppsolar_bad_columns_total"), 1);
  EXPECT_EQ(Scrape().Of("QPIGS", "mppsolar_bad_columns_total"), 2);
}

TEST_F(InverterScrape, TellsTheTimeOfTheLastSuccess) {
  Start();
  const auto before = std::chrono::system_clock::now().time_since_epoch();
  const double success = Scrape().At("mppsolar_last_success_timestamp_seconds");
  const auto after = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_GE(success, std::chrono::duration<double>(before).count());
  EXPECT_LE(success, std::chrono::duration<double>(after).count());
  Idle();
  device.answers["QMOD"] = Nak();
  EXPECT_EQ(Scrape().At("mppsolar_last_success_timestamp_seconds"), success);
}

TEST_F(InverterScrape, BeforeTheInverterWasStartedIsDown) {
  inverter = std::make_unique<Inverter>(
      io, InverterConfig{"house", "fake", "auto", {}}, BuiltinProtocols(),
      [this](asio::any_io_executor executor, const std::string&) { return device.Open(executor); });
  EXPECT_EQ(Collect(Clock::now()).At("mppsolar_up"), 0);
}

TEST_F(InverterScrape, ReadsNoTemperatureFromACountAndNoCountFromATemperature) {
  std::string mild = kQpigs;
  mild.replace(mild.find("0522"), 4, "0055");
  device.answers["QPIGS"] = Reply(mild);
  device.answers["QPIRI"] = kSilence;
  Start();
  // Whether 55 is degrees is told by QPIRI only.
  const Shown unknown = Scrape();
  EXPECT_EQ(unknown.At("mppsolar_up"), 1);
  EXPECT_FALSE(unknown.Has("mppsolar_heat_sink_celsius"));
  EXPECT_FALSE(unknown.Has("mppsolar_heat_sink_ntc_counts"));
  RunUntil([&] { return device.Count("QPIRI") == 1 && device.Count("QLT") == 1; });
  device.answers["QPIRI"] = Reply(kQpiri);
  ScrapeAndIdle();
  EXPECT_EQ(Scrape().At("mppsolar_heat_sink_celsius"), 55);
}

TEST_F(InverterScrape, BelievesTheConfigAboutTheHeatSink) {
  std::string mild = kQpigs;
  mild.replace(mild.find("0522"), 4, "0055");
  device.answers["QPIGS"] = Reply(mild);
  Start({"house", "fake", "auto", {{"heat_sink", "ntc"}}});
  ScrapeAndIdle();
  const Shown shown = Scrape();
  EXPECT_EQ(shown.At("mppsolar_heat_sink_ntc_counts"), 55);
  EXPECT_FALSE(shown.Has("mppsolar_heat_sink_celsius"));
}

}  // namespace
}  // namespace mppsolar
