// torture [EXCHANGES [SEED]]: prints what was spoiled and what came of it; 1 if anything was wrong.
#include <fmt/format.h>

#include <cstdlib>

#include "exporter/log.h"
#include "tests/torture/torture.h"

int main(int argc, char** argv) {
  namespace torture = mppsolar::torture;
  const std::uint64_t exchanges = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  mppsolar::log::SetUp(mppsolar::log::Level::kError, mppsolar::log::Format::kLogfmt);
  const torture::Outcome outcome = torture::Torture(exchanges, seed);
  fmt::print("seed {}: {} exchanges in {} scrapes, {} of them whole\n", seed,
             outcome.counts.exchanges, outcome.scrapes, outcome.whole);
  for (std::size_t i = 0; i < torture::kFaultNames.size(); ++i) {
    fmt::print("  {:<10} {:>10}\n", torture::kFaultNames[i], outcome.counts.faults[i]);
  }
  fmt::print("replies served: {}, wrong: {}\n", outcome.sets, outcome.wrong.size());
  for (const std::string& wrong : outcome.wrong) fmt::print("  wrong: {}\n", wrong);
  return outcome.wrong.empty() ? 0 : 1;
}
