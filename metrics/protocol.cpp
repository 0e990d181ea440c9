#include "metrics/protocol.h"

#include <algorithm>

namespace mppsolar::metrics {

const Command* Protocol::Find(std::string_view command) const {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const Command& each) { return each.name == command; });
  return found == commands.end() ? nullptr : &*found;
}

CommandIndex Protocol::FirstUnitOf(const Command& command) const {
  const unsigned before = command.unit ? command.unit->number - command.unit->of.low : 0;
  return static_cast<CommandIndex>(IndexOf(command) - before);
}

}  // namespace mppsolar::metrics
