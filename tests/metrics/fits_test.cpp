#include <gtest/gtest.h>

#include <string>

#include "metrics/decode.h"
#include "tests/metrics/small_definition.h"

namespace mppsolar::metrics {
namespace {

// Whether `payload` fits a command of this example and these rows.
bool FitsCommand(const std::string& example, std::initializer_list<std::string> rows,
                 const std::string& payload, const std::string& reply = "") {
  const Protocol protocol = Load(
      "protocol: test\nhelp: A test.\n"
      "infos:\n  i_info: {labels: [a, b], help: X.}\n"
      "commands:\n  QX:\n    help: X.\n    ask: once\n" +
      (reply.empty() ? "" : "    reply: {columns: " + reply + "}\n") + "    example: \"" + example +
      "\"\n    columns:\n" + Rows(rows));
  return Fits(*protocol.Find("QX"), payload);
}

const std::initializer_list<std::string> kFourNumbers = {
    "{at: 1, metric: a_volts, help: X.}", "{at: 2, metric: b_volts, help: X.}",
    "{at: 3, metric: c_volts, help: X.}", "{at: 4, metric: d_volts, help: X.}"};

TEST(Fits, RepliesOfTheRightLength) {
  EXPECT_TRUE(FitsCommand("1 2 3 4", kFourNumbers, "5 6 7 8"));
  EXPECT_TRUE(FitsCommand("1 2 3 4", kFourNumbers, "5 6 7 8 "));
  EXPECT_FALSE(FitsCommand("1 2 3 4", kFourNumbers, "5 6 7"));
  EXPECT_FALSE(FitsCommand("1 2 3 4", kFourNumbers, "5 6 7 8 9"));
  EXPECT_FALSE(FitsCommand("1 2 3 4", kFourNumbers, ""));
  EXPECT_TRUE(FitsCommand("1 2 3 4", kFourNumbers, "5 6 7", "3..5"));
  EXPECT_TRUE(FitsCommand("1 2 3 4", kFourNumbers, "5 6 7 8 9", "3..5"));
  EXPECT_FALSE(FitsCommand("1 2 3 4", kFourNumbers, "5 6 7 8 9 0", "3..5"));
}

TEST(Fits, RepliesOfWhichThreeQuartersAreOfTheRightKind) {
  EXPECT_TRUE(FitsCommand("1 2 3 4", kFourNumbers, "5 6 x 8"));
  EXPECT_FALSE(FitsCommand("1 2 3 4", kFourNumbers, "5 y x 8"));
}

TEST(Fits, ShortRepliesOnlyIfAllOfThemIsRight) {
  const std::initializer_list<std::string> three = {"{at: 1, metric: a_volts, help: X.}",
                                                    "{at: 2, metric: b_volts, help: X.}",
                                                    "{at: 3, metric: c_volts, help: X.}"};
  EXPECT_TRUE(FitsCommand("1 2 3", three, "5 6 7"));
  EXPECT_FALSE(FitsCommand("1 2 3", three, "5 6 x"));
}

bool NumberFits(const std::string& example, const std::string& number) {
  return FitsCommand(example, {"{at: 1, metric: a_volts, help: X.}"}, number);
}

TEST(Fits, NumbersWithAPointWhereTheExampleHasOne) {
  EXPECT_TRUE(NumberFits("12.5", "7.5"));
  EXPECT_FALSE(NumberFits("12.5", "125"));
  EXPECT_TRUE(NumberFits("125", "7"));
  EXPECT_FALSE(NumberFits("125", "7.5"));
}

TEST(Fits, NumbersThatAreAboutAsLong) {
  EXPECT_TRUE(NumberFits("10636700", "106367"));
  EXPECT_FALSE(NumberFits("10636700", "10636"));
  EXPECT_FALSE(NumberFits("10636700", "92931905106463"));
}

TEST(Fits, DashesForAnyNumber) {
  EXPECT_TRUE(NumberFits("12.5", "---"));
  EXPECT_TRUE(NumberFits("125", "--.-"));
  EXPECT_FALSE(NumberFits("125", "-x-"));
}

TEST(Fits, BitsOfTheSameWidth) {
  const auto fits = [](const std::string& bits) {
    return FitsCommand("0101", {"{at: 1, bit: 0, metric: a, help: X.}"}, bits);
  };
  EXPECT_TRUE(fits("1110"));
  EXPECT_FALSE(fits("110"));
  EXPECT_FALSE(fits("11100"));
  EXPECT_FALSE(fits("1112"));
}

TEST(Fits, StatesThatAreListedOrLookLikeIt) {
  const auto mode = [](const std::string& text) {
    return FitsCommand("B", {"{at: 1, metric: a, label: l, states: {B: b, L: l}, help: X.}"}, text);
  };
  EXPECT_TRUE(mode("L"));
  EXPECT_TRUE(mode("Z"));
  EXPECT_FALSE(mode("BL"));
  EXPECT_FALSE(mode("1"));
  const auto number = [](const std::string& text) {
    return FitsCommand("01", {"{at: 1, metric: a, label: l, states: {\"01\": b}, help: X.}"}, text);
  };
  EXPECT_TRUE(number("02"));
  EXPECT_TRUE(number("-"));
  EXPECT_FALSE(number("B"));
  EXPECT_FALSE(number("010"));
}

TEST(Fits, LettersWithEAndD) {
  const auto fits = [](const std::string& text) {
    return FitsCommand("EaDb", {"{at: 1, metric: a, label: l, letters: {a: a, b: b}, help: X.}"},
                       text);
  };
  EXPECT_TRUE(fits("EbDa"));
  EXPECT_TRUE(fits("EDxyz"));
  EXPECT_FALSE(fits("Eab"));
  EXPECT_FALSE(fits("aDb"));
}

TEST(Fits, ListsOfDigitsOfTheSameWidth) {
  const auto fits = [](const std::string& text) {
    return FitsCommand("010 020", {"{from: 1, metric: a_amperes, label: l, help: X.}"}, text,
                       "1..9");
  };
  EXPECT_TRUE(fits("002 010 020 030"));
  EXPECT_FALSE(fits("02 10"));
  EXPECT_FALSE(fits("01.5"));
  EXPECT_TRUE(fits("002 010 020 03x"));
  EXPECT_FALSE(fits("002 01 02 030"));
}

bool TextFits(const std::string& example, const std::string& more, const std::string& text) {
  return FitsCommand(example, {"{at: 1, info: i_info, label: a" + more + "}"}, text);
}

TEST(Fits, TextsThatBeginAsTheyMust) {
  EXPECT_TRUE(TextFits("VERFW:0001", ", after: \"VERFW:\"", "VERFW:00072.70"));
  EXPECT_FALSE(TextFits("VERFW:0001", ", after: \"VERFW:\"", "VERFW2:0001"));
}

TEST(Fits, TextsOfDigitsThatAreAboutAsLong) {
  EXPECT_TRUE(TextFits("92931905106463", "", "929319051064"));
  EXPECT_FALSE(TextFits("92931905106463", "", "92931905106"));
  EXPECT_FALSE(TextFits("92931905106463", "", "9293190510646X"));
  EXPECT_TRUE(TextFits("044", "", "027"));
  EXPECT_FALSE(TextFits("044", "", "01"));
}

TEST(Fits, NamesThatLookLikeTheExample) {
  EXPECT_TRUE(TextFits("MKS2-5000", "", "VMII-NXPW5KW"));
  EXPECT_TRUE(TextFits("MKS2-5000", "", "VMIII-6000"));
  EXPECT_FALSE(TextFits("MKS2-5000", "", "EbxDajkuvyz"));
  EXPECT_FALSE(TextFits("MKS2-5000", "", "PI30"));
  EXPECT_FALSE(TextFits("PI30", "", "B"));
  EXPECT_FALSE(TextFits("PI30", "", "0044"));
  EXPECT_TRUE(TextFits("PI30", "", "PI41"));
}

TEST(Fits, NoRefusalEvenIfItIsATextToo) {
  EXPECT_FALSE(TextFits("PI30", "", "NAK"));
  EXPECT_FALSE(TextFits("PI30", "", "ACK"));
}

TEST(Fits, NothingWithBytesThatNoReplyHas) {
  const std::initializer_list<std::string> reserved = {"{at: 1, reserved: true}"};
  EXPECT_TRUE(FitsCommand("x", reserved, "anything"));
  EXPECT_FALSE(FitsCommand("x", reserved, "an\x80ything"));
  EXPECT_FALSE(FitsCommand("x", reserved, "an\nything"));
  EXPECT_FALSE(FitsCommand("x", reserved, std::string("a\0", 2)));
}

// A late reply to a command that is a list must not pass for one of which the example tells little.
TEST(Fits, ColumnsOfWhichNothingIsKnownProveNothing) {
  const std::initializer_list<std::string> rows = {
      "{at: 1, metric: a_volts, help: X.}", "{at: 2, metric: b_volts, help: X.}",
      "{at: 3, bit: 7, metric: c, help: X.}", "{at: 4, metric: d_volts, help: X.}",
      "{at: 5, reserved: true}"};
  EXPECT_FALSE(FitsCommand("03.1 327.3", rows, "010 020 030 040 050 060 070 080 090", "2..9"));
  EXPECT_TRUE(FitsCommand("03.1 327.3", rows, "02.0 227.3 00000001 1 2 3 4 5 6", "2..9"));
}

TEST(Fits, WhatIsReadOtherwiseAtAnotherLength) {
  const std::initializer_list<std::string> rows = {
      "{at: 1, metric: a_volts, when: {columns: 2}, help: X.}",
      "{at: 1, metric: b, label: l, states: {B: b}, when: {columns: 4}, help: X.}",
      "{at: 2, metric: c_volts, help: X.}"};
  EXPECT_TRUE(FitsCommand("03.1 5", rows, "02.1 5", "2..4"));
  EXPECT_FALSE(FitsCommand("03.1 5", rows, "B 5", "2..4"));
  EXPECT_TRUE(FitsCommand("03.1 5", rows, "B 5 1 1", "2..4"));
  EXPECT_FALSE(FitsCommand("03.1 5", rows, "02.1 5 1 1", "2..4"));
}

bool StatusWordFits(const std::string& payload) {
  static const Protocol protocol = Load(SmallDefinition(Rows({"{at: 1, reserved: true}"})));
  return Fits(*protocol.Find("QB"), payload);
}

TEST(Fits, StatusWordsOfDigits) {
  EXPECT_TRUE(StatusWordFits("0000"));
  EXPECT_TRUE(StatusWordFits("019900"));
  EXPECT_TRUE(StatusWordFits("00000 "));
  EXPECT_FALSE(StatusWordFits("000"));
  EXPECT_FALSE(StatusWordFits("0000000"));
  EXPECT_TRUE(StatusWordFits("0-x0"));
  EXPECT_FALSE(StatusWordFits("0-xy"));
  EXPECT_FALSE(StatusWordFits("00 00"));
  EXPECT_FALSE(StatusWordFits(""));
}

}  // namespace
}  // namespace mppsolar::metrics
