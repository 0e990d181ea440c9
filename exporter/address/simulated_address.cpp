#include "exporter/address/simulated_address.h"

#include <charconv>
#include <memory>

#include "metrics/decode.h"
#include "serial/crc.h"
#include "serial/frame.h"

namespace mppsolar {
namespace {

using serial::Errc;

template <class Integer>
std::optional<Integer> ParseInteger(std::string_view text) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool SetOption(std::string_view key, std::string_view value, simulator::Options& options) {
  if (key == "speed") {
    const auto speed = metrics::ParseNumber(value);
    if (!speed || *speed < 0 || *speed > 86'400) return false;
    options.speed = *speed;
    return true;
  }
  if (key == "start") {
    const auto start = ParseTimeOfDay(value);
    if (start) options.start = *start;
    return start.has_value();
  }
  if (key == "seed") {
    const auto seed = ParseInteger<std::uint64_t>(value);
    if (seed) options.seed = *seed;
    return seed.has_value();
  }
  return false;
}

std::string KnownModels() {
  std::string names;
  for (const auto& model : simulator::ModelNames()) {
    if (!names.empty()) names += ", ";
    names += model.name;
  }
  return names;
}

}  // namespace

std::optional<std::string_view> CommandOf(std::string_view request) {
  if (request.size() < 4) return std::nullopt;
  const std::string_view command = request.substr(0, request.size() - 3);
  const bool good =
      serial::ChecksumMatches(command, request[command.size()], request[command.size() + 1]);
  return good ? std::optional(command) : std::nullopt;
}

std::optional<std::chrono::seconds> ParseTimeOfDay(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = ParseInteger<int>(text.substr(0, 2));
  const auto minutes = ParseInteger<int>(text.substr(3));
  if (!hours || !minutes || *hours < 0 || *hours > 23 || *minutes < 0 || *minutes > 59) {
    return std::nullopt;
  }
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

serial::Result<simulator::Options> ParseSimulatedAddress(std::string_view rest) {
  simulator::Options options;
  const std::size_t question = rest.find('?');
  if (const std::string_view model = rest.substr(0, question); !model.empty()) {
    bool known = false;
    for (const auto& candidate : simulator::ModelNames()) known |= candidate.name == model;
    if (!known) {
      return serial::Fail(Errc::kOpen, "sim:" + std::string(rest) + ": there is no model \"" +
                                           std::string(model) + "\"; models: " + KnownModels());
    }
    options.model = model;
  }
  std::string_view settings = question == std::string_view::npos ? "" : rest.substr(question + 1);
  while (!settings.empty()) {
    const std::string_view setting = settings.substr(0, settings.find('&'));
    settings.remove_prefix(std::min(settings.size(), setting.size() + 1));
    const std::size_t equals = setting.find('=');
    if (equals == std::string_view::npos ||
        !SetOption(setting.substr(0, equals), setting.substr(equals + 1), options)) {
      return serial::Fail(Errc::kOpen, "sim:" + std::string(rest) + ": \"" + std::string(setting) +
                                           "\" is none of speed=60 (0 to 86400), start=10:00, "
                                           "seed=1");
    }
  }
  return options;
}

serial::Result<serial::Responder> SimulatedResponder(const simulator::Options& options) {
  std::shared_ptr<simulator::SimulatedInverter> inverter =
      simulator::SimulatedInverter::Create(options, std::chrono::steady_clock::now());
  if (!inverter) {
    return serial::Fail(Errc::kOpen,
                        "there is no model \"" + options.model + "\"; models: " + KnownModels());
  }
  return [inverter](std::string_view request, serial::TimePoint now) -> std::string {
    const auto command = CommandOf(request);
    return command ? serial::EncodeReply(inverter->Answer(*command, now)) : std::string();
  };
}

}  // namespace mppsolar
