#include "serial/exchange.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/serial/await.h"
#include "tests/serial/fake_link.h"

namespace mppsolar::serial {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

const std::string kQmod = "QMOD\x49\xC1\r";
const std::string kQpigs = "QPIGS\xB7\xA9\r";
const std::string kQchgs("QCHGS\0\xE2\r", 8);
const std::string kQchgsWithoutZero = "QCHGS\x01\xE2\r";
const std::string kB = "(B\xE7\xC9\r";
const std::string kS = "(S\xE5\xD9\r";
const std::string kNak = "(NAKss\r";
const std::string kDamaged = "(S\x64\x39\r";
const std::string kSerialNumber = "(92931905106463I\xCB\r";

Command Query(std::string_view text) { return *Command::Query(text); }

bool IsMode(std::string_view payload) { return payload.size() == 1; }

class Exchange : public testing::Test {
 protected:
  // The script must be played to its end.
  ~Exchange() override { EXPECT_EQ(script_.size(), 0U) << "steps of the script are left"; }

  void Script(std::deque<Step> steps) {
    ASSERT_EQ(script_.size(), 0U) << "steps of the script are left";
    script_ = std::move(steps);
  }

  Result<std::string> Ask(std::string_view command, TimePoint deadline = Clock::now() + hours(1)) {
    return Await(line_.Exchange(Query(command), IsMode, deadline));
  }

  void ExpectReply(std::string_view payload) {
    const auto reply = Ask("QMOD");
    ASSERT_TRUE(reply) << reply.error().text;
    EXPECT_EQ(*reply, payload);
  }

  std::string ExpectError(Errc code, TimePoint deadline = Clock::now() + hours(1)) {
    const auto reply = Ask("QMOD", deadline);
    if (reply) {
      ADD_FAILURE() << "a reply: " << *reply;
      return "";
    }
    EXPECT_EQ(Name(reply.error().code), Name(code)) << reply.error().text;
    return reply.error().text;
  }

  // The next exchange begins with a wait for silence, or it does not.
  void ExpectSettlesNext() {
    Script({Silence(), Send(kQmod), Arrive(kB)});
    ExpectReply("B");
  }
  void ExpectDoesNotSettleNext() {
    Script({Send(kQmod), Arrive(kB)});
    ExpectReply("B");
  }

  std::deque<Step> script_;
  Timing timing_;
  std::unique_ptr<FakeLink> made_ = std::make_unique<FakeLink>(script_);
  FakeLink& link_ = *made_;
  Line line_{std::move(made_), timing_};
};

// --- Replies ------------------------------------------------------------------------------------

TEST_F(Exchange, GivesThePayloadOfTheReply) {
  Script({Send(kQmod), Arrive(kB)});
  ExpectReply("B");
  ExpectDoesNotSettleNext();
}

TEST_F(Exchange, GivesAReplyThatComesByteByByte) {
  Script({Send(kQmod), Arrive("("), Arrive("B"), Arrive("\xE7"), Arrive("\xC9"), Arrive("\r")});
  ExpectReply("B");
}

TEST_F(Exchange, GivesAReplyWithJunkBeforeAndPaddingAfter) {
  Script({Send(kQmod), Arrive(std::string(6, '\0') + "\n\xFF" + kB + std::string("\n\0\0", 3))});
  ExpectReply("B");
  ExpectDoesNotSettleNext();
}

TEST_F(Exchange, PassesOverTheEchoBeforeTheReply) {
  Script({Send(kQmod), Arrive(kQmod), Arrive(kB)});
  ExpectReply("B");
  Script({Send(kQmod), Arrive(kQmod + kB)});
  ExpectReply("B");
}

TEST_F(Exchange, PassesOverADamagedFrameBeforeTheReply) {
  Script({Send(kQmod), Arrive(kDamaged), Arrive(kB)});
  ExpectReply("B");
  Script({Send(kQmod), Arrive(kDamaged + kB)});
  ExpectReply("B");
}

TEST_F(Exchange, PassesOverTheStaleReplyToAnotherCommand) {
  Script({Send(kQmod), Arrive(kSerialNumber), Arrive(kB)});
  ExpectReply("B");
  Script({Send(kQmod), Arrive(kSerialNumber + kB)});
  ExpectReply("B");
  Script({Send(kQmod), Arrive(kB + kSerialNumber)});
  ExpectReply("B");
}

TEST_F(Exchange, GivesTheLastOfTwoRepliesThatCameTogether) {
  Script({Send(kQmod), Arrive(kS + kB)});
  ExpectReply("B");
}

TEST_F(Exchange, PassesOverACutStaleFrameBeforeTheReply) {
  Script({Send(kQmod), Arrive("(S\xE5"), Arrive(kB)});
  ExpectReply("B");
}

// --- Refusals -----------------------------------------------------------------------------------

TEST_F(Exchange, IsNakWithAndWithoutChecksum) {
  for (const std::string& nak : {kNak, std::string("(NAK\r")}) {
    Script({Send(kQmod), Arrive(nak)});
    EXPECT_NE(ExpectError(Errc::kNak).find("NAK"), std::string::npos);
    ExpectDoesNotSettleNext();
  }
}

TEST_F(Exchange, IsNakForAnEchoThatNothingFollows) {
  Script({Send(kQmod), Arrive(kQmod), Silence()});
  EXPECT_NE(ExpectError(Errc::kNak).find("sends the command back"), std::string::npos);
  ExpectDoesNotSettleNext();
}

TEST_F(Exchange, IsNakForADeviceOfAnotherProtocol) {
  Script({Send(kQmod), Arrive("^0\x1B\xE3\r")});
  EXPECT_NE(ExpectError(Errc::kNak).find("PI18"), std::string::npos);
}

// To be told that a command is unknown is for ever; an echo says so only when nothing follows.
TEST_F(Exchange, IsTimeoutForAnEchoWhenTheDeadlineComesBeforeTheReplyCould) {
  Script({Send(kQmod), Arrive(kQmod), Silence()});
  ExpectError(Errc::kTimeout, Clock::now() + timing_.first_byte / 2);
  ExpectSettlesNext();
}

TEST_F(Exchange, SettlesAfterANakWithMoreBehindIt) {
  Script({Send(kQmod), Arrive(kNak + "(")});
  ExpectError(Errc::kNak);
  ExpectSettlesNext();
}

TEST_F(Exchange, SettlesAfterAReplyWithMoreBehindIt) {
  Script({Send(kQmod), Arrive(kB + "(23")});
  ExpectReply("B");
  ExpectSettlesNext();
}

// --- Failures -----------------------------------------------------------------------------------

TEST_F(Exchange, IsTimeoutForSilence) {
  Script({Send(kQmod), Silence()});
  ExpectError(Errc::kTimeout);
  ExpectSettlesNext();
}

TEST_F(Exchange, IsTimeoutForPaddingAlone) {
  Script({Send(kQmod), Arrive(std::string("\0\0\n", 3)), Silence()});
  ExpectError(Errc::kTimeout);
}

TEST_F(Exchange, IsBadFrameForADamagedReplyAndShowsIt) {
  Script({Send(kQmod), Arrive(kDamaged), Silence()});
  EXPECT_NE(ExpectError(Errc::kBadFrame).find("(Sd9\\x0d"), std::string::npos);
  ExpectSettlesNext();
}

TEST_F(Exchange, IsBadFrameForHalfAFrameAndShowsIt) {
  Script({Send(kQmod), Arrive("(B\xE7"), Silence()});
  EXPECT_NE(ExpectError(Errc::kBadFrame).find("(B\\xe7"), std::string::npos);
  ExpectSettlesNext();
}

TEST_F(Exchange, IsBadFrameForTheReplyToSomethingElseAndShowsIt) {
  Script({Send(kQmod), Arrive(kSerialNumber), Silence()});
  EXPECT_NE(ExpectError(Errc::kBadFrame).find("92931905106463"), std::string::npos);
  ExpectSettlesNext();
}

TEST_F(Exchange, IsBadFrameForADamagedReplyBehindTheEcho) {
  Script({Send(kQmod), Arrive(kQmod), Arrive(kDamaged), Silence()});
  ExpectError(Errc::kBadFrame);
}

TEST_F(Exchange, IsBadFrameForNoiseThatDoesNotEndBeforeTheDeadline) {
  Script({Send(kQmod), NoEnd(std::string(256, 'x'))});
  ExpectError(Errc::kBadFrame, Clock::now() + milliseconds(5));
  script_.clear();
  ExpectSettlesNext();
}

TEST_F(Exchange, IsIoWhenTheLinkIsGone) {
  Script({Send(kQmod), Gone()});
  ExpectError(Errc::kIo);
  Script({Silence(), Send(kQmod), Arrive("(B"), Gone()});
  ExpectError(Errc::kIo);
  Script({Silence(), NotSent(kQmod)});
  ExpectError(Errc::kIo);
  Script({Gone()});
  ExpectError(Errc::kIo);
  ExpectSettlesNext();
}

// --- Late replies -------------------------------------------------------------------------------

// The reply to the first request comes while the second waits for silence.
TEST_F(Exchange, NeverGivesTheLateReplyOfTheOneBefore) {
  for (const Step& failure : {Silence(), Arrive("(S")}) {
    Script({Send(kQmod), failure});
    if (failure.kind == Step::Kind::kArrive) script_.push_back(Silence());
    EXPECT_FALSE(Ask("QMOD"));
    Script({Arrive(kS), Silence(), Send(kQmod), Arrive(kB)});
    ExpectReply("B");
  }
}

TEST_F(Exchange, NeverGivesALateReplyThatWaitsAlready) {
  Script({Send(kQmod), Silence()});
  ExpectError(Errc::kTimeout);
  Script({Waiting(kS), Silence(), Send(kQmod), Arrive(kB)});
  ExpectReply("B");
}

TEST_F(Exchange, SettlesBeforeTheRequestWhenBytesCameUnasked) {
  Script({Waiting("(S"), Arrive("\xE5\xD9\r"), Silence(), Send(kQmod), Arrive(kB)});
  ExpectReply("B");
  ExpectDoesNotSettleNext();
}

TEST_F(Exchange, DoesNotSettleForPadding) {
  Script({Waiting(std::string("\n\0\0", 3)), Send(kQmod), Arrive(kB)});
  ExpectReply("B");
}

TEST_F(Exchange, IsTimeoutBeforeAnythingIsSentWhenTheLineNeverFallsSilent) {
  Script({NoEnd(kS)});
  const TimePoint deadline = Clock::now() + timing_.quiet + milliseconds(5);
  const std::string text = ExpectError(Errc::kTimeout, deadline);
  EXPECT_NE(text.find("silent"), std::string::npos) << text;
  EXPECT_LT(Clock::now(), deadline) << "it must give up when silence cannot be had in time";
  script_.clear();
  ExpectSettlesNext();
}

TEST_F(Exchange, IsTimeoutWhenThereIsNoTimeToSettle) {
  Script({Waiting(kS)});
  ExpectError(Errc::kTimeout, Clock::now() + timing_.quiet / 2);
  ExpectSettlesNext();
}

// --- Times --------------------------------------------------------------------------------------

TEST_F(Exchange, WaitsForTheFirstByteAsLongAsTheRequestTakesAndTheTurnaround) {
  const TimePoint before = Clock::now();
  Script({Send(kQmod), Silence()});
  ExpectError(Errc::kTimeout);
  const auto wait = WireTime(kQmod.size()) + timing_.first_byte;
  EXPECT_GE(link_.last_deadline, before + wait);
  EXPECT_LE(link_.last_deadline, Clock::now() + wait);
}

TEST_F(Exchange, WaitsLessForTheNextByteWithinAFrame) {
  const TimePoint before = Clock::now();
  Script({Send(kQmod), Arrive("(B"), Silence()});
  ExpectError(Errc::kBadFrame);
  EXPECT_GE(link_.last_deadline, before + timing_.between_bytes);
  EXPECT_LE(link_.last_deadline, Clock::now() + timing_.between_bytes);
}

TEST_F(Exchange, GivesTheReplyItsFullTimeAfterTheEcho) {
  const TimePoint before = Clock::now();
  Script({Send(kQmod), Arrive(kQmod), Silence()});
  ExpectError(Errc::kNak);
  EXPECT_GE(link_.last_deadline, before + timing_.first_byte);
}

TEST_F(Exchange, NeverWaitsBeyondTheDeadline) {
  for (const auto& first : {std::string(), kQmod, std::string("(B")}) {
    const TimePoint deadline = Clock::now() + timing_.between_bytes / 2;
    auto owned = std::make_unique<FakeLink>(script_);
    const FakeLink& link = *owned;
    Line line(std::move(owned), timing_);
    Script({Send(kQmod)});
    if (!first.empty()) script_.push_back(Arrive(first));
    script_.push_back(Silence());
    EXPECT_FALSE(Await(line.Exchange(Query("QMOD"), IsMode, deadline)));
    EXPECT_EQ(link.last_deadline, deadline) << Printable(first);
  }
}

TEST(WireTime, IsTenBitsAByteAt2400Baud) {
  EXPECT_EQ(WireTime(240), std::chrono::seconds(1));
  EXPECT_EQ(WireTime(6), milliseconds(25));
  EXPECT_EQ(WireTime(0), milliseconds(0));
}

// --- A checksum with 00 -------------------------------------------------------------------------

TEST_F(Exchange, SendsOneForZeroAfterSilenceAndRemembersThatItWorked) {
  Script({Send(kQchgs), Silence()});
  EXPECT_FALSE(Ask("QCHGS"));
  Script({Silence(), Send(kQchgsWithoutZero), Arrive(kB)});
  EXPECT_TRUE(Ask("QCHGS"));
  Script({Send(kQchgsWithoutZero), Arrive(kB)});
  EXPECT_TRUE(Ask("QCHGS"));
}

TEST_F(Exchange, SendsZeroAgainWhenOneGetsNoAnswerEither) {
  Script({Send(kQchgs), Silence()});
  EXPECT_FALSE(Ask("QCHGS"));
  Script({Silence(), Send(kQchgsWithoutZero), Silence()});
  EXPECT_FALSE(Ask("QCHGS"));
  Script({Silence(), Send(kQchgs), Arrive(kB)});
  EXPECT_TRUE(Ask("QCHGS"));
  Script({Send(kQchgs), Arrive(kB)});
  EXPECT_TRUE(Ask("QCHGS"));
}

TEST_F(Exchange, SendsZeroAsItIsAfterAnAnswerOfAnyKind) {
  Script({Send(kQchgs), Arrive(kNak)});
  EXPECT_FALSE(Ask("QCHGS"));
  Script({Send(kQchgs), Arrive(kDamaged), Silence()});
  EXPECT_FALSE(Ask("QCHGS"));
  Script({Silence(), Send(kQchgs), Arrive(kB)});
  EXPECT_TRUE(Ask("QCHGS"));
}

TEST_F(Exchange, DoesNotCountTimeSpentOnSettlingAsNoAnswer) {
  Script({Waiting(kS)});
  EXPECT_FALSE(Ask("QCHGS", Clock::now() + timing_.quiet / 2));
  Script({Silence(), Send(kQchgs), Arrive(kB)});
  EXPECT_TRUE(Ask("QCHGS"));
}

TEST_F(Exchange, RemembersTheZeroPerCommand) {
  Script({Send(kQchgs), Silence()});
  EXPECT_FALSE(Ask("QCHGS"));
  Script({Silence(), Send(kQpigs), Arrive(kB)});
  EXPECT_TRUE(Ask("QPIGS"));
}

// --- Asking again -------------------------------------------------------------------------------

class AskAgain : public Exchange {
 protected:
  Result<std::string> Try(int tries, TimePoint deadline = Clock::now() + hours(1),
                          std::size_t reply_bytes = 5) {
    return Await(line_.Ask(Query("QMOD"), IsMode, deadline, tries, reply_bytes,
                           [this](const Error& error) { failures_.push_back(error.code); }));
  }

  std::vector<Errc> failures_;
};

TEST_F(AskAgain, DoesNotAfterAReply) {
  Script({Send(kQmod), Arrive(kB)});
  EXPECT_EQ(Try(3), "B");
  EXPECT_TRUE(failures_.empty());
}

TEST_F(AskAgain, DoesAfterTimeoutAndBadFrame) {
  Script({Send(kQmod), Silence(),                               //
          Silence(), Send(kQmod), Arrive(kDamaged), Silence(),  //
          Silence(), Send(kQmod), Arrive(kB)});
  EXPECT_EQ(Try(3), "B");
  EXPECT_EQ(failures_, (std::vector<Errc>{Errc::kTimeout, Errc::kBadFrame}));
}

TEST_F(AskAgain, StopsAfterAsManyTriesAndGivesTheLastError) {
  Script({Send(kQmod), Silence(), Silence(), Send(kQmod), Arrive(kDamaged), Silence()});
  const auto reply = Try(2);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Errc::kBadFrame);
  EXPECT_EQ(failures_, (std::vector<Errc>{Errc::kTimeout, Errc::kBadFrame}));
}

TEST_F(AskAgain, TriesOnceWhenToldSo) {
  Script({Send(kQmod), Silence()});
  EXPECT_FALSE(Try(1));
  EXPECT_EQ(failures_, (std::vector<Errc>{Errc::kTimeout}));
}

TEST_F(AskAgain, DoesNotAfterNak) {
  Script({Send(kQmod), Arrive(kNak)});
  EXPECT_EQ(Try(3).error().code, Errc::kNak);
  EXPECT_EQ(failures_, (std::vector<Errc>{Errc::kNak}));
}

TEST_F(AskAgain, DoesNotWhenTheLinkIsGone) {
  Script({Send(kQmod), Gone()});
  EXPECT_EQ(Try(3).error().code, Errc::kIo);
  EXPECT_EQ(failures_, (std::vector<Errc>{Errc::kIo}));
}

TEST_F(AskAgain, DoesNotWhenTheReplyWouldComeTooLate) {
  // 7 bytes there and 233 back are a second on the wire.
  Script({Send(kQmod), Silence()});
  EXPECT_FALSE(Try(3, Clock::now() + timing_.quiet + milliseconds(900), 233));
  EXPECT_EQ(failures_, (std::vector<Errc>{Errc::kTimeout}));
}

TEST_F(AskAgain, DoesWhenTheReplyFitsInBeforeTheDeadline) {
  Script({Send(kQmod), Silence(), Silence(), Send(kQmod), Arrive(kB)});
  EXPECT_EQ(Try(3, Clock::now() + timing_.quiet + std::chrono::seconds(60), 233), "B");
}

TEST_F(AskAgain, SendsOneForZeroAtTheSecondTry) {
  Script({Send(kQchgs), Silence(), Silence(), Send(kQchgsWithoutZero), Arrive(kB)});
  const auto reply =
      Await(line_.Ask(Query("QCHGS"), IsMode, Clock::now() + hours(1), 2, 5, [](const Error&) {}));
  EXPECT_EQ(reply, "B");
}

TEST_F(Exchange, CloseClosesTheLink) {
  line_.Close();
  EXPECT_TRUE(link_.closed);
}

}  // namespace
}  // namespace mppsolar::serial
