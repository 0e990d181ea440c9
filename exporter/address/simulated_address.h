// The address of a simulated inverter: "sim:", "sim:pip-1012-mse", "sim:max-8000?speed=600&seed=7".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "exporter/simulator/simulated_inverter.h"
#include "serial/result.h"
#include "serial/simulated_link.h"

namespace mppsolar {

/// Reads what follows "sim:": a model and options speed, start (HH:MM) and seed. Errors: kOpen.
[[nodiscard]] serial::Result<simulator::Options> ParseSimulatedAddress(std::string_view rest);

/// Reads "HH:MM". Errors: nothing.
[[nodiscard]] std::optional<std::chrono::seconds> ParseTimeOfDay(std::string_view text);

/// The command of a request frame, or nothing when its checksum is wrong.
[[nodiscard]] std::optional<std::string_view> CommandOf(std::string_view request);

/// A simulated inverter that answers request frames with reply frames: a damaged request with
/// nothing, an unknown one with NAK.
[[nodiscard]] serial::Result<serial::Responder> SimulatedResponder(
    const simulator::Options& options);

}  // namespace mppsolar
