#include "metrics/exposition.h"

#include <gtest/gtest.h>

#include <locale>
#include <string>

#include "metrics/families.h"

namespace mppsolar::metrics {
namespace {

class CommaNumbers : public std::numpunct<char> {
 protected:
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

class GlobalLocale {
 public:
  explicit GlobalLocale(const std::locale& locale) : before_(std::locale::global(locale)) {}
  ~GlobalLocale() { std::locale::global(before_); }
  GlobalLocale(const GlobalLocale&) = delete;
  GlobalLocale& operator=(const GlobalLocale&) = delete;

 private:
  std::locale before_;
};

std::string TextOf(double value, const std::string& help = "Help.", const Labels& labels = {}) {
  Families families;
  families.Add("m", help, FamilyType::kGauge, labels, value);
  return ToText(families.Take());
}

TEST(Exposition, IsPrometheusText) {
  Families families;
  families.Add("made_joules_total", "Made.", FamilyType::kCounter, {{"inverter", "a"}}, 3600);
  families.Add("grid_volts", "Grid.", FamilyType::kGauge, {{"inverter", "a"}, {"l", "1"}}, 230.5);
  families.Add("grid_volts", "Grid.", FamilyType::kGauge, {{"inverter", "b"}, {"l", "1"}}, -1);
  EXPECT_EQ(ToText(families.Take()),
            "# HELP grid_volts Grid.\n"
            "# TYPE grid_volts gauge\n"
            "grid_volts{inverter=\"a\",l=\"1\"} 230.5\n"
            "grid_volts{inverter=\"b\",l=\"1\"} -1\n"
            "# HELP made_joules_total Made.\n"
            "# TYPE made_joules_total counter\n"
            "made_joules_total{inverter=\"a\"} 3600\n");
  EXPECT_EQ(ToText({}), "");
}

TEST(Exposition, PrintsNumbersAsTheyAre) {
  EXPECT_NE(TextOf(57 / 100.0).find("m 0.57\n"), std::string::npos);
  EXPECT_NE(TextOf(13.49).find("m 13.49\n"), std::string::npos);
  EXPECT_NE(TextOf(359999996400.0).find("m 359999996400\n"), std::string::npos);
}

TEST(Exposition, DoesNotDependOnTheLocale) {
  const std::string before = TextOf(1234567.25);
  const GlobalLocale comma(std::locale(std::locale::classic(), new CommaNumbers));
  EXPECT_EQ(TextOf(1234567.25), before);
  EXPECT_NE(before.find("m 1234567.25\n"), std::string::npos) << before;
}

TEST(Exposition, EscapesLabelValues) {
  const std::string text = TextOf(1, "Help.", {{"l", "a\"b\\c\nd"}});
  EXPECT_NE(text.find("m{l=\"a\\\"b\\\\c\\nd\"} 1\n"), std::string::npos) << text;
}

TEST(Exposition, EscapesHelp) {
  const std::string text = TextOf(1, "a\nb 1\\c");
  EXPECT_EQ(text, "# HELP m a\\nb 1\\\\c\n# TYPE m gauge\nm 1\n");
}

}  // namespace
}  // namespace mppsolar::metrics
