#include "exporter/web/scrape_deadline.h"

#include <gtest/gtest.h>

#include "exporter/web/http_server.h"

namespace mppsolar {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLongest{8000};

std::int64_t TimeFor(std::string_view header) {
  const auto time = ScrapeTime(kLongest, header);
  return time ? time->count() : -1;
}

TEST(ScrapeDeadline, IsTheLongestWithoutAHeaderOrWithZero) {
  EXPECT_EQ(ScrapeTime(kLongest, std::nullopt), kLongest);
  EXPECT_EQ(TimeFor("0"), 8000);
  EXPECT_EQ(TimeFor("0.0"), 8000);
}

TEST(ScrapeDeadline, IsHalfASecondLessThanThePrometheusOne) {
  EXPECT_EQ(TimeFor("5"), 4500);
  EXPECT_EQ(TimeFor("1.500000"), 1000);
}

TEST(ScrapeDeadline, IsNeverMoreThanTheLongest) {
  EXPECT_EQ(TimeFor("10"), 8000);
  EXPECT_EQ(TimeFor("8.5"), 8000);
  EXPECT_EQ(TimeFor("99999999999999"), 8000);
}

TEST(ScrapeDeadline, IsHalfOfAShortOne) {
  EXPECT_EQ(TimeFor("0.5"), 250);
  EXPECT_EQ(TimeFor("0.1"), 50);
  // From here on half a second less is more.
  EXPECT_EQ(TimeFor("1"), 500);
}

TEST(ScrapeDeadline, IsRefusedWhenItIsNoNumberOfSeconds) {
  for (const std::string_view header :
       {"", "-1", "nan", "inf", "1e3", "0x10", "10s", "ten", " 10", "10 ", "1,5", "1.2.3", "--1"}) {
    EXPECT_FALSE(ScrapeTime(kLongest, header)) << header;
  }
}

TEST(ListenAddress, IsAnAddressAndAPort) {
  struct Case {
    std::string_view text, host;
    int port;
  };
  const Case cases[] = {{":10030", "", 10030},
                        {"127.0.0.1:10030", "127.0.0.1", 10030},
                        {"0.0.0.0:1", "0.0.0.0", 1},
                        {"[::1]:10030", "::1", 10030},
                        {"[::]:65535", "::", 65535},
                        {"localhost:9100", "127.0.0.1", 9100},
                        {":0", "", 0}};
  for (const auto& [text, host, port] : cases) {
    const auto address = ParseListenAddress(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->host, host) << text;
    EXPECT_EQ(address->port, port) << text;
  }
}

TEST(ListenAddress, IsRefusedInAnyOtherForm) {
  for (const std::string_view text : {"",
                                      "10030",
                                      ":",
                                      "127.0.0.1",
                                      "127.0.0.1:",
                                      ":65536",
                                      ":-1",
                                      ":+1",
                                      ":80x",
                                      ":8 0",
                                      "::1",
                                      "::1:10030",
                                      "[::1]",
                                      "[]:1",
                                      "[::1:1",
                                      "example.org:80",
                                      "127.0.0.256:80",
                                      "1.2.3:80",
                                      " :80",
                                      "http://127.0.0.1:80"}) {
    EXPECT_FALSE(ParseListenAddress(text)) << text;
  }
}

TEST(HttpRequest, FindsHeadersWhateverTheirCapitals) {
  const HttpRequest request{"GET", "/", {}, {{"Host", "a"}, {"x-PROMETHEUS-scrape", "b"}}};
  EXPECT_EQ(request.Header("X-Prometheus-Scrape"), "b");
  EXPECT_EQ(request.Header("X-Prometheus"), std::nullopt);
}

}  // namespace
}  // namespace mppsolar
