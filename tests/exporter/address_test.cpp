#include <gtest/gtest.h>

#include "exporter/address/simulated_address.h"
#include "exporter/address/transports.h"
#include "serial/command.h"
#include "serial/frame.h"

namespace mppsolar {
namespace {

using namespace std::chrono_literals;

std::string ComplaintOf(const std::string& address) {
  const auto checked = CheckAddress(address);
  if (checked) return "";
  EXPECT_EQ(checked.error().code, serial::Errc::kOpen);
  return checked.error().text;
}

TEST(Address, OfAKnownTransportIsGood) {
  for (const std::string address :
       {"/dev/ttyUSB0", "/dev/serial/by-id/usb-Prolific_USB=1-if00-port0",
        "sim:", "hid:/dev/hidraw0", "tcp://10.0.0.5:8899", "sim:pip-1012-mse",
        "sim:max-8000?speed=60&start=23:59&seed=7", "sim:?speed=0"}) {
    EXPECT_EQ(ComplaintOf(address), "") << address;
  }
}

TEST(Address, OfNoTransportIsRefusedWithExamples) {
  for (const std::string address : {"", "ttyUSB0", "COM3", "simulator:", "sim", "://"}) {
    EXPECT_EQ(ComplaintOf(address).find("\"" + address +
                                        "\" is no address of a device; write /dev/ttyUSB0 or "),
              0U)
        << address;
  }
}

TEST(Address, OfAKnownTransportMustBeWhole) {
  for (const std::string address : {"hid:", "hid:hidraw0", "tcp://", "tcp://10.0.0.5",
                                    "tcp://10.0.0.5:0", "tcp://10.0.0.5:65536", "tcp://:8899"}) {
    EXPECT_NE(ComplaintOf(address), "") << address;
  }
}

TEST(Address, WithAControlCharacterIsRefusedAndNotRepeated) {
  EXPECT_EQ(ComplaintOf("COM3\r\t"), "\"COM3??\" has a control character in it");
  EXPECT_EQ(ComplaintOf("/dev/\x1b[1m"), "\"/dev/?[1m\" has a control character in it");
  EXPECT_EQ(ComplaintOf("/dev/k\xC3\xBC"
                        "che"),
            "");
}

TEST(Address, GivesTheInverterItsName) {
  EXPECT_EQ(NameFromAddress("/dev/ttyUSB0"), "ttyUSB0");
  EXPECT_EQ(NameFromAddress("/dev/serial/by-id/usb-x-if00"), "usb-x-if00");
  EXPECT_EQ(NameFromAddress("hid:/dev/hidraw0"), "hidraw0");
  EXPECT_EQ(NameFromAddress("tcp://10.0.0.5:8899"), "10.0.0.5:8899");
  EXPECT_EQ(NameFromAddress("sim:"), "sim");
  EXPECT_EQ(NameFromAddress("sim:max-8000?speed=60&start=10:00"), "max-8000");
  EXPECT_EQ(NameFromAddress("sim:?start=10:00"), "sim");
  EXPECT_EQ(NameFromAddress(""), "");
}

TEST(SimulatedAddress, HasAModelAndOptions) {
  const auto options = ParseSimulatedAddress("pip-1012-mse?speed=600&start=06:30&seed=42");
  ASSERT_TRUE(options) << options.error().text;
  EXPECT_EQ(options->model, "pip-1012-mse");
  EXPECT_EQ(options->speed, 600);
  EXPECT_EQ(options->start, 6h + 30min);
  EXPECT_EQ(options->seed, 42U);
}

TEST(SimulatedAddress, HasDefaultsForAllOfThem) {
  const auto options = ParseSimulatedAddress("");
  ASSERT_TRUE(options) << options.error().text;
  EXPECT_EQ(options->model, simulator::Options().model);
  EXPECT_EQ(options->speed, 1);
  EXPECT_EQ(options->start, 10h);
}

TEST(SimulatedAddress, NamesWhatIsWrong) {
  const auto complaint = [](std::string_view rest) {
    const auto options = ParseSimulatedAddress(rest);
    return options ? "" : options.error().text;
  };
  EXPECT_EQ(
      complaint("pip-9?speed=1").find("sim:pip-9?speed=1: there is no model \"pip-9\"; models: "),
      0U);
  for (const std::string setting :
       {"speed", "speed=", "speed=-1", "speed=86401", "speed=fast", "speed=1e3", "speed=nan",
        "start=24:00", "start=10:60", "start=9:00", "start=-1:00", "start=10-00", "seed=-1",
        "seed=1.5", "seed=", "Speed=1", "=1", "sun=1"}) {
    EXPECT_EQ(complaint("?seed=1&" + setting)
                  .find("sim:?seed=1&" + setting + ": \"" + setting + "\" is none of "),
              0U)
        << setting;
  }
}

TEST(SimulatedResponder, AnswersARequestRefusesASettingAndIgnoresDamage) {
  const auto responder = SimulatedResponder({});
  ASSERT_TRUE(responder) << responder.error().text;
  const auto ask = [&](const std::string& command) {
    return (*responder)(serial::EncodeRequest(serial::Command::Unchecked(command).value()),
                        std::chrono::steady_clock::now());
  };
  EXPECT_EQ(ask("QPI"), serial::EncodeReply("PI30"));
  EXPECT_EQ(ask("POP02"), serial::EncodeReply("NAK"));
  EXPECT_EQ((*responder)("QPI\xBE\xAD\r", std::chrono::steady_clock::now()), "");
  EXPECT_EQ((*responder)("\r", std::chrono::steady_clock::now()), "");
}

TEST(SimulatedResponder, OfAnUnknownModelIsAnError) {
  simulator::Options options;
  options.model = "none";
  const auto responder = SimulatedResponder(options);
  ASSERT_FALSE(responder);
  EXPECT_EQ(responder.error().code, serial::Errc::kOpen);
}

}  // namespace
}  // namespace mppsolar
