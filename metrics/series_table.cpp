#include "metrics/series_table.h"

#include <algorithm>
#include <array>
#include <limits>

namespace mppsolar::metrics {
namespace {

constexpr std::string_view kPrefix = "mppsolar_";
constexpr std::string_view kTotal = "_total";
constexpr std::array<std::string_view, 12> kUnits = {
    "_volts", "_amperes", "_watts",   "_voltamperes", "_hertz", "_celsius",
    "_ratio", "_joules",  "_seconds", "_counts",      "_units", "_code"};

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string KindName(MetricKind kind) {
  switch (kind) {
    case MetricKind::kNumber:
      return "number";
    case MetricKind::kBit:
      return "bit";
    case MetricKind::kState:
      return "state";
    case MetricKind::kLetters:
      return "letters";
    case MetricKind::kSeverity:
      return "severity";
    case MetricKind::kInfo:
      return "info";
  }
  return "";
}

bool EndsInUnit(std::string_view name) {
  return std::any_of(kUnits.begin(), kUnits.end(),
                     [&](std::string_view unit) { return name.ends_with(unit); });
}

std::string Units() {
  std::string units;
  for (const std::string_view unit : kUnits) units.append(" ").append(unit);
  return units;
}

FamilyType CheckMetricName(const Yaml& metric, MetricKind kind) {
  std::string_view name = ReadName(metric);
  if (name.starts_with(kPrefix)) {
    metric.Complain(Quoted(name) + " with its prefix; leave " + std::string(kPrefix) + " out");
  }
  if (kind == MetricKind::kInfo) {
    if (!name.ends_with("_info")) metric.Complain(Quoted(name) + "; an info metric ends in _info");
    return FamilyType::kGauge;
  }
  const bool is_counter = name.ends_with(kTotal);
  if (kind != MetricKind::kNumber) {
    if (is_counter || EndsInUnit(name) || name.ends_with("_info")) {
      metric.Complain(Quoted(name) + " is a " + KindName(kind) +
                      " row's metric, and these have no unit; leave the unit out");
    }
    return FamilyType::kGauge;
  }
  if (is_counter) name.remove_suffix(kTotal.size());
  if (!EndsInUnit(name)) {
    metric.Complain(Quoted(metric.Text()) + " has no unit; a number ends in one of" + Units() +
                    ", and after that _total if it is a counter");
  }
  return is_counter ? FamilyType::kCounter : FamilyType::kGauge;
}

// Whether no reply, or no two replies, can make both rows give their sample, or both may.
bool AreCompatible(const SeriesSource& a, const SeriesSource& b) {
  const bool same_place = a.command == b.command && a.at == b.at && a.part == b.part;
  if (same_place || (a.conditional && b.conditional)) return true;
  // Only totals are without the label of their unit, and one of them is served (class Families).
  if (a.command != b.command && a.first_unit == b.first_unit) return true;
  // A reply that is too short for the one's column has no sample of it.
  const auto lacks_column = [](const SeriesSource& reply, const SeriesSource& row) {
    return reply.command == row.command && reply.reply_columns &&
           reply.reply_columns->high < row.at;
  };
  return lacks_column(a, b) || lacks_column(b, a);
}

void AddSource(std::vector<SeriesSource>& sources, const SeriesSource& source, const Yaml& where,
               const std::string& what) {
  for (const SeriesSource& other : sources) {
    if (!AreCompatible(source, other)) {
      where.Complain(what + " is also given by line " + std::to_string(other.line) +
                     "; give each a `when`, or another name or labels");
    }
  }
  sources.push_back(source);
}

template <class Index, class Item>
Index NextIndex(const std::vector<Item>& items, const Yaml& where) {
  if (items.size() > std::numeric_limits<Index>::max()) {
    where.Complain("too much; a definition has at most 65536 metrics and series");
  }
  return static_cast<Index>(items.size());
}

}  // namespace

FamilyIndex SeriesTable::AddFamily(const Yaml& metric, MetricKind kind,
                                   const std::vector<std::string>& label_names,
                                   const std::optional<Yaml>& help) {
  const FamilyType type = CheckMetricName(metric, kind);
  std::vector<std::string> sorted = label_names;
  std::sort(sorted.begin(), sorted.end());
  const auto repeated = std::adjacent_find(sorted.begin(), sorted.end());
  if (repeated != sorted.end()) {
    metric.Complain("the label " + Quoted(*repeated) + " twice; each label once");
  }

  std::string name = std::string(kPrefix) + metric.Text();
  const auto known = families_.find(name);
  if (known == families_.end()) {
    if (!help)
      metric.Complain("no help for " + Quoted(metric.Text()) + "; its first row needs one");
    const auto index = NextIndex<FamilyIndex>(protocol_.families, metric);
    protocol_.families.push_back({name, ReadHelp(*help), type, label_names});
    origins_.push_back({kind, metric.Line()});
    families_.emplace(std::move(name), index);
    return index;
  }

  const FamilyIndex index = known->second;
  const Family& family = protocol_.families[index];
  const std::string line = std::to_string(origins_[index].line);
  if (origins_[index].kind != kind) {
    metric.Complain("a " + KindName(kind) + " row of " + Quoted(metric.Text()) + "; it is a " +
                    KindName(origins_[index].kind) + " in line " + line);
  }
  if (family.label_names != label_names) {
    metric.Complain(Quoted(metric.Text()) + " with the labels " + Listed(label_names) +
                    "; in line " + line + " they are " + Listed(family.label_names));
  }
  if (help && ReadHelp(*help) != family.help) {
    help->Complain("another help for " + Quoted(metric.Text()) + " than in line " + line +
                   "; leave it out here or make it the same");
  }
  return index;
}

SeriesIndex SeriesTable::AddSeries(FamilyIndex family, Labels labels, const SeriesSource& source,
                                   const Yaml& where) {
  const auto [known, is_new] = series_.try_emplace({family, labels}, SeriesIndex{});
  if (is_new) {
    known->second = NextIndex<SeriesIndex>(protocol_.series, where);
    protocol_.series.push_back({family, std::move(labels)});
    sources_.emplace_back();
  }
  std::string what = protocol_.families[family].name;
  for (const auto& [name, value] : protocol_.series[known->second].labels) {
    what += "{" + name + "=" + Quoted(value) + "}";
  }
  AddSource(sources_[known->second], source, where, what);
  return known->second;
}

void SeriesTable::AddInfoLabel(std::uint16_t info, std::uint16_t label, const SeriesSource& source,
                               const Yaml& where) {
  const Info& of = protocol_.infos[info];
  AddSource(info_sources_[{info, label}], source, where,
            "the label " + of.labels[label] + " of " + protocol_.families[of.family].name);
}

const std::string& ReadName(const Yaml& name) {
  const std::string& text = name.Text();
  const bool is_name =
      !text.empty() && text[0] >= 'a' && text[0] <= 'z' &&
      std::all_of(text.begin(), text.end(), [](char c) { return IsLowerOrDigit(c) || c == '_'; });
  if (!is_name) {
    name.Complain("the name " + Quoted(text) +
                  "; names have lower-case letters, digits and _ and begin with a letter");
  }
  return text;
}

const std::string& ReadLabelName(const Yaml& label) {
  const std::string& text = label.Text();
  const bool is_name = !text.empty() && (IsLetter(text[0]) || text[0] == '_') &&
                       std::all_of(text.begin(), text.end(), [](char c) {
                         return IsLetter(c) || IsLowerOrDigit(c) || c == '_';
                       });
  if (!is_name) {
    label.Complain("the label " + Quoted(text) +
                   "; labels have letters, digits and _ and begin with no digit");
  }
  if (text.starts_with("__")) {
    label.Complain("the label " + Quoted(text) + "; __ at the beginning is Prometheus's own");
  }
  if (text == "inverter") {
    label.Complain("the label \"inverter\"; every metric has it already, so take another name");
  }
  return text;
}

const std::string& ReadLabelValue(const Yaml& value) {
  if (value.Text().empty()) value.Complain("an empty label value; give it a text");
  return value.Text();
}

const std::string& ReadHelp(const Yaml& help) {
  const std::string& text = help.Text();
  if (text.find_first_of("\r\n") != std::string::npos) {
    help.Complain("a help of several lines; one line");
  }
  if (text.size() < 2 || !text.ends_with('.')) {
    help.Complain("the help " + Quoted(text) + "; a sentence that ends in a period");
  }
  return text;
}

}  // namespace mppsolar::metrics
