// Links that break or cannot be opened, protocols, and the end.
#include <asio/steady_timer.hpp>

#include "exporter/inverter/collector.h"
#include "metrics/exposition.h"
#include "serial/stream.h"
#include "tests/exporter/inverter_bench.h"

namespace mppsolar {
namespace {

using Commands = std::vector<std::string>;

class InverterLink : public InverterBench {
 protected:
  // What `work` writes to the log.
  template <class Work>
  static std::string LogOf(Work work) {
    testing::internal::CaptureStderr();
    work();
    return testing::internal::GetCapturedStderr();
  }

  static long Lines(const std::string& log, const std::string& with) {
    long count = 0;
    for (std::size_t at = log.find(with); at != std::string::npos; at = log.find(with, at + 1)) {
      ++count;
    }
    return count;
  }
};

TEST_F(InverterLink, ThatBreaksInAScrapeIsOpenedAgainInTheSameScrape) {
  Start();
  device.Break();
  const Shown shown = Scrape();
  EXPECT_EQ(shown.At("mppsolar_up"), 1);
  EXPECT_EQ(shown.At("mppsolar_grid_volts"), 234);
  EXPECT_EQ(shown.At("mppsolar_link_opens_total"), 2);
  EXPECT_EQ(shown.Errors("QPIGS", "io"), 1);
}

TEST_F(InverterLink, ThatBreaksInTheMiddleReadsEverythingAnew) {
  Start();
  const auto before = device.asked.size();
  device.breaks_at = {"QMOD"};
  const Shown shown = Scrape();
  EXPECT_EQ(shown.At("mppsolar_up"), 1);
  // Another inverter may be there now: also QPI and QPIGS are asked again.
  const Commands asked = AskedSince(before);
  ASSERT_GE(asked.size(), 6U);
  EXPECT_EQ(Commands(asked.begin(), asked.begin() + 6),
            (Commands{"QPIGS", "QMOD", "QPI", "QPIGS", "QMOD", "QPIWS"}));
}

TEST_F(InverterLink, ThatBreaksAgainIsNotOpenedAThirdTimeInOneScrape) {
  Start();
  device.breaks_at = {"QMOD", "QMOD"};
  const Shown shown = Scrape();
  EXPECT_EQ(shown.At("mppsolar_up"), 0);
  EXPECT_EQ(shown.At("mppsolar_link_opens_total"), 2);
  EXPECT_EQ(shown.Of("QPIGS", "mppsolar_command_success"), 0);
  EXPECT_FALSE(shown.Has("mppsolar_grid_volts"));
  EXPECT_EQ(Scrape().At("mppsolar_up"), 1);
  EXPECT_EQ(device.opens, 3);
}

TEST_F(InverterLink, ThatBreaksInIdleTimeIsOpenedAgainAtOnce) {
  Start();
  device.breaks_at = {"QPIRI"};
  Scrape();
  RunUntil([&] { return device.opens == 2; });  // without a scrape
  EXPECT_EQ(Scrape(1h).At("mppsolar_up"), 1);
  EXPECT_EQ(device.opens, 2);
}

TEST_F(InverterLink, ThatBrokeBeforeTheProtocolWasKnownIsOpenedAgainInTheSameScrape) {
  device.off = true;
  Start();
  RunUntil([&] { return device.Count("QPI") == 2; });
  RunUntil([&] { return io.run_for(100ms) == 0; });
  device.off = false;
  device.Break();
  EXPECT_EQ(Scrape().At("mppsolar_up"), 1);
}

TEST_F(InverterLink, ThatCannotBeOpenedIsSaidOnceAndCounted) {
  device.open_error = "/dev/ttyUSB0: no such device";
  const std::string log = LogOf([&] {
    Start();
    Scrape();
    Scrape();
    const Shown shown = Scrape();
    EXPECT_EQ(shown.At("mppsolar_up"), 0);
    EXPECT_EQ(shown.At("mppsolar_link_opens_total"), 0);
    // One for the start, and one for each scrape; those in the background besides.
    EXPECT_GE(shown.At("mppsolar_link_open_errors_total"), 4);
  });
  EXPECT_EQ(Lines(log, "\n"), 1);
  EXPECT_EQ(Lines(log,
                  "level=warn msg=\"Inverter cannot be read\" inverter=house device=fake "
                  "reason=\"/dev/ttyUSB0: no such device\""),
            1);
  device.open_error.clear();
  const std::string then = LogOf([&] {
    RunUntil([&] { return Collect(Clock::now() - 1s).At("mppsolar_up") == 1; });
    EXPECT_EQ(Scrape().At("mppsolar_up"), 1);
    EXPECT_EQ(Scrape().At("mppsolar_up"), 1);
  });
  EXPECT_EQ(Lines(then, "\n"), 1);
  EXPECT_EQ(Lines(then, "level=info msg=\"Inverter is read\""), 1);
}

TEST_F(InverterLink, LogsAFailureOnceUntilItIsOver) {
  Start();
  Scrape();
  device.answers["QMOD"] = Nak();
  const std::string log = LogOf([&] {
    for (int scrape = 0; scrape < 3; ++scrape) Scrape();
  });
  EXPECT_EQ(Lines(log, "\n"), 1);
  EXPECT_EQ(Lines(log, "QMOD: "), 1);
}

TEST_F(InverterLink, WhoseFirstRequestIsLostIsAskedTwice) {
  device.off = true;
  Start();
  RunUntil([&] { return device.Count("QPI") == 1; });
  device.off = false;
  EXPECT_EQ(Scrape().At("mppsolar_up"), 1);
  EXPECT_EQ(device.Count("QPI"), 2);
}

TEST_F(InverterLink, ToADeviceOfAnotherProtocolIsAskedForNothingElse) {
  device.answers["QPI"] = Reply("PI18");
  const std::string log = LogOf([&] {
    Start();
    ScrapeAndIdle();
    EXPECT_EQ(ScrapeAndIdle().At("mppsolar_up"), 0);
  });
  EXPECT_EQ(device.asked, (Commands{"QPI", "QPI", "QPI"}));
  EXPECT_EQ(Lines(log, "\n"), 1);
  EXPECT_EQ(Lines(log, "QPI is answered \\\"PI18\\\"; no protocol definition fits"), 1);
}

TEST_F(InverterLink, ToASilentDeviceIsAskedForNothingElse) {
  device.off = true;
  const std::string log = LogOf([&] {
    Start();
    Scrape();
    EXPECT_EQ(Scrape().At("mppsolar_up"), 0);
  });
  EXPECT_EQ(std::set<std::string>(device.asked.begin(), device.asked.end()),
            std::set<std::string>{"QPI"});
  EXPECT_EQ(Lines(log, "\n"), 1);
  EXPECT_EQ(Lines(log, "reason=\"QPI: no answer\""), 1);
}

TEST_F(InverterLink, ToADeviceThatRefusesQpiUsesTheFirstProtocol) {
  device.answers["QPI"] = Nak();
  Start();
  const Shown shown = Scrape();
  EXPECT_EQ(shown.At("mppsolar_up"), 1);
  EXPECT_EQ(shown.At("mppsolar_grid_volts"), 234);
}

TEST_F(InverterLink, OfAProtocolThatTheConfigNamesIsNotAskedForIt) {
  device.answers["QPI"] = Reply("PI18");
  Start({"house", "fake", "pi30", {}});
  EXPECT_EQ(Scrape().At("mppsolar_up"), 1);
  EXPECT_EQ(device.asked.front(), "QPIGS");
}

TEST_F(InverterLink, StopEndsAnExchangeAndWakesThoseThatWait) {
  timing.line.first_byte = 20s;
  Start();
  device.off = true;
  bool done = false;
  const auto began = Clock::now();
  Await(inverter->Request(began, began + 20s), began + 20s, done);
  RunUntil([&] { return device.Count("QPIGS") == 1; });
  EXPECT_FALSE(done);
  const std::string log = LogOf([&] {
    inverter->Stop();
    RunUntil([&] { return done; });
  });
  EXPECT_LT(Clock::now() - began, 5s);
  EXPECT_EQ(log, "");
}

TEST_F(InverterLink, StopWakesThoseThatWaitForALinkToOpen) {
  asio::steady_timer never(io, Clock::now() + 20s);
  inverter = std::make_unique<Inverter>(
      io, InverterConfig{"house", "fake", "auto", {}}, BuiltinProtocols(),
      [&never](asio::any_io_executor,
               std::string) -> asio::awaitable<serial::Result<std::unique_ptr<serial::Link>>> {
        co_await never.async_wait(serial::kAwait);
        co_return serial::Fail(serial::Errc::kOpen, "never");
      });
  inverter->Start();
  bool done = false;
  const auto began = Clock::now();
  Await(inverter->Request(began, began + 20s), began + 20s, done);
  Idle();
  inverter->Stop();
  RunUntil([&] { return done; });
  EXPECT_LT(Clock::now() - began, 5s);
  never.cancel();
}

TEST_F(InverterLink, OfOneInverterThatIsDeadDelaysNoOtherAndHidesNothing) {
  FakeDevice dead;
  dead.off = true;
  const auto make = [&](const std::string& name, FakeDevice& behind) {
    return std::make_shared<Inverter>(
        io, InverterConfig{name, "fake", "auto", {}}, BuiltinProtocols(),
        [&behind](asio::any_io_executor executor, const std::string&) {
          return behind.Open(std::move(executor));
        },
        InverterTiming{{20s, 10ms, 5ms}, 5min});
  };
  Collector collector;
  collector.Use({make("garage", dead), make("house", device)}, {});
  std::string text;
  const auto now = Clock::now();
  asio::co_spawn(io, collector.Scrape({}, now, now + 100ms),
                 [&](const std::exception_ptr&, const std::vector<Collector::Read>& reading) {
                   text = metrics::ToText(collector.Collect(reading, {}));
                 });
  RunUntil([&] { return !text.empty(); });
  EXPECT_LT(Clock::now() - now, 5s);
  EXPECT_NE(text.find("mppsolar_up{inverter=\"garage\"} 0\n"), std::string::npos);
  EXPECT_NE(text.find("mppsolar_up{inverter=\"house\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("mppsolar_grid_volts{inverter=\"house\"} 234\n"), std::string::npos);
  EXPECT_EQ(text.find("mppsolar_grid_volts{inverter=\"garage\"}"), std::string::npos);
  std::set<std::string> series;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second || line.starts_with('#'))
        << line << " is there twice";
  }
  collector.Stop();
  io.restart();
  io.run_for(5s);
  EXPECT_TRUE(io.stopped());
}

}  // namespace
}  // namespace mppsolar
