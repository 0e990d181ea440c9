#include "exporter/simulator/simulated_inverter.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "exporter/simulator/answers.h"
#include "exporter/simulator/inverter.h"
#include "exporter/simulator/model.h"
#include "exporter/simulator/settings.h"
#include "exporter/simulator/surroundings.h"

namespace mppsolar::simulator {
namespace {

using std::chrono::seconds;

constexpr seconds kDay{86400};
// One call works no longer than this: the steps get longer first, and what then lies still further
// back is skipped.
constexpr std::int64_t kMostSteps = 4000;
constexpr seconds kLongestStep{60};
// Limit the simulated time to what its numbers hold.
constexpr double kHighestSpeed = 1e9;
constexpr double kEndOfTime = 1e12;

}  // namespace

struct SimulatedInverter::Simulation {
  const Model& model;
  Settings settings;
  std::uint64_t seed;
  double speed;
  std::chrono::steady_clock::time_point begin;
  seconds start;    // simulated time at `begin`
  seconds reached;  // simulated time of `state`
  Surroundings around;
  InverterState state;

  // Whole seconds since midnight of day 0, from the real time and not from a sum of steps: so
  // nothing drifts.
  [[nodiscard]] seconds TimeAt(std::chrono::steady_clock::time_point now) const {
    const double elapsed = std::chrono::duration<double>(now - begin).count() * speed;
    return start + seconds(static_cast<std::int64_t>(std::clamp(elapsed, 0.0, kEndOfTime)));
  }

  void AdvanceTo(seconds time) {
    if (time <= reached) return;
    reached = std::max(reached, time - kMostSteps * kLongestStep);
    const seconds step{(time - reached - seconds(1)).count() / kMostSteps + 1};
    while (reached < time) {
      const seconds passed = std::min(step, time - reached);
      reached += passed;
      around = SurroundingsAt(model.plant, seed, reached);
      Step(model.plant, settings, around, passed, state);
    }
  }
};

std::span<const ModelName> ModelNames() {
  static const std::vector<ModelName> names = [] {
    std::vector<ModelName> list;
    for (const Model& model : Models()) list.push_back({model.name, model.help});
    return list;
  }();
  return names;
}

std::unique_ptr<SimulatedInverter> SimulatedInverter::Create(
    const Options& options, std::chrono::steady_clock::time_point now) {
  const Model* model = FindModel(options.model);
  if (model == nullptr) return nullptr;
  const seconds start = (options.start % kDay + kDay) % kDay;
  // The day before is simulated, too: so the battery and the heat sink are as they are at this time
  // of the day.
  const seconds before = start - kDay;
  auto simulation = std::make_unique<Simulation>(Simulation{
      .model = *model,
      .settings = ReadSettings(*FindFixedAnswer(*model, "QPIRI")),
      .seed = options.seed,
      .speed = options.speed > 0 ? std::min(options.speed, kHighestSpeed) : 0,
      .begin = now,
      .start = start,
      .reached = before,
      .around = SurroundingsAt(model->plant, options.seed, before),
      .state = RestingInverter(model->plant, 0.6),
  });
  simulation->AdvanceTo(start);
  return std::unique_ptr<SimulatedInverter>(new SimulatedInverter(std::move(simulation)));
}

SimulatedInverter::SimulatedInverter(std::unique_ptr<Simulation> simulation)
    : simulation_(std::move(simulation)) {}

SimulatedInverter::~SimulatedInverter() = default;

std::string SimulatedInverter::Answer(std::string_view command,
                                      std::chrono::steady_clock::time_point now) {
  simulation_->AdvanceTo(simulation_->TimeAt(now));
  return AnswerTo(command, simulation_->model, simulation_->settings, simulation_->around,
                  simulation_->state)
      .value_or("NAK");
}

}  // namespace mppsolar::simulator
