// Flags that are environment variables, too, and whose values are read strictly.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mppsolar {

/// What is wrong with a value; thrown by what reads one, shown with the flag's name before it.
struct WrongValue {
  std::string text;
};

/// CLI11 passes over an environment variable that fails a validator without a word, so values are
/// taken as text and judged by Convert, after the command line was read.
class Flags {
 public:
  /// A flag and its environment variable: --scrape.cache and MPPSOLAR_SCRAPE_CACHE.
  /// `type` is what the help calls the value; FILE and DEVICE are completed as files.
  CLI::Option* Text(CLI::App& app, const std::string& flag, std::string& target,
                    const std::string& type, const std::string& help) {
    return app.add_option("--" + flag, target, help)
        ->envname(EnvironmentName(flag))
        ->type_name(type);
  }

  CLI::Option* List(CLI::App& app, const std::string& flag, std::vector<std::string>& target,
                    const std::string& type, const std::string& help) {
    return app.add_option("--" + flag, target, help)
        ->envname(EnvironmentName(flag))
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name(type);
  }

  /// A flag without a value; its environment variable says true or false.
  CLI::Option* Switch(CLI::App& app, const std::string& flag, bool& target,
                      const std::string& help) {
    return app.add_flag("--" + flag, target, help)->envname(EnvironmentName(flag));
  }

  /// A flag whose text `read` turns into a value of the target, or complains about by throwing.
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

  /// A flag whose value is one of some words.
  template <class Target>
  CLI::Option* Choice(CLI::App& app, const std::string& flag, Target& target,
                      const std::vector<std::pair<std::string, Target>>& choices,
                      const std::string& help) {
    std::string type;
    std::string names;
    for (const auto& [name, value] : choices) {
      type += (type.empty() ? "" : "|") + name;
      names += (names.empty() ? "" : ", ") + name;
    }
    return Value(app, flag, target, type, help, [choices, names](const std::string& text) {
      for (const auto& [name, value] : choices) {
        if (name == text) return value;
      }
      throw WrongValue{"is none of " + names};
    });
  }

  /// Throws the first WrongValue.
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

}  // namespace mppsolar
