#include "exporter/calls/options.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "exporter/build_info.h"
#include "exporter/calls/call_flags.h"
#include "exporter/calls/completion.h"
#include "exporter/calls/description.h"
#include "exporter/calls/flags.h"
#include "exporter/calls/man_page.h"

namespace mppsolar {
namespace {

constexpr int kWrongUsage = 1;

}  // namespace

Options ParseCommandLine(int argc, const char* const* argv) {
  CLI::App app{"Prometheus exporter for MPP Solar / Voltronic (Axpert) inverters.",
               "mppsolar_exporter"};
  app.set_version_flag("--version", VersionText());
  app.get_formatter()->column_width(40);
  Flags flags;

  ServeOptions serve;
  AddServe(flags, app, serve);

  QueryOptions query;
  CLI::App& query_app = *app.add_subcommand("query", "Ask an inverter and show what it answers");
  AddQuery(flags, query_app, query);

  SimulateOptions simulate;
  CLI::App& simulate_app = *app.add_subcommand(
      "simulate", "Be an inverter to try against, with a sun that rises and sets");
  AddSimulate(flags, simulate_app, simulate);

  DetectOptions detect;
  CLI::App& detect_app = *app.add_subcommand("detect", "Find the ports that inverters answer at");
  AddDetect(detect_app, detect);

  CheckConfigOptions check;
  CLI::App& check_app =
      *app.add_subcommand("check-config", "Check a config file and say what is wrong");
  AddCheckConfig(flags, check_app, check);

  HealthCheckOptions health;
  CLI::App& health_app = *app.add_subcommand(
      "healthcheck", "Ask a running exporter on this machine whether it is healthy");
  AddHealthCheck(flags, health_app, health);

  ListMetricsOptions list;
  CLI::App& list_app =
      *app.add_subcommand("list-metrics", "Print every metric and where it comes from");
  AddListMetrics(flags, list_app, list);

  const CLI::App& man_page_app = *app.add_subcommand("man-page", "Print the manual page (roff)");
  std::string shell;
  CLI::App& completion_app =
      *app.add_subcommand("completion", "Print the completion script for a shell");
  completion_app.add_option("SHELL", shell, "The shell")->required()->type_name("bash|zsh|fish");
  app.require_subcommand(0, 1);

  try {
    app.parse(argc, argv);
    flags.Convert();
  } catch (const CLI::ParseError& error) {
    return Exit{app.exit(error) == 0 ? 0 : kWrongUsage};
  } catch (const WrongValue& wrong) {
    std::cerr << wrong.text << "\n";
    return Exit{kWrongUsage};
  }
  if (man_page_app.parsed()) {
    std::cout << ManPage(Describe(app));
    return Exit{0};
  }
  if (completion_app.parsed()) {
    const auto script = Completion(Describe(app), shell);
    if (!script) {
      std::cerr << "completion: \"" << shell << "\" is none of bash, zsh, fish\n";
      return Exit{kWrongUsage};
    }
    std::cout << *script;
    return Exit{0};
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
  if (health_app.parsed()) return health;
  if (list_app.parsed()) return list;
  return serve;
}

}  // namespace mppsolar
