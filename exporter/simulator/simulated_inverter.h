// An inverter to try the exporter against: a house with sun, clouds, a battery and a grid that
// fails now and then, and the answers that a real inverter in it would give.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mppsolar::simulator {

struct Options {
  std::string model = "pip-5048";  ///< One of ModelNames().
  /// Simulated seconds per real second. 0 (or less): time stands still, and every answer stays as
  /// it is.
  double speed = 1;
  /// Time of the simulated day at the first moment.
  std::chrono::seconds start{10 * 3600};
  std::uint64_t seed = 1;  ///< Of clouds, household and grid failures.
};

/// A model and a line that describes it.
struct ModelName {
  std::string_view name;
  std::string_view help;
};

std::span<const ModelName> ModelNames();

class SimulatedInverter {
 public:
  /// nullptr for an unknown model. `now` is the first moment of the simulation.
  static std::unique_ptr<SimulatedInverter> Create(const Options& options,
                                                   std::chrono::steady_clock::time_point now);
  ~SimulatedInverter();

  /// The payload that the inverter answers to `command` ("QPIGS"), without "(", checksum and CR.
  /// "NAK" to what this model does not know and to every setting: nothing can be changed. A `now`
  /// before that of an earlier call counts as that one.
  std::string Answer(std::string_view command, std::chrono::steady_clock::time_point now);

 private:
  struct Simulation;
  explicit SimulatedInverter(std::unique_ptr<Simulation> simulation);

  std::unique_ptr<Simulation> simulation_;
};

}  // namespace mppsolar::simulator
