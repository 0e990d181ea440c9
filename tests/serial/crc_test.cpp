#include "serial/crc.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "serial/frame.h"
#include "tests/serial/plain_crc.h"

namespace mppsolar::serial {
namespace {

unsigned Word(std::array<char, 2> bytes) {
  return static_cast<unsigned>(static_cast<unsigned char>(bytes[0])) << 8 |
         static_cast<unsigned char>(bytes[1]);
}

bool Passes(std::string_view bytes, unsigned checksum) {
  return ChecksumMatches(bytes, static_cast<char>(checksum >> 8),
                         static_cast<char>(checksum & 0xFF));
}

// All checksums of two bytes that pass for `bytes`.
std::set<unsigned> AllThatPass(std::string_view bytes) {
  std::set<unsigned> all;
  for (unsigned checksum = 0; checksum <= 0xFFFF; ++checksum) {
    if (Passes(bytes, checksum)) all.insert(checksum);
  }
  return all;
}

std::string FramedText(unsigned crc) {
  return "(" + PayloadWithCrc([crc](unsigned found) { return found == crc; });
}

TEST(Crc16, GivesThePublishedCheckValue) { EXPECT_EQ(Crc16("123456789"), 0x31C3); }

TEST(Crc16, IsZeroForNothing) { EXPECT_EQ(Crc16(""), 0); }

TEST(Crc16, EqualsItsDefinitionForEveryByteValue) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::string bytes = {'(', static_cast<char>(byte), 'x'};
    EXPECT_EQ(Crc16(bytes), PlainCrc(bytes)) << byte;
  }
}

struct Known {
  const char* command;
  unsigned checksum;
};

// As seen on the wire or computed by several programs; QGMN, QBOOT and POP02 are stepped over.
constexpr Known kKnown[] = {
    {"QPI", 0xBEAC},      {"QID", 0xD6EA},      {"QSID", 0xBB05},   {"QVFW", 0x6299},
    {"QVFW2", 0xC3F5},    {"QVFW3", 0xD3D4},    {"QMN", 0xBB64},    {"QGMN", 0x4929},
    {"QPIRI", 0xF854},    {"QFLAG", 0x9874},    {"QPIGS", 0xB7A9},  {"QPIGS2", 0x682D},
    {"QMOD", 0x49C1},     {"QPIWS", 0xB4DA},    {"QDI", 0x711B},    {"QMCHGCR", 0xD855},
    {"QMUCHGCR", 0x2634}, {"QMSCHGCR", 0xABD5}, {"QBOOT", 0x0B88},  {"QOPM", 0xA5C5},
    {"QPGS0", 0x3FDA},    {"QPGS1", 0x2FFB},    {"QPGS2", 0x1F98},  {"QPGS3", 0x0FB9},
    {"QPGS4", 0x7F5E},    {"QPGS5", 0x6F7F},    {"QPGS6", 0x5F1C},  {"QPGS7", 0x4F3D},
    {"QPGS8", 0xBED2},    {"QPGS9", 0xAEF3},    {"QP2GS0", 0x1405}, {"Q1", 0x1BFC},
    {"QBEQI", 0x2EA9},    {"QET", 0x81B6},      {"QLT", 0x3B2E},    {"QT", 0x27FF},
    {"QOPPT", 0x4F11},    {"QCHPT", 0xEAE1},    {"QLED", 0x913A},   {"QBATCD", 0xAA26},
    {"QBMS", 0x6144},     {"QBV", 0x3863},      {"QCST", 0x06EF},   {"QCVT", 0xF91A},
    {"QCHGS", 0x00E2},    {"VERFW:", 0xF825},   {"POP02", 0xE20B},  {"^P005PI", 0x718B},
    {"(NAK", 0x7373},     {"(ACK", 0x3920},     {"(B", 0xE7C9},     {"(01", 0x0C80},
};

TEST(Checksum, IsThatOfTheKnownFrames) {
  for (const Known& known : kKnown) {
    EXPECT_EQ(Word(Checksum(known.command)), known.checksum) << known.command;
  }
}

TEST(Checksum, StepsOverEachReservedByteOnItsOwn) {
  const std::vector<std::pair<unsigned, unsigned>> sent_as = {
      {0x2841, 0x2941}, {0x0D41, 0x0E41}, {0x0A41, 0x0B41}, {0x4128, 0x4129}, {0x410D, 0x410E},
      {0x410A, 0x410B}, {0x280D, 0x290E}, {0x0A28, 0x0B29}, {0x0D0A, 0x0E0B}};
  for (const auto& [crc, checksum] : sent_as) {
    EXPECT_EQ(Word(Checksum(FramedText(crc))), checksum) << std::hex << crc;
  }
}

TEST(Checksum, LeavesWhatIsNotReserved) {
  for (const unsigned crc : {0x290EU, 0x0B29U, 0x0C27U, 0x0941U, 0x0000U, 0xFF00U, 0x0100U}) {
    EXPECT_EQ(Word(Checksum(FramedText(crc))), crc) << std::hex << crc;
  }
}

TEST(ChecksumWithoutZero, SendsZeroAsOne) {
  EXPECT_EQ(Word(ChecksumWithoutZero("QCHGS")), 0x01E2U);
  EXPECT_EQ(Word(ChecksumWithoutZero(FramedText(0x4100))), 0x4101U);
  EXPECT_EQ(Word(ChecksumWithoutZero(FramedText(0x0000))), 0x0101U);
}

TEST(ChecksumWithoutZero, StepsOverReservedBytesToo) {
  EXPECT_EQ(Word(ChecksumWithoutZero(FramedText(0x000D))), 0x010EU);
  EXPECT_EQ(Word(ChecksumWithoutZero(FramedText(0x2800))), 0x2901U);
}

TEST(ChecksumWithoutZero, EqualsTheOtherWithoutAZero) {
  EXPECT_EQ(Word(ChecksumWithoutZero("QPIGS")), 0xB7A9U);
  EXPECT_EQ(Word(ChecksumWithoutZero("QGMN")), 0x4929U);
}

// Of the 65,536 checksums only these pass.
TEST(ChecksumMatches, PassesTheOneOfAnOrdinaryFrameAlone) {
  EXPECT_EQ(AllThatPass("(B"), (std::set<unsigned>{0xE7C9}));
  EXPECT_EQ(AllThatPass("(NAK"), (std::set<unsigned>{0x7373}));
}

TEST(ChecksumMatches, PassesReservedBytesSteppedOverAndRaw) {
  EXPECT_EQ(AllThatPass("QGMN"), (std::set<unsigned>{0x4928, 0x4929}));
  EXPECT_EQ(AllThatPass("QBOOT"), (std::set<unsigned>{0x0A88, 0x0B88}));
  EXPECT_EQ(AllThatPass("POP02"), (std::set<unsigned>{0xE20A, 0xE20B}));
  EXPECT_EQ(AllThatPass(FramedText(0xAB0D)), (std::set<unsigned>{0xAB0D, 0xAB0E}));
}

TEST(ChecksumMatches, PassesTwoReservedBytesBothSteppedOverOrBothRaw) {
  EXPECT_EQ(AllThatPass(FramedText(0x0D28)), (std::set<unsigned>{0x0D28, 0x0E29}));
}

TEST(ChecksumMatches, PassesZeroAsItIsAndAsOne) {
  EXPECT_EQ(AllThatPass("QCHGS"), (std::set<unsigned>{0x00E2, 0x01E2}));
  EXPECT_EQ(AllThatPass("(ExDabjkuvyz"), (std::set<unsigned>{0x2200, 0x2201}));
}

TEST(ChecksumMatches, PassesThreeWaysToSendAZeroAndAReservedByte) {
  EXPECT_EQ(AllThatPass(FramedText(0x000A)), (std::set<unsigned>{0x000A, 0x000B, 0x010B}));
}

TEST(ChecksumMatches, RefusesSteppingOverWhatIsNotReserved) {
  EXPECT_EQ(AllThatPass(FramedText(0x290E)), (std::set<unsigned>{0x290E}));
  EXPECT_EQ(AllThatPass(FramedText(0x010B)), (std::set<unsigned>{0x010B}));
}

TEST(ChecksumMatches, RefusesSwappedBytesAndDroppedZeros) {
  EXPECT_FALSE(Passes("(B", 0xC9E7));
  EXPECT_FALSE(Passes("(01", 0xC800));  // 0C 80 printed without its zeros
}

}  // namespace
}  // namespace mppsolar::serial
