// The state of the inverter in the words of PI30, each model in its own widths.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exporter/simulator/inverter.h"
#include "exporter/simulator/model.h"
#include "exporter/simulator/settings.h"
#include "exporter/simulator/surroundings.h"

namespace mppsolar::simulator {

/// The payload for `command`, without "(", checksum and CR; none for what this model does not know.
std::optional<std::string> AnswerTo(std::string_view command, const Model& model,
                                    const Settings& settings, const Surroundings& around,
                                    const InverterState& state);

}  // namespace mppsolar::simulator
