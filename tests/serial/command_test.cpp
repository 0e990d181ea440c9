#include "serial/command.h"

#include <gtest/gtest.h>

#include <string>

namespace mppsolar::serial {
namespace {

void ExpectRefused(const Result<Command>& command, std::string_view text) {
  ASSERT_FALSE(command) << text;
  EXPECT_EQ(command.error().code, Errc::kRefused) << text;
  EXPECT_FALSE(command.error().text.empty());
}

TEST(Query, IsMadeOfEveryDocumentedQuery) {
  for (const char* text :
       {"QPI",         "QID",       "QSID",    "QVFW",   "QVFW2",  "QMN",   "QGMN",
        "QPIRI",       "QFLAG",     "QPIGS",   "QPIGS2", "QMOD",   "QPIWS", "QDI",
        "QMCHGCR",     "QBOOT",     "QOPM",    "QPGS0",  "QP2GS0", "Q1",    "Q2PGS0",
        "QED20240229", "QEM202402", "QEY2024", "QT",     "QLITH0"}) {
    const auto query = Command::Query(text);
    ASSERT_TRUE(query) << text;
    EXPECT_EQ(query->text(), text);
  }
}

TEST(Query, RefusesSettings) {
  for (const char* text :
       {"POP02", "PCP00", "PE", "PBT01", "PF", "PSDV46.0", "MCHGC0030", "MUCHGC002", "F50", "DAT",
        "RTEY", "RTDL", "ATE1", "PQSE", "PQSA", "^S005LON1", "^P005PI", "VERFW:"}) {
    ExpectRefused(Command::Query(text), text);
  }
}

TEST(Query, RefusesWhatIsNoCommand) {
  for (const char* text : {"", "Q", "qpigs", "Qpigs", "QPIGs", " QPIGS", "QPIGS ", "QPI GS", "1Q",
                           "(QPIGS", "QPI-GS", "QPI.GS", "Q\xC4"}) {
    ExpectRefused(Command::Query(text), text);
  }
}

TEST(Query, RefusesBytesThatWouldEndOrBeginAFrame) {
  for (const char byte : {'\r', '\n', '(', '\0', '\x7F', '\x80', '\xFF'}) {
    for (const std::string& text : {std::string("QPI") + byte + "POP02", std::string("QPI") + byte,
                                    byte + std::string("QPI")}) {
      ExpectRefused(Command::Query(text), text);
    }
  }
}

TEST(Query, RefusesMoreThan64Bytes) {
  EXPECT_TRUE(Command::Query("Q" + std::string(63, 'A')));
  ExpectRefused(Command::Query("Q" + std::string(64, 'A')), "65 bytes");
}

TEST(Unchecked, TakesSettingsAndWhatIsPrintable) {
  for (const char* text : {"POP02", "VERFW:", "PSDV46.0", "^P005PI", "Q", "q", "!", "~"}) {
    const auto command = Command::Unchecked(text);
    ASSERT_TRUE(command) << text;
    EXPECT_EQ(command->text(), text);
  }
}

TEST(Unchecked, RefusesWhatCannotBeFramed) {
  for (const std::string& text :
       {std::string(), std::string("POP 02"), std::string("POP02\r"), std::string("\nPOP02"),
        std::string("PO\0P", 4), std::string("POP\x7F"), std::string("POP\xE9"),
        std::string(65, 'P')}) {
    ExpectRefused(Command::Unchecked(text), text);
  }
  EXPECT_TRUE(Command::Unchecked(std::string(64, 'P')));
}

}  // namespace
}  // namespace mppsolar::serial
