#include "exporter/address/capture.h"

#include <gtest/gtest.h>

namespace mppsolar {
namespace {

std::string ComplaintOf(std::string_view text) {
  const auto capture = ParseCapture(text, "a.txt");
  return capture ? "" : capture.error().text;
}

TEST(Capture, IsReadWithCommentsRepliesAndSilence) {
  const auto capture = ParseCapture(
      "# Model: Axpert\n\n> QMOD\n< B\n> QMN\r\n< NAK\r\n> Q1\n! timeout\n>QID\n<9293", "a.txt");
  ASSERT_TRUE(capture) << capture.error().text;
  ASSERT_EQ(capture->replies.size(), 4U);
  const auto& mode = capture->replies.at("QMOD");
  ASSERT_EQ(mode.size(), 1U);
  EXPECT_TRUE(mode[0].answered);
  EXPECT_EQ(mode[0].text, "B");
  EXPECT_EQ(capture->replies.at("QMN")[0].text, "NAK");
  EXPECT_FALSE(capture->replies.at("Q1")[0].answered);
  EXPECT_EQ(capture->replies.at("Q1")[0].text, "timeout");
  EXPECT_EQ(capture->replies.at("QID")[0].text, "9293");
}

TEST(Capture, KeepsTheRepliesToOneCommandInOrder) {
  const auto capture = ParseCapture("> QMOD\n< B\n> QMOD\n! timeout\n> QMOD\n< L\n", "a.txt");
  ASSERT_TRUE(capture) << capture.error().text;
  const auto& replies = capture->replies.at("QMOD");
  ASSERT_EQ(replies.size(), 3U);
  EXPECT_EQ(replies[0].text, "B");
  EXPECT_FALSE(replies[1].answered);
  EXPECT_EQ(replies[2].text, "L");
}

TEST(Capture, IsReadAsItWasWrittenWhateverTheBytes) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const std::string& payload :
       {all, std::string(), std::string(" "), std::string("03.1 327.3 01026 "),
        std::string("\\x41"), std::string("\r\n> QMOD\n< B"), std::string("#")}) {
    const std::string text = FormatCaptured("QPIGS", {true, payload});
    const auto capture = ParseCapture(text, "a.txt");
    ASSERT_TRUE(capture) << capture.error().text;
    ASSERT_EQ(capture->replies.size(), 1U);
    ASSERT_EQ(capture->replies.at("QPIGS").size(), 1U);
    EXPECT_EQ(capture->replies.at("QPIGS")[0].text, payload);
    EXPECT_TRUE(capture->replies.at("QPIGS")[0].answered);
  }
}

TEST(Capture, IsWrittenInTwoLines) {
  EXPECT_EQ(FormatCaptured("QMOD", {true, "B"}), "> QMOD\n< B\n");
  EXPECT_EQ(FormatCaptured("Q1", {false, "timeout"}), "> Q1\n! timeout\n");
  EXPECT_EQ(FormatCaptured("QID", {true, "9\xFF\\"}), "> QID\n< 9\\xff\\x5c\n");
}

TEST(Capture, ComplainsWithTheLine) {
  EXPECT_EQ(ComplaintOf("# nothing\n< B\n"), "a.txt:2: a reply without a command before it");
  EXPECT_EQ(ComplaintOf("> QMOD\n> QPI\n"), "a.txt:2: a second command, but no reply to QMOD yet");
  EXPECT_EQ(ComplaintOf("> QMOD\n< B\n\n> QPI\n"), "a.txt:4: no reply to QPI");
  EXPECT_EQ(ComplaintOf("\n>\n< B\n"), "a.txt:2: \">\" without a command; write \"> QPIGS\"");
  EXPECT_EQ(
      ComplaintOf("> QMOD\n< B\nQPI\n"),
      "a.txt:3: a line begins with \"#\", \">\" (command), \"<\" (reply) or \"!\" (no reply)");
  EXPECT_EQ(ComplaintOf("# only a comment\n"), "a.txt:1: nothing is recorded in this file");
  EXPECT_NE(ComplaintOf(""), "");
  for (const std::string wrong : {"\\", "\\x", "\\x4", "\\xg0", "\\x0g", "\\n", "a\\\\b"}) {
    EXPECT_EQ(ComplaintOf("> QMOD\n< " + wrong + "\n"),
              "a.txt:2: a backslash is written \\x5c; other bytes are \\xNN, too")
        << wrong;
  }
}

}  // namespace
}  // namespace mppsolar
