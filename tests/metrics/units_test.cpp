// One command of a definition that stands for several units. Places are counted by hand.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "metrics/catalogue.h"
#include "metrics/conditions.h"
#include "metrics/decode.h"
#include "metrics/families.h"
#include "tests/metrics/small_definition.h"

namespace mppsolar::metrics {
namespace {

using Texts = std::vector<std::string>;

const std::string kUnits = "    units: 1..3\n";
const std::string kExists = "    exists: {at: 1, is: \"1\"}\n";
const std::string kVolts = "{at: 3, metric: unit_volts, help: X.}";

// `keys` are lines of QU; they begin in line 19 and column 5.
std::string Definition(const std::string& keys, std::initializer_list<std::string> rows) {
  return R"(protocol: test
help: A test.
traits:
  kind:
    new: {QR.2: "7"}
infos:
  unit_info: {labels: [unit, serial_number], help: Identity.}
  plain_info: {labels: [serial_number], help: Identity.}
commands:
  QR:
    help: Ratings.
    ask: slowly
    example: "0 5"
    columns:
      - {at: 1, reserved: true}
  QU:
    help: Units.
    ask: every_scrape
)" + keys +
         R"(    reply: {columns: 4..6}
    example: "1 77 12.5 0010"
    columns:
)" + Rows(rows);
}

std::string OfUnits(std::initializer_list<std::string> rows) {
  return Definition(kUnits + kExists, rows);
}

std::string ComplaintOfKeys(const std::string& keys) {
  return ComplaintOf(Definition(keys, {kVolts}));
}
// The row begins in line 24 and column 9.
std::string ComplaintOfRow(const std::string& row) { return ComplaintOf(OfUnits({row})); }

void ExpectBegins(const std::string& complaint, const std::string& beginning) {
  EXPECT_EQ(complaint.substr(0, beginning.size()), beginning) << complaint;
}

Texts NamesOf(const Protocol& protocol) {
  Texts names;
  for (const Command& command : protocol.commands) names.push_back(command.name);
  return names;
}

// Samples by name without the prefix, with labels: "unit_volts unit=2".
using Values = std::map<std::string, double>;

Decoded DecodeReply(const Protocol& protocol, std::string_view command, std::string_view payload) {
  Decoded decoded;
  Decode(protocol, *protocol.Find(command), payload, KnownReplies(protocol),
         TraitValues(protocol.traits.size()), decoded);
  return decoded;
}

Values ValuesOf(const Protocol& protocol, const Decoded& decoded) {
  Values values;
  for (const Sample& sample : decoded.samples) {
    const Series& series = protocol.series[sample.series];
    std::string key = protocol.families[series.family].name.substr(9);
    for (const auto& [name, value] : series.labels) key.append(" ").append(name + "=" + value);
    EXPECT_TRUE(values.emplace(key, sample.value).second) << key << " twice";
  }
  return values;
}

// ---------------------------------------------------------------- loading

TEST(Units, EachHasACommandInThePlaceOfTheOne) {
  const Protocol protocol = Load(OfUnits({kVolts}));
  EXPECT_EQ(NamesOf(protocol), (Texts{"QR", "QU1", "QU2", "QU3"}));
  EXPECT_EQ(protocol.Find("QU"), nullptr);
  for (const unsigned number : {1U, 2U, 3U}) {
    const Command& command = protocol.commands.at(number);
    EXPECT_EQ(command.unit->number, number);
    EXPECT_EQ(command.help, "Units.");
    EXPECT_EQ(command.ask, Ask::kEveryScrape);
    EXPECT_EQ(command.example, "1 77 12.5 0010");
    EXPECT_EQ(command.reply_columns->high, 6U);
    EXPECT_EQ(protocol.FirstUnitOf(command), 1);
  }
  EXPECT_FALSE(protocol.Find("QR")->unit);
  EXPECT_EQ(protocol.FirstUnitOf(*protocol.Find("QR")), 0);
}

TEST(Units, MayBeginAnywhereAndBeOne) {
  EXPECT_EQ(NamesOf(Load(Definition("    units: 7..9\n", {kVolts}))),
            (Texts{"QR", "QU7", "QU8", "QU9"}));
  const Protocol from_zero = Load(Definition("    units: 0..1\n", {kVolts}));
  EXPECT_EQ(NamesOf(from_zero), (Texts{"QR", "QU0", "QU1"}));
  EXPECT_EQ(from_zero.FirstUnitOf(from_zero.commands.at(2)), 1);
  EXPECT_EQ(ValuesOf(from_zero, DecodeReply(from_zero, "QU0", "1 77 12.5 0010")),
            (Values{{"unit_volts unit=0", 12.5}}));
  const Protocol one = Load(Definition("    units: 2\n", {kVolts}));
  EXPECT_EQ(NamesOf(one), (Texts{"QR", "QU2"}));
  EXPECT_EQ(one.FirstUnitOf(one.commands.at(1)), 1);
}

TEST(Units, HaveNumbersOfOneDigit) {
  for (const char* units : {"1..10", "3..1", "10", "-1", "x", "1..", "\"\"", "[1, 2]"}) {
    ExpectBegins(ComplaintOfKeys(std::string("    units: ") + units + "\n"), "test.yaml:19:12: ");
  }
}

TEST(Units, MakeCommandsThatAreThereOnceAndCanBeSent) {
  const std::string other = "  QU3:\n    help: X.\n    ask: once\n    example: \"1\"\n" +
                            std::string("    columns:\n      - {at: 1, reserved: true}\n");
  // The five lines of QU's keys and its row end in line 23.
  ExpectBegins(ComplaintOf(Definition(kUnits, {kVolts}) + other),
               "test.yaml:24:3: the command \"QU3\" a second time;");
  EXPECT_EQ(ComplaintOf(Definition("    units: 1..2\n", {kVolts}) + other), "");
  const auto complaint_of_length = [](std::size_t length) {
    std::string yaml = Definition(kUnits, {kVolts});
    return ComplaintOf(yaml.replace(yaml.find("QU:"), 2, "Q" + std::string(length - 1, 'A')));
  };
  EXPECT_EQ(complaint_of_length(63), "");
  ExpectBegins(complaint_of_length(64), "test.yaml:16:3: the command ");
}

TEST(Units, AnswerInColumns) {
  const std::string characters =
      "protocol: test\nhelp: A test.\ncommands:\n  QU:\n    help: X.\n    ask: once\n" +
      std::string(
          "    KEY\n    example: \"0\"\n    characters:\n      - {at: 0, reserved: true}\n");
  const auto with = [&](const std::string& key) {
    std::string yaml = characters;
    return ComplaintOf(yaml.replace(yaml.find("KEY"), 3, key));
  };
  EXPECT_EQ(with("required: false"), "");
  ExpectBegins(with("units: 1..3"), "test.yaml:7:12: `units` beside `characters`");
  ExpectBegins(with("exists: {at: 1, is: \"0\"}"), "test.yaml:7:13: `exists` beside `characters`");
}

TEST(Units, AreTheFirstLabelOfEveryRow) {
  const Protocol protocol = Load(OfUnits(
      {"{at: 2, metric: mode, label: mode, labels: {l: x}, states: {\"77\": on}, help: X.}", kVolts,
       "{at: 4, bit: 1, metric: on, help: X.}", "{product: [2, 3], metric: a_watts, help: X.}"}));
  EXPECT_EQ(ValuesOf(protocol, DecodeReply(protocol, "QU2", "1 77 12.5 0010")),
            (Values{{"mode unit=2 l=x mode=on", 1},
                    {"unit_volts unit=2", 12.5},
                    {"on unit=2", 1},
                    {"a_watts unit=2", 962.5}}));
  ExpectBegins(ComplaintOfRow("{at: 3, metric: a_volts, labels: {unit: 4}, help: X.}"),
               "test.yaml:24:25: the label \"unit\" twice");
}

TEST(Units, HaveNoLabelInATotal) {
  const Protocol protocol =
      Load(OfUnits({"{at: 2, metric: total_units, total: true, help: X.}",
                    "{at: 3, metric: total_volts, total: true, labels: {l: x}, help: X.}",
                    "{at: 4, bit: 1, metric: any_on, total: true, help: X.}",
                    "{product: [2, 3], metric: total_watts, total: true, help: X.}",
                    "{from: 5, metric: list_volts, label: choice, total: true, help: X.}"}));
  const Values values{{"total_units", 77},
                      {"total_volts l=x", 12.5},
                      {"any_on", 1},
                      {"total_watts", 962.5},
                      {"list_volts choice=1", 8}};
  for (const char* command : {"QU1", "QU3"}) {
    EXPECT_EQ(ValuesOf(protocol, DecodeReply(protocol, command, "1 77 12.5 0010 8")), values);
  }
  const Protocol states = Load(
      OfUnits({"{at: 2, metric: mode, label: mode, total: true, states: {\"77\": on}, help: X.}"}));
  EXPECT_EQ(ValuesOf(states, DecodeReply(states, "QU1", "1 77 12.5 0010")),
            (Values{{"mode mode=on", 1}}));
}

TEST(Units, AloneHaveTotals) {
  EXPECT_EQ(ComplaintOfRow("{at: 3, metric: a_volts, total: true, help: X.}"), "");
  ExpectBegins(ComplaintOfRow("{at: 3, metric: a_volts, total: false, help: X.}"),
               "test.yaml:24:41: false; true or no such key");
  ExpectBegins(ComplaintOf(Definition("", {"{at: 3, metric: a_volts, total: true, help: X.}"})),
               "test.yaml:22:41: `total` in a command without `units`");
  ExpectBegins(ComplaintOfRow("{at: 3, reserved: true, total: true}"),
               "test.yaml:24:33: unknown key \"total\"");
}

TEST(Units, TellATotalInOneColumnOfOneCommand) {
  const std::string total = "{at: 2, metric: a_volts, total: true, help: X.}";
  ExpectBegins(ComplaintOf(OfUnits({total, "{at: 3, metric: a_volts, total: true}"})),
               "test.yaml:25:25: mppsolar_a_volts is also given by line 24;");
  const std::string other = "  QV:\n    help: X.\n    units: 1..3\n    ask: once\n" +
                            std::string("    example: \"1\"\n    columns:\n") +
                            "      - {at: 1, metric: a_volts, total: true}\n";
  ExpectBegins(ComplaintOf(OfUnits({total}) + other),
               "test.yaml:31:25: mppsolar_a_volts is also given by line 24;");
  // With the label there are different series.
  EXPECT_NE(
      ComplaintOf(OfUnits({"{at: 2, metric: a_volts, help: X.}", "{at: 3, metric: a_volts}"})), "");
}

TEST(Units, AreIdentifiedByInfosWithTheirLabel) {
  EXPECT_EQ(ComplaintOfRow("{at: 2, info: unit_info, label: serial_number}"), "");
  ExpectBegins(ComplaintOfRow("{at: 2, info: plain_info, label: serial_number}"),
               "test.yaml:24:23: the info \"plain_info\" without a label `unit`");
  ExpectBegins(ComplaintOfRow("{at: 2, info: unit_info, label: unit}"),
               "test.yaml:24:41: the label \"unit\", which `units` fills in");
  EXPECT_EQ(ComplaintOfRow("{at: 2, info: no_info, label: a}"),
            "test.yaml:24:23: the info \"no_info\"; `infos` has unit_info, plain_info");
  // Those of the units have no names of their own.
  EXPECT_EQ(ComplaintOf(OfUnits({"{at: 2, info: unit_info, label: serial_number}"}) +
                        "  QV:\n    help: X.\n    ask: once\n    example: \"1\"\n" +
                        "    columns:\n      - {at: 1, info: no_info, label: a}\n"),
            "test.yaml:30:23: the info \"no_info\"; `infos` has unit_info, plain_info");
}

TEST(Units, ThatExistAreKnownByAColumnOfEveryReply) {
  const auto with = [](const std::string& exists) {
    return ComplaintOfKeys(kUnits + "    exists: " + exists + "\n");
  };
  EXPECT_EQ(with("{at: 1, is: \"1\"}"), "");
  EXPECT_EQ(with("{at: 4, is: \"0010\"}"), "");
  ExpectBegins(with("{at: 0, is: \"1\"}"), "test.yaml:20:18: \"0\"; a whole number from 1 to 4");
  ExpectBegins(with("{at: 5, is: \"1\"}"), "test.yaml:20:18: \"5\"; a whole number from 1 to 4");
  ExpectBegins(with("{at: 1, is: \"0\"}"),
               "test.yaml:20:25: \"0\", but the example has \"1\" there;");
  ExpectBegins(with("{at: 1}"), "test.yaml:20:13: no key \"is\"");
  ExpectBegins(with("{at: 1, is: \"1\", or: \"2\"}"), "test.yaml:20:30: unknown key \"or\"");
}

TEST(Units, CannotBeRequiredIfTheyNeedNotBeAsked) {
  const std::string required = "    required: true\n";
  EXPECT_EQ(ComplaintOfKeys(required), "");
  EXPECT_EQ(ComplaintOfKeys(required + kUnits), "");
  ExpectBegins(ComplaintOfKeys(required + kExists), "test.yaml:19:15: `required` beside");
  ExpectBegins(ComplaintOfKeys(required + "    when: {QR.1: \"1\"}\n"),
               "test.yaml:19:15: `required` beside");
  EXPECT_EQ(ComplaintOfKeys("    required: false\n" + kExists), "");
}

// ---------------------------------------------------------------- decoding

TEST(UnitThatDoesNotExist, GivesNothingAndHasNoBadColumns) {
  const Protocol protocol = Load(OfUnits({"{at: 2, info: unit_info, label: serial_number}", kVolts,
                                          "{at: 4, metric: total_volts, total: true, help: X.}"}));
  const Decoded decoded = DecodeReply(protocol, "QU2", "0 00 --- 0690");
  EXPECT_TRUE(decoded.samples.empty());
  EXPECT_TRUE(decoded.texts.empty());
  EXPECT_EQ(decoded.bad_columns, 0U);
}

TEST(UnitThatDoesNotExist, ClearsWhatWasDecodedBefore) {
  const Protocol protocol = Load(OfUnits({kVolts}));
  Decoded decoded = DecodeReply(protocol, "QU1", "1 77 12.5 0010");
  ASSERT_EQ(decoded.samples.size(), 1U);
  decoded.bad_columns = 3;
  Decode(protocol, *protocol.Find("QU2"), "0 00 00.0 0000", KnownReplies(protocol), {}, decoded);
  EXPECT_TRUE(decoded.samples.empty());
  EXPECT_EQ(decoded.bad_columns, 0U);
}

TEST(UnitThatDoesNotExist, IsOneOfWhichTheColumnSaysAnythingElse) {
  const Protocol protocol = Load(OfUnits({kVolts}));
  const Command& command = *protocol.Find("QU2");
  EXPECT_TRUE(Exists(command, "1 77 12.5 0010"));
  EXPECT_TRUE(Exists(command, " 1  77 12.5 0010 "));
  for (const char* payload : {"0 77 12.5 0010", "2 77 12.5 0010", "11 77 12.5 0010",
                              "- 77 12.5 0010", "01 77 12.5 0010", ""}) {
    EXPECT_FALSE(Exists(command, payload)) << payload;
  }
  EXPECT_TRUE(Exists(*protocol.Find("QR"), "0 5"));
  EXPECT_TRUE(Exists(*protocol.Find("QR"), ""));
}

TEST(UnitsTotals, AreServedOnceAndByTheFirstThatExists) {
  const Protocol protocol =
      Load(OfUnits({kVolts, "{at: 4, metric: total_watts, total: true, help: X.}"}));
  Families families;
  const auto add = [&](std::string_view command, std::string_view payload) {
    for (const Sample& sample : DecodeReply(protocol, command, payload).samples) {
      const Series& series = protocol.series[sample.series];
      families.Add(protocol.families[series.family], series.labels, sample.value);
    }
  };
  add("QU1", "0 00 00.0 0690");
  add("QU2", "1 77 12.5 0774");
  add("QU3", "1 78 12.4 0713");
  const auto taken = families.Take();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].name, "mppsolar_total_watts");
  ASSERT_EQ(taken[0].metric.size(), 1U);
  EXPECT_EQ(taken[0].metric[0].gauge.value, 774);
  EXPECT_TRUE(taken[0].metric[0].label.empty());
  EXPECT_EQ(taken[1].name, "mppsolar_unit_volts");
  ASSERT_EQ(taken[1].metric.size(), 2U);
  EXPECT_EQ(taken[1].metric[0].label.at(0).value, "2");
  EXPECT_EQ(taken[1].metric[1].label.at(0).value, "3");
}

TEST(UnitsInfos, AreOnePerUnit) {
  const Protocol protocol = Load(Definition("    units: 0..3\n" + kExists,
                                            {"{at: 2, info: unit_info, label: serial_number}"}));
  std::map<std::uint16_t, Labels> infos;
  for (const char* command : {"QU0", "QU3"}) {
    const std::string payload = command == std::string("QU0") ? "1 77 1.5 0010" : "1 78 1.5 0010";
    for (const Text& text : DecodeReply(protocol, command, payload).texts) {
      const Info& info = protocol.infos.at(text.info);
      EXPECT_EQ(protocol.families.at(info.family).name, "mppsolar_unit_info");
      infos[text.info].emplace_back(info.labels.at(text.label), text.text);
    }
  }
  ASSERT_EQ(infos.size(), 2U);
  EXPECT_EQ(infos.begin()->second, (Labels{{"serial_number", "77"}, {"unit", "0"}}));
  EXPECT_EQ(infos.rbegin()->second, (Labels{{"serial_number", "78"}, {"unit", "3"}}));
}

TEST(UnitsInfos, OfTwoCommandsAreTheSame) {
  std::string yaml = OfUnits({"{at: 2, info: unit_info, label: serial_number}"}) +
                     "  QV:\n    help: X.\n    units: 2..4\n    ask: once\n    example: \"V1\"\n" +
                     "    columns:\n      - {at: 1, info: unit_info, label: firmware}\n";
  yaml.replace(yaml.find("serial_number]"), 14, "serial_number, firmware]");
  const Protocol protocol = Load(yaml);
  const auto info_of = [&](std::string_view command) {
    const Command& of = *protocol.Find(command);
    return DecodeReply(protocol, command, of.example).texts.at(0).info;
  };
  EXPECT_EQ(info_of("QU2"), info_of("QV2"));
  EXPECT_NE(info_of("QU1"), info_of("QV2"));
  EXPECT_NE(info_of("QU3"), info_of("QV4"));
}

// ---------------------------------------------------------------- `when`

bool IsWantedAfter(const std::string& when, const std::string& ratings) {
  const Protocol protocol = Load(Definition(when + kUnits, {kVolts}));
  KnownReplies known(protocol);
  if (!ratings.empty()) known.Set(protocol.IndexOf(*protocol.Find("QR")), ratings);
  return IsWanted(protocol, *protocol.Find("QU2"), known, ResolveTraits(protocol, known, {}));
}

TEST(WhenToAsk, IsAlwaysWithoutConditions) {
  EXPECT_TRUE(IsWantedAfter("", ""));
  EXPECT_TRUE(IsWantedAfter("", "0 5"));
}

TEST(WhenToAsk, IsWhileWhatOthersAnsweredHolds) {
  const std::string when = "    when: {QR.1: [\"1\", \"2\"]}\n";
  EXPECT_FALSE(IsWantedAfter(when, ""));
  EXPECT_FALSE(IsWantedAfter(when, "0 5"));
  EXPECT_TRUE(IsWantedAfter(when, "1 5"));
  EXPECT_TRUE(IsWantedAfter(when, "2 5"));
}

TEST(WhenToAsk, MayDependOnATrait) {
  const std::string when = "    when: {kind: new, QR.columns: 2}\n";
  EXPECT_FALSE(IsWantedAfter(when, ""));
  EXPECT_FALSE(IsWantedAfter(when, "1 5"));
  EXPECT_TRUE(IsWantedAfter(when, "1 7"));
  EXPECT_FALSE(IsWantedAfter(when, "1 7 9"));
}

TEST(WhenToAsk, NeedsNoUnits) { EXPECT_EQ(ComplaintOfKeys("    when: {QR.1: \"1\"}\n"), ""); }

TEST(WhenToAsk, DoesNotDependOnItsOwnReply) {
  const auto with = [](const std::string& when) {
    return ComplaintOfKeys("    when: {" + when + "}\n" + kUnits);
  };
  ExpectBegins(with("QU1.1: \"1\""), "test.yaml:19:12: its own reply \"QU1.1\"");
  ExpectBegins(with("QU3.columns: 4"), "test.yaml:19:12: its own reply \"QU3.columns\"");
  ExpectBegins(with("columns: 4"), "test.yaml:19:12: the length of its own reply");
  ExpectBegins(with("characters: 4"), "test.yaml:19:12: the length of its own reply");
  // A row may.
  EXPECT_EQ(ComplaintOfRow("{at: 3, metric: a_volts, when: {QU1.1: \"1\"}, help: X.}"), "");
}

TEST(WhenToAsk, IsOfWhatIsDefined) {
  const auto with = [](const std::string& when) {
    return ComplaintOfKeys("    when: {" + when + "}\n" + kUnits);
  };
  ExpectBegins(with("QX.1: \"1\""), "test.yaml:19:12: the command \"QX\"");
  // QU stands for commands, but is none.
  ExpectBegins(with("QU.1: \"1\""), "test.yaml:19:12: the command \"QU\"");
  ExpectBegins(with("QR.3: \"1\""), "test.yaml:19:12: \"3\" of QR");
  ExpectBegins(with("kind: old"), "test.yaml:19:18: the value \"old\"; kind has new");
  ExpectBegins(with("sort: new"), "test.yaml:19:12: the condition \"sort\"");
  ExpectBegins(with(""), "test.yaml:19:11: no condition");
}

// ---------------------------------------------------------------- the catalogue

Texts FromOf(const std::string& yaml, const std::string& metric) {
  for (const CatalogueEntry& entry : Catalogue(Load(yaml))) {
    if (entry.name == metric) return entry.from;
  }
  return {"(no " + metric + ")"};
}

TEST(UnitsInTheCatalogue, AreListedOnce) {
  const std::string yaml = OfUnits({kVolts, "{at: 4, bit: 1, metric: on, help: X.}",
                                    "{product: [2, 3], metric: a_watts, total: true, help: X.}",
                                    "{at: 2, info: unit_info, label: serial_number}"});
  EXPECT_EQ(FromOf(yaml, "mppsolar_unit_volts"), (Texts{"QU1 to QU3 column 3"}));
  EXPECT_EQ(FromOf(yaml, "mppsolar_on"), (Texts{"QU1 to QU3 column 4, bit 1"}));
  EXPECT_EQ(FromOf(yaml, "mppsolar_a_watts"), (Texts{"QU1 to QU3 column 2 times column 3"}));
  EXPECT_EQ(FromOf(yaml, "mppsolar_unit_info"), (Texts{"QU1 to QU3 column 2 (serial_number)"}));
  EXPECT_EQ(FromOf(Definition("    units: 2\n", {kVolts}), "mppsolar_unit_volts"),
            (Texts{"QU2 column 3"}));
  for (const CatalogueEntry& entry : Catalogue(Load(yaml))) {
    const bool is_total = entry.name == "mppsolar_a_watts";
    EXPECT_EQ(entry.labels.size() > 1 && entry.labels[1] == "unit", !is_total) << entry.name;
  }
}

}  // namespace
}  // namespace mppsolar::metrics
