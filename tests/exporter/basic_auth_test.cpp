#include "exporter/web/basic_auth.h"

#include <gtest/gtest.h>

namespace mppsolar {
namespace {

void ExpectCredentials(std::string_view header, const std::string& user,
                       const std::string& password) {
  const auto credentials = ParseBasicAuth(header);
  ASSERT_TRUE(credentials) << header;
  EXPECT_EQ(credentials->user, user);
  EXPECT_EQ(credentials->password, password);
}

TEST(BasicAuth, ReadsAUserAndAPassword) {
  // The example of RFC 7617.
  ExpectCredentials("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame");
  ExpectCredentials("Basic dGVzdDoxMjPCow==", "test", "123\xC2\xA3");
}

TEST(BasicAuth, TheSchemeMayHaveAnyCapitals) { ExpectCredentials("bAsIc YTpi", "a", "b"); }

TEST(BasicAuth, OnlyTheFirstColonEndsTheName) { ExpectCredentials("Basic YTpiOmM=", "a", "b:c"); }

TEST(BasicAuth, BothMayBeEmpty) { ExpectCredentials("Basic Og==", "", ""); }

TEST(BasicAuth, TakesNothingElse) {
  for (const char* wrong : {"", "Basic", "Basic ", "Basic YWI=", "Bearer YTpi", "BasicYTpi",
                            "Basic YTp", "Basic YTpi=", "Basic Y===", "Basic ====", "Basic YT pi",
                            "Basic YTp!", "Basic YTpi,", "YTpi"}) {
    EXPECT_FALSE(ParseBasicAuth(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace mppsolar
