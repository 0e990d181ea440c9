// What is known of one inverter beyond the reply at hand: the last good reply to each command, and
// the traits that follow from them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/protocol.h"

namespace mppsolar::metrics {

/// The last good reply per command. Belongs to one connection: another one may lead to another
/// inverter.
class KnownReplies {
 public:
  explicit KnownReplies(const Protocol& protocol) : replies_(protocol.commands.size()) {}

  void Set(CommandIndex command, std::string payload) { replies_[command] = std::move(payload); }
  void Forget(CommandIndex command) { replies_[command].reset(); }
  [[nodiscard]] const std::optional<std::string>& Get(CommandIndex command) const {
    return replies_[command];
  }

 private:
  std::vector<std::optional<std::string>> replies_;
};

/// A trait that the owner has set in the config: {"heat_sink", "ntc"}.
using TraitOverrides = std::vector<std::pair<std::string, std::string>>;

/// The value of each trait (index into Trait::values), or nothing where it is not known yet.
using TraitValues = std::vector<std::optional<std::uint16_t>>;

/// Works out all traits from `known`; overrides win. Overrides of other names or values are ignored
/// here; CheckOverrides refuses them at start.
[[nodiscard]] TraitValues ResolveTraits(const Protocol& protocol, const KnownReplies& known,
                                        const TraitOverrides& overrides);

/// What is wrong with the first override that the protocol has no use for ("no value ..."), or
/// nothing.
[[nodiscard]] std::optional<std::string> CheckOverrides(const Protocol& protocol,
                                                        const TraitOverrides& overrides);

}  // namespace mppsolar::metrics
