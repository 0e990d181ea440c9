// Inverters that are off, late replies, and replies that look odd.
#include "tests/exporter/inverter_bench.h"

namespace mppsolar {
namespace {

using Commands = std::vector<std::string>;

class InverterTrust : public InverterBench {
 protected:
  void SetUp() override {
    timing.line.first_byte = 5ms;
    timing.line.between_bytes = 2ms;
    timing.line.quiet = 2ms;
  }
};

TEST_F(InverterTrust, AfterThreeReadingsWithoutAnAnswerScrapesDoNotWait) {
  Start();
  ScrapeAndIdle();
  device.off = true;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Scrape().At("mppsolar_up"), 0);
  const auto before = device.asked.size();
  const auto began = Clock::now();
  const auto ticket = inverter->Request(began, began + 8s);
  bool done = false;
  Await(ticket, began + 8s, done);
  Idle();
  EXPECT_TRUE(done) << "it waits for a dead inverter";
  EXPECT_EQ(device.asked.size(), before) << "nothing was asked for that scrape";
  EXPECT_EQ(Collect(ticket.fresh).At("mppsolar_up"), 0);
}

TEST_F(InverterTrust, TheFirstAnswerToAProbeBringsADeadInverterBack) {
  Start();
  ScrapeAndIdle();
  device.off = true;
  for (int i = 0; i < 3; ++i) Scrape();
  device.off = false;
  const auto before = device.asked.size();
  RunUntil([&] { return device.asked.size() > before + 3; });  // without any scrape
  EXPECT_EQ(Scrape().At("mppsolar_up"), 1);
}

TEST_F(InverterTrust, AClosedLinkIsOpenedInTheBackground) {
  device.open_error = "no such device";
  Start();
  EXPECT_EQ(device.opens, 0);
  device.open_error.clear();
  RunUntil([&] { return device.opens == 1; });  // without any scrape
}

TEST_F(InverterTrust, AfterAFailureAnotherCommandMustBeAnsweredFirst) {
  Start();
  ScrapeAndIdle();
  device.answers["QPIGS"] = kSilence;
  auto before = device.asked.size();
  Scrape();
  // QMOD has the shortest reply of those that are known to be answered.
  const Commands asked = AskedSince(before);
  const auto last_qpigs = std::find(asked.rbegin(), asked.rend(), "QPIGS");
  ASSERT_NE(last_qpigs, asked.rbegin());
  EXPECT_EQ(*(last_qpigs - 1), "QMOD");
  EXPECT_EQ(std::count(asked.begin(), asked.end(), "QMOD"), 2) << "as a marker, and for its value";
}

TEST_F(InverterTrust, AReplyOfAnotherLayoutCountsOnlyWhenItComesAgain) {
  Start();
  ScrapeAndIdle();
  const std::string known = kQpigs;
  const auto asked = device.Count("QPIGS");
  // A digit of the output's apparent power is lost, and the checksum happens to be right.
  device.answers["QPIGS"] = Reply(std::string(known).erase(22, 1));
  const Shown shown = Scrape();
  EXPECT_EQ(device.Count("QPIGS"), asked + 2);
  EXPECT_EQ(shown.Errors("QPIGS", "bad_frame"), 1);
  EXPECT_EQ(shown.At("mppsolar_up"), 1) << "firmware that really writes so is believed";
}

TEST_F(InverterTrust, PowerBecomesEnergyFromReadingToReading) {
  Start();
  ScrapeAndIdle();
  const Shown first = Collect(Clock::now());
  EXPECT_EQ(first.At("mppsolar_output_energy_joules_total"), 0);
  const auto begin = Clock::now();
  RunUntil([&] { return Clock::now() > begin + 50ms; });
  const Shown second = Scrape();
  // 32 W for as long as lies between the two readings: at least 50 ms, and not a second.
  EXPECT_GE(second.At("mppsolar_output_energy_joules_total"), 32 * 0.05);
  EXPECT_LT(second.At("mppsolar_output_energy_joules_total"), 32 * 5);
}

}  // namespace
}  // namespace mppsolar
