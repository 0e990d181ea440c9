#include "exporter/calls/description.h"

#include <CLI/CLI.hpp>

namespace mppsolar {
namespace {

DescribedFlag Described(const CLI::Option& option) {
  DescribedFlag flag;
  flag.name = option.get_positional() ? option.get_name(true) : "--" + option.get_lnames().front();
  flag.help = option.get_description();
  if (option.get_expected_max() > 0) flag.value = option.get_type_name();
  flag.environment = option.get_envname();
  flag.repeats = option.get_expected_max() > 1;
  flag.required = option.get_required();
  return flag;
}

DescribedCall Described(const CLI::App& app, bool is_program) {
  DescribedCall call;
  if (!is_program) call.name = app.get_name();
  call.help = app.get_description();
  call.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? call.positionals : call.flags).push_back(Described(*option));
  }
  return call;
}

}  // namespace

std::vector<std::string> DescribedFlag::Words() const {
  if (value.find('|') == std::string::npos) return {};
  return CLI::detail::split(value, '|');
}

std::vector<DescribedCall> Describe(const CLI::App& app) {
  std::vector<DescribedCall> calls = {Described(app, true)};
  for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; })) {
    calls.push_back(Described(*subcommand, false));
  }
  return calls;
}

}  // namespace mppsolar
