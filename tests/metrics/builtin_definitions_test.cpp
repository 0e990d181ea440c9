// The definitions that are compiled into the program.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "metrics/decode.h"
#include "metrics/loader.h"

namespace mppsolar::metrics {
namespace {

using Pair = std::pair<std::string, std::string>;

// (asked, answered): replies that no look at their shape can tell apart.
const std::set<Pair>& SameShape() {
  static const std::set<Pair> pairs = [] {
    std::set<Pair> all = {
        {"QMCHGCR", "QMUCHGCR"}, {"QMUCHGCR", "QMCHGCR"}, {"QVFW", "QVFW3"},
        {"QVFW3", "QVFW"},       {"QET", "QLT"},          {"QLT", "QET"},
    };
    for (char asked = '0'; asked <= '9'; ++asked) {
      for (char answered = '0'; answered <= '9'; ++answered) {
        all.emplace(std::string("QPGS") + asked, std::string("QPGS") + answered);
      }
    }
    return all;
  }();
  return pairs;
}

// First of all, and with the complaint, so that an author of a definition sees where to look.
TEST(BuiltinDefinitions, Load) {
  ASSERT_FALSE(BuiltinDefinitions().empty());
  for (const BuiltinDefinition& builtin : BuiltinDefinitions()) {
    const auto protocol = LoadProtocol(std::string(builtin.yaml), std::string(builtin.file));
    EXPECT_TRUE(protocol) << protocol.error().text;
  }
  const auto all = LoadProtocols({});
  ASSERT_TRUE(all) << all.error().text;
  EXPECT_EQ(all->size(), BuiltinDefinitions().size());
}

TEST(BuiltinDefinitions, EveryExampleFitsAndDecodesWithoutBadColumns) {
  const auto all = LoadProtocols({});
  ASSERT_TRUE(all) << all.error().text;
  for (const auto& protocol : *all) {
    for (const Command& command : protocol->commands) {
      SCOPED_TRACE(command.name);
      EXPECT_TRUE(Fits(command, command.example));
      Decoded decoded;
      Decode(*protocol, command, command.example, KnownReplies(*protocol),
             TraitValues(protocol->traits.size()), decoded);
      EXPECT_EQ(decoded.bad_columns, 0U);
    }
  }
}

TEST(BuiltinDefinitions, NoExampleFitsAnotherCommandButOfTheSameShape) {
  const auto all = LoadProtocols({});
  ASSERT_TRUE(all) << all.error().text;
  for (const auto& protocol : *all) {
    for (const Command& asked : protocol->commands) {
      for (const Command& answered : protocol->commands) {
        if (&asked == &answered || SameShape().contains({asked.name, answered.name})) continue;
        EXPECT_FALSE(Fits(asked, answered.example))
            << "the reply to " << answered.name << " would be taken for that to " << asked.name;
      }
    }
  }
}

}  // namespace
}  // namespace mppsolar::metrics
