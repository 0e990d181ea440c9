#include "exporter/calls/man_page.h"

#include <string_view>

namespace mppsolar {
namespace {

// Text as roff prints it: a hyphen that can be copied into a shell, and no line that roff takes for
// a request.
std::string Roff(std::string_view text) {
  std::string roff;
  bool at_line_start = true;
  for (const char c : text) {
    if (at_line_start && (c == '.' || c == '\'')) roff += "\\&";
    switch (c) {
      case '\\':
        roff += "\\e";
        break;
      case '-':
        roff += "\\-";
        break;
      default:
        roff += c;
    }
    at_line_start = c == '\n';
  }
  return roff;
}

std::string Sentence(const std::string& help) {
  return Roff(help) + (help.ends_with('.') ? "\n" : ".\n");
}

std::string Flag(const DescribedFlag& flag) {
  std::string text = ".TP\n\\fB" + Roff(flag.name) + "\\fR";
  if (!flag.value.empty()) text += "=\\fI" + Roff(flag.value) + "\\fR";
  text += "\n" + Sentence(flag.help);
  if (!flag.environment.empty()) text += "Environment: \\fB" + flag.environment + "\\fR.\n";
  return text;
}

// Help and version are flags of everything: they are said once.
bool IsOfEverything(const DescribedFlag& flag) {
  return flag.name == "--help" || flag.name == "--version";
}

std::string Flags(const std::vector<DescribedFlag>& flags) {
  std::string text;
  for (const DescribedFlag& flag : flags) {
    if (!IsOfEverything(flag)) text += Flag(flag);
  }
  return text;
}

std::string Positionals(const DescribedCall& call) {
  std::string text;
  for (const DescribedFlag& positional : call.positionals) {
    const std::string name = "\\fI" + positional.name + "\\fR";
    text += " " + (positional.required ? name : "[" + name + "]");
    if (positional.repeats) text += "...";
  }
  return text;
}

// A footer's lines are laid out already.
std::string Footer(const std::string& footer) {
  return footer.empty() ? "" : ".PP\n.nf\n" + Roff(footer) + "\n.fi\n";
}

std::string Call(const DescribedCall& call) {
  std::string text = ".SS " + call.name + Positionals(call) + "\n" + Sentence(call.help);
  for (const DescribedFlag& positional : call.positionals) {
    text += ".TP\n\\fI" + Roff(positional.name) + "\\fR\n" + Sentence(positional.help);
  }
  return text + Flags(call.flags) + Footer(call.footer);
}

}  // namespace

std::string ManPage(const std::vector<DescribedCall>& calls) {
  const DescribedCall& program = calls.front();
  std::string text =
      ".\\\" Made by `mppsolar_exporter man-page`; changes here are lost.\n"
      ".TH MPPSOLAR_EXPORTER 1 \"\" \"mppsolar_exporter " MPPSOLAR_VERSION
      "\" \"User Commands\"\n"
      ".nh\n"
      ".SH NAME\n"
      "mppsolar_exporter \\- Prometheus exporter for MPP Solar and Voltronic (Axpert) inverters\n"
      ".SH SYNOPSIS\n"
      "\\fBmppsolar_exporter\\fR [\\fIFLAG\\fR]...\n";
  for (std::size_t i = 1; i < calls.size(); ++i) {
    text += ".br\n\\fBmppsolar_exporter " + Roff(calls[i].name) + "\\fR [\\fIFLAG\\fR]...";
    text += Positionals(calls[i]) + "\n";
  }
  text +=
      ".SH DESCRIPTION\n"
      "Asks inverters when Prometheus scrapes, and serves what they answer at "
      "\\fIhttp://localhost:10030/metrics\\fR.\n"
      "Without a call it serves, until SIGTERM or SIGINT. It sends an inverter nothing but "
      "queries.\n"
      ".SH FLAGS\n"
      "A flag comes before the environment, the environment before the config file.\n" +
      Flags(program.flags) +
      ".TP\n\\fB\\-\\-version\\fR\nPrint the version.\n"
      ".TP\n\\fB\\-\\-help\\fR\nPrint the flags, also those of a call.\n"
      ".SH CALLS\n";
  for (std::size_t i = 1; i < calls.size(); ++i) text += Call(calls[i]);
  text +=
      ".SH EXIT STATUS\n"
      "Serving: 0 after SIGTERM or SIGINT, 1 if it could not start. Calls: see above; else 0, or 1 "
      "if\nsomething is wrong.\n"
      ".SH SIGNALS\n"
      ".TP\nSIGHUP\nReads config and protocol files anew; wrong ones change nothing.\n"
      ".TP\nSIGTERM, SIGINT\nEnds, after the answers that are under way.\n"
      ".SH EXAMPLES\n"
      ".nf\n"
      "mppsolar_exporter \\-\\-device=/dev/ttyUSB0\n"
      "mppsolar_exporter \\-\\-device=house=hid:/dev/hidraw0 "
      "\\-\\-device=barn=tcp://10.0.0.7:8899\n"
      "mppsolar_exporter query \\-\\-device=/dev/ttyUSB0 QPIGS \\-\\-output=table\n"
      "mppsolar_exporter detect > mppsolar.yml\n"
      ".fi\n";
  return text;
}

}  // namespace mppsolar
