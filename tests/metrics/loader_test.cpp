// What the loader accepts and what it complains of. Places are counted by hand: the first row of QA
// is in line 22 and begins in column 9.
#include "metrics/loader.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "tests/metrics/small_definition.h"

namespace mppsolar::metrics {
namespace {

const std::string kGridVolts = "{at: 1, metric: grid_volts, help: Grid.}";

std::string Replaced(std::string yaml, const std::string& from, const std::string& to) {
  const std::size_t at = yaml.find(from);
  if (at == std::string::npos) throw std::runtime_error("no " + from);
  return yaml.replace(at, from.size(), to);
}

std::string Small() { return SmallDefinition(Rows({kGridVolts})); }

std::string ComplaintOfRow(const std::string& row) {
  return ComplaintOf(SmallDefinition(Rows({row})));
}
std::string ComplaintOfRows(std::initializer_list<std::string> rows) {
  return ComplaintOf(SmallDefinition(Rows(rows)));
}
std::string ComplaintOfCharacters(std::initializer_list<std::string> rows) {
  return ComplaintOf(SmallDefinition(Rows({kGridVolts}), Rows(rows)));
}

// With all of `complaint` but for its end, which may list much.
void ExpectBegins(const std::string& complaint, const std::string& beginning) {
  EXPECT_EQ(complaint.substr(0, beginning.size()), beginning) << complaint;
}

TEST(Loader, TakesASmallDefinition) {
  const Protocol protocol = Load(Small());
  EXPECT_EQ(protocol.name, "test");
  ASSERT_EQ(protocol.commands.size(), 3U);
  const Command* const command = protocol.Find("QA");
  ASSERT_NE(command, nullptr);
  EXPECT_EQ(command->ask, Ask::kSlowly);
  EXPECT_EQ(command->reply_columns->low, 2U);
  EXPECT_EQ(command->reply_columns->high, 24U);
  EXPECT_FALSE(command->reply_characters);
  EXPECT_EQ(protocol.IndexOf(*command), 0);
  EXPECT_EQ(protocol.Find("QD"), nullptr);
  EXPECT_EQ(protocol.traits.at(1).values.at(1).name, "celsius");
}

TEST(Loader, WithoutAReplyLengthTheExampleTellsIt) {
  const Protocol protocol = Load(Replaced(
      Small(), "    reply: {columns: 2..3}\n    example: \"1 -\"", "    example: \"1 - \""));
  EXPECT_EQ(protocol.Find("QC")->reply_columns->low, 2U);
  EXPECT_EQ(protocol.Find("QC")->reply_columns->high, 2U);
}

TEST(Loader, ComplainsOfUnknownMissingAndRepeatedKeysEverywhere) {
  EXPECT_EQ(ComplaintOfRow("{at: 1, metrc: grid_volts, help: Grid.}"),
            "test.yaml:22:17: unknown key \"metrc\"; a number row has at, metric, per, times, "
            "labels, total, above, when, help");
  EXPECT_EQ(ComplaintOfRow("{metric: grid_volts, help: Grid.}"),
            "test.yaml:22:9: no key \"at\"; a number row needs one");
  EXPECT_EQ(ComplaintOfRow("{at: 1, at: 2, metric: grid_volts, help: Grid.}"),
            "test.yaml:22:17: the key \"at\" a second time; it is already in line 22");
  ExpectBegins(ComplaintOf(Replaced(Small(), "    ask: slowly", "    aks: slowly")),
               "test.yaml:18:5: unknown key \"aks\"; a command has help, ask,");
  ExpectBegins(ComplaintOf(Replaced(Small(), "    ask: slowly\n", "")),
               "test.yaml:17:5: no key \"ask\"");
  ExpectBegins(ComplaintOf(Replaced(Small(), "infos:", "info:")),
               "test.yaml:13:1: unknown key \"info\"; a definition has protocol,");
  ExpectBegins(ComplaintOf(Replaced(Small(), "  QC:", "  QA:")),
               "test.yaml:30:3: the key \"QA\" a second time; it is already in line 16");
  ExpectBegins(ComplaintOf("protocol: test\n"), "test.yaml:1:1: no key \"help\"");
}

TEST(Loader, SendsNothingButQueries) {
  for (const char* name :
       {"POP02", "PF", "Q", "QPIGs", "qpigs", "Q PF", "Q\\r", "F50", "^P005PI"}) {
    const std::string complaint =
        ComplaintOf(Replaced(Small(), "  QC:", std::string("  \"") + name + "\":"));
    EXPECT_NE(complaint.find("only queries are ever sent"), std::string::npos) << complaint;
  }
}

TEST(Loader, TakesNoCommandThatIsTooLongToBeSent) {
  const auto complaint = [](std::size_t length) {
    return ComplaintOf(Replaced(Small(), "  QC:", "  Q" + std::string(length - 1, 'A') + ":"));
  };
  EXPECT_NE(complaint(65).find("64 at most"), std::string::npos) << complaint(65);
  EXPECT_EQ(complaint(64).find("64 at most"), std::string::npos) << complaint(64);
}

TEST(Loader, AskAndRequiredGoTogether) {
  ExpectBegins(ComplaintOf(Replaced(Small(), "ask: slowly", "ask: often")),
               "test.yaml:18:10: \"often\"; every_scrape, slowly or once belongs here");
  ExpectBegins(ComplaintOf(Replaced(Small(), "ask: slowly", "ask: slowly\n    required: true")),
               "test.yaml:19:15: `required`");
  EXPECT_TRUE(Load(Replaced(Small(), "ask: slowly", "ask: every_scrape\n    required: true"))
                  .Find("QA")
                  ->required);
}

TEST(Loader, AHelpIsASentenceOnOneLine) {
  ExpectBegins(ComplaintOfRow("{at: 1, metric: grid_volts, help: Grid}"),
               "test.yaml:22:43: the help \"Grid\"");
  ExpectBegins(ComplaintOfRow("{at: 1, metric: grid_volts, help: \"Grid.\\nVolts.\"}"),
               "test.yaml:22:43: a help of several lines");
  ExpectBegins(ComplaintOf(Replaced(Small(), "help: A test.", "help: A test")),
               "test.yaml:2:7: the help \"A test\"");
}

TEST(Loader, ANumberEndsInItsUnit) {
  for (const char* name :
       {"a_volts", "a_amperes", "a_watts", "a_voltamperes", "a_hertz", "a_celsius", "a_ratio",
        "a_joules", "a_seconds", "a_counts", "a_units", "a_code"}) {
    EXPECT_EQ(ComplaintOfRow(std::string("{at: 1, metric: ") + name + ", help: X.}"), "");
  }
  ExpectBegins(ComplaintOfRow("{at: 1, metric: grid, help: X.}"),
               "test.yaml:22:25: \"grid\" has no unit");
  EXPECT_NE(ComplaintOfRow("{at: 1, metric: grid_percent, help: X.}"), "");
  EXPECT_NE(ComplaintOfRow("{at: 1, metric: made_total, help: X.}"), "");
}

TEST(Loader, TotalAfterTheUnitMakesACounter) {
  const Protocol protocol =
      Load(SmallDefinition(Rows({"{at: 2, metric: made_joules_total, help: X.}", kGridVolts})));
  for (const Family& family : protocol.families) {
    EXPECT_EQ(family.type == FamilyType::kCounter, family.name == "mppsolar_made_joules_total");
  }
}

TEST(Loader, BitsAndStatesHaveNoUnit) {
  for (const char* name : {"a_volts", "a_code", "a_total", "a_info"}) {
    const std::string metric = std::string(", metric: ") + name + ", help: X.";
    EXPECT_NE(ComplaintOfRow("{at: 3, bit: 0" + metric + "}"), "");
    EXPECT_NE(ComplaintOfRow("{at: 4, label: l, states: {B: b}" + metric + "}"), "");
    EXPECT_NE(ComplaintOfRow("{at: 5, label: l, letters: {a: a, b: b}" + metric + "}"), "");
  }
}

TEST(Loader, NamesAreThoseOfMetricsAndLabels) {
  for (const char* name : {"Grid_volts", "1_volts", "_volts", "grid-volts", "gr\xc3\xa4_volts",
                           "mppsolar_grid_volts", "\"\""}) {
    EXPECT_NE(ComplaintOfRow(std::string("{at: 1, metric: ") + name + ", help: X.}"), "") << name;
  }
  for (const char* label : {"inverter", "1a", "a-b", "__name__", "\"\"", "a b"}) {
    EXPECT_NE(ComplaintOfRow(std::string("{at: 1, metric: a_volts, labels: {") + label +
                             ": x}, help: X.}"),
              "")
        << label;
  }
  EXPECT_EQ(ComplaintOfRow("{at: 4, metric: battery, label: type, states: {B: b}, help: X.}"), "");
  EXPECT_NE(ComplaintOfRow("{at: 1, metric: a_volts, labels: {mppt: ''}, help: X.}"), "");
  EXPECT_NE(
      ComplaintOfRow("{at: 4, metric: a, labels: {l: x}, label: l, states: {B: b}, help: X.}"), "");
}

TEST(Loader, ScalesAreWholeNumbersAndOneAtATime) {
  const auto with = [](const std::string& scale) {
    return ComplaintOfRow("{at: 1, metric: a_volts, " + scale + ", help: X.}");
  };
  EXPECT_EQ(with("per: 100"), "");
  EXPECT_EQ(with("times: 60"), "");
  for (const char* scale : {"per: 0", "per: -1", "per: 0.1", "times: 0", "times: x"}) {
    EXPECT_NE(with(scale), "") << scale;
  }
  ExpectBegins(with("per: 10, times: 10"), "test.yaml:22:50: both `times` and `per`");
  EXPECT_NE(with("above: many"), "");
}

TEST(Loader, EverythingIsWithinTheReply) {
  ExpectBegins(ComplaintOfRow("{at: 25, metric: a_volts, help: X.}"),
               "test.yaml:22:14: \"25\"; a whole number from 1 to 24");
  EXPECT_NE(ComplaintOfRow("{at: 0, metric: a_volts, help: X.}"), "");
  EXPECT_EQ(ComplaintOfRow("{at: 24, metric: a_volts, help: X.}"), "");
  // 0101 has b0 to b3.
  EXPECT_EQ(ComplaintOfRow("{at: 3, bit: 3, metric: a, help: X.}"), "");
  ExpectBegins(ComplaintOfRow("{at: 3, bit: 4, metric: a, help: X.}"), "test.yaml:22:22: \"4\"");
  ExpectBegins(ComplaintOfRow("{product: [1, 25], metric: a_watts, help: X.}"),
               "test.yaml:22:23: \"25\"");
  EXPECT_NE(ComplaintOfRow("{product: [1], metric: a_watts, help: X.}"), "");
  EXPECT_NE(ComplaintOfRow("{product: [1, 2, 3], metric: a_watts, help: X.}"), "");
  // QB has six characters at most: a0 to a5. Its rows begin in line 29.
  EXPECT_EQ(ComplaintOfCharacters({"{at: 5, name: a, warning: all, help: X.}"}), "");
  ExpectBegins(ComplaintOfCharacters({"{at: 6, name: a, warning: all, help: X.}"}),
               "test.yaml:29:14: \"6\"; a whole number from 0 to 5");
  EXPECT_NE(ComplaintOfCharacters({"{at: 5, digits: 2, metric: a_code, help: X.}"}), "");
  EXPECT_NE(ComplaintOfCharacters({"{at: 1, name: a, warning: all, fault_with: 6, help: X.}"}), "");
  EXPECT_NE(ComplaintOfCharacters({"{at: 1, name: a, warning: all, fault_with: 1, help: X.}"}), "");
}

TEST(Loader, ConditionsAreOnWhatIsDefined) {
  const auto with = [](const std::string& when) {
    return ComplaintOfRow("{at: 1, metric: a_volts, when: {" + when + "}, help: X.}");
  };
  for (const char* when :
       {"heat_sink: ntc", "heat_sink: [ntc, celsius]", "columns: 17", "columns: 18..24",
        "QC.2: \"-\"", "QC.columns: 2", "QB.characters: 4..5", "columns: 2..9, generation: hs"}) {
    EXPECT_EQ(with(when), "") << when;
  }
  ExpectBegins(with("heat: ntc"), "test.yaml:22:41: the condition \"heat\"");
  ExpectBegins(with("heat_sink: cold"), "test.yaml:22:52: the value \"cold\"; heat_sink has ntc, ");
  ExpectBegins(with("QX.1: 1"), "test.yaml:22:41: the command \"QX\"");
  for (const char* when :
       {"QC.0: x", "QC.4: x", "QC.rows: 1", "QC.characters: 2", "QB.columns: 1", "QB.2: x",
        "characters: 4", "columns: 25", "columns: 1", "columns: 9..5", "columns: 2..", "columns: x",
        "QC.columns: 4..9", "heat_sink: []", "QC.1: {}", ""}) {
    EXPECT_NE(with(when), "") << when;
  }
}

TEST(Loader, TraitsFollowFromRepliesOnly) {
  const auto with = [](const std::string& when) {
    return ComplaintOf(Replaced(Small(), "QC.2: \"-\"", when));
  };
  EXPECT_EQ(with("QC.1: \"-\""), "");
  ExpectBegins(with("generation: hs"), "test.yaml:8:11: \"generation\" in a trait");
  EXPECT_NE(with("columns: 3"), "");
  EXPECT_NE(with(""), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "  heat_sink:", "  columns:")), "");
}

TEST(Loader, ASeriesComesFromOneRow) {
  ExpectBegins(ComplaintOfRows({kGridVolts, "{at: 2, metric: grid_volts, help: Grid.}"}),
               "test.yaml:23:25: mppsolar_grid_volts is also given by line 22;");
  EXPECT_EQ(ComplaintOfRows({"{at: 1, metric: a_volts, labels: {mppt: 1}, help: X.}",
                             "{at: 2, metric: a_volts, labels: {mppt: 2}}"}),
            "");
  // The same place, or each under a condition.
  EXPECT_EQ(
      ComplaintOfRows({"{at: 1, metric: a_volts, above: 9, help: X.}",
                       "{at: 1, metric: a_volts, when: {columns: 3}}", "{at: 1, metric: a_volts}"}),
      "");
  EXPECT_EQ(ComplaintOfRows({"{at: 1, metric: a_volts, when: {columns: 3}, help: X.}",
                             "{at: 2, metric: a_volts, when: {heat_sink: ntc}}"}),
            "");
  // Both conditions hold for the example, which has six columns.
  const std::string twice =
      ComplaintOfRows({"{at: 1, metric: a_volts, when: {columns: 6}, help: X.}",
                       "{at: 2, metric: a_volts, when: {columns: 6}}"});
  EXPECT_NE(twice.find("the example gives mppsolar_a_volts twice"), std::string::npos) << twice;
  // A reply of three columns at most has no fourth one; one of four may have it.
  EXPECT_EQ(ComplaintOfRows({"{product: [1, 2], metric: a_watts, when: {columns: 2..6}, help: X.}",
                             "{at: 7, metric: a_watts}"}),
            "");
  EXPECT_NE(ComplaintOfRows({"{product: [1, 2], metric: a_watts, when: {columns: 2..7}, help: X.}",
                             "{at: 7, metric: a_watts}"}),
            "");
  EXPECT_NE(ComplaintOfCharacters({"{at: 1, name: a, warning: all, help: X.}",
                                   "{at: 2, name: a, warning: hs, help: X.}"}),
            "");
  EXPECT_EQ(ComplaintOfCharacters({"{at: 1, name: a, warning: max, help: X.}",
                                   "{at: 2, name: a, warning: hs, help: X.}"}),
            "");
  EXPECT_NE(ComplaintOfRows({"{at: 1, info: inverter_info, label: firmware}",
                             "{at: 2, info: inverter_info, label: firmware}"}),
            "");
  EXPECT_NE(ComplaintOfRow("{at: 5, metric: a, label: l, letters: {a: x, b: x}, help: X.}"), "");
}

TEST(Loader, ARowThatIsNeverUsedIsNotPassedOver) {
  ExpectBegins(
      ComplaintOfRows({kGridVolts, "{at: 1, metric: b_volts, when: {columns: 3}, help: X.}"}),
      "test.yaml:23:9: a row that is never used; that of line 22");
  EXPECT_NE(
      ComplaintOfCharacters({"{at: 1, reserved: true}", "{at: 1, name: a, warning: hs, help: X.}"}),
      "");
}

TEST(Loader, AListGoesOnToTheLastColumn) {
  const std::string list = "{from: 2, metric: a_volts, label: l, help: X.}";
  const std::string after = "{at: 3, metric: b_volts, help: X.}";
  ExpectBegins(ComplaintOfRows({list, after}), "test.yaml:23:9: a column that a list reads, too;");
  ExpectBegins(ComplaintOfRows({after, list}), "test.yaml:23:9: a column that a list reads, too;");
}

TEST(Loader, RowsOfOneFamilyAgree) {
  EXPECT_EQ(ComplaintOfRows({"{at: 1, metric: a_volts, labels: {l: x}, help: X.}",
                             "{at: 2, metric: a_volts, labels: {l: y}, help: X.}"}),
            "");
  ExpectBegins(ComplaintOfRows({"{at: 1, metric: a_volts, labels: {l: x}, help: X.}",
                                "{at: 2, metric: a_volts, labels: {l: y}, help: Y.}"}),
               "test.yaml:23:56: another help");
  ExpectBegins(ComplaintOfRows({kGridVolts, "{at: 2, metric: grid_volts, labels: {l: y}}"}),
               "test.yaml:23:25: \"grid_volts\" with the labels l; in line 22 they are none");
  EXPECT_NE(ComplaintOfRows({"{at: 4, metric: a, label: l, states: {B: b}, help: X.}",
                             "{at: 5, metric: a, label: l, letters: {a: x, b: y}}"}),
            "");
  ExpectBegins(ComplaintOfRow("{at: 1, metric: a_volts}"),
               "test.yaml:22:25: no help for \"a_volts\"");
}

TEST(Loader, WarningsAndFaultsBelongToGenerations) {
  EXPECT_EQ(ComplaintOfCharacters({"{at: 1, name: a, warning: [hs], fault: max, help: X.}"}), "");
  ExpectBegins(ComplaintOfCharacters({"{at: 1, name: a, warning: ks, help: X.}"}),
               "test.yaml:29:35: the value \"ks\"; generation has hs, max");
  ExpectBegins(
      ComplaintOfCharacters({"{at: 1, name: a, warning: [hs, max], fault: max, help: X.}"}),
      "test.yaml:29:53: a generation in both");
  EXPECT_NE(ComplaintOfCharacters({"{at: 1, name: a, warning: all, fault: max, help: X.}"}), "");
  EXPECT_NE(ComplaintOfCharacters({"{at: 1, name: a, help: X.}"}), "");
  EXPECT_NE(ComplaintOfCharacters({"{at: 1, name: a, fault: all, fault_with: 2, help: X.}"}), "");
  EXPECT_NE(ComplaintOfCharacters({"{at: 1, name: a, warning: all}"}), "");
  const std::string no_fault =
      Replaced(SmallDefinition(Rows({kGridVolts}),
                               Rows({"{at: 1, name: a, warning: all, fault_with: 2, help: X.}"})),
               "  fault: {metric: fault_active, help: A fault.}\n", "");
  EXPECT_NE(ComplaintOf(no_fault).find("`severities` has none"), std::string::npos);
}

TEST(Loader, InfosAreDefined) {
  ExpectBegins(ComplaintOfRow("{at: 1, info: other_info, label: firmware}"),
               "test.yaml:22:23: the info \"other_info\"; `infos` has inverter_info");
  ExpectBegins(ComplaintOfRow("{at: 1, info: inverter_info, label: model}"),
               "test.yaml:22:45: the label \"model\"; inverter_info has serial_number, firmware");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "  inverter_info:", "  inverter:")), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "[serial_number, firmware]", "[a, a]")), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "[serial_number, firmware]", "[inverter]")), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "[serial_number, firmware]", "[]")), "");
}

TEST(Loader, TheExampleDecodes) {
  ExpectBegins(ComplaintOfRow("{at: 4, metric: a_volts, help: X.}"),
               "test.yaml:20:14: the example of QA cannot be read in column 4;");
  ExpectBegins(ComplaintOfRow("{at: 4, metric: a, label: l, states: {L: line}, help: X.}"),
               "test.yaml:20:14: the example of QA cannot be read in column 4;");
  EXPECT_NE(ComplaintOfRow("{at: 6, info: inverter_info, label: firmware, after: \"VERFW:\"}"), "");
  ExpectBegins(ComplaintOfCharacters({"{at: 3, digits: 2, metric: a_code, help: X.}"}),
               "test.yaml:27:14: the example of QB is not what its rows say;");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "\"0100\"", "\"01\"")), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "\"0100\"", "\"01 00\"")), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "\"1 -\"", "\"(1 -\"")), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "\"1 -\"", "\"1 -\\r\"")), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "\"1 -\"", "\" \"")), "");
  ExpectBegins(ComplaintOf(Replaced(Small(), "\"1 -\"", "\"1\"")),
               "test.yaml:34:14: an example of 1 columns; 2..3 by `reply`");
}

TEST(Loader, RepliesAreCountedInColumnsOrCharacters) {
  EXPECT_NE(ComplaintOf(Replaced(Small(), "{columns: 2..3}", "{characters: 2..3}")), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "{columns: 2..3}", "{columns: 2..129}")), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "{columns: 2..3}", "{columns: 3..2}")), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "{columns: 2..3}", "{}")), "");
  EXPECT_NE(ComplaintOf(Replaced(Small(), "{columns: 2..3}", "{columns: 2..3, characters: 4}")),
            "");
  EXPECT_NE(
      ComplaintOf(Replaced(Small(), "    characters:\n", "    columns: []\n    characters:\n")),
      "");
  EXPECT_NE(ComplaintOf(SmallDefinition("      []\n")), "");
}

TEST(Loader, AnswersAreThoseOfItsCommands) {
  const Protocol protocol = Load(Replaced(Small(), "traits:", "answers: {QC: \"1 -\"}\ntraits:"));
  ASSERT_EQ(protocol.answers.size(), 1U);
  EXPECT_EQ(protocol.commands[protocol.answers[0].first].name, "QC");
  EXPECT_EQ(protocol.answers[0].second, "1 -");
  ExpectBegins(ComplaintOf(Replaced(Small(), "traits:", "answers: {QPI: PI30}\ntraits:")),
               "test.yaml:3:11: the command \"QPI\"");
}

TEST(Loader, TextsThatLookLikeOtherThingsStayTexts) {
  const Protocol protocol = Load(SmallDefinition(
      Rows({"{at: 2, metric: a, label: l, states: {10: off, 044: yes, no: no}, help: X.}"})));
  const auto& state = std::get<State>(protocol.Find("QA")->rows.at(0).kind);
  ASSERT_EQ(state.states.size(), 3U);
  EXPECT_EQ(state.states[0].first, "10");
  EXPECT_EQ(state.states[1].first, "044");
  EXPECT_EQ(state.states[2].first, "no");
  EXPECT_EQ(protocol.series[state.states[0].second].labels, (Labels{{"l", "off"}}));
  EXPECT_EQ(protocol.series[state.states[1].second].labels, (Labels{{"l", "yes"}}));
}

TEST(LoadProtocolFile, SaysWhichFileCannotBeRead) {
  const auto protocol = LoadProtocolFile("/nonexistent/x.yaml");
  ASSERT_FALSE(protocol);
  EXPECT_EQ(protocol.error().text,
            "/nonexistent/x.yaml: cannot be read: No such file or directory");
}

class LoadProtocolsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Write(path_, Small());
    Write(other_path_, Replaced(Small(), "A test.", "Another test."));
  }
  void TearDown() override {
    std::remove(path_.c_str());
    std::remove(other_path_.c_str());
  }

  static void Write(const std::string& path, const std::string& text) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs(text.c_str(), file);
    std::fclose(file);
  }

  // Tests may run at the same time.
  const std::string path_ = ::testing::TempDir() +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name() +
                            ".yaml";
  const std::string other_path_ = path_ + ".other";
};

TEST_F(LoadProtocolsTest, AFileAddsItsProtocolOrReplacesThatOfItsName) {
  const auto added = LoadProtocols({path_});
  ASSERT_TRUE(added) << added.error().text;
  EXPECT_EQ(added->size(), BuiltinDefinitions().size() + 1);
  EXPECT_EQ(added->back()->name, "test");
  EXPECT_EQ(added->back()->help, "A test.");
  const auto replaced = LoadProtocols({path_, other_path_});
  ASSERT_TRUE(replaced) << replaced.error().text;
  EXPECT_EQ(replaced->size(), BuiltinDefinitions().size() + 1);
  EXPECT_EQ(replaced->back()->help, "Another test.");
}

TEST_F(LoadProtocolsTest, OneBadFileIsAComplaint) {
  const auto protocols = LoadProtocols({path_, "/nonexistent/x.yaml"});
  ASSERT_FALSE(protocols);
  EXPECT_EQ(protocols.error().text.find("/nonexistent/x.yaml:"), 0U);
}

}  // namespace
}  // namespace mppsolar::metrics
