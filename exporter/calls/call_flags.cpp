#include "exporter/calls/call_flags.h"

#include <CLI/CLI.hpp>

#include "exporter/calls/flag_values.h"

namespace mppsolar {
namespace {

using namespace flag_values;

void AddProtocolFiles(Flags& flags, CLI::App& app, std::vector<std::string>& target) {
  flags.List(app, "protocol.file", target, "FILE",
             "A protocol definition to add, or to take the place of the built-in one of its name");
}

}  // namespace

void AddServe(Flags& flags, CLI::App& app, ServeOptions& serve) {
  flags.Text(app, "config.file", serve.config_file, "FILE", "Config file (YAML)");
  flags.List(app, "device", serve.devices, "DEVICE",
             "An inverter: /dev/ttyUSB0, hid:/dev/hidraw0, tcp://HOST:PORT, sim: or auto (the only "
             "one that answers), each also as NAME=ADDRESS; may be repeated");
  flags.Value(app, "scrape.cache", serve.cache, "DURATION",
              "Replies that are not older are served as they are (2s)", ReadDuration);
  flags.Value(app, "scrape.timeout", serve.timeout, "DURATION",
              "The longest that a scrape waits for an inverter (8s)", ReadTimeout);
  flags.Value(app, "energy.max_gap", serve.max_gap, "DURATION",
              "Readings further apart are not joined to energy (5m)", ReadDuration);
  AddProtocolFiles(flags, app, serve.protocol_files);
  flags.List(app, "web.listen-address", serve.listen_addresses, "ADDRESS",
             "Where to listen: :10030 (all addresses), 127.0.0.1:10030, [::1]:10030; may be "
             "repeated (:10030)");
  flags.Switch(app, "web.systemd-socket", serve.systemd_socket,
               "Listen on the sockets that systemd passes, and on no address");
  flags.Text(app, "web.config.file", serve.web_config_file, "FILE",
             "TLS, passwords, headers and a rate limit (YAML, as other exporters read it)");
  flags.Switch(app, "web.protect-health", serve.protect_health,
               "/-/healthy and /-/ready need a password, too, and count for the rate limit. "
               "Certificates of clients are asked for on every path, with this flag or without");
  flags.Value(app, "web.telemetry-path", serve.telemetry_path, "PATH",
              "Where the metrics are (/metrics)", ReadPath);
  flags.Value(
      app, "web.max-requests", serve.max_requests, "N",
      "Scrapes at once; more are answered 503. 0: no limit (40)",
      [](const std::string& text) { return ReadInteger<unsigned>(text, "is no whole number"); });
  flags.Switch(app, "web.disable-exporter-metrics", serve.disable_exporter_metrics,
               "Leave out what is said of the process and of HTTP requests");
  flags.Switch(app, "web.enable-lifecycle", serve.enable_lifecycle,
               "Reload by POST or PUT to /-/reload (SIGHUP always does)");
  flags.Choice(app, "log.level", serve.log_level,
               {{"debug", log::Level::kDebug},
                {"info", log::Level::kInfo},
                {"warn", log::Level::kWarn},
                {"error", log::Level::kError}},
               "Only lines of this level or above (info)");
  flags.Choice(app, "log.format", serve.log_format,
               {{"logfmt", log::Format::kLogfmt}, {"json", log::Format::kJson}},
               "How a line is written (logfmt)");
}

void AddQuery(Flags& flags, CLI::App& app, QueryOptions& query) {
  flags.Text(app, "device", query.device, "DEVICE",
             "The inverter: /dev/ttyUSB0, hid:/dev/hidraw0, tcp://HOST:PORT, sim:, auto");
  flags.Text(app, "config.file", query.config_file, "FILE",
             "Config file, whose only inverter is asked when --device is not given");
  flags.Choice(app, "output", query.output,
               {{"raw", QueryOptions::Output::kRaw},
                {"table", QueryOptions::Output::kTable},
                {"json", QueryOptions::Output::kJson}},
               "raw: the payload; table: what it means; json: both (raw)");
  app.add_flag(
      "--write", query.write,
      "Also send what is no query. Settings can switch the inverter off or spoil a battery");
  flags.Text(
      app, "record", query.record_file, "FILE",
      "Also write commands and replies to this file: for bug reports and `simulate --capture`");
  flags.Value(app, "timeout", query.timeout, "DURATION", "For each command (5s)", ReadDuration);
  flags.Text(app, "protocol", query.protocol, "NAME", "The definition that explains the replies");
  AddProtocolFiles(flags, app, query.protocol_files);
  app.add_option("COMMAND", query.commands, "Commands: QPIGS, QMOD, ...")
      ->required()
      ->type_name("TEXT");
  app.footer(
      "Exit code: 0 all answered; 1 wrong usage; 2 refused by the inverter (NAK); 3 no answer;\n"
      "4 damaged reply; 5 the device is missing, not permitted, in use, or broke away.");
}

void AddSimulate(Flags& flags, CLI::App& app, SimulateOptions& simulate) {
  auto* pty =
      flags.Text(app, "pty", simulate.pty, "FILE", "Be a serial port: make this link to a pty");
  auto* tcp = flags.Value(app, "tcp", simulate.tcp, "PORT", "Or listen on 127.0.0.1:PORT",
                          [](const std::string& text) -> std::optional<std::uint16_t> {
                            return ReadInteger<std::uint16_t>(text, "is no port (0 to 65535)");
                          });
  pty->excludes(tcp);
  flags.Text(app, "capture", simulate.capture_file, "FILE",
             "Answer from this file (of query --record) instead of a model");
  std::vector<std::pair<std::string, std::string>> models;
  for (const auto& model : simulator::ModelNames()) models.emplace_back(model.name, model.name);
  flags.Choice(app, "model", simulate.model.model, models,
               "Which inverter (" + simulate.model.model + "); see below");
  flags.Value(app, "speed", simulate.model.speed, "FACTOR",
              "How fast time goes: 60 is an hour a minute, 0 stands still (1)", ReadSpeed);
  flags.Value(app, "start", simulate.model.start, "HH:MM", "Time of day at the start (10:00)",
              ReadTimeOfDay);
  flags.Value(app, "seed", simulate.model.seed, "N",
              "Another seed is other weather, another household (1)", [](const std::string& text) {
                return ReadInteger<std::uint64_t>(text, "is no whole number");
              });
  app.add_flag("!--no-pace", simulate.paced, "Answer at once instead of at 2400 baud");
  std::string footer = "Models:";
  for (const auto& model : simulator::ModelNames()) {
    footer += "\n  " + std::string(model.name) + "  " + std::string(model.help);
  }
  app.footer(footer);
}

void AddDetect(CLI::App& app, DetectOptions& detect) {
  app.add_option("ADDRESS", detect.addresses,
                 "More to ask: tcp://HOST:PORT, or a port that is not asked of itself")
      ->type_name("DEVICE");
  app.footer(
      "Only queries are sent, and only where they cannot mean anything to what is there: to plain\n"
      "adapters from USB to serial that no program has open, and to HID devices 0665:5161. What "
      "is\n"
      "printed is a config file, too: mppsolar_exporter detect > mppsolar.yml\n"
      "Exit code: 0 an inverter answered; 1 wrong usage; 3 none did.");
}

void AddCheckConfig(Flags& flags, CLI::App& app, CheckConfigOptions& check) {
  app.add_option("FILE", check.file, "The config file; not needed with --web.config.file")
      ->type_name("FILE");
  flags.Text(app, "web.config.file", check.web_config_file, "FILE",
             "A web configuration file to check, with the certificates that it names");
  AddProtocolFiles(flags, app, check.protocol_files);
}

void AddHealthCheck(Flags& flags, CLI::App& app, HealthCheckOptions& health) {
  flags.List(app, "web.listen-address", health.listen_addresses, "ADDRESS",
             "Where it listens; may be repeated (:10030)");
  flags.Text(app, "web.config.file", health.web_config_file, "FILE",
             "Its web configuration file: TLS is tried before HTTP then");
  flags.Value(app, "timeout", health.timeout, "DURATION", "For each address (3s)", ReadDuration);
  app.footer(
      "It needs no password and no certificate: to be told so is an answer, too.\n"
      "Exit code: 0 healthy; 1 not.");
}

void AddListMetrics(Flags& flags, CLI::App& app, ListMetricsOptions& list) {
  flags.Choice(app, "output", list.output,
               {{"text", ListMetricsOptions::Output::kText},
                {"markdown", ListMetricsOptions::Output::kMarkdown},
                {"definition", ListMetricsOptions::Output::kDefinition}},
               "definition: the built-in definitions, to copy and extend (text)");
  AddProtocolFiles(flags, app, list.protocol_files);
}

}  // namespace mppsolar
