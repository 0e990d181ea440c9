#include "exporter/web/start_page.h"

#include <gtest/gtest.h>

namespace mppsolar {
namespace {

bool Has(const std::string& html, const std::string& part) {
  return html.find(part) != std::string::npos;
}

TEST(StartPage, LinksToTheMetricsAndNamesTheInverters) {
  const std::string html = StartPage({{"house", "/dev/ttyUSB0", "auto", {}}}, "/metrics");
  EXPECT_TRUE(Has(html, "<a href=\"/metrics\">"));
  EXPECT_TRUE(Has(html, "<a href=\"/-/healthy\">"));
  EXPECT_TRUE(Has(html, "<td>house</td><td>/dev/ttyUSB0</td>"));
}

TEST(StartPage, EscapesWhatComesFromTheConfig) {
  const std::string html =
      StartPage({{"<script>alert('1')</script>", "/dev/a&b\"<c>", "auto", {}}}, "/\"><script>");
  EXPECT_FALSE(Has(html, "<script>"));
  EXPECT_TRUE(Has(html, "<td>&lt;script&gt;alert('1')&lt;/script&gt;</td>"));
  EXPECT_TRUE(Has(html, "<td>/dev/a&amp;b&quot;&lt;c&gt;</td>"));
  EXPECT_TRUE(Has(html, "<a href=\"/&quot;&gt;&lt;script&gt;\">"));
}

}  // namespace
}  // namespace mppsolar
