#include "exporter/config/config.h"

#include <gtest/gtest.h>

#include "metrics/loader.h"

namespace mppsolar {
namespace {

using namespace std::chrono_literals;

Config Good(const std::string& yaml) {
  const auto config = ParseConfig(yaml, "c.yaml");
  EXPECT_TRUE(config) << config.error().text;
  return config.value_or(Config{});
}

std::string ComplaintOf(const std::string& yaml) {
  const auto config = ParseConfig(yaml, "c.yaml");
  return config ? "" : config.error().text;
}

using Protocols = std::vector<std::shared_ptr<const metrics::Protocol>>;
const Protocols& Builtin() {
  static const Protocols protocols = metrics::LoadProtocols({}).value();
  return protocols;
}

std::string CheckComplaint(const std::vector<InverterConfig>& inverters,
                           const Protocols& protocols = Builtin()) {
  const auto checked = CheckInverters(inverters, protocols);
  return checked ? "" : checked.error().text;
}

TEST(Config, HasDefaultsWhenItIsEmpty) {
  for (const std::string yaml : {"", "# nothing\n", "{}", "inverters: []\n"}) {
    const Config config = Good(yaml);
    EXPECT_TRUE(config.inverters.empty());
    EXPECT_EQ(config.scrape.cache, 2s);
    EXPECT_EQ(config.scrape.timeout, 8s);
  }
}

TEST(Config, SaysEverything) {
  const Config config = Good(
      "inverters:\n"
      "  - name: house\n"
      "    device: /dev/ttyUSB0\n"
      "    protocol: pi30\n"
      "    heat_sink: ntc\n"
      "  - device: sim:max-8000?speed=60\n"
      "scrape: {cache: 0s, timeout: 1m30s}\n");
  ASSERT_EQ(config.inverters.size(), 2U);
  EXPECT_EQ(config.inverters[0].name, "house");
  EXPECT_EQ(config.inverters[0].device, "/dev/ttyUSB0");
  EXPECT_EQ(config.inverters[0].protocol, "pi30");
  EXPECT_EQ(config.inverters[0].traits, (metrics::TraitOverrides{{"heat_sink", "ntc"}}));
  EXPECT_EQ(config.inverters[1].name, "max-8000");
  EXPECT_EQ(config.inverters[1].device, "sim:max-8000?speed=60");
  EXPECT_EQ(config.inverters[1].protocol, "auto");
  EXPECT_TRUE(config.inverters[1].traits.empty());
  EXPECT_EQ(config.scrape.cache, 0s);
  EXPECT_EQ(config.scrape.timeout, 90s);
}

TEST(Config, ComplainsOfUnknownKeysWithTheirPlace) {
  EXPECT_EQ(ComplaintOf("scrape: {}\ninverter: []\n"),
            "c.yaml:2:1: unknown key \"inverter\"; the config has inverters, scrape, energy");
  EXPECT_EQ(ComplaintOf("scrape:\n  cache: 2s\n  interval: 1s\n"),
            "c.yaml:3:3: unknown key \"interval\"; scrape has cache, timeout");
  EXPECT_EQ(ComplaintOf("inverters:\n  - device: \"sim:\"\n    port: 1\n"),
            "c.yaml:3:5: unknown key \"port\"; an inverter has name, device, protocol, heat_sink");
}

TEST(Config, ComplainsOfValuesWithTheirPlace) {
  EXPECT_EQ(ComplaintOf("inverters: house\n"), "c.yaml:1:12: a text; a list belongs here");
  EXPECT_EQ(ComplaintOf("inverters:\n  - sim:\n").substr(0, 11), "c.yaml:2:5:");
  EXPECT_EQ(ComplaintOf("inverters:\n  - name: house\n"),
            "c.yaml:2:5: no key \"device\"; an inverter needs one");
  EXPECT_EQ(ComplaintOf("inverters:\n  - name: house\n    device: ttyUSB0\n")
                .find("c.yaml:3:13: \"ttyUSB0\" is no address of a device; write "),
            0U);
  EXPECT_EQ(ComplaintOf("inverters:\n  - device: sim:none\n")
                .find("c.yaml:2:13: sim:none: there is no model \"none\""),
            0U);
  EXPECT_EQ(ComplaintOf("inverters:\n  - {name: \"\", device: \"sim:\"}\n"),
            "c.yaml:2:5: an inverter without a name; write `name: house`");
  EXPECT_EQ(ComplaintOf("inverters:\n  - {name: [a], device: \"sim:\"}\n"),
            "c.yaml:2:12: a list; a text belongs here");
  EXPECT_EQ(ComplaintOf("inverters:\n  - device: \"sim:\"\n    protocol: [a]\n"),
            "c.yaml:3:15: a list; a text belongs here");
  EXPECT_EQ(ComplaintOf("inverters:\n  - device: \"sim:\"\n    heat_sink: kelvin\n"),
            "c.yaml:3:16: \"kelvin\" is neither ntc nor celsius");
  EXPECT_EQ(ComplaintOf("scrape: {cache: 2}\n"),
            "c.yaml:1:17: \"2\" is no duration; write 2s or 500ms");
  EXPECT_EQ(ComplaintOf("scrape:\n  timeout: -1s\n"),
            "c.yaml:2:12: \"-1s\" is no duration; write 2s or 500ms");
  EXPECT_EQ(ComplaintOf("scrape:\n  timeout: 0s\n"), "c.yaml:2:12: 0 is too short for any answer");
  EXPECT_EQ(ComplaintOf("scrape: 2s\n").substr(0, 12), "c.yaml:1:9: ");
  EXPECT_EQ(ComplaintOf("- sim:\n").substr(0, 12), "c.yaml:1:1: ");
}

TEST(Config, ComplainsOfASecondInverterOfOneName) {
  EXPECT_EQ(ComplaintOf("inverters:\n  - device: /dev/ttyUSB0\n  - device: /dev/ttyUSB1\n"
                        "  - {name: ttyUSB0, device: \"sim:\"}\n"),
            "c.yaml:4:5: a second inverter called \"ttyUSB0\"; give each a `name` of its own");
}

TEST(Config, ThatIsNoYamlIsAComplaint) {
  EXPECT_EQ(ComplaintOf("inverters: [\n").substr(0, 7), "c.yaml:");
  EXPECT_EQ(ComplaintOf("inverters:\n  - name: \xFF\n").substr(0, 13), "c.yaml:2:11: ");
}

TEST(Config, FileThatIsNotThereIsAComplaint) {
  const auto config = LoadConfigFile("/nonexistent/c.yaml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().text, "/nonexistent/c.yaml: cannot be read: No such file or directory");
}

TEST(Device, IsAnAddressOrANameAndAnAddress) {
  struct Case {
    std::string text, name, device;
  };
  const Case cases[] = {
      {"/dev/ttyUSB0", "ttyUSB0", "/dev/ttyUSB0"},
      {"house=/dev/ttyUSB0", "house", "/dev/ttyUSB0"},
      {"my house=sim:", "my house", "sim:"},
      // A "=" of the address is none of a name.
      {"sim:?speed=60", "sim", "sim:?speed=60"},
      {"sim:pip-5048?speed=60&seed=2", "pip-5048", "sim:pip-5048?speed=60&seed=2"},
      {"house=sim:?speed=60", "house", "sim:?speed=60"},
      {"/dev/by-id/usb=1", "usb=1", "/dev/by-id/usb=1"},
      {"k\xC3\xBC"
       "che=sim:",
       "k\xC3\xBC"
       "che",
       "sim:"},
  };
  for (const auto& [text, name, device] : cases) {
    const auto inverter = ParseDevice(text);
    ASSERT_TRUE(inverter) << inverter.error().text;
    EXPECT_EQ(inverter->name, name);
    EXPECT_EQ(inverter->device, device);
    EXPECT_EQ(inverter->protocol, "auto");
  }
}

TEST(Device, IsRefusedWithoutAGoodAddressOrName) {
  const auto complaint = [](const std::string& text) {
    const auto inverter = ParseDevice(text);
    return inverter ? "" : inverter.error().text;
  };
  EXPECT_EQ(complaint("").find("--device: \"\" is no address"), 0U);
  EXPECT_EQ(complaint("house").find("--device: \"house\" is no address"), 0U);
  EXPECT_EQ(complaint("house=").find("--device: \"\" is no address"), 0U);
  EXPECT_EQ(complaint("house=b=sim:").find("--device: \"b=sim:\" is no address"), 0U);
  EXPECT_EQ(complaint("=sim:"), "--device==sim:: the name is empty");
  EXPECT_EQ(complaint("/"), "--device=/: the name is empty");
  // Prometheus would refuse every scrape.
  EXPECT_EQ(complaint("\xFF=sim:"), "--device: the name is not UTF-8");
}

TEST(Inverters, AreCheckedTogether) {
  const InverterConfig house{"house", "sim:", "auto", {}};
  EXPECT_EQ(CheckComplaint({house}), "");
  EXPECT_EQ(CheckComplaint({house, {"barn", "sim:", "pi30", {{"heat_sink", "celsius"}}}}), "");
  EXPECT_EQ(CheckComplaint({}).find("no inverter is configured; give --device="), 0U);
  EXPECT_EQ(CheckComplaint({house, house}),
            "two inverters are called \"house\"; write --device=NAME=ADDRESS");
  EXPECT_EQ(CheckComplaint({{"house", "sim:", "pi31", {}}}),
            "inverter house: there is no protocol \"pi31\"; known are auto, pi30");
}

TEST(Inverters, NeedAProtocolThatKnowsTheirTraits) {
  const auto loaded = metrics::LoadProtocol(
      "protocol: small\nhelp: Small.\ncommands:\n  QMOD:\n    help: Mode.\n    ask: every_scrape\n"
      "    example: \"B\"\n    columns:\n      - {at: 1, reserved: true}\n",
      "small.yaml");
  ASSERT_TRUE(loaded) << loaded.error().text;
  const auto small = std::make_shared<const metrics::Protocol>(*loaded);
  const metrics::TraitOverrides ntc{{"heat_sink", "ntc"}};
  const Protocols both{small, Builtin().front()};
  EXPECT_EQ(CheckComplaint({{"house", "sim:", "small", ntc}}, both),
            "inverter house: no trait \"heat_sink\" in protocol small; its traits are none");
  EXPECT_EQ(CheckComplaint({{"house", "sim:", "auto", ntc}}, both), "");
  EXPECT_NE(CheckComplaint({{"house", "sim:", "auto", ntc}}, {small}), "");
}

}  // namespace
}  // namespace mppsolar
