#include "exporter/address/capture.h"

#include <optional>

#include "serial/frame.h"

namespace mppsolar {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The opposite of serial::Printable.
std::optional<std::string> FromPrintable(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    if (i + 3 >= text.size() || text[i + 1] != 'x') return std::nullopt;
    const int high = HexDigit(text[i + 2]);
    const int low = HexDigit(text[i + 3]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
    i += 3;
  }
  return bytes;
}

std::string_view AfterMark(std::string_view line) {
  line.remove_prefix(1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

}  // namespace

metrics::Result<Capture> ParseCapture(std::string_view text, const std::string& file) {
  Capture capture;
  std::string command;  // whose reply comes next
  int number = 0;
  const auto complaint = [&](const std::string& what) {
    return tl::unexpected<metrics::Complaint>(
        metrics::Complaint{file + ":" + std::to_string(number) + ": " + what});
  };
  while (!text.empty()) {
    ++number;
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '>') {
      if (!command.empty())
        return complaint("a second command, but no reply to " + command + " yet");
      command = AfterMark(line);
      if (command.empty()) return complaint("\">\" without a command; write \"> QPIGS\"");
      continue;
    }
    if (line.front() != '<' && line.front() != '!') {
      return complaint(
          "a line begins with \"#\", \">\" (command), \"<\" (reply) or \"!\" (no reply)");
    }
    if (command.empty()) return complaint("a reply without a command before it");
    const auto payload = FromPrintable(AfterMark(line));
    if (!payload) return complaint("a backslash is written \\x5c; other bytes are \\xNN, too");
    capture.replies[command].push_back({line.front() == '<', *payload});
    command.clear();
  }
  if (!command.empty()) return complaint("no reply to " + command);
  if (capture.replies.empty()) return complaint("nothing is recorded in this file");
  return capture;
}

std::string FormatCaptured(std::string_view command, const CapturedReply& reply) {
  return "> " + std::string(command) + "\n" + (reply.answered ? "< " : "! ") +
         serial::Printable(reply.text) + "\n";
}

}  // namespace mppsolar
