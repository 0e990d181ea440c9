#include "exporter/web/bcrypt.h"

#include <gtest/gtest.h>

namespace mppsolar {
namespace {

// Published test vectors of crypt_blowfish.
constexpr const char* kHash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
constexpr const char* kPassword = "U*U";

std::string WithCost(const char* cost) { return std::string(kHash).replace(4, 2, cost); }

TEST(Bcrypt, TellsTheRightPasswordFromOthers) {
  EXPECT_TRUE(MatchesBcrypt(kPassword, kHash));
  EXPECT_TRUE(
      MatchesBcrypt("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"));
  for (const char* wrong : {"", "U*", "U*u", "U*U*", "U*U "}) {
    EXPECT_FALSE(MatchesBcrypt(wrong, kHash)) << wrong;
  }
}

TEST(Bcrypt, TakesTheLettersOfEveryProgramThatMakesHashes) {
  for (const char letter : {'a', 'b', 'y'}) {
    std::string hash = kHash;
    hash[2] = letter;
    EXPECT_TRUE(MatchesBcrypt(kPassword, hash)) << letter;
    EXPECT_FALSE(WrongBcrypt(hash)) << letter;
  }
}

TEST(Bcrypt, ASaltMayHaveBitsThatDoNotCount) {
  EXPECT_TRUE(
      MatchesBcrypt("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"));
}

TEST(Bcrypt, AZeroByteDoesNotEndAPassword) {
  EXPECT_FALSE(MatchesBcrypt(std::string(kPassword) + '\0' + "more", kHash));
}

TEST(Bcrypt, VeryLongPasswordsAreWrongAndNothingElse) {
  EXPECT_FALSE(MatchesBcrypt(std::string(100'000, 'x'), kHash));
}

TEST(Bcrypt, SaysWhatIsNoHash) {
  for (const std::string& wrong :
       {std::string(), std::string("secret"), std::string(kHash).substr(1),
        std::string(kHash) + "x", std::string(kHash).substr(0, 59),
        std::string(kHash).replace(30, 1, "!"), std::string(kHash).replace(2, 1, "x"),
        std::string(kHash).replace(0, 3, "$1$"), WithCost("03"), WithCost("1x")}) {
    const auto complaint = WrongBcrypt(wrong);
    ASSERT_TRUE(complaint) << wrong;
    EXPECT_NE(complaint->find("is no bcrypt hash"), std::string::npos) << *complaint;
    EXPECT_TRUE(wrong.empty() || complaint->find(wrong) == std::string::npos) << *complaint;
  }
}

TEST(Bcrypt, RefusesHashesThatTakeSecondsToCheck) {
  EXPECT_FALSE(WrongBcrypt(WithCost("14")));
  for (const char* cost : {"15", "18", "31", "99"}) {
    const auto complaint = WrongBcrypt(WithCost(cost));
    ASSERT_TRUE(complaint) << cost;
    EXPECT_NE(complaint->find(std::string("costs ") + cost), std::string::npos) << *complaint;
  }
}

TEST(Bcrypt, AHashOfAnUnknownUserCostsAsMuchAndFitsNothing) {
  const std::string unknown = UnknownBcrypt(kHash);
  EXPECT_FALSE(WrongBcrypt(unknown));
  EXPECT_EQ(unknown.substr(0, 7), "$2a$05$");
  EXPECT_FALSE(MatchesBcrypt(kPassword, unknown));
}

}  // namespace
}  // namespace mppsolar
