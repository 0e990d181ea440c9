#include "metrics/decode.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "tests/metrics/small_definition.h"

namespace mppsolar::metrics {
namespace {

using Values = std::map<std::string, double>;

// A definition with the rows of a test, and what decoding its replies gives.
class Device {
 public:
  explicit Device(const std::string& yaml) : protocol_(Load(yaml)), known_(protocol_) {}

  void Know(std::string_view command, const std::string& payload) {
    known_.Set(protocol_.IndexOf(*protocol_.Find(command)), payload);
  }

  // Samples by name without the prefix, with label values: "mode line".
  Values Decode(std::string_view command, std::string_view payload) {
    metrics::Decode(protocol_, *protocol_.Find(command), payload, known_,
                    ResolveTraits(protocol_, known_, {}), decoded_);
    Values values;
    for (const Sample& sample : decoded_.samples) {
      const Series& series = protocol_.series[sample.series];
      std::string key = protocol_.families[series.family].name.substr(9);
      for (const auto& [name, value] : series.labels) key += " " + value;
      EXPECT_TRUE(values.emplace(key, sample.value).second) << key << " twice";
    }
    return values;
  }

  [[nodiscard]] unsigned Bad() const { return decoded_.bad_columns; }
  [[nodiscard]] const std::vector<Text>& Texts() const { return decoded_.texts; }

 private:
  Protocol protocol_;
  KnownReplies known_;
  Decoded decoded_;
};

Device WithColumns(std::initializer_list<std::string> rows) {
  return Device(SmallDefinition(Rows(rows)));
}
Device WithCharacters(std::initializer_list<std::string> rows) {
  return Device(SmallDefinition(Rows({"{at: 1, reserved: true}"}), Rows(rows)));
}

TEST(DecodeNumber, IsAsItWasSent) {
  Device device = WithColumns({"{at: 1, metric: a_volts, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "234.0 1"), (Values{{"a_volts", 234}}));
  EXPECT_EQ(device.Decode("QA", "-0.0 1"), (Values{{"a_volts", 0}}));
  EXPECT_EQ(device.Bad(), 0U);
}

TEST(DecodeNumber, ThatIsMissingGivesNothingAndIsNoFault) {
  Device device =
      WithColumns({"{at: 1, metric: a_volts, help: X.}", "{at: 3, metric: b_volts, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "1 2"), (Values{{"a_volts", 1}}));
  EXPECT_EQ(device.Bad(), 0U);
}

TEST(DecodeNumber, ThatCannotBeReadIsNeverZeroAndIsCounted) {
  Device device =
      WithColumns({"{at: 1, metric: a_volts, help: X.}", "{at: 2, metric: b_volts, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "--- 2"), (Values{{"b_volts", 2}}));
  EXPECT_EQ(device.Bad(), 1U);
  EXPECT_EQ(device.Decode("QA", "nan 1e3"), Values{});
  EXPECT_EQ(device.Bad(), 2U);
}

TEST(DecodeNumber, IsScaledWithoutDirt) {
  Device device = WithColumns({"{at: 1, metric: a_ratio, per: 100, help: X.}",
                               "{at: 2, metric: b_seconds, times: 3600, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "57 0.57"), (Values{{"a_ratio", 0.57}, {"b_seconds", 2052}}));
  EXPECT_EQ(device.Decode("QA", "7 60"), (Values{{"a_ratio", 0.07}, {"b_seconds", 216000}}));
  EXPECT_EQ(device.Decode("QA", "7 99999999"),
            (Values{{"a_ratio", 0.07}, {"b_seconds", 359999996400.0}}));
  const Values zero = device.Decode("QA", "-0 -0.00000000001");
  EXPECT_FALSE(std::signbit(zero.at("a_ratio")));
  EXPECT_FALSE(std::signbit(zero.at("b_seconds")));
}

TEST(DecodeNumber, IsMultipliedWithoutDirt) {
  // 1.1 x 3 is 3.3000000000000003 in binary.
  Device device = WithColumns({"{at: 1, metric: a_seconds, times: 3, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "1.1 1"), (Values{{"a_seconds", 3.3}}));
}

TEST(DecodeProduct, NeedsBothColumns) {
  Device device = WithColumns({"{product: [1, 3], metric: a_watts, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "0011 9 13.50"), (Values{{"a_watts", 148.5}}));
  // 3.1 x 54.3 is 168.32999999999998 in binary.
  EXPECT_EQ(device.Decode("QA", "3.1 9 54.3"), (Values{{"a_watts", 168.33}}));
  EXPECT_EQ(device.Decode("QA", "0011 9"), Values{});
  EXPECT_EQ(device.Bad(), 0U);
  EXPECT_EQ(device.Decode("QA", "--- 9 x"), Values{});
  EXPECT_EQ(device.Bad(), 2U);
}

TEST(DecodeProduct, CountsABadColumnThatAnotherRowReadsOnce) {
  Device device = WithColumns(
      {"{product: [1, 2], metric: a_watts, help: X.}", "{at: 1, metric: a_volts, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "--- 9"), Values{});
  EXPECT_EQ(device.Bad(), 1U);
}

TEST(DecodeBit, IsCountedFromTheRight) {
  Device device =
      WithColumns({"{at: 3, bit: 0, metric: a, help: X.}", "{at: 3, bit: 1, metric: b, help: X.}",
                   "{at: 3, bit: 3, metric: d, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "1 2 0001"), (Values{{"a", 1}, {"b", 0}, {"d", 0}}));
  EXPECT_EQ(device.Decode("QA", "1 2 1010"), (Values{{"a", 0}, {"b", 1}, {"d", 1}}));
}

TEST(DecodeBit, GivesNothingOfAColumnThatIsNotAllBits) {
  Device device =
      WithColumns({"{at: 3, bit: 0, metric: a, help: X.}", "{at: 3, bit: 3, metric: d, help: X.}"});
  for (const char* bits : {"0021", "010", "01010", "01-1", "x101"}) {
    EXPECT_EQ(device.Decode("QA", std::string("1 2 ") + bits), Values{}) << bits;
    EXPECT_EQ(device.Bad(), 1U) << bits;
  }
}

TEST(DecodeBit, BeyondTheExampleIsAsWideAsItsHighestBit) {
  Device device =
      WithColumns({"{at: 7, bit: 0, metric: a, help: X.}", "{at: 7, bit: 1, metric: b, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "1 2 3 4 5 6 10"), (Values{{"a", 0}, {"b", 1}}));
  EXPECT_EQ(device.Decode("QA", "1 2 3 4 5 6 010"), Values{});
}

TEST(DecodeState, ShowsEveryStateAndOneInForce) {
  Device device =
      WithColumns({"{at: 4, metric: mode, label: m, states: {L: line, B: battery}, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "1 2 3 L"), (Values{{"mode line", 1}, {"mode battery", 0}}));
  EXPECT_EQ(device.Decode("QA", "1 2 3 B"), (Values{{"mode line", 0}, {"mode battery", 1}}));
}

TEST(DecodeState, ThatIsNotListedIsBadOrTheOther) {
  Device strict = WithColumns({"{at: 4, metric: mode, label: m, states: {B: battery}, help: X.}"});
  EXPECT_EQ(strict.Decode("QA", "1 2 3 X"), Values{});
  EXPECT_EQ(strict.Bad(), 1U);
  Device open = WithColumns(
      {"{at: 4, metric: mode, label: m, states: {B: battery, \"*\": unknown}, help: X.}"});
  EXPECT_EQ(open.Decode("QA", "1 2 3 X"), (Values{{"mode battery", 0}, {"mode unknown", 1}}));
  EXPECT_EQ(open.Decode("QA", "1 2 3 B"), (Values{{"mode battery", 1}, {"mode unknown", 0}}));
  EXPECT_EQ(open.Bad(), 0U);
  EXPECT_EQ(open.Decode("QA", "1 2 3 \xf6"), Values{});
  EXPECT_EQ(open.Bad(), 1U);
}

TEST(DecodeState, ThatHasTwoValuesIsShownOnce) {
  Device device = WithColumns(
      {"{at: 4, metric: mode, label: m, states: {B: battery, b: battery, L: line}, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "1 2 3 b"), (Values{{"mode battery", 1}, {"mode line", 0}}));
}

const char* const kLetters =
    "{at: 5, metric: s, label: l, letters: {a: buzzer, b: bypass, k: escape}, help: X.}";

TEST(DecodeLetters, AreOnAfterEAndOffAfterD) {
  Device device = WithColumns({kLetters});
  EXPECT_EQ(device.Decode("QA", "1 2 3 4 EkaDb"),
            (Values{{"s buzzer", 1}, {"s escape", 1}, {"s bypass", 0}}));
  EXPECT_EQ(device.Decode("QA", "1 2 3 4 EDab"), (Values{{"s buzzer", 0}, {"s bypass", 0}}));
  EXPECT_EQ(device.Decode("QA", "1 2 3 4 ED"), Values{});
  EXPECT_EQ(device.Bad(), 0U);
}

TEST(DecodeLetters, ThatAreNotKnownHideNoOthers) {
  Device device = WithColumns({kLetters});
  EXPECT_EQ(device.Decode("QA", "1 2 3 4 Ea;Dbz"), (Values{{"s buzzer", 1}, {"s bypass", 0}}));
  EXPECT_EQ(device.Bad(), 1U);
}

TEST(DecodeLetters, OnBothSidesAreNeither) {
  Device device = WithColumns({kLetters});
  EXPECT_EQ(device.Decode("QA", "1 2 3 4 EabDa"), (Values{{"s bypass", 1}}));
  EXPECT_EQ(device.Bad(), 1U);
}

TEST(DecodeLetters, NeedAnEAndAD) {
  Device device = WithColumns({kLetters});
  for (const char* letters : {"Eab", "abD", "DaEb", "---"}) {
    EXPECT_EQ(device.Decode("QA", std::string("1 2 3 4 ") + letters), Values{}) << letters;
    EXPECT_EQ(device.Bad(), 1U) << letters;
  }
}

TEST(DecodeList, IsNumberedFromOne) {
  Device device(
      SmallDefinition(Rows({"{at: 1, reserved: true}"}), Rows({"{at: 0, reserved: true}"})) +
      "  QL:\n    help: List.\n    ask: once\n    reply: {columns: 2..4}\n"
      "    example: \"A 010 020\"\n    columns:\n"
      "      - {from: 2, metric: c_amperes, label: choice, help: X.}\n");
  EXPECT_EQ(device.Decode("QL", "A 010 020 030"),
            (Values{{"c_amperes 1", 10}, {"c_amperes 2", 20}, {"c_amperes 3", 30}}));
  EXPECT_EQ(device.Decode("QL", "A 010"), (Values{{"c_amperes 1", 10}}));
  EXPECT_EQ(device.Decode("QL", "A x 020 y"), (Values{{"c_amperes 2", 20}}));
  EXPECT_EQ(device.Bad(), 2U);
}

TEST(DecodeText, IsWithoutWhatStandsBeforeItAndTranslated) {
  Device device = WithColumns(
      {"{at: 6, info: inverter_info, label: firmware, after: \"VER:\", texts: {\"044\": Max}}"});
  device.Decode("QA", "1 2 3 4 5 VER:0072.70");
  ASSERT_EQ(device.Texts().size(), 1U);
  EXPECT_EQ(device.Texts()[0].info, 0);
  EXPECT_EQ(device.Texts()[0].label, 1);
  EXPECT_EQ(device.Texts()[0].text, "0072.70");
  device.Decode("QA", "1 2 3 4 5 VER:044");
  EXPECT_EQ(device.Texts().at(0).text, "Max");
}

TEST(DecodeText, ThatIsNotOneIsBad) {
  Device device = WithColumns({"{at: 6, info: inverter_info, label: firmware, after: \"VER:\"}"});
  for (const char* text : {"VER:", "FW:1", "VER:\x80", "VER:a\nb"}) {
    device.Decode("QA", std::string("1 2 3 4 5 ") + text);
    EXPECT_TRUE(device.Texts().empty()) << text;
    EXPECT_EQ(device.Bad(), 1U) << text;
  }
}

TEST(DecodeReserved, IsNeverBad) {
  Device device = WithColumns({"{at: 1, reserved: true}"});
  EXPECT_EQ(device.Decode("QA", "x 2"), Values{});
  EXPECT_EQ(device.Bad(), 0U);
}

TEST(DecodePlace, TakesTheFirstRowThatHolds) {
  Device device =
      WithColumns({"{at: 1, metric: hot_counts, above: 150, help: X.}",
                   "{at: 1, metric: hot_counts, when: {heat_sink: ntc}}",
                   "{at: 1, metric: hot_celsius, when: {heat_sink: celsius}, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "0522 1"), (Values{{"hot_counts", 522}}));
  EXPECT_EQ(device.Decode("QA", "151 1"), (Values{{"hot_counts", 151}}));
  // Not known yet which of the two it is.
  EXPECT_EQ(device.Decode("QA", "150 1"), Values{});
  EXPECT_EQ(device.Bad(), 0U);
  device.Know("QC", "1 -");
  EXPECT_EQ(device.Decode("QA", "0036 1"), (Values{{"hot_counts", 36}}));
  device.Know("QC", "1 2");
  EXPECT_EQ(device.Decode("QA", "0036 1"), (Values{{"hot_celsius", 36}}));
  EXPECT_EQ(device.Decode("QA", "0522 1"), (Values{{"hot_counts", 522}}));
  device.Know("QC", "1 7");
  EXPECT_EQ(device.Decode("QA", "0036 1"), Values{});
  EXPECT_EQ(device.Decode("QA", "---- 1"), Values{});
  EXPECT_EQ(device.Bad(), 1U);
}

TEST(DecodePlace, ComparesTheNumberAsItWasSent) {
  Device device = WithColumns({"{at: 2, metric: a_ratio, per: 100, above: 5, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "1 6"), (Values{{"a_ratio", 0.06}}));
  EXPECT_EQ(device.Decode("QA", "1 5"), Values{});
}

TEST(DecodePlace, IsOneForEachBit) {
  Device device = WithColumns({"{at: 3, bit: 0, metric: a, when: {heat_sink: ntc}, help: X.}",
                               "{at: 3, bit: 1, metric: b, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "1 2 0011"), (Values{{"b", 1}}));
  device.Know("QC", "1 -");
  EXPECT_EQ(device.Decode("QA", "1 2 0011"), (Values{{"a", 1}, {"b", 1}}));
}

TEST(DecodeWhen, AsksForTheLengthOfTheReply) {
  Device device = WithColumns({"{at: 1, metric: a_volts, when: {columns: 2}, help: X.}",
                               "{at: 1, metric: b_volts, when: {columns: 3..4}, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "1 2 "), (Values{{"a_volts", 1}}));
  EXPECT_EQ(device.Decode("QA", "1 2 3"), (Values{{"b_volts", 1}}));
  EXPECT_EQ(device.Decode("QA", "1 2 3 4"), (Values{{"b_volts", 1}}));
  EXPECT_EQ(device.Decode("QA", "1 2 3 4 5"), Values{});
}

TEST(DecodeWhen, NeedsAllConditions) {
  Device device = WithColumns(
      {"{at: 1, metric: a_volts, when: {QC.1: [\"7\", \"8\"], QC.columns: 3}, help: X.}"});
  EXPECT_EQ(device.Decode("QA", "1 2"), Values{});
  device.Know("QC", "7 2");
  EXPECT_EQ(device.Decode("QA", "1 2"), Values{});
  device.Know("QC", "9 2 3");
  EXPECT_EQ(device.Decode("QA", "1 2"), Values{});
  device.Know("QC", "8 2 3");
  EXPECT_EQ(device.Decode("QA", "1 2"), (Values{{"a_volts", 1}}));
}

TEST(DecodeWhen, AsksForTheLengthOfAStatusWord) {
  Device device = WithColumns({"{at: 1, metric: a_volts, when: {QB.characters: 4}, help: X.}"});
  device.Know("QB", "0000 ");
  EXPECT_EQ(device.Decode("QA", "1 2"), (Values{{"a_volts", 1}}));
  device.Know("QB", "00000");
  EXPECT_EQ(device.Decode("QA", "1 2"), Values{});
}

TEST(DecodeFlags, AreCountedFromTheLeft) {
  Device device = WithCharacters({"{at: 0, name: a, warning: all, help: X.}",
                                  "{at: 3, name: d, fault: all, help: X.}",
                                  "{at: 5, name: f, fault: all, help: X.}"});
  EXPECT_EQ(device.Decode("QB", "1000"), (Values{{"warning_active a", 1}, {"fault_active d", 0}}));
  EXPECT_EQ(device.Decode("QB", "0001 "), (Values{{"warning_active a", 0}, {"fault_active d", 1}}));
  EXPECT_EQ(device.Bad(), 0U);
}

TEST(DecodeFlags, AreWhatTheGenerationSays) {
  Device device = WithCharacters({"{at: 0, name: a, warning: [hs], fault: max, help: X.}",
                                  "{at: 1, name: b, warning: max, help: X.}"});
  EXPECT_EQ(device.Decode("QB", "1100"), Values{});
  device.Know("QB", "0000");
  EXPECT_EQ(device.Decode("QB", "1100"), (Values{{"warning_active a", 1}}));
  device.Know("QB", "000000");
  EXPECT_EQ(device.Decode("QB", "1100"), (Values{{"fault_active a", 1}, {"warning_active b", 1}}));
}

TEST(DecodeFlags, ThatAreAFaultWithAnotherAreInBothFamilies) {
  Device device = WithCharacters({"{at: 2, name: c, warning: all, fault_with: 1, help: X.}"});
  const auto warning_and_fault = [&](const char* payload) {
    const Values values = device.Decode("QB", payload);
    EXPECT_EQ(values.size(), 2U);
    return std::pair(values.at("warning_active c"), values.at("fault_active c"));
  };
  EXPECT_EQ(warning_and_fault("0000"), std::pair(0.0, 0.0));
  EXPECT_EQ(warning_and_fault("0010"), std::pair(1.0, 0.0));
  EXPECT_EQ(warning_and_fault("0110"), std::pair(0.0, 1.0));
  EXPECT_EQ(warning_and_fault("0100"), std::pair(0.0, 0.0));
}

TEST(DecodeFlags, ThatDependOnACharacterThatIsNotTellingAreNeither) {
  Device device = WithCharacters({"{at: 2, name: c, warning: all, fault_with: 5, help: X.}"});
  EXPECT_EQ(device.Decode("QB", "0010"), Values{});
  EXPECT_EQ(device.Bad(), 0U);
  EXPECT_EQ(device.Decode("QB", "001007"), Values{});
  EXPECT_EQ(device.Bad(), 1U);
}

TEST(DecodeFlags, DoNotDependOnAnotherWhereTheGenerationMakesThemFaults) {
  Device device =
      WithCharacters({"{at: 2, name: c, warning: hs, fault: max, fault_with: 1, help: X.}"});
  device.Know("QB", "000000");
  EXPECT_EQ(device.Decode("QB", "0010"), (Values{{"fault_active c", 1}}));
  device.Know("QB", "0000");
  EXPECT_EQ(device.Decode("QB", "0010"), (Values{{"warning_active c", 1}, {"fault_active c", 0}}));
}

TEST(DecodeFlags, OtherCharactersHideOnlyThemselvesAndCountOnce) {
  Device device = WithCharacters({"{at: 0, name: a, warning: all, help: X.}",
                                  "{at: 1, name: b, warning: all, help: X.}",
                                  "{at: 2, name: c, warning: all, help: X.}"});
  EXPECT_EQ(device.Decode("QB", "2x19"), (Values{{"warning_active c", 1}}));
  EXPECT_EQ(device.Bad(), 1U);
}

TEST(DecodeDigits, AreANumberAndNoFlags) {
  Device device = WithCharacters(
      {"{at: 2, digits: 2, metric: f_code, when: {characters: 6}, help: X.}",
       "{at: 2, name: c, warning: all, help: X.}", "{at: 3, name: d, warning: all, help: X.}"});
  EXPECT_EQ(device.Decode("QB", "000700"), (Values{{"f_code", 7}}));
  EXPECT_EQ(device.Decode("QB", "005600"), (Values{{"f_code", 56}}));
  EXPECT_EQ(device.Bad(), 0U);
  EXPECT_EQ(device.Decode("QB", "0001"),
            (Values{{"warning_active c", 0}, {"warning_active d", 1}}));
  EXPECT_EQ(device.Decode("QB", "00-700"), Values{});
  EXPECT_EQ(device.Bad(), 1U);
}

TEST(DecodeDigits, ThatAreCutOffAreNoNumber) {
  Device device = WithCharacters({"{at: 4, digits: 2, metric: f_code, help: X.}"});
  EXPECT_EQ(device.Decode("QB", "00005"), Values{});
  EXPECT_EQ(device.Bad(), 1U);
  EXPECT_EQ(device.Decode("QB", "0000"), Values{});
  EXPECT_EQ(device.Bad(), 0U);
}

TEST(Decode, ForgetsWhatWasDecodedBefore) {
  Device device = WithColumns(
      {"{at: 1, metric: a_volts, help: X.}", "{at: 6, info: inverter_info, label: firmware}"});
  device.Decode("QA", "x 2 3 4 5 6");
  EXPECT_EQ(device.Decode("QA", "1 2"), (Values{{"a_volts", 1}}));
  EXPECT_EQ(device.Bad(), 0U);
  EXPECT_TRUE(device.Texts().empty());
}

TEST(Decode, SurvivesAnyPayload) {
  Device device(SmallDefinition(
      Rows({"{product: [1, 2], metric: p_watts, help: X.}", "{at: 1, metric: a_volts, help: X.}",
            "{at: 3, bit: 0, metric: b, help: X.}", kLetters,
            "{at: 4, metric: mode, label: m, states: {B: battery}, help: X.}",
            "{at: 6, info: inverter_info, label: firmware, after: \"VER:\"}"}),
      Rows({"{at: 0, name: a, warning: all, fault_with: 5, help: X.}",
            "{at: 2, digits: 2, metric: f_code, help: X.}"})));
  const std::string odd[] = {"",
                             " ",
                             "E",
                             "D",
                             "VER:",
                             std::string("\0\0", 2),
                             "\xff\xfe",
                             "-.-",
                             std::string(1000, ' '),
                             std::string(1000, '1')};
  for (const std::string& first : odd) {
    for (const std::string& second : odd) {
      std::string payload = first;
      payload.append(" 1 0101 ")
          .append(second)
          .append(" ")
          .append(first)
          .append(" ")
          .append(second);
      for (const char* command : {"QA", "QB"}) {
        for (const auto& [name, value] : device.Decode(command, payload)) {
          EXPECT_TRUE(std::isfinite(value)) << name;
        }
        device.Decode(command, first);
      }
    }
  }
}

}  // namespace
}  // namespace mppsolar::metrics
