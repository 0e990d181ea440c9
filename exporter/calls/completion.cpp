#include "exporter/calls/completion.h"

#include <span>

namespace mppsolar {
namespace {

using Calls = std::span<const DescribedCall>;

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string Names(Calls calls, std::string_view between) {
  std::string names;
  for (const DescribedCall& call : calls) {
    names += (names.empty() ? "" : std::string(between)) + call.name;
  }
  return names;
}

// Text within single quotes, with `special` characters behind backslashes.
std::string Quoted(std::string_view text, std::string_view special) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
      continue;
    }
    if (special.find(c) != std::string_view::npos) quoted += '\\';
    quoted += c;
  }
  return "'" + quoted + "'";
}

// What bash offers after a flag, as a branch of `case $call/$prev`; nothing for a value that is
// free.
std::string BashValue(const DescribedFlag& flag) {
  if (flag.NamesFile()) return "_filedir";
  const std::string words = Joined(flag.Words());
  return words.empty() ? ":" : "COMPREPLY=($(compgen -W '" + words + "' -- \"$cur\"))";
}

std::string Bash(Calls calls) {
  std::string values;
  std::string offers;
  for (const DescribedCall& call : calls) {
    std::string flags;
    std::string positionals;
    for (const DescribedFlag& flag : call.flags) {
      flags += (flags.empty() ? "" : " ") + flag.name + (flag.value.empty() ? "" : "=");
      if (flag.value.empty()) continue;
      values += "        " + call.name + "/" + flag.name + ") " + BashValue(flag) + "; return ;;\n";
    }
    for (const DescribedFlag& positional : call.positionals) {
      const std::string words = Joined(positional.Words());
      if (!words.empty()) flags += " " + words;
      if (positional.NamesFile()) positionals = "; [[ $cur == -* ]] || _filedir";
    }
    if (call.name.empty()) flags += " " + Names(calls.subspan(1), " ");
    flags += "\"" + positionals;
    offers += "        \"" + call.name + "\") words=\"" + flags + " ;;\n";
  }
  return "# Completion of mppsolar_exporter for bash; made by `mppsolar_exporter completion "
         "bash`.\n"
         "_mppsolar_exporter() {\n"
         "    local cur prev words cword split call=\"\" word\n"
         "    _init_completion -s || return\n"
         "    for word in \"${words[@]:1:cword-1}\"; do\n"
         "        case $word in\n"
         "        " +
         Names(calls.subspan(1), "|") +
         ") call=$word; break ;;\n"
         "        esac\n"
         "    done\n"
         "    case $call/$prev in\n" +
         values +
         "    esac\n"
         "    $split && return\n"
         "    case $call in\n" +
         offers +
         "    esac\n"
         "    COMPREPLY+=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "    [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace\n"
         "}\n"
         "complete -F _mppsolar_exporter mppsolar_exporter\n";
}

// What may follow, in the words of zsh's _arguments: ":DURATION:", ":FILE:_files".
std::string ZshValue(const DescribedFlag& flag) {
  if (flag.value.empty()) return "";
  const std::string words = Joined(flag.Words());
  if (!words.empty()) return ":value:(" + words + ")";
  return ":" + flag.value + ":" + (flag.NamesFile() ? "_files" : "");
}

std::string ZshArguments(const DescribedCall& call, std::string_view indent) {
  constexpr std::string_view kSpecial = "[]:\\";
  std::string text;
  for (const DescribedFlag& flag : call.flags) {
    const std::string name = flag.name + (flag.value.empty() ? "" : "=");
    text += " \\\n" + std::string(indent) + (flag.repeats ? "'*'" : "") + Quoted(name, kSpecial) +
            Quoted("[", "") + Quoted(flag.help, kSpecial) + Quoted("]" + ZshValue(flag), "");
  }
  for (const DescribedFlag& positional : call.positionals) {
    text += " \\\n" + std::string(indent) +
            Quoted((positional.repeats ? "*" : "1") + ZshValue(positional), "");
  }
  return text;
}

std::string Zsh(Calls calls) {
  std::string names;
  std::string branches;
  for (const DescribedCall& call : calls.subspan(1)) {
    names += "    " + Quoted(call.name + ":" + call.help, "") + "\n";
    branches += "    " + call.name + ") _arguments -S" + ZshArguments(call, "      ") + " ;;\n";
  }
  return "#compdef mppsolar_exporter\n"
         "# Completion of mppsolar_exporter for zsh; made by `mppsolar_exporter completion zsh`.\n"
         "_mppsolar_exporter() {\n"
         "  local context state state_descr line\n"
         "  typeset -A opt_args\n"
         "  local -a calls=(\n" +
         names +
         "  )\n"
         "  _arguments -S -C" +
         ZshArguments(calls.front(), "    ") +
         " \\\n    '1: :->call' \\\n    '*:: :->rest'\n"
         "  case $state in\n"
         "  call) _describe call calls ;;\n"
         "  rest)\n"
         "    case $line[1] in\n" +
         branches +
         "    esac ;;\n"
         "  esac\n"
         "}\n"
         // Loaded from $fpath it is the function itself; sourced, it says that it is there.
         "if [[ $funcstack[1] == _mppsolar_exporter ]]; then\n"
         "  _mppsolar_exporter \"$@\"\n"
         "else\n"
         "  compdef _mppsolar_exporter mppsolar_exporter\n"
         "fi\n";
}

std::string FishValue(const DescribedFlag& flag) {
  if (flag.value.empty()) return "";
  if (flag.NamesFile()) return " -r -F";
  const std::string words = Joined(flag.Words());
  return words.empty() ? " -x" : " -x -a " + Quoted(words, "\\");
}

std::string Fish(Calls calls) {
  std::string text =
      "# Completion of mppsolar_exporter for fish; made by `mppsolar_exporter completion fish`.\n"
      "complete -c mppsolar_exporter -f\n";
  const std::string no_call = "complete -c mppsolar_exporter -n 'not __fish_seen_subcommand_from " +
                              Names(calls.subspan(1), " ") + "'";
  for (const DescribedCall& call : calls) {
    const std::string here =
        call.name.empty()
            ? no_call
            : "complete -c mppsolar_exporter -n '__fish_seen_subcommand_from " + call.name + "'";
    if (!call.name.empty()) {
      text += no_call + " -a " + call.name + " -d " + Quoted(call.help, "\\") + "\n";
    }
    for (const DescribedFlag& flag : call.flags) {
      text += here + " -l " + flag.name.substr(2) + FishValue(flag) + " -d " +
              Quoted(flag.help, "\\") + "\n";
    }
    for (const DescribedFlag& positional : call.positionals) {
      const std::string words = Joined(positional.Words());
      if (!words.empty()) text += here + " -a " + Quoted(words, "\\") + "\n";
      if (positional.NamesFile()) text += here + " -F\n";
    }
  }
  return text;
}

}  // namespace

std::optional<std::string> Completion(const std::vector<DescribedCall>& calls,
                                      std::string_view shell) {
  if (shell == "bash") return Bash(calls);
  if (shell == "zsh") return Zsh(calls);
  if (shell == "fish") return Fish(calls);
  return std::nullopt;
}

}  // namespace mppsolar
