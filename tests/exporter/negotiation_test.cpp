#include "exporter/web/negotiation.h"

#include <gtest/gtest.h>

namespace mppsolar {
namespace {

TEST(Negotiation, WithoutAHeaderItIsText) {
  EXPECT_EQ(NegotiateExposition(std::nullopt), Exposition::kText);
  EXPECT_EQ(NegotiateExposition(""), Exposition::kText);
}

TEST(Negotiation, BrowsersAndCurlGetText) {
  EXPECT_EQ(NegotiateExposition("*/*"), Exposition::kText);
  EXPECT_EQ(NegotiateExposition("text/html,application/xhtml+xml,*/*;q=0.8"), Exposition::kText);
}

TEST(Negotiation, PrometheusOfTodayAndOfYesterdayGetsOpenMetrics) {
  // As Prometheus 2.42 sends it.
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text;version=1.0.0,application/"
                                "openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q="
                                "0.5,*/*;q=0.1"),
            Exposition::kOpenMetrics);
  // As Prometheus 3 does.
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q="
                                "0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;"
                                "version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;"
                                "q=0.3,*/*;q=0.2"),
            Exposition::kOpenMetrics);
}

TEST(Negotiation, ThePreferenceOfTheClientDecides) {
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text;q=0.4, text/plain;q=0.5"),
            Exposition::kText);
  EXPECT_EQ(NegotiateExposition("text/plain;q=0.5 , Application/OpenMetrics-Text ; Q=0.6"),
            Exposition::kOpenMetrics);
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text,text/plain"), Exposition::kText);
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text;q=0"), Exposition::kText);
}

TEST(Negotiation, AVersionThatIsNotServedIsNotTaken) {
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text;version=0.0.1"), Exposition::kText);
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text;version=2.0.0"), Exposition::kText);
}

TEST(Negotiation, ABrokenQualityCountsAsNone) {
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text;q=high"), Exposition::kText);
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text;q=2"), Exposition::kText);
  EXPECT_EQ(NegotiateExposition(";;;,,=,;q"), Exposition::kText);
}

}  // namespace
}  // namespace mppsolar
