#include "serial/frame.h"

#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/serial/plain_crc.h"

namespace mppsolar::serial {

using Kind = FrameReader::Kind;

bool operator==(const FrameReader::Item& a, const FrameReader::Item& b) {
  return a.kind == b.kind && a.text == b.text;
}

std::ostream& operator<<(std::ostream& out, const FrameReader::Item& item) {
  constexpr const char* kNames[] = {"payload", "nak", "echo", "other protocol", "bad"};
  return out << kNames[static_cast<int>(item.kind)] << " \"" << Printable(item.text) << '"';
}

namespace {

using Items = std::vector<FrameReader::Item>;

struct Captured {
  int line;
  bool good;
  std::string command;
  std::string bytes;
};

std::ostream& operator<<(std::ostream& out, const Captured& frame) {
  return out << "frames.tsv:" << frame.line << ' ' << Printable(frame.bytes);
}

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
  }
  return bytes;
}

std::vector<Captured> LoadFrames() {
  std::ifstream file(TESTS_DIR "/serial/frames.tsv");
  std::vector<Captured> frames;
  std::string text;
  for (int line = 1; std::getline(file, text); ++line) {
    if (text.empty() || text[0] == '#' || text.starts_with("verdict\t")) continue;
    std::istringstream columns(text);
    std::string verdict, command, device, fields, hex;
    std::getline(columns, verdict, '\t');
    std::getline(columns, command, '\t');
    std::getline(columns, device, '\t');
    std::getline(columns, fields, '\t');
    std::getline(columns, hex, '\t');
    frames.push_back({line, verdict.starts_with("OK"), command, FromHex(hex)});
  }
  return frames;
}

std::vector<Captured> GoodFrames() {
  std::vector<Captured> good;
  for (Captured& frame : LoadFrames()) {
    if (frame.good) good.push_back(std::move(frame));
  }
  return good;
}

// What stands between "(" and the two bytes of the checksum and CR.
std::string ContentOf(const std::string& frame) { return frame.substr(1, frame.size() - 4); }

Items ReadAll(FrameReader& reader, const std::vector<std::string>& chunks) {
  Items items;
  FrameReader::Item item;
  for (const std::string& chunk : chunks) {
    reader.Add(chunk);
    while (reader.Next(item)) items.push_back(item);
  }
  while (reader.Finish(item)) items.push_back(item);
  return items;
}

std::string Request(std::string_view command) { return EncodeRequest(*Command::Query(command)); }

Items InOneChunk(const std::string& bytes, const std::string& request = Request("QPIGS")) {
  FrameReader reader(request);
  return ReadAll(reader, {bytes});
}

Items ByteByByte(const std::string& bytes, const std::string& request = Request("QPIGS")) {
  FrameReader reader(request);
  std::vector<std::string> chunks;
  for (const char byte : bytes) chunks.emplace_back(1, byte);
  return ReadAll(reader, chunks);
}

// Both ways to receive `bytes` must give `expected`.
void ExpectItems(const std::string& bytes, const Items& expected,
                 const std::string& request = Request("QPIGS")) {
  EXPECT_EQ(InOneChunk(bytes, request), expected) << Printable(bytes);
  EXPECT_EQ(ByteByByte(bytes, request), expected) << "byte by byte: " << Printable(bytes);
}

bool Has(const Items& items, Kind kind) {
  for (const auto& item : items) {
    if (item.kind == kind) return true;
  }
  return false;
}

const std::string kB = "(B\xE7\xC9\r";  // QMOD: battery mode
const std::string kS = "(S\xE5\xD9\r";  // QMOD: standby
const std::string kNakFrame = "(NAKss\r";

// --- Every captured frame ---------------------------------------------------------------------

class CapturedFrame : public testing::TestWithParam<Captured> {};

TEST_P(CapturedFrame, IsDecodedIfGoodAndRefusedIfBad) {
  const Captured& frame = GetParam();
  for (const Items& items : {InOneChunk(frame.bytes, ""), ByteByByte(frame.bytes, "")}) {
    ASSERT_EQ(items.size(), 1U);
    if (!frame.good) {
      EXPECT_EQ(items[0].kind, Kind::kBad);
    } else {
      const std::string content = ContentOf(frame.bytes);
      EXPECT_EQ(items[0].kind, content == "NAK" ? Kind::kNak : Kind::kPayload);
      EXPECT_EQ(items[0].text, content);
    }
  }
}

TEST_P(CapturedFrame, IsTheSameBehindItsEchoAndAmongPadding) {
  const Captured& frame = GetParam();
  const bool is_query = Command::Query(frame.command).has_value();
  const std::string request = Request(is_query ? frame.command : "QPIGS");
  const std::string bytes = request + std::string("\0\0\n", 3) + frame.bytes + std::string(5, '\0');
  for (const Items& items : {InOneChunk(bytes, request), ByteByByte(bytes, request)}) {
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].kind, Kind::kEcho);
    if (frame.good) {
      EXPECT_EQ(items[1].text, ContentOf(frame.bytes));
    } else {
      EXPECT_FALSE(Has(items, Kind::kPayload));
      EXPECT_FALSE(Has(items, Kind::kNak));
    }
  }
}

std::string NameOfFrame(const testing::TestParamInfo<Captured>& info) {
  std::string name = "Line" + std::to_string(info.param.line) + "_";
  for (const char c : info.param.command) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
  }
  return name + (info.param.good ? "_Good" : "_Bad");
}

INSTANTIATE_TEST_SUITE_P(FramesTsv, CapturedFrame, testing::ValuesIn(LoadFrames()), NameOfFrame);

TEST(CapturedFrames, AreAllThere) {
  const auto frames = LoadFrames();
  EXPECT_EQ(frames.size(), 112U);
  EXPECT_EQ(GoodFrames().size(), 106U);
}

TEST(CapturedFrames, AreWhatEncodeReplyMakesOfTheirContent) {
  for (const Captured& frame : GoodFrames()) {
    EXPECT_EQ(EncodeReply(ContentOf(frame.bytes)), frame.bytes) << frame;
  }
}

// --- Damage -----------------------------------------------------------------------------------

unsigned SteppedOver(unsigned byte) {
  return byte == 0x28 || byte == 0x0D || byte == 0x0A ? byte + 1 : byte;
}

unsigned SteppedOverZero(unsigned byte) { return byte == 0 ? 1 : SteppedOver(byte); }

// The frames whose payload is the same and whose checksum some firmware would send so.
std::set<std::string> Variants(const std::string& frame) {
  const std::string content = ContentOf(frame);
  const unsigned crc = PlainCrc("(" + content);
  const unsigned high = crc >> 8;
  const unsigned low = crc & 0xFF;
  return {FrameWith(content, crc), FrameWith(content, SteppedOver(high) << 8 | SteppedOver(low)),
          FrameWith(content, SteppedOverZero(high) << 8 | SteppedOverZero(low))};
}

std::string Flipped(std::string bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<char>(static_cast<unsigned char>(bytes[bit / 8]) ^ (1U << bit % 8));
  return bytes;
}

// One flip passes only if it makes another checksum of the same payload: 0E 40 is refused as 0F 40,
// but AB 0B (0A stepped over) may become AB 0A, the raw one.
TEST(DamagedFrame, IsRefusedForEverySingleBitOfEveryCapture) {
  int passed = 0;
  for (const Captured& frame : GoodFrames()) {
    const std::set<std::string> variants = Variants(frame.bytes);
    const std::string content = ContentOf(frame.bytes);
    for (std::size_t bit = 0; bit < frame.bytes.size() * 8; ++bit) {
      const std::string damaged = Flipped(frame.bytes, bit);
      const Items items = InOneChunk(damaged);
      if (variants.contains(damaged)) {
        ++passed;
        ASSERT_EQ(items.size(), 1U) << Printable(damaged);
        ASSERT_EQ(items[0], (FrameReader::Item{Kind::kPayload, content})) << Printable(damaged);
      } else {
        for (const auto& item : items) ASSERT_EQ(item.kind, Kind::kBad) << Printable(damaged);
      }
    }
  }
  // (ExDabjkuvyz 22 00 -> 22 01, and the QPIGS with C8 0A sent as C8 0B -> C8 0A.
  EXPECT_EQ(passed, 2);
}

TEST(DamagedFrame, IsRefusedForEveryTwoBits) {
  const std::string serial_number = "(92931905106463I\xCB\r";
  for (const std::string& frame : {serial_number, kB, kNakFrame}) {
    ASSERT_EQ(InOneChunk(frame).at(0).text, ContentOf(frame));
    for (std::size_t one = 0; one < frame.size() * 8; ++one) {
      for (std::size_t two = 0; two < one; ++two) {
        const std::string damaged = Flipped(Flipped(frame, one), two);
        for (const auto& item : InOneChunk(damaged)) {
          ASSERT_EQ(item.kind, Kind::kBad) << Printable(damaged);
        }
      }
    }
  }
}

// What a frame with such a checksum becomes when its 00 gets lost is a good frame, too, one byte
// shorter: after "y" the CRC is 7A 22 ("z" and the first byte of the checksum). No reader can tell,
// so nothing on the way may drop zeros.
const std::string kLostZero = "(ExDabjkuvyz\x22\r";

// The same the other way round: with one 00 more, 22 reads as text and 00 00 as its checksum.
const std::string kDoubledZero("(ExDabjkuvyz\x22\0\0\r", 16);

TEST(DamagedFrame, IsRefusedWithAnyOneByteMissing) {
  for (const Captured& frame : GoodFrames()) {
    for (std::size_t at = 0; at + 1 < frame.bytes.size(); ++at) {
      std::string damaged = frame.bytes;
      damaged.erase(at, 1);
      if (damaged == kLostZero) continue;
      for (const auto& item : InOneChunk(damaged)) {
        ASSERT_EQ(item.kind, Kind::kBad) << Printable(damaged);
      }
    }
  }
  EXPECT_EQ(InOneChunk(kLostZero), (Items{{Kind::kPayload, "ExDabjkuvy"}}));
}

TEST(DamagedFrame, IsRefusedWithAnyOneByteDoubled) {
  for (const Captured& frame : GoodFrames()) {
    // A second "(" in front is junk before a whole frame, a second CR padding behind one.
    for (std::size_t at = 1; at + 1 < frame.bytes.size(); ++at) {
      std::string damaged = frame.bytes;
      damaged.insert(at, 1, damaged[at]);
      if (damaged == kDoubledZero) continue;
      for (const auto& item : InOneChunk(damaged)) {
        ASSERT_EQ(item.kind, Kind::kBad) << Printable(damaged);
      }
    }
  }
  EXPECT_EQ(InOneChunk(kDoubledZero), (Items{{Kind::kPayload, "ExDabjkuvyz\""}}));
}

TEST(DamagedFrame, IsRefusedWithoutItsEnd) {
  for (const Captured& frame : GoodFrames()) {
    for (std::size_t length = 1; length < frame.bytes.size(); ++length) {
      const std::string cut = frame.bytes.substr(0, length);
      for (const auto& item : InOneChunk(cut)) ASSERT_EQ(item.kind, Kind::kBad) << Printable(cut);
    }
  }
}

TEST(DamagedFrame, IsRefusedWithItsCrTooEarly) {
  for (const Captured& frame : GoodFrames()) {
    for (std::size_t length = 1; length + 1 < frame.bytes.size(); ++length) {
      const std::string cut = frame.bytes.substr(0, length) + '\r';
      if (cut == "(NAK\r" || cut == kLostZero) continue;
      for (const auto& item : InOneChunk(cut)) ASSERT_EQ(item.kind, Kind::kBad) << Printable(cut);
    }
  }
}

TEST(DamagedFrame, IsRefusedWithoutAny8ByteReport) {
  for (const Captured& frame : GoodFrames()) {
    for (std::size_t at = 0; at + 8 < frame.bytes.size(); at += 8) {
      std::string damaged = frame.bytes;
      damaged.erase(at, 8);
      for (const auto& item : InOneChunk(damaged)) {
        ASSERT_EQ(item.kind, Kind::kBad) << Printable(damaged);
      }
    }
  }
}

TEST(DamagedFrame, ShowsItsBytes) {
  ExpectItems("(S\x64\x39\r", {{Kind::kBad, "(Sd9\\x0d"}});
  ExpectItems(std::string("\xFF(S\\\0", 5), {{Kind::kBad, "\\xff(S\\x5c\\x00"}});
}

// The CRC begins at 0: with 00 behind a checksum, frame and first byte have the second byte and 00
// for a checksum, and with 00 00 frame and checksum have these. That the checksum is no text tells.
TEST(DamagedFrame, IsRefusedWithZerosBetweenAChecksumThatIsNoTextAndCr) {
  int tested = 0;
  for (const Captured& frame : GoodFrames()) {
    if (std::isprint(static_cast<unsigned char>(frame.bytes[frame.bytes.size() - 3])) != 0)
      continue;
    ++tested;
    for (const char* zeros : {"00", "0000", "000000", "01", "0101"}) {
      std::string padded = frame.bytes;
      padded.insert(padded.size() - 1, FromHex(zeros));
      for (const auto& item : InOneChunk(padded)) {
        ASSERT_EQ(item.kind, Kind::kBad) << Printable(padded);
      }
    }
  }
  EXPECT_GT(tested, 50);
}

TEST(DamagedFrame, IsRefusedWhenItLostItsCrBeforeTheEcho) {
  const std::string payload = PayloadWithCrc([](unsigned crc) { return crc == 0x3130; });
  const std::string frame = FrameWith(payload, 0x3130);
  const std::string request = Request("QPIGS");
  const std::string joined = frame.substr(0, frame.size() - 1) + request;
  ASSERT_EQ(PlainCrc(joined.substr(0, joined.size() - 1)), 0) << "it must look like a frame";
  for (const Items& items : {InOneChunk(joined, request), ByteByByte(joined, request)}) {
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0].kind, Kind::kEcho);
  }
}

TEST(Frame, IsRefusedWithBytesThatAreNoText) {
  for (const char byte : {'\x01', '\x1F', '\n', '\x7F', '\x80', '\xFF'}) {
    const std::string payload = std::string("23") + byte;
    EXPECT_FALSE(Has(InOneChunk(FrameWith(payload, PlainCrc("(" + payload))), Kind::kPayload));
  }
}

TEST(Frame, IsRefusedWithoutAPayload) {
  EXPECT_FALSE(Has(InOneChunk(FrameWith("", PlainCrc("("))), Kind::kPayload));
}

// --- Checksums with reserved bytes --------------------------------------------------------------

struct Reserved {
  const char* name;
  unsigned mask;
  unsigned value;
};

std::ostream& operator<<(std::ostream& out, const Reserved& reserved) {
  return out << reserved.name;
}

class ReservedChecksum : public testing::TestWithParam<Reserved> {};

TEST_P(ReservedChecksum, IsAcceptedRawAndSteppedOver) {
  const Reserved& reserved = GetParam();
  const std::string payload =
      PayloadWithCrc([&](unsigned crc) { return (crc & reserved.mask) == reserved.value; });
  const unsigned crc = PlainCrc("(" + payload);
  const std::string raw = FrameWith(payload, crc);
  const std::string stepped =
      FrameWith(payload, SteppedOver(crc >> 8) << 8 | SteppedOver(crc & 0xFF));
  ASSERT_NE(raw, stepped);
  ExpectItems(raw, {{Kind::kPayload, payload}});
  ExpectItems(stepped, {{Kind::kPayload, payload}});
  // Whatever comes before and after must not change that.
  ExpectItems(kB + raw + kS,
              {{Kind::kPayload, "B"}, {Kind::kPayload, payload}, {Kind::kPayload, "S"}});
  ExpectItems("(23" + raw + "\n" + kS, {{Kind::kPayload, payload}, {Kind::kPayload, "S"}});
}

INSTANTIATE_TEST_SUITE_P(
    Byte, ReservedChecksum,
    testing::Values(Reserved{"HighCr", 0xFF00, 0x0D00}, Reserved{"LowCr", 0x00FF, 0x000D},
                    Reserved{"HighLf", 0xFF00, 0x0A00}, Reserved{"LowLf", 0x00FF, 0x000A},
                    Reserved{"HighParenthesis", 0xFF00, 0x2800},
                    Reserved{"LowParenthesis", 0x00FF, 0x0028}, Reserved{"CrCr", 0xFFFF, 0x0D0D},
                    Reserved{"CrLf", 0xFFFF, 0x0D0A}, Reserved{"LfCr", 0xFFFF, 0x0A0D},
                    Reserved{"ParenthesisCr", 0xFFFF, 0x280D},
                    Reserved{"ParenthesisTwice", 0xFFFF, 0x2828}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Frame, IsAcceptedWithAZeroInTheChecksumSentAsZeroAndAsOne) {
  ExpectItems(std::string("(ExDabjkuvyz\x22\0\r", 15), {{Kind::kPayload, "ExDabjkuvyz"}});
  ExpectItems("(ExDabjkuvyz\x22\x01\r", {{Kind::kPayload, "ExDabjkuvyz"}});
}

// --- What stands around a frame -----------------------------------------------------------------

TEST(Reader, FindsFramesThatComeTogetherInTheirOrder) {
  ExpectItems(kB + kS, {{Kind::kPayload, "B"}, {Kind::kPayload, "S"}});
  ExpectItems(kB + kNakFrame + kS,
              {{Kind::kPayload, "B"}, {Kind::kNak, "NAK"}, {Kind::kPayload, "S"}});
}

TEST(Reader, PassesOverPaddingBeforeAndAfter) {
  const std::string nuls(6, '\0');
  ExpectItems(nuls + kB + nuls, {{Kind::kPayload, "B"}});
  ExpectItems("\n" + kB + "\n" + kS + "\n", {{Kind::kPayload, "B"}, {Kind::kPayload, "S"}});
  ExpectItems("\r\r\n" + kB + "\r\n", {{Kind::kPayload, "B"}});
}

TEST(Reader, HasNoPartAfterPadding) {
  FrameReader reader(Request("QMOD"));
  FrameReader::Item item;
  EXPECT_FALSE(reader.HasPart());
  reader.Add(std::string("\0\n\r", 3));
  EXPECT_FALSE(reader.HasPart());
  EXPECT_FALSE(reader.Finish(item));
  reader.Add("(");
  EXPECT_TRUE(reader.HasPart());
  reader.Add(kB.substr(1) + "\n");
  EXPECT_TRUE(reader.Next(item));
  EXPECT_FALSE(reader.HasPart());
}

TEST(Reader, PassesOverJunkDirectlyBeforeAFrame) {
  for (const char* junk : {"\xFF", "xyz", "(", "((", "^", "\x80\x28", "QPIGS", "B\xE7\xC9"}) {
    ExpectItems(junk + kB, {{Kind::kPayload, "B"}});
  }
}

TEST(Reader, PassesOverACutFrameDirectlyBeforeAGoodOne) {
  for (const Captured& stale : GoodFrames()) {
    for (std::size_t length = 1; length < stale.bytes.size(); ++length) {
      const std::string bytes = stale.bytes.substr(0, length) + kB;
      ASSERT_EQ(InOneChunk(bytes), (Items{{Kind::kPayload, "B"}})) << Printable(bytes);
    }
  }
}

TEST(Reader, CallsJunkWithACrBadAndFindsTheNextFrame) {
  ExpectItems("junk\r" + kB, {{Kind::kBad, "junk\\x0d"}, {Kind::kPayload, "B"}});
  ExpectItems("(S\x64\x39\r" + kB, {{Kind::kBad, "(Sd9\\x0d"}, {Kind::kPayload, "B"}});
}

TEST(Reader, CallsBytesAfterAFrameBad) {
  ExpectItems(kB + "xy", {{Kind::kPayload, "B"}, {Kind::kBad, "xy"}});
  ExpectItems(kB + "x\r", {{Kind::kPayload, "B"}, {Kind::kBad, "x\\x0d"}});
}

TEST(Reader, KeepsABadFrameBackWhileItsCrMayBelongToTheChecksum) {
  FrameReader reader(Request("QMOD"));
  FrameReader::Item item;
  reader.Add("(S\x64\r");
  EXPECT_FALSE(reader.Next(item));
  reader.Add("x");
  EXPECT_FALSE(reader.Next(item));
  reader.Add("y");
  ASSERT_TRUE(reader.Next(item));
  EXPECT_EQ(item, (FrameReader::Item{Kind::kBad, "(Sd\\x0d"}));
  EXPECT_TRUE(reader.HasPart());
}

TEST(Reader, GivesUpNoiseThatDoesNotEnd) {
  const Items one_chunk = InOneChunk(std::string(3000, '('));
  ASSERT_EQ(one_chunk.size(), 1U);
  EXPECT_EQ(one_chunk[0], (FrameReader::Item{Kind::kBad, "no end within 3000 bytes"}));
  const Items single_bytes = ByteByByte(std::string(1500, 'x'));
  ASSERT_EQ(single_bytes.size(), 2U);
  EXPECT_EQ(single_bytes[0].kind, Kind::kBad);
  EXPECT_EQ(single_bytes[1].kind, Kind::kBad);
}

TEST(Reader, FindsAFrameBehindLongNoise) {
  EXPECT_EQ(InOneChunk(std::string(3000, 'x') + kB), (Items{{Kind::kPayload, "B"}}));
  const Items items = ByteByByte(std::string(3000, 'x') + kB);
  ASSERT_FALSE(items.empty());
  EXPECT_EQ(items.back(), (FrameReader::Item{Kind::kPayload, "B"}));
}

// --- The faces of "not supported" ---------------------------------------------------------------

TEST(Nak, IsKnownWithAndWithoutAChecksum) {
  ExpectItems("(NAKss\r", {{Kind::kNak, "NAK"}});
  ExpectItems("(NAK\r", {{Kind::kNak, "NAK"}});
  ExpectItems("(230.0 5(NAK\r", {{Kind::kNak, "NAK"}});
}

TEST(Nak, IsNotSeenInWhatOnlyResemblesIt) {
  for (const char* bytes :
       {"(NAOss\r", "(NAKst\r", "(NAKs\r", "NAK\r", "NAKss\r", "(nak\r", "(NA\r"}) {
    EXPECT_FALSE(Has(InOneChunk(bytes), Kind::kNak)) << bytes;
  }
}

TEST(Echo, IsKnownByTheRequestThatWasSent) {
  const std::string request = Request("QPGS0");
  ExpectItems(request, {{Kind::kEcho, "QPGS0?\xDA"}}, request);
  ExpectItems(request + kB, {{Kind::kEcho, "QPGS0?\xDA"}, {Kind::kPayload, "B"}}, request);
}

TEST(Echo, IsNotSeenInAnotherRequest) {
  EXPECT_EQ(InOneChunk(Request("QMOD"), Request("QPIGS")).at(0).kind, Kind::kBad);
  EXPECT_EQ(InOneChunk("QPIGS\r", Request("QPIGS")).at(0).kind, Kind::kBad);
}

TEST(Echo, IsKnownOfARequestThatWasSentWithoutZero) {
  const std::string request = EncodeRequestWithoutZero(*Command::Query("QCHGS"));
  ExpectItems(request, {{Kind::kEcho, "QCHGS\x01\xE2"}}, request);
}

TEST(OtherProtocol, IsKnownByItsRefusal) {
  ExpectItems("^0\x1B\xE3\r", {{Kind::kOtherProtocol, "0"}});
  EXPECT_FALSE(Has(InOneChunk("^0\x1B\xE2\r"), Kind::kOtherProtocol));
  EXPECT_FALSE(Has(InOneChunk("^0\r"), Kind::kOtherProtocol));
}

TEST(OtherProtocol, HasNoPayloads) {
  const std::string body = "^D00518";
  const unsigned crc = PlainCrc(body);
  const std::string frame =
      body + static_cast<char>(crc >> 8) + static_cast<char>(crc & 0xFF) + '\r';
  EXPECT_EQ(InOneChunk(frame).at(0).kind, Kind::kBad);
}

// --- What is sent -------------------------------------------------------------------------------

TEST(Request, IsCommandChecksumAndCr) {
  EXPECT_EQ(Request("QPIGS"), "QPIGS\xB7\xA9\r");
  EXPECT_EQ(Request("QGMN"), "QGMN\x49\x29\r");
  EXPECT_EQ(Request("QBOOT"), "QBOOT\x0B\x88\r");
  EXPECT_EQ(EncodeRequest(*Command::Unchecked("POP02")), "POP02\xE2\x0B\r");
  EXPECT_EQ(Request("QCHGS"), std::string("QCHGS\0\xE2\r", 8));
}

TEST(Request, HasOneForZeroOnlyWhenAskedTo) {
  EXPECT_EQ(EncodeRequestWithoutZero(*Command::Query("QCHGS")), "QCHGS\x01\xE2\r");
  EXPECT_EQ(EncodeRequestWithoutZero(*Command::Query("QPIGS")), "QPIGS\xB7\xA9\r");
}

// Another CR or "(" in a request would make the inverter see another command.
TEST(Request, HasNoReservedByteButTheLast) {
  for (int year = 2000; year < 2100; ++year) {
    for (int day = 1; day <= 31; ++day) {
      const auto query = Command::Query("QED" + std::to_string(year) + "01" +
                                        (day < 10 ? "0" : "") + std::to_string(day));
      ASSERT_TRUE(query);
      for (const std::string& bytes : {EncodeRequest(*query), EncodeRequestWithoutZero(*query)}) {
        ASSERT_EQ(bytes.find_first_of("(\r\n"), bytes.size() - 1) << Printable(bytes);
      }
    }
  }
}

TEST(Reply, IsReadAsItWasEncoded) {
  for (int number = 0; number < 70000; ++number) {
    const std::string payload = std::to_string(number);
    const std::string frame = EncodeReply(payload);
    ASSERT_EQ(frame.find('\r'), frame.size() - 1);
    const Items items = InOneChunk(frame);
    ASSERT_EQ(items.size(), 1U) << Printable(frame);
    ASSERT_EQ(items[0], (FrameReader::Item{Kind::kPayload, payload})) << Printable(frame);
  }
}

TEST(Printable, ShowsOtherBytesInHex) {
  EXPECT_EQ(Printable("(B\xE7\xC9\r"), "(B\\xe7\\xc9\\x0d");
  EXPECT_EQ(Printable(std::string("a\0b\\ ~\x7F", 7)), "a\\x00b\\x5c ~\\x7f");
}

}  // namespace
}  // namespace mppsolar::serial
