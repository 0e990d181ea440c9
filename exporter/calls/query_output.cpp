#include "exporter/calls/query_output.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "metrics/decode.h"
#include "metrics/exposition.h"
#include "serial/frame.h"

namespace mppsolar {
namespace {

using metrics::Command;
using metrics::Decoded;
using metrics::Protocol;

// Replies explain each other (the heat sink's unit is in QPIRI), so all of one call count as known.
class Decoder {
 public:
  Decoder(const Protocol& protocol, const std::vector<QueryReply>& replies)
      : protocol_(protocol), known_(protocol) {
    for (const QueryReply& reply : replies) {
      const Command* command = protocol.Find(reply.command);
      if (command != nullptr && reply.result && metrics::Fits(*command, *reply.result)) {
        known_.Set(protocol.IndexOf(*command), *reply.result);
      }
    }
    traits_ = metrics::ResolveTraits(protocol, known_, {});
  }

  // Nothing for a command that no definition knows, or a reply that does not look like it.
  [[nodiscard]] std::optional<Decoded> Decode(const QueryReply& reply) const {
    const Command* command = protocol_.Find(reply.command);
    if (command == nullptr || !reply.result || !metrics::Fits(*command, *reply.result)) {
      return std::nullopt;
    }
    Decoded decoded;
    metrics::Decode(protocol_, *command, *reply.result, known_, traits_, decoded);
    return decoded;
  }

 private:
  const Protocol& protocol_;
  metrics::KnownReplies known_;
  metrics::TraitValues traits_;
};

std::string SeriesText(const Protocol& protocol, metrics::SeriesIndex index) {
  const metrics::Series& series = protocol.series[index];
  std::string text = protocol.families[series.family].name;
  std::string labels;
  for (const auto& [name, value] : series.labels) {
    labels += fmt::format("{}{}=\"{}\"", labels.empty() ? "" : ",", name, value);
  }
  return labels.empty() ? text : text + "{" + labels + "}";
}

void PrintRaw(const std::vector<QueryReply>& replies) {
  for (const QueryReply& reply : replies) {
    if (reply.result) std::cout << serial::Printable(*reply.result) << "\n";
  }
}

void PrintTable(const Protocol& protocol, const std::vector<QueryReply>& replies) {
  const Decoder decoder(protocol, replies);
  for (const QueryReply& reply : replies) {
    if (!reply.result) continue;
    const Command* command = protocol.Find(reply.command);
    std::cout << reply.command;
    if (command != nullptr) std::cout << "  " << command->help;
    std::cout << "\n  " << serial::Printable(*reply.result) << "\n";
    const auto decoded = decoder.Decode(reply);
    if (!decoded) continue;
    for (const auto& sample : decoded->samples) {
      std::cout << fmt::format("  {:<60} {}\n", SeriesText(protocol, sample.series), sample.value);
    }
    for (const auto& text : decoded->texts) {
      std::cout << fmt::format("  {:<60} {}\n", protocol.infos[text.info].labels[text.label],
                               serial::Printable(text.text));
    }
    if (decoded->bad_columns > 0) {
      std::cout << "  (columns that cannot be read: " << decoded->bad_columns << ")\n";
    }
  }
}

nlohmann::ordered_json ToJson(const Protocol& protocol, const Decoded& decoded) {
  nlohmann::ordered_json json;
  auto values = nlohmann::ordered_json::array();
  for (const auto& sample : decoded.samples) {
    const metrics::Series& series = protocol.series[sample.series];
    auto labels = nlohmann::ordered_json::object();
    for (const auto& [name, value] : series.labels) labels[name] = value;
    values.push_back({{"metric", protocol.families[series.family].name},
                      {"labels", std::move(labels)},
                      {"value", sample.value}});
  }
  auto texts = nlohmann::ordered_json::object();
  for (const auto& text : decoded.texts) {
    texts[protocol.infos[text.info].labels[text.label]] = serial::Printable(text.text);
  }
  json["values"] = std::move(values);
  json["texts"] = std::move(texts);
  json["bad_columns"] = decoded.bad_columns;
  return json;
}

void PrintJson(const Protocol& protocol, const std::string& device,
               const std::vector<QueryReply>& replies) {
  const Decoder decoder(protocol, replies);
  auto list = nlohmann::ordered_json::array();
  for (const QueryReply& reply : replies) {
    nlohmann::ordered_json json;
    json["command"] = reply.command;
    json["seconds"] = reply.took.count();
    if (reply.result) {
      json["payload"] = serial::Printable(*reply.result);
    } else {
      json["error"] = serial::Name(reply.result.error().code);
      json["message"] = reply.result.error().text;
    }
    if (const auto decoded = decoder.Decode(reply)) json.update(ToJson(protocol, *decoded));
    list.push_back(std::move(json));
  }
  const nlohmann::ordered_json all{{"device", device}, {"replies", std::move(list)}};
  // A device's name may be any bytes.
  std::cout << all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

}  // namespace

void Print(const Protocol& protocol, const std::string& device,
           const std::vector<QueryReply>& replies, QueryOptions::Output output) {
  if (output == QueryOptions::Output::kJson) {
    PrintJson(protocol, device, replies);
    return;
  }
  if (output == QueryOptions::Output::kRaw) PrintRaw(replies);
  if (output == QueryOptions::Output::kTable) PrintTable(protocol, replies);
  std::cout.flush();
  for (const QueryReply& reply : replies) {
    if (!reply.result) std::cerr << reply.command << ": " << reply.result.error().text << "\n";
  }
}

}  // namespace mppsolar
