// Recorded replies as text that people can read, send and edit:
//
//   # Model: Axpert MKS 5 kVA
//   > QMOD
//   < B
//   > QMN
//   < NAK
//   > Q1
//   ! timeout
//
// A payload stands without "(", checksum and CR; bytes that are not printable are written \xNN. "!"
// says what came instead of a reply. The same command may stand several times: its replies follow
// each other.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/result.h"

namespace mppsolar {

struct CapturedReply {
  bool answered;     ///< Whether a reply came; else `text` is the reason.
  std::string text;  ///< The payload ("NAK" for a refusal), or the reason.
};

struct Capture {
  /// By command, in the order of the file.
  std::map<std::string, std::vector<CapturedReply>, std::less<>> replies;
};

/// Reads a capture. Complaints say file:line.
[[nodiscard]] metrics::Result<Capture> ParseCapture(std::string_view text, const std::string& file);

/// One exchange as the lines of a capture.
[[nodiscard]] std::string FormatCaptured(std::string_view command, const CapturedReply& reply);

}  // namespace mppsolar
