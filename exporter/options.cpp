#include "exporter/options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>

#include "exporter/build_info.h"
#include "exporter/config.h"
#include "exporter/duration.h"
#include "exporter/simulated_address.h"
#include "metrics/decode.h"

namespace mppsolar {
namespace {

constexpr int kWrongUsage = 1;

// What is wrong with a value; shown with the flag's name before it.
struct WrongValue {
  std::string text;
};

// CLI11 passes over an environment variable that fails a validator without a word, so values are
// taken as text and judged here.
class Values {
 public:
  // A flag and its environment variable: --scrape.cache and MPPSOLAR_SCRAPE_CACHE.
  CLI::Option* Text(CLI::App& app, const std::string& flag, std::string& target,
                    const std::string& help) {
    return app.add_option("--" + flag, target, help)
        ->envname(EnvironmentName(flag))
        ->type_name("TEXT");
  }

  CLI::Option* List(CLI::App& app, const std::string& flag, std::vector<std::string>& target,
                    const std::string& help) {
    return app.add_option("--" + flag, target, help)
        ->envname(EnvironmentName(flag))
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("TEXT");
  }

  // A flag without a value; its environment variable says true or false.
  CLI::Option* Switch(CLI::App& app, const std::string& flag, bool& target,
                      const std::string& help) {
    return app.add_flag("--" + flag, target, help)->envname(EnvironmentName(flag));
  }

  // A flag whose text `read` turns into a value of the target, or complains about by throwing.
  template <class Target, class Read>
  CLI::Option* Value(CLI::App& app, const std::string& flag, Target& target,
                     const std::string& type, const std::string& help, Read read) {
    auto text = std::make_shared<std::string>();
    CLI::Option* option =
        app.add_option("--" + flag, *text, help)->envname(EnvironmentName(flag))->type_name(type);
    conversions_.push_back([text, option, flag, &target, read] {
      if (option->count() == 0) return;
      try {
        target = read(*text);
      } catch (const WrongValue& wrong) {
        throw WrongValue{"--" + flag + " (" + EnvironmentName(flag) + "): \"" + *text + "\" " +
                         wrong.text};
      }
    });
    return option;
  }

  void Convert() const {
    for (const auto& convert : conversions_) convert();
  }

 private:
  static std::string EnvironmentName(const std::string& flag) {
    std::string name = "MPPSOLAR_";
    for (const char c : flag) {
      name += c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(c));
    }
    return name;
  }

  std::vector<std::function<void()>> conversions_;
};

std::chrono::milliseconds ReadDuration(const std::string& text) {
  const auto duration = ParseDuration(text);
  if (!duration) throw WrongValue{"is no duration; write 2s, 500ms or 1m30s"};
  return *duration;
}

std::chrono::milliseconds ReadTimeout(const std::string& text) {
  const auto timeout = ReadDuration(text);
  if (const auto wrong = WrongTimeout(timeout)) throw WrongValue{"will not do: " + *wrong};
  return timeout;
}

log::Level ReadLevel(const std::string& text) {
  if (text == "debug") return log::Level::kDebug;
  if (text == "info") return log::Level::kInfo;
  if (text == "warn") return log::Level::kWarn;
  if (text == "error") return log::Level::kError;
  throw WrongValue{"is none of debug, info, warn, error"};
}

log::Format ReadFormat(const std::string& text) {
  if (text == "logfmt") return log::Format::kLogfmt;
  if (text == "json") return log::Format::kJson;
  throw WrongValue{"is neither logfmt nor json"};
}

QueryOptions::Output ReadOutput(const std::string& text) {
  if (text == "raw") return QueryOptions::Output::kRaw;
  if (text == "table") return QueryOptions::Output::kTable;
  if (text == "json") return QueryOptions::Output::kJson;
  throw WrongValue{"is none of raw, table, json"};
}

ListMetricsOptions::Output ReadListOutput(const std::string& text) {
  if (text == "text") return ListMetricsOptions::Output::kText;
  if (text == "markdown") return ListMetricsOptions::Output::kMarkdown;
  if (text == "definition") return ListMetricsOptions::Output::kDefinition;
  throw WrongValue{"is none of text, markdown, definition"};
}

template <class Integer>
Integer ReadInteger(const std::string& text, const char* what) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw WrongValue{what};
  return value;
}

double ReadSpeed(const std::string& text) {
  const auto speed = metrics::ParseNumber(text);
  if (!speed || *speed < 0 || *speed > 86'400) {
    throw WrongValue{"is no speed; write 60 for an hour a minute (0 to 86400)"};
  }
  return *speed;
}

std::chrono::seconds ReadTimeOfDay(const std::string& text) {
  const auto time = ParseTimeOfDay(text);
  if (!time) throw WrongValue{"is no time of day; write 10:00"};
  return *time;
}

std::string ReadModel(const std::string& text) {
  std::string names;
  for (const auto& model : simulator::ModelNames()) {
    if (model.name == text) return text;
    names += (names.empty() ? "" : ", ") + std::string(model.name);
  }
  throw WrongValue{"is none of " + names};
}

std::string ReadPath(const std::string& text) {
  if (!text.starts_with('/') || text == "/") throw WrongValue{"is no path; write /metrics"};
  return text;
}

void AddProtocolFiles(Values& values, CLI::App& app, std::vector<std::string>& target) {
  values.List(app, "protocol.file", target,
              "A protocol definition to add, or to take the place of the built-in one of its name");
}

void AddServe(Values& values, CLI::App& app, ServeOptions& serve) {
  values.Text(app, "config.file", serve.config_file, "Config file (YAML)");
  values.List(
      app, "device", serve.devices,
      "An inverter: /dev/ttyUSB0, hid:/dev/hidraw0, tcp://HOST:PORT, sim: or auto (the only "
      "one that answers), each also as NAME=ADDRESS; may be repeated");
  values.Value(app, "scrape.cache", serve.cache, "DURATION",
               "Replies that are not older are served as they are (2s)", ReadDuration);
  values.Value(app, "scrape.timeout", serve.timeout, "DURATION",
               "The longest that a scrape waits for an inverter (8s)", ReadTimeout);
  values.Value(app, "energy.max_gap", serve.max_gap, "DURATION",
               "Readings further apart are not joined to energy (5m)", ReadDuration);
  AddProtocolFiles(values, app, serve.protocol_files);
  values.List(app, "web.listen-address", serve.listen_addresses,
              "Where to listen: :10030 (all addresses), 127.0.0.1:10030, [::1]:10030; may be "
              "repeated (:10030)");
  values.Switch(app, "web.systemd-socket", serve.systemd_socket,
                "Listen on the sockets that systemd passes, and on no address");
  values.Text(app, "web.config.file", serve.web_config_file,
              "TLS, passwords, headers and a rate limit (YAML, as other exporters read it)");
  values.Switch(app, "web.protect-health", serve.protect_health,
                "/-/healthy and /-/ready need a password, too, and count for the rate limit. "
                "Certificates of clients are asked for on every path, with this flag or without");
  values.Value(app, "web.telemetry-path", serve.telemetry_path, "PATH",
               "Where the metrics are (/metrics)", ReadPath);
  values.Value(
      app, "web.max-requests", serve.max_requests, "N",
      "Scrapes at once; more are answered 503. 0: no limit (40)",
      [](const std::string& text) { return ReadInteger<unsigned>(text, "is no whole number"); });
  values.Switch(app, "web.disable-exporter-metrics", serve.disable_exporter_metrics,
                "Leave out what is said of the process and of HTTP requests");
  values.Switch(app, "web.enable-lifecycle", serve.enable_lifecycle,
                "Reload by POST or PUT to /-/reload (SIGHUP always does)");
  values.Value(app, "log.level", serve.log_level, "LEVEL",
               "Only lines of this level or above: debug, info, warn, error (info)", ReadLevel);
  values.Value(app, "log.format", serve.log_format, "FORMAT", "logfmt or json (logfmt)",
               ReadFormat);
}

void AddQuery(Values& values, CLI::App& app, QueryOptions& query) {
  values.Text(app, "device", query.device,
              "The inverter: /dev/ttyUSB0, hid:/dev/hidraw0, tcp://HOST:PORT, sim:, auto");
  values.Text(app, "config.file", query.config_file,
              "Config file, whose only inverter is asked when --device is not given");
  values.Value(app, "output", query.output, "FORMAT",
               "raw: the payload; table: what it means; json: both (raw)", ReadOutput);
  app.add_flag(
      "--write", query.write,
      "Also send what is no query. Settings can switch the inverter off or spoil a battery");
  values.Text(
      app, "record", query.record_file,
      "Also write commands and replies to this file: for bug reports and `simulate --capture`");
  values.Value(app, "timeout", query.timeout, "DURATION", "For each command (5s)", ReadDuration);
  values.Text(app, "protocol", query.protocol, "The definition that explains the replies");
  AddProtocolFiles(values, app, query.protocol_files);
  app.add_option("COMMAND", query.commands, "Commands: QPIGS, QMOD, ...")->required();
  app.footer(
      "Exit code: 0 all answered; 1 wrong usage; 2 refused by the inverter (NAK); 3 no answer;\n"
      "4 damaged reply; 5 the device is missing, not permitted, in use, or broke away.");
}

void AddSimulate(Values& values, CLI::App& app, SimulateOptions& simulate) {
  auto* pty = values.Text(app, "pty", simulate.pty, "Be a serial port: make this link to a pty");
  auto* tcp = values.Value(app, "tcp", simulate.tcp, "PORT", "Or listen on 127.0.0.1:PORT",
                           [](const std::string& text) -> std::optional<std::uint16_t> {
                             return ReadInteger<std::uint16_t>(text, "is no port (0 to 65535)");
                           });
  pty->excludes(tcp);
  values.Text(app, "capture", simulate.capture_file,
              "Answer from this file (of query --record) instead of a model");
  values.Value(app, "model", simulate.model.model, "MODEL",
               "Which inverter (" + simulate.model.model + "); see below", ReadModel);
  values.Value(app, "speed", simulate.model.speed, "FACTOR",
               "How fast time goes: 60 is an hour a minute, 0 stands still (1)", ReadSpeed);
  values.Value(app, "start", simulate.model.start, "HH:MM", "Time of day at the start (10:00)",
               ReadTimeOfDay);
  values.Value(app, "seed", simulate.model.seed, "N",
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
                 "More to ask: tcp://HOST:PORT, or a port that is not asked of itself");
  app.footer(
      "Only queries are sent, and only where they cannot mean anything to what is there: to plain\n"
      "adapters from USB to serial that no program has open, and to HID devices 0665:5161. What "
      "is\n"
      "printed is a config file, too: mppsolar_exporter detect > mppsolar.yml\n"
      "Exit code: 0 an inverter answered; 1 wrong usage; 3 none did.");
}

}  // namespace

Options ParseCommandLine(int argc, const char* const* argv) {
  CLI::App app{"Prometheus exporter for MPP Solar / Voltronic (Axpert) inverters.",
               "mppsolar_exporter"};
  app.set_version_flag("--version", VersionText());
  app.get_formatter()->column_width(40);
  Values values;

  ServeOptions serve;
  AddServe(values, app, serve);

  QueryOptions query;
  CLI::App& query_app = *app.add_subcommand("query", "Ask an inverter and show what it answers");
  AddQuery(values, query_app, query);

  SimulateOptions simulate;
  CLI::App& simulate_app = *app.add_subcommand(
      "simulate", "Be an inverter to try against, with a sun that rises and sets");
  AddSimulate(values, simulate_app, simulate);

  DetectOptions detect;
  CLI::App& detect_app = *app.add_subcommand("detect", "Find the ports that inverters answer at");
  AddDetect(detect_app, detect);

  CheckConfigOptions check;
  CLI::App& check_app =
      *app.add_subcommand("check-config", "Check a config file and say what is wrong");
  check_app.add_option("FILE", check.file, "The config file; not needed with --web.config.file");
  values.Text(check_app, "web.config.file", check.web_config_file,
              "A web configuration file to check, with the certificates that it names");
  AddProtocolFiles(values, check_app, check.protocol_files);

  ListMetricsOptions list;
  CLI::App& list_app =
      *app.add_subcommand("list-metrics", "Print every metric and where it comes from");
  values.Value(list_app, "output", list.output, "FORMAT",
               "text, markdown, or definition: the built-in definitions, to copy and extend (text)",
               ReadListOutput);
  AddProtocolFiles(values, list_app, list.protocol_files);
  app.require_subcommand(0, 1);

  try {
    app.parse(argc, argv);
    values.Convert();
  } catch (const CLI::ParseError& error) {
    return Exit{app.exit(error) == 0 ? 0 : kWrongUsage};
  } catch (const WrongValue& wrong) {
    std::cerr << wrong.text << "\n";
    return Exit{kWrongUsage};
  }
  if (query_app.parsed()) return query;
  if (simulate_app.parsed()) {
    if (simulate.pty.empty() && !simulate.tcp) {
      std::cerr << "simulate: say where: --pty=/tmp/inverter or --tcp=PORT\n";
      return Exit{kWrongUsage};
    }
    return simulate;
  }
  if (detect_app.parsed()) return detect;
  if (check_app.parsed()) {
    if (check.file.empty() && check.web_config_file.empty()) {
      std::cerr << "check-config: say which FILE, or --web.config.file\n";
      return Exit{kWrongUsage};
    }
    return check;
  }
  if (list_app.parsed()) return list;
  return serve;
}

}  // namespace mppsolar
