// What is asked after a scrape was answered: settings, identity, and what a model may not know.
#include "tests/exporter/inverter_bench.h"

namespace mppsolar {
namespace {

using Commands = std::vector<std::string>;
using metrics::Ask;

class InverterIdle : public InverterBench {
 protected:
  // All commands of PI30 that a first scrape does not ask.
  static std::multiset<std::string> AllSlowCommands() {
    std::multiset<std::string> commands;
    for (const auto& command : BuiltinProtocols().front()->commands) {
      const bool for_scrape = command.ask == Ask::kEveryScrape && command.required;
      // QPGSn is for parallel systems, and this is none.
      const bool wanted = command.when.empty();
      if (!for_scrape && wanted && command.name != "QPI") commands.insert(command.name);
    }
    return commands;
  }
};

TEST_F(InverterIdle, AsksNothingBeforeTheFirstScrape) {
  Start();
  EXPECT_EQ(device.asked, Commands{"QPI"});
}

TEST_F(InverterIdle, AsksEverySlowCommandOnceAfterAScrape) {
  Start();
  ScrapeAndIdle();
  const Commands slow = AskedSince(4);
  EXPECT_EQ(std::multiset<std::string>(slow.begin(), slow.end()), AllSlowCommands());
}

TEST_F(InverterIdle, AsksNoSlowCommandBeforeTheScrapeWasRead) {
  device.pace.turnaround = 2ms;
  Start();
  const Shown shown = Scrape();
  EXPECT_EQ(shown.At("mppsolar_up"), 1);
  // The answers of one command at most could have come in meanwhile.
  EXPECT_LE(device.asked.size(), 6U);
}

TEST_F(InverterIdle, AsksNothingTwiceThatWasAnswered) {
  Start();
  ScrapeAndIdle();
  ScrapeAndIdle();
  EXPECT_EQ(device.Count("QPIRI"), 1);
  EXPECT_EQ(device.Count("QID"), 1);
  EXPECT_EQ(device.Count("QPI"), 1);
}

TEST_F(InverterIdle, AsksSettingsAgainWhenTheIntervalIsOverButIdentityNever) {
  timing.slow_interval = 0ms;
  Start();
  ScrapeAndIdle();
  ScrapeAndIdle();
  ScrapeAndIdle();
  EXPECT_EQ(device.Count("QPIRI"), 3);
  EXPECT_EQ(device.Count("QID"), 1);
}

TEST_F(InverterIdle, AsksNoMoreWhatWasRefusedTwice) {
  Start();
  for (int scrape = 0; scrape < 4; ++scrape) ScrapeAndIdle();
  EXPECT_EQ(device.Count("QFLAG"), 2);
  EXPECT_EQ(device.Count("QPIGS2"), 2);
  const Shown shown = Scrape();
  EXPECT_FALSE(shown.Has("mppsolar_command_success{command=\"QFLAG\"}"));
  EXPECT_EQ(shown.Errors("QFLAG", "nak"), 2);
}

TEST_F(InverterIdle, TakesOneRefusalForAHiccup) {
  device.answers["QVFW2"] = Nak();
  Start();
  ScrapeAndIdle();
  device.answers["QVFW2"] = Reply("VERFW2:00012.03");
  ScrapeAndIdle();
  EXPECT_EQ(Scrape().Of("QVFW2", "mppsolar_command_success"), 1);
}

TEST_F(InverterIdle, AsksARequiredCommandHoweverOftenItIsRefused) {
  device.answers["QMOD"] = Nak();
  Start();
  for (int scrape = 0; scrape < 5; ++scrape) ScrapeAndIdle();
  EXPECT_EQ(device.Count("QMOD"), 5);
  EXPECT_EQ(Scrape().Of("QMOD", "mppsolar_command_success"), 0);
  device.answers["QMOD"] = Reply("B");
  EXPECT_EQ(Scrape().At("mppsolar_up"), 1);
}

TEST_F(InverterIdle, AsksAgainWhatWasRefusedWhenTheLinkWasOpenedAnew) {
  Start();
  ScrapeAndIdle();
  ScrapeAndIdle();
  ScrapeAndIdle();
  device.Break();
  const auto before = device.asked.size();
  ScrapeAndIdle();
  const Commands asked = AskedSince(before);
  EXPECT_EQ(std::count(asked.begin(), asked.end(), "QFLAG"), 1);
  EXPECT_EQ(std::count(asked.begin(), asked.end(), "QPIRI"), 1);
}

TEST_F(InverterIdle, AddsAnOptionalCommandToTheScrapeOnceItWasAnswered) {
  device.answers["QPIGS2"] = Reply("03.1 327.3 01026 ");
  Start();
  const Shown first = ScrapeAndIdle();
  EXPECT_EQ(first.At("mppsolar_up"), 1);
  const auto before = device.asked.size();
  ScrapeAndIdle();
  const Commands asked = AskedSince(before);
  ASSERT_GE(asked.size(), 4U);
  EXPECT_EQ(Commands(asked.begin(), asked.begin() + 4),
            (Commands{"QPIGS", "QMOD", "QPIWS", "QPIGS2"}));
  EXPECT_EQ(Scrape().At("mppsolar_pv_volts{mppt=\"2\"}"), 327.3);
  // From now on it belongs to the scrape.
  device.answers["QPIGS2"] = kSilence;
  const Shown without = Scrape();
  EXPECT_FALSE(without.Has("mppsolar_pv_volts{mppt=\"2\"}"));
  EXPECT_EQ(without.At("mppsolar_up"), 0);
}

TEST_F(InverterIdle, IsLeftIdleWhileTheInverterIsOff) {
  device.off = true;
  Start({"house", "fake", "pi30", {}});
  for (int scrape = 0; scrape < 4; ++scrape) {
    Scrape();
    RunUntil([&] { return io.run_for(50ms) == 0; });
  }
  EXPECT_EQ(std::set<std::string>(device.asked.begin(), device.asked.end()),
            (std::set<std::string>{"QPIGS", "QMOD"}));
  // What was silent with all the rest is not taken for unknown to the inverter.
  device.off = false;
  RunUntil([&] { return Collect(Clock::now() - 1s).At("mppsolar_up") == 1; });
  ScrapeAndIdle();
  const Shown shown = Scrape();
  EXPECT_EQ(shown.At("mppsolar_up"), 1);
  EXPECT_EQ(shown.At("mppsolar_setting_battery_float_volts"), 13.5);
}

TEST_F(InverterIdle, EndsWhenAllWasAskedAndDoesNothingThen) {
  Start();
  ScrapeAndIdle();
  io.restart();
  EXPECT_EQ(io.poll(), 0U);
  EXPECT_EQ(io.run_for(20ms), 0U);
}

TEST_F(InverterIdle, DoesNothingAfterAScrapeOfADeadInverter) {
  device.off = true;
  Start();
  Scrape();
  Idle();
  io.restart();
  EXPECT_EQ(io.run_for(20ms), 0U);
}

TEST_F(InverterIdle, IdentityIsShownOnceAllOfItWasAsked) {
  device.answers["QMN"] = kSilence;
  Start();
  const auto fresh = Clock::now();
  EXPECT_TRUE(Scrape().Beginning("mppsolar_inverter_info").empty());
  RunUntil([&] { return device.Count("QVFW") == 1; });
  EXPECT_EQ(device.Count("QVFW3"), 0);
  EXPECT_EQ(Collect(fresh).At("mppsolar_grid_volts"), 234);
  EXPECT_TRUE(Collect(fresh).Beginning("mppsolar_inverter_info").empty());
  RunUntil([&] { return device.Count("QLT") == 1; });
  EXPECT_EQ(Collect(fresh).Beginning("mppsolar_inverter_info"),
            Commands{"mppsolar_inverter_info{serial_number=\"92931905106463\","
                     "firmware=\"00071.71\",scc_firmware=\"\",model=\"\",protocol=\"PI30\"}"});
  EXPECT_EQ(Collect(fresh).At(Collect(fresh).Beginning("mppsolar_inverter_info").front()), 1);
}

TEST_F(InverterIdle, SettingsThatNobodyReadForLongAreNotShown) {
  timing.slow_interval = 1ms;
  Start();
  ScrapeAndIdle();
  const auto answered = Clock::now();
  device.answers["QPIRI"] = kSilence;
  // Nobody scrapes for more than three intervals.
  RunUntil([&] { return Clock::now() > answered + 4ms; });
  const Shown shown = Scrape();
  EXPECT_EQ(shown.At("mppsolar_up"), 1);
  EXPECT_FALSE(shown.Has("mppsolar_setting_battery_float_volts"));
}

TEST_F(InverterIdle, ForgetsASettingAfterThreeFailures) {
  timing.slow_interval = 0ms;
  std::string mild = kQpigs;
  mild.replace(mild.find("0522"), 4, "0055");
  device.answers["QPIGS"] = Reply(mild);
  Start();
  ScrapeAndIdle();
  device.answers["QPIRI"] = Nak();
  ScrapeAndIdle();
  // QPIRI tells that the 55 are degrees.
  EXPECT_EQ(ScrapeAndIdle().At("mppsolar_heat_sink_celsius"), 55);
  ScrapeAndIdle();
  EXPECT_EQ(device.Count("QPIRI"), 4);
  EXPECT_FALSE(Scrape().Has("mppsolar_heat_sink_celsius"));
}

TEST_F(InverterIdle, ADefinitionWithoutRequiredCommandsIsReadAllTheSame) {
  const auto protocol = metrics::LoadProtocol(
      "protocol: small\n"
      "help: Small.\n"
      "commands:\n"
      "  QMOD:\n"
      "    help: Mode.\n"
      "    ask: every_scrape\n"
      "    example: \"12.5\"\n"
      "    columns:\n"
      "      - {at: 1, metric: battery_volts, help: Volts.}\n",
      "small.yaml");
  ASSERT_TRUE(protocol) << protocol.error().text;
  device.answers["QMOD"] = Reply("13.5");
  Start({"house", "fake", "small", {}}, {std::make_shared<const metrics::Protocol>(*protocol)});
  ScrapeAndIdle();
  const Shown shown = Scrape();
  EXPECT_EQ(device.asked, (Commands{"QMOD", "QMOD"}));
  EXPECT_EQ(shown.At("mppsolar_up"), 1);
  EXPECT_EQ(shown.At("mppsolar_battery_volts"), 13.5);
}

}  // namespace
}  // namespace mppsolar
