// What the program does per reply, without any wire.
#include <benchmark/benchmark.h>

#include "metrics/decode.h"
#include "metrics/loader.h"
#include "serial/frame.h"

namespace mppsolar {
namespace {

// AbiSolar 1 kVA/800 W 12 V (michbil/solar@58c3f24, dh_connect.py).
constexpr char kQpigs[] =
    "234.0 50.0 234.0 50.0 0070 0032 007 422 13.49 00 100 0522 0000 000.1 13.50 00000 10111101 22 "
    "03 "
    "00000 100";

void DecodeQpigs(benchmark::State& state) {
  const auto protocols = metrics::LoadProtocols({});
  const metrics::Protocol& protocol = *protocols->front();
  const metrics::Command& command = *protocol.Find("QPIGS");
  const metrics::KnownReplies known(protocol);
  const auto traits = metrics::ResolveTraits(protocol, known, {});
  metrics::Decoded decoded;
  for (auto _ : state) {
    metrics::Decode(protocol, command, kQpigs, known, traits, decoded);
    benchmark::DoNotOptimize(decoded.samples.data());
  }
}
BENCHMARK(DecodeQpigs);

void CheckShapeOfQpigs(benchmark::State& state) {
  const auto protocols = metrics::LoadProtocols({});
  const metrics::Command& command = *protocols->front()->Find("QPIGS");
  for (auto _ : state) benchmark::DoNotOptimize(metrics::Fits(command, kQpigs));
}
BENCHMARK(CheckShapeOfQpigs);

void ReadFrameOfQpigs(benchmark::State& state) {
  const std::string frame = serial::EncodeReply(kQpigs);
  for (auto _ : state) {
    serial::FrameReader reader("");
    reader.Add(frame);
    serial::FrameReader::Item item;
    benchmark::DoNotOptimize(reader.Next(item));
  }
}
BENCHMARK(ReadFrameOfQpigs);

void LoadDefinitions(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(metrics::LoadProtocols({}));
}
BENCHMARK(LoadDefinitions)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mppsolar
