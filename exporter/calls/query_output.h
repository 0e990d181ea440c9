// What `query` prints: payloads, tables or JSON.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "exporter/calls/options.h"
#include "metrics/protocol.h"
#include "serial/result.h"

namespace mppsolar {

struct QueryReply {
  std::string command;
  serial::Result<std::string> result;  ///< The payload.
  std::chrono::duration<double> took;
};

/// Prints what was answered to stdout; failures of raw and table output go to stderr.
void Print(const metrics::Protocol& protocol, const std::string& device,
           const std::vector<QueryReply>& replies, QueryOptions::Output output);

}  // namespace mppsolar
