#include "metrics/known.h"

#include <gtest/gtest.h>

#include "tests/metrics/small_definition.h"

namespace mppsolar::metrics {
namespace {

// Traits: generation (hs, max) by the characters of QB; heat_sink (ntc, celsius) by column 2 of QC.
class Traits : public ::testing::Test {
 protected:
  void Know(std::string_view command, const std::string& payload) {
    known_.Set(protocol_.IndexOf(*protocol_.Find(command)), payload);
  }
  TraitValues Resolve(const TraitOverrides& overrides = {}) {
    return ResolveTraits(protocol_, known_, overrides);
  }

  const Protocol protocol_ = Load(SmallDefinition(Rows({"{at: 1, reserved: true}"})));
  KnownReplies known_{protocol_};
};

TEST_F(Traits, AreUnknownBeforeAnythingWasAnswered) {
  EXPECT_EQ(Resolve(), (TraitValues{std::nullopt, std::nullopt}));
}

TEST_F(Traits, FollowFromWhatWasAnswered) {
  Know("QB", "000000");
  EXPECT_EQ(Resolve(), (TraitValues{1, std::nullopt}));
  Know("QC", "1 -");
  EXPECT_EQ(Resolve(), (TraitValues{1, 0}));
  Know("QC", "1 2 3");
  EXPECT_EQ(Resolve(), (TraitValues{1, 1}));
}

TEST_F(Traits, AreUnknownWhereNoValueHolds) {
  Know("QB", "00000");
  Know("QC", "1 9");
  EXPECT_EQ(Resolve(), (TraitValues{std::nullopt, std::nullopt}));
}

TEST_F(Traits, AreForgottenWithTheReply) {
  Know("QB", "000000");
  known_.Forget(protocol_.IndexOf(*protocol_.Find("QB")));
  EXPECT_EQ(Resolve(), (TraitValues{std::nullopt, std::nullopt}));
}

TEST_F(Traits, AreWhatTheOwnerSays) {
  Know("QC", "1 -");
  EXPECT_EQ(Resolve({{"heat_sink", "celsius"}}), (TraitValues{std::nullopt, 1}));
  EXPECT_EQ(Resolve({{"heat_sink", "cold"}, {"no_trait", "x"}, {"generation", "hs"}}),
            (TraitValues{0, 0}));
}

TEST_F(Traits, ThatDoNotExistAreFoundInOverrides) {
  EXPECT_FALSE(CheckOverrides(protocol_, {{"heat_sink", "ntc"}, {"generation", "max"}}));
  EXPECT_EQ(CheckOverrides(protocol_, {{"heat_sink", "cold"}}),
            "no value \"cold\" of heat_sink in protocol test; its values are ntc, celsius");
  EXPECT_EQ(CheckOverrides(protocol_, {{"heat", "ntc"}}),
            "no trait \"heat\" in protocol test; its traits are generation, heat_sink");
}

}  // namespace
}  // namespace mppsolar::metrics
