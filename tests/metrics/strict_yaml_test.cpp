#include "metrics/strict_yaml.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <string>

namespace mppsolar::metrics {
namespace {

std::string ComplaintOf(const std::string& yaml, const std::function<void(const Yaml&)>& read) {
  const Result<int> result = Strictly(yaml, "f.yaml", [&](const Yaml& root) {
    read(root);
    return 0;
  });
  return result ? "" : result.error().text;
}

void ReadNothing(const Yaml&) {}

void ReadThing(const Yaml& root) {
  const YamlMap map(root, "a thing", {"name", "size"});
  static_cast<void>(map.Get("name").Text());
  if (const auto size = map.Find("size")) static_cast<void>(size->Whole(1, 9));
}

TEST(StrictYaml, GivesWhatWasRead) {
  const Result<std::string> name = Strictly("name: x\nsize: 3\n", "f.yaml", [](const Yaml& root) {
    return YamlMap(root, "a thing", {"name", "size"}).Get("name").Text();
  });
  ASSERT_TRUE(name);
  EXPECT_EQ(*name, "x");
}

TEST(StrictYaml, AnUnknownKeyIsShownWithThoseThatAreKnown) {
  EXPECT_EQ(ComplaintOf("name: x\nsiez: 3\n", ReadThing),
            "f.yaml:2:1: unknown key \"siez\"; a thing has name, size");
}

TEST(StrictYaml, AMissingKeyIsShownAtItsMap) {
  EXPECT_EQ(ComplaintOf("\n  size: 3\n", ReadThing),
            "f.yaml:2:3: no key \"name\"; a thing needs one");
}

TEST(StrictYaml, ARepeatedKeyIsShownWithTheFirstOne) {
  EXPECT_EQ(ComplaintOf("name: x\nsize: 1\nname: y\n", ReadThing),
            "f.yaml:3:1: the key \"name\" a second time; it is already in line 1");
  EXPECT_NE(
      ComplaintOf("{a: 1, \"a\": 2}", [](const Yaml& root) { static_cast<void>(root.Entries()); }),
      "");
}

TEST(StrictYaml, AValueOfAnotherKindIsShownWithTheRightOne) {
  EXPECT_EQ(ComplaintOf("name: [x]\n", ReadThing), "f.yaml:1:7: a list; a text belongs here");
  EXPECT_EQ(ComplaintOf("name: {}\n", ReadThing), "f.yaml:1:7: a map; a text belongs here");
  EXPECT_EQ(ComplaintOf("- name\n", ReadThing),
            "f.yaml:1:1: a list; a map (key: value) belongs here");
  EXPECT_EQ(ComplaintOf("name: x\nsize: 10\n", ReadThing),
            "f.yaml:2:7: \"10\"; a whole number from 1 to 9 belongs here");
  for (const char* size : {"0", "-1", "1.0", "1e0", "0x1", "three", "''", "99999999999999999999"}) {
    EXPECT_NE(ComplaintOf(std::string("name: x\nsize: ") + size, ReadThing), "") << size;
  }
}

TEST(StrictYaml, AValueThatWasForgottenIsNoEmptyText) {
  EXPECT_EQ(ComplaintOf("size: 3\nname:\n\n", ReadThing).substr(0, 18), "f.yaml:2:1: nothin");
  EXPECT_NE(ComplaintOf("name: ~\n", ReadThing), "");
  EXPECT_NE(ComplaintOf("name: null\n", ReadThing), "");
  EXPECT_EQ(ComplaintOf("name: ''\n", ReadThing), "");
}

TEST(StrictYaml, TextsStayAsTheyAreWritten) {
  const auto texts = Strictly("[off, 044, 1.50, yes, 0x1, '~', 1_000]", "f", [](const Yaml& root) {
    std::string all;
    for (const Yaml& each : root.List()) all += each.Text() + "|";
    return all;
  });
  ASSERT_TRUE(texts);
  EXPECT_EQ(*texts, "off|044|1.50|yes|0x1|~|1_000|");
}

TEST(StrictYaml, OnlyTrueAndFalseAreYesAndNo) {
  const auto read = [](const Yaml& root) { static_cast<void>(root.YesOrNo()); };
  EXPECT_EQ(ComplaintOf("true", read), "");
  EXPECT_EQ(ComplaintOf("false", read), "");
  for (const char* text : {"yes", "on", "True", "1", "[]", "~"}) {
    EXPECT_NE(ComplaintOf(text, read), "") << text;
  }
}

TEST(StrictYaml, OneTextIsAListOfOne) {
  const auto count = [](const Yaml& root) { return root.OneOrMore().size(); };
  EXPECT_EQ(*Strictly("a", "f", count), 1U);
  EXPECT_EQ(*Strictly("[a, b]", "f", count), 2U);
  EXPECT_FALSE(Strictly("[]", "f", count));
  EXPECT_FALSE(Strictly("[a, [b]]", "f", count));
}

TEST(StrictYaml, AKeyThatIsNoTextIsRefused) {
  const auto entries = [](const Yaml& root) { static_cast<void>(root.Entries()); };
  EXPECT_NE(ComplaintOf("? [a]\n: 1\n", entries), "");
  EXPECT_NE(ComplaintOf("~: 1\n", entries), "");
}

TEST(StrictYaml, WhatIsNoYamlIsShownAtItsPlace) {
  const std::string complaint = ComplaintOf("a: b\nc: [1, 2\nd: e\n", ReadNothing);
  EXPECT_EQ(complaint.substr(0, 9), "f.yaml:3:") << complaint;
  EXPECT_NE(complaint.find("not YAML"), std::string::npos) << complaint;
  EXPECT_NE(ComplaintOf("a: 'b", ReadNothing), "");
  EXPECT_NE(ComplaintOf("*nowhere", ReadNothing), "");
  EXPECT_NE(ComplaintOf(std::string(5000, '['), ReadNothing), "");
}

TEST(StrictYaml, AComplaintHasNoByteOfAnUnknownEscape) {
  EXPECT_EQ(ComplaintOf("\"\\\n\\\xc3\xa4\"", ReadNothing),
            "f.yaml:2:3: not YAML: unknown escape character: ?");
}

TEST(StrictYaml, ASecondDocumentIsNotPassedOver) {
  EXPECT_EQ(ComplaintOf("---\na: b\n---\nc: d\n", ReadNothing).substr(0, 9), "f.yaml:3:");
  EXPECT_EQ(ComplaintOf("---\na: b\n", ReadNothing), "");
}

TEST(StrictYaml, AnEmptyFileIsEmpty) {
  for (const char* yaml : {"", "\n", "# only a comment\n", "---\n"}) {
    const auto is_empty = Strictly(yaml, "f", [](const Yaml& root) { return root.IsEmpty(); });
    ASSERT_TRUE(is_empty) << is_empty.error().text;
    EXPECT_TRUE(*is_empty) << yaml;
  }
}

TEST(StrictYaml, AliasesStandForTheirAnchors) {
  const auto both = Strictly("{a: &x [1, 2], b: *x}", "f", [](const Yaml& root) {
    return YamlMap(root, "a map", {"a", "b"}).Get("b").List().at(1).Text();
  });
  ASSERT_TRUE(both) << both.error().text;
  EXPECT_EQ(*both, "2");
  EXPECT_EQ(ComplaintOf("a: &x [1, *x]", ReadNothing).substr(0, 12), "f.yaml:1:11:");
}

TEST(StrictYaml, AliasesOfAliasesDoNotGrowWithoutBounds) {
  // Each line is ten times the one before: 10^8 values in 8 lines.
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name <= 'h'; ++name) {
    const std::string item = std::string("*") + static_cast<char>(name - 1) + ", ";
    bomb += std::string(1, name) + ": &" + name + " [";
    for (int i = 0; i < 10; ++i) bomb += item;
    bomb += "]\n";
  }
  const std::string complaint = ComplaintOf(bomb, ReadNothing);
  // a to d have 11 + 111 + 1111 + 11111 values, so the fourth *d of e is too much.
  EXPECT_EQ(complaint.substr(0, 13), "f.yaml:5:20: ") << complaint;
  EXPECT_NE(complaint.find("more than 50000 values"), std::string::npos) << complaint;
}

TEST(StrictYaml, ControlCharactersAreShownAtTheirPlace) {
  EXPECT_EQ(ComplaintOf("a: b\nc: \x01\n", ReadNothing).substr(0, 12), "f.yaml:2:4: ");
  EXPECT_EQ(ComplaintOf("a: \x7f\n", ReadNothing).substr(0, 12), "f.yaml:1:4: ");
  EXPECT_EQ(ComplaintOf("a:\t\"\\x01\"\r\n", ReadNothing), "");
  // A text in UTF-16 is not read as such.
  EXPECT_EQ(ComplaintOf(std::string("a\0:\0 \0b\0", 8), ReadNothing).substr(0, 12), "f.yaml:1:2: ");
}

TEST(StrictYaml, WhatIsNotUtf8IsShownAtItsPlace) {
  EXPECT_EQ(ComplaintOf("a: b\nc: \xe4\n", ReadNothing).substr(0, 12), "f.yaml:2:4: ");
  EXPECT_EQ(ComplaintOf("a: \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\n", ReadNothing), "");
  for (const char* text : {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                           "\xf8\x88\x80\x80\x80", "\xc3", "\xe2\x82", "\xc3("}) {
    EXPECT_NE(ComplaintOf(text, ReadNothing), "") << text;
  }
}

TEST(StrictYaml, ValuesOutliveTheFunctionThatReadThem) {
  const Result<Yaml> value = Strictly("[a]", "f", [](const Yaml& root) { return root.List()[0]; });
  ASSERT_TRUE(value);
  EXPECT_EQ(value->Text(), "a");
  EXPECT_EQ(value->Place(), "f:1:2");
}

TEST(StrictYaml, AMessageQuotesNoControlCharactersAndNoLongTexts) {
  EXPECT_EQ(Quoted("a\nb\x1b[1m"), "\"a?b?[1m\"");
  EXPECT_EQ(Quoted(std::string(61, 'x')), '"' + std::string(60, 'x') + "...\"");
  // 59 and a character of two bytes, which would be cut in the middle.
  EXPECT_EQ(Quoted(std::string(59, 'x') + "\xc3\xa4y"), '"' + std::string(59, 'x') + "...\"");
}

TEST(ReadTextFile, GivesTheContentsOrSaysWhyNot) {
  const std::string path = ::testing::TempDir() + "read_text_file_test";
  std::FILE* const file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs("a: b\n", file);
  std::fclose(file);
  const auto text = ReadTextFile(path);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "a: b\n");
  std::remove(path.c_str());

  const auto missing = ReadTextFile(path);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().text, path + ": cannot be read: No such file or directory");
  EXPECT_FALSE(ReadTextFile(::testing::TempDir()));
  EXPECT_FALSE(ReadTextFile("/dev/zero"));
}

}  // namespace
}  // namespace mppsolar::metrics
