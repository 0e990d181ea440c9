#include "exporter/web/url_query.h"

#include <gtest/gtest.h>

namespace mppsolar {
namespace {

using Parts = std::vector<std::pair<std::string, std::string>>;

TEST(UrlQuery, KeepsTheOrderAndRepeatedNames) {
  EXPECT_EQ(ParseUrlQuery("b=1&a=2&b=3"), (Parts{{"b", "1"}, {"a", "2"}, {"b", "3"}}));
}

TEST(UrlQuery, DecodesNamesAndValues) {
  EXPECT_EQ(ParseUrlQuery("na%6De%5b%5D=a+b%20c%3D%26%2B"), (Parts{{"name[]", "a b c=&+"}}));
  EXPECT_EQ(ParseUrlQuery("a=%00"), (Parts{{"a", std::string(1, '\0')}}));
}

TEST(UrlQuery, ANameMayComeWithoutAValueAndAValueMayHoldEquals) {
  EXPECT_EQ(ParseUrlQuery("debug&a=&=b&c=d=e"),
            (Parts{{"debug", ""}, {"a", ""}, {"", "b"}, {"c", "d=e"}}));
}

TEST(UrlQuery, NothingIsNoPart) {
  EXPECT_EQ(ParseUrlQuery(""), Parts{});
  EXPECT_EQ(ParseUrlQuery("&&"), Parts{});
}

TEST(UrlQuery, APercentSignNeedsTwoDigits) {
  for (const char* wrong : {"a=%", "a=%2", "%zz=1", "a=%2g", "a=%-1", "a=%+1&b=2", "a=% 1"}) {
    EXPECT_FALSE(ParseUrlQuery(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace mppsolar
