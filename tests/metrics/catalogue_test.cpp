#include "metrics/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/metrics/small_definition.h"

namespace mppsolar::metrics {
namespace {

using Texts = std::vector<std::string>;

std::vector<CatalogueEntry> All() {
  return Catalogue(Load(SmallDefinition(
      Rows({"{at: 1, metric: z_volts, labels: {mppt: 1}, help: Z.}",
            "{product: [1, 2], metric: y_watts, help: Y.}",
            "{at: 2, metric: made_joules_total, help: M.}",
            "{at: 3, bit: 2, metric: on, help: On.}",
            "{at: 4, metric: mode, label: mode, states: {L: line, B: battery}, help: Mode.}",
            "{at: 5, metric: setting, label: setting, letters: {a: buzzer, b: bypass}, help: S.}",
            "{at: 6, info: inverter_info, label: firmware, after: \"VER:\"}"}),
      Rows({"{at: 1, name: bus, fault: all, help: X.}",
            "{at: 2, name: hot, warning: all, fault_with: 1, help: X.}",
            "{at: 4, digits: 2, metric: f_code, help: Code.}"}))));
}

CatalogueEntry Entry(const std::string& name) {
  for (const CatalogueEntry& entry : All()) {
    if (entry.name == name) return entry;
  }
  ADD_FAILURE() << "no " << name;
  return {};
}

TEST(Catalogue, IsSortedAndNamesEachMetricOnce) {
  Texts names;
  for (const CatalogueEntry& entry : All()) names.push_back(entry.name);
  EXPECT_EQ(names,
            (Texts{"mppsolar_f_code", "mppsolar_fault_active", "mppsolar_inverter_info",
                   "mppsolar_made_joules_total", "mppsolar_mode", "mppsolar_on", "mppsolar_setting",
                   "mppsolar_warning_active", "mppsolar_y_watts", "mppsolar_z_volts"}));
}

TEST(Catalogue, TellsWhatAMetricIs) {
  const CatalogueEntry volts = Entry("mppsolar_z_volts");
  EXPECT_EQ(volts.type, "gauge");
  EXPECT_EQ(volts.labels, (Texts{"inverter", "mppt"}));
  EXPECT_TRUE(volts.states.empty());
  EXPECT_EQ(volts.help, "Z.");
  EXPECT_EQ(Entry("mppsolar_made_joules_total").type, "counter");
  EXPECT_EQ(Entry("mppsolar_inverter_info").labels,
            (Texts{"inverter", "serial_number", "firmware"}));
}

TEST(Catalogue, TellsWhereAMetricComesFrom) {
  EXPECT_EQ(Entry("mppsolar_z_volts").from, (Texts{"QA column 1"}));
  EXPECT_EQ(Entry("mppsolar_y_watts").from, (Texts{"QA column 1 times column 2"}));
  EXPECT_EQ(Entry("mppsolar_on").from, (Texts{"QA column 3, bit 2"}));
  EXPECT_EQ(Entry("mppsolar_mode").from, (Texts{"QA column 4"}));
  EXPECT_EQ(Entry("mppsolar_setting").from,
            (Texts{"QA column 5, letter a", "QA column 5, letter b"}));
  EXPECT_EQ(Entry("mppsolar_inverter_info").from, (Texts{"QA column 6 (firmware)"}));
  EXPECT_EQ(Entry("mppsolar_fault_active").from, (Texts{"QB character 1", "QB character 2"}));
  EXPECT_EQ(Entry("mppsolar_f_code").from, (Texts{"QB character 4 (2 digits)"}));
}

TEST(Catalogue, TellsTheStates) {
  EXPECT_EQ(Entry("mppsolar_mode").states, (Texts{"line", "battery"}));
  EXPECT_EQ(Entry("mppsolar_setting").states, (Texts{"buzzer", "bypass"}));
  EXPECT_EQ(Entry("mppsolar_warning_active").states, (Texts{"hot"}));
  EXPECT_EQ(Entry("mppsolar_fault_active").states, (Texts{"bus", "hot"}));
}

}  // namespace
}  // namespace mppsolar::metrics
