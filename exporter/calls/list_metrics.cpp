// `list-metrics`: every metric of the definitions and of the exporter itself; docs/metrics.md is
// made of it.
#include <algorithm>
#include <iostream>
#include <vector>

#include "exporter/calls/commands.h"
#include "exporter/own_metrics.h"
#include "metrics/catalogue.h"
#include "metrics/energy.h"
#include "metrics/loader.h"

namespace mppsolar {
namespace {

using metrics::CatalogueEntry;

std::string Joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

// A table cell ends at "|".
std::string Cell(const std::string& text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

void PrintMarkdown(const std::vector<CatalogueEntry>& entries) {
  std::cout << "| metric | type | labels | meaning | from |\n|---|---|---|---|---|\n";
  for (const CatalogueEntry& entry : entries) {
    std::cout << "| `" << entry.name << "` | " << entry.type << " | " << Joined(entry.labels, ", ")
              << " | " << Cell(entry.help);
    if (!entry.states.empty()) std::cout << " One of: " << Cell(Joined(entry.states, ", ")) << ".";
    std::cout << " | " << Cell(Joined(entry.from, "; ")) << " |\n";
  }
}

void PrintText(const std::vector<CatalogueEntry>& entries) {
  for (const CatalogueEntry& entry : entries) {
    std::cout << entry.name << "{" << Joined(entry.labels, ",") << "}  " << entry.type << "\n    "
              << entry.help << "\n";
    if (!entry.states.empty()) std::cout << "    one of: " << Joined(entry.states, ", ") << "\n";
    if (!entry.from.empty()) std::cout << "    from " << Joined(entry.from, "; ") << "\n";
  }
}

std::vector<CatalogueEntry> OwnEntries() {
  std::vector<CatalogueEntry> entries;
  for (const OwnMetric* metric : kOwnMetrics) {
    CatalogueEntry entry;
    entry.name = metric->name;
    entry.type = metrics::TypeName(metric->type);
    entry.labels = {std::string(metric->labels)};
    entry.help = metric->help;
    entries.push_back(std::move(entry));
  }
  for (const metrics::EnergyMetric& metric : metrics::EnergyMetrics()) {
    CatalogueEntry entry;
    entry.name = metric.name;
    entry.type = "counter";
    entry.labels = {"inverter"};
    if (!metric.label.empty()) entry.labels.emplace_back(metric.label);
    entry.help = metric.help;
    entries.push_back(std::move(entry));
  }
  std::sort(entries.begin(), entries.end(),
            [](const CatalogueEntry& a, const CatalogueEntry& b) { return a.name < b.name; });
  return entries;
}

}  // namespace

int ListMetrics(const ListMetricsOptions& options) {
  if (options.output == ListMetricsOptions::Output::kDefinition) {
    for (const auto& definition : metrics::BuiltinDefinitions()) std::cout << definition.yaml;
    return 0;
  }
  const auto protocols = metrics::LoadProtocols(options.protocol_files);
  if (!protocols) {
    std::cerr << protocols.error().text << "\n";
    return 1;
  }
  const bool markdown = options.output == ListMetricsOptions::Output::kMarkdown;
  const auto print = markdown ? PrintMarkdown : PrintText;
  const auto section = [&](const std::string& title, const std::vector<CatalogueEntry>& entries) {
    std::cout << (markdown ? "\n## " : "\n") << title << "\n\n";
    print(entries);
  };
  if (markdown) {
    std::cout
        << "<!-- WARNING: made by `mppsolar_exporter list-metrics --output=markdown`; changes "
           "here are lost. -->\n# Metrics\n";
  }
  for (const auto& protocol : *protocols) {
    section("Protocol " + protocol->name + ": " + protocol->help, metrics::Catalogue(*protocol));
  }
  section("The exporter itself", OwnEntries());
  return 0;
}

}  // namespace mppsolar
