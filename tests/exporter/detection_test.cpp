#include "exporter/address/detection.h"

#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <map>
#include <string>
#include <vector>

#include "tests/exporter/inverter_bench.h"
#include "tests/serial/await.h"

namespace mppsolar {
namespace {

class Detection : public testing::Test {
 protected:
  // Silence costs some milliseconds.
  static constexpr serial::Timing kTiming{20ms, 10ms, 5ms};

  OpenLink open() {
    return [this](asio::any_io_executor executor, const std::string& address) {
      opened_.push_back(address);
      return devices_[address].Open(std::move(executor));
    };
  }

  std::vector<Detected> DetectAll(std::vector<serial::Port> ports) {
    return serial::Await(io_, Detect(io_.get_executor(), std::move(ports), open(), kTiming));
  }

  serial::Result<std::unique_ptr<serial::Link>> OpenOne(std::vector<serial::Port> ports) {
    return serial::Await(io_,
                         OpenTheOnlyOne(io_.get_executor(), std::move(ports), open(), kTiming));
  }

  static serial::Port Safe(const std::string& address) { return {address, address, "", ""}; }

  asio::io_context io_;
  std::map<std::string, FakeDevice> devices_;
  std::vector<std::string> opened_;
};

TEST_F(Detection, AnInverterSaysWhatItIs) {
  devices_["/dev/a"].answers["QMN"] = Reply("MKS2-8000");
  const auto all = DetectAll({Safe("/dev/a")});
  ASSERT_EQ(all.size(), 1U);
  ASSERT_TRUE(all[0].inverter);
  EXPECT_EQ(all[0].inverter->protocol, "PI30");
  EXPECT_EQ(all[0].inverter->serial_number, "92931905106463");
  EXPECT_EQ(all[0].inverter->model, "MKS2-8000");
  EXPECT_EQ(devices_["/dev/a"].asked, (std::vector<std::string>{"QPI", "QID", "QMN"}));
}

TEST_F(Detection, AnOldInverterWithoutAModelNameIsStillOne) {
  const auto all = DetectAll({Safe("/dev/a")});
  ASSERT_TRUE(all[0].inverter);
  EXPECT_EQ(all[0].inverter->model, "");
}

TEST_F(Detection, APortThatIsNotSafeIsNotEvenOpened) {
  const auto all = DetectAll({{"/dev/ttyS0", "/dev/ttyS0", "", "it is the system's console"}});
  EXPECT_TRUE(opened_.empty());
  EXPECT_FALSE(all[0].inverter);
  EXPECT_EQ(all[0].why_none, "not asked: it is the system's console");
}

TEST_F(Detection, ASilentPortHasNone) {
  devices_["/dev/a"].off = true;
  const auto all = DetectAll({Safe("/dev/a")});
  EXPECT_FALSE(all[0].inverter);
  EXPECT_EQ(all[0].why_none, "no answer to QPI");
  EXPECT_EQ(devices_["/dev/a"].Count("QID"), 0);
}

TEST_F(Detection, ASilentPortDoesNotHideTheOthersAndTheirOrderStays) {
  devices_["/dev/a"].off = true;
  devices_["/dev/b"].open_error = "/dev/b: not permitted";
  const auto all = DetectAll({Safe("/dev/a"), Safe("/dev/b"), Safe("/dev/c")});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_FALSE(all[0].inverter);
  EXPECT_EQ(all[1].why_none, "/dev/b: not permitted");
  EXPECT_EQ(all[2].port.address, "/dev/c");
  EXPECT_TRUE(all[2].inverter);
}

TEST_F(Detection, ACloneWithoutQpiIsKnownByItsStatus) {
  devices_["/dev/a"].answers.erase("QPI");
  const auto all = DetectAll({Safe("/dev/a")});
  ASSERT_TRUE(all[0].inverter);
  EXPECT_EQ(all[0].inverter->protocol, "");
}

TEST_F(Detection, AUpsThatRefusesEverythingIsNone) {
  devices_["/dev/a"].answers.clear();
  const auto all = DetectAll({Safe("/dev/a")});
  EXPECT_FALSE(all[0].inverter);
  EXPECT_NE(all[0].why_none.find("refuses"), std::string::npos) << all[0].why_none;
}

TEST_F(Detection, AnAnswerOfAnotherKindIsNoInvertersAnswer) {
  devices_["/dev/a"].answers["QPI"] = Reply("OK");
  const auto all = DetectAll({Safe("/dev/a")});
  EXPECT_FALSE(all[0].inverter);
}

TEST_F(Detection, AutoOpensTheOnlyOneThatAnswers) {
  devices_["/dev/a"].off = true;
  const auto link = OpenOne({Safe("/dev/a"), Safe("/dev/b")});
  EXPECT_TRUE(link) << link.error().text;
  EXPECT_EQ(opened_, (std::vector<std::string>{"/dev/a", "/dev/b", "/dev/b"}));
}

TEST_F(Detection, AutoTakesNoneOfSeveral) {
  const auto link = OpenOne({Safe("/dev/a"), Safe("/dev/b")});
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, serial::Errc::kOpen);
  EXPECT_EQ(link.error().text,
            "auto: several inverters answer (/dev/a, /dev/b); give the address of each, as "
            "mppsolar_exporter detect shows them");
}

TEST_F(Detection, AutoSaysWhyItFoundNone) {
  devices_["/dev/a"].off = true;
  const auto link =
      OpenOne({Safe("/dev/a"), {"/dev/ttyS0", "/dev/ttyS0", "", "it is the system's console"}});
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().text,
            "auto: no inverter answers (/dev/a: no answer to QPI; /dev/ttyS0: not asked: it is the "
            "system's console)");
  const auto nothing = OpenOne({});
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().text,
            "auto: this machine has no serial or HID port; is the cable plugged in?");
}

}  // namespace
}  // namespace mppsolar
