// Reads the rows of a command.
#pragma once

#include <optional>

#include "metrics/protocol.h"
#include "metrics/series_table.h"
#include "metrics/strict_yaml.h"

namespace mppsolar::metrics {

/// The families of `severities`.
struct Severities {
  std::optional<FamilyIndex> warning, fault;
};

/// What the rows of one command need and add to. Everything else of the protocol and of all
/// commands must be there, but for their rows. Complaints are thrown as StrictYamlError.
struct RowContext {
  Protocol& protocol;
  SeriesTable& series;
  const Severities& severities;
  Command& command;
};

/// Reads `columns`.
void ReadColumnRows(const Yaml& rows, const RowContext& context);

/// Reads `characters`.
void ReadCharacterRows(const Yaml& rows, const RowContext& context);

}  // namespace mppsolar::metrics
