#include "exporter/web/status_page.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "exporter/web/page_files.h"
#include "exporter/web/status_json.h"
#include "tests/exporter/status_bench.h"

namespace mppsolar {
namespace {

constexpr std::time_t kNow = 1795354183;  // 2026-11-22 13:29:43 UTC

bool Has(const std::string& html, const std::string& part) {
  return html.find(part) != std::string::npos;
}

std::string PageOf(const std::vector<InverterStatus>& inverters,
                   const std::vector<PageLink>& links = {}) {
  Status status;
  status.inverters = inverters;
  return StatusPage(StatusJson(status), links, kNow);
}

class StatusPageTest : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};

TEST_F(StatusPageTest, LinksNamesTheInvertersAndTheVersion) {
  const std::string html = PageOf({StatusOf({})}, {{"/metrics", "Metrics"}});
  EXPECT_TRUE(Has(html, "<a href=\"/metrics\">Metrics</a>"));
  EXPECT_TRUE(Has(html, ">house</h2>"));
  EXPECT_TRUE(Has(html, "<th scope=\"row\">Device</th> <td>/dev/ttyUSB0</td>"));
  EXPECT_TRUE(Has(html, "mppsolar_exporter " MPPSOLAR_VERSION));
}

TEST_F(StatusPageTest, SaysEverythingWithoutAScript) {
  const std::string html =
      PageOf({StatusOf({{"mppsolar_pv_watts", {{"mppt", "1"}}, 1240},
                        {"mppsolar_output_watts", kPlain, 437},
                        {"mppsolar_mode", {{"mode", "battery"}}, 1},
                        {"mppsolar_warning_active", {{"warning", "line_fail"}}, 1}})});
  EXPECT_TRUE(Has(html, ">Sun gives 1,240 W.</p>"));
  EXPECT_TRUE(Has(html, ">1,240 W</p>"));
  EXPECT_TRUE(Has(html, ">House takes 437 W.</p>"));
  EXPECT_TRUE(Has(html, ">Battery mode</p>"));
  EXPECT_TRUE(Has(html, ">Read 2 s ago</p>"));
  EXPECT_TRUE(Has(html, "<li data-kind=\"Warning\"><span>Warning</span> <span>Line fail</span>"));
  EXPECT_FALSE(Has(html, "{{"));
}

TEST_F(StatusPageTest, EscapesEverythingThatComesFromOutside) {
  const std::string hostile = "</h2><script>alert('1')</script>\"&{{name}}";
  InverterFacts facts = GoodFacts(hostile);
  facts.device = hostile;
  facts.trouble = hostile;
  const auto families = FamiliesOf(
      hostile, {{"mppsolar_up", kPlain, 0},
                {"mppsolar_inverter_info", {{"model", hostile}, {"firmware", hostile}}, 1},
                {"mppsolar_mode", {{"mode", hostile}}, 1},
                {"mppsolar_warning_active", {{"warning", hostile}}, 1},
                {"mppsolar_unit_output_watts", {{"unit", hostile}}, 1},
                {"mppsolar_pv_watts", {{"mppt", hostile}}, 1},
                {"mppsolar_pv_watts", {{"mppt", "2"}}, 1},
                {"mppsolar_command_errors_total", {{"reason", hostile}}, 1}});
  Status status = MakeStatus({facts}, families);
  const std::string html = StatusPage(StatusJson(status), {{"/\"><script>", "<script>"}}, kNow);
  EXPECT_FALSE(Has(html, "<script>"));
  EXPECT_FALSE(Has(html, "alert('1')"));
  EXPECT_TRUE(Has(html,
                  ">&lt;/h2&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"
                  "{{name}}</h2>"));
  EXPECT_TRUE(Has(html, "<a href=\"/&quot;&gt;&lt;script&gt;\">&lt;script&gt;</a>"));
}

TEST_F(StatusPageTest, SaysSinceWhenAndWhyAnInverterDoesNotAnswer) {
  InverterStatus status;
  status.trouble = "QPIGS: no answer";
  status.trouble_since = kNow - 60;
  std::string html = PageOf({status});
  EXPECT_TRUE(Has(html, "data-answers=\"none\""));
  EXPECT_TRUE(Has(html, ">The inverter has not answered since</span>"));
  EXPECT_TRUE(Has(html, "datetime=\"2026-11-22T13:28:43Z\">13:28</time>"));
  EXPECT_TRUE(Has(html, ">QPIGS: no answer</span>"));
  status.trouble_since = kNow - 86'400;
  html = PageOf({status});
  EXPECT_TRUE(Has(html, ">2026-11-21 13:29</time>"));
}

TEST_F(StatusPageTest, EachInverterHasAPlaceOfItsOwn) {
  const std::string html = PageOf(std::vector<InverterStatus>(20));
  EXPECT_TRUE(Has(html, "id=\"name-0\""));
  EXPECT_TRUE(Has(html, "aria-labelledby=\"name-19\""));
  EXPECT_FALSE(Has(html, "id=\"name-20\""));
}

// The page's policy would block them, and nobody would see it but who opens the console.
TEST_F(StatusPageTest, HasNoInlineStyleOrScript) {
  const std::string html = PageOf({StatusOf({})});
  EXPECT_FALSE(Has(html, "style="));
  EXPECT_FALSE(Has(html, "<style"));
  EXPECT_FALSE(Has(html,
                   " on"
                   "click="));
  EXPECT_FALSE(Has(html, "http://"));
  EXPECT_FALSE(Has(html, "https://"));
  EXPECT_EQ(std::string(kPagePolicy).find("unsafe"), std::string::npos);
}

TEST(PageFiles, AreCompiledIn) {
  for (const char* const name : {"page.css", "page.js", "icon.svg", "metrics.md"}) {
    EXPECT_FALSE(PageFileText(name).empty()) << name;
  }
  EXPECT_TRUE(PageFileText("none").empty());
}

}  // namespace
}  // namespace mppsolar
