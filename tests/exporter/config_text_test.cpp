#include "exporter/config/config_text.h"

#include <gtest/gtest.h>

namespace mppsolar {
namespace {

TEST(ConfigText, IsAConfigThatSaysTheSame) {
  Config config;
  config.inverters = {{"the: house", "sim:?speed=60", "pi30", {{"heat_sink", "ntc"}}},
                      {"7", "/dev/ttyUSB0", "auto", {}}};
  config.scrape.cache = std::chrono::milliseconds(0);
  config.scrape.timeout = std::chrono::milliseconds(8500);
  config.energy.max_gap = std::chrono::minutes(7);
  const auto again = ParseConfig(ConfigText(config), "config");
  ASSERT_TRUE(again) << again.error().text << ConfigText(config);
  ASSERT_EQ(again->inverters.size(), 2U);
  EXPECT_EQ(again->inverters[0].name, "the: house");
  EXPECT_EQ(again->inverters[0].device, "sim:?speed=60");
  EXPECT_EQ(again->inverters[0].protocol, "pi30");
  EXPECT_EQ(again->inverters[0].traits, config.inverters[0].traits);
  EXPECT_EQ(again->inverters[1].name, "7");
  EXPECT_EQ(again->scrape.cache, config.scrape.cache);
  EXPECT_EQ(again->scrape.timeout, config.scrape.timeout);
  EXPECT_EQ(again->energy.max_gap, config.energy.max_gap);
}

}  // namespace
}  // namespace mppsolar
