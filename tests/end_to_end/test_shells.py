"""The manual page and the completions, by the programs that read them."""

import os
import pty
import re
import select
import subprocess
import time
import unittest

from program import EXPORTER, PATIENCE, Case, run

CALLS = {"query", "simulate", "detect", "check-config", "healthcheck", "list-metrics", "man-page",
         "completion"}


def flags_of(*call):
    return set(re.findall(r"^ +(?:-h,)?(--[a-z._-]+)", run(*call, "--help")[1], re.MULTILINE))


class ManPage(Case):
    def shown(self):
        path = self.path("mppsolar_exporter.1", run("man-page")[1])
        done = subprocess.run(["man", "--warnings", "-l", path], capture_output=True, text=True,
                              env={**os.environ, "MANWIDTH": "200", "LC_ALL": "C.UTF-8",
                                   "MAN_KEEP_FORMATTING": ""}, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_it_has_every_flag_of_every_call_and_no_warning(self):
        page = self.shown()
        for call in [(), *((name,) for name in sorted(CALLS))]:
            for flag in flags_of(*call) - {"--help", "--version"}:
                self.assertRegex(page, rf"(?m)^ +{re.escape(flag)}(=|$)", call)
        for call in CALLS:
            self.assertRegex(page, rf"(?m)^   {call}( |$)")

    def test_values_environment_and_exit_codes_are_there(self):
        page = self.shown()
        self.assertRegex(page, r"--log\.level=debug\|info\|warn\|error")
        self.assertIn("Environment: MPPSOLAR_SCRAPE_CACHE.", page)
        self.assertIn("4 damaged reply; 5 the device is missing", page)
        self.assertRegex(page, r"mppsolar_exporter check-config \[FLAG\]\.\.\. \[FILE\]")
        self.assertRegex(page, r"mppsolar_exporter query \[FLAG\]\.\.\. COMMAND\.\.\.")


class Completion(Case):
    def script(self, shell):
        return self.path("completion." + shell, run("completion", shell)[1])

    def bash(self, *words):
        """What bash offers for the last word."""
        line = " ".join(("mppsolar_exporter", *words))
        text = (". /usr/share/bash-completion/bash_completion; . \"$1\"; shift; COMP_LINE=$1;"
                " COMP_POINT=${#COMP_LINE}; shift; COMP_WORDS=(\"$@\");"
                " COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); compopt() { :; };"
                " _mppsolar_exporter; printf '%s\\n' \"${COMPREPLY[@]}\"")
        # bash takes "=" for a word of its own.
        split = [part for word in words for part in re.split("(=)", word)]
        done = subprocess.run(
            ["bash", "-c", text, "bash", self.script("bash"), line, "mppsolar_exporter", *split],
            capture_output=True, text=True, check=True, cwd=self.folder)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def fish(self, *words):
        line = " ".join(("mppsolar_exporter", *words))
        done = subprocess.run(
            ["fish", "--no-config", "-c", f"source {self.script('fish')}; complete -C '{line}'"],
            capture_output=True, text=True, check=True, cwd=self.folder,
            env={**os.environ, "HOME": self.folder})
        self.assertEqual(done.stderr, "")
        return {offer.split("\t")[0] for offer in done.stdout.splitlines()}

    def zsh(self, typed, expected):
        """Types into an interactive zsh and waits until the line reads as expected."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.environ.update({"HOME": self.folder, "PS1": "> ", "TERM": "dumb"})
            os.execvp("zsh", ["zsh", "-f", "-i"])
        seen = ""
        try:
            setup = (f"autoload -Uz compinit && compinit -u -D && source {self.script('zsh')};"
                     " echo rea''dy\n")
            os.write(terminal, setup.encode())
            end = time.monotonic() + PATIENCE
            sent = False
            while time.monotonic() < end:
                if select.select([terminal], [], [], 0.1)[0]:
                    seen += os.read(terminal, 4096).decode(errors="replace")
                if not sent and "\nready" in seen:
                    os.write(terminal, f"mppsolar_exporter {typed}\t".encode())
                    sent = True
                if sent and expected in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x07|.\x08", "", seen):
                    return
            self.fail(f"{typed!r} never became {expected!r}: {seen!r}")
        finally:
            os.close(terminal)
            os.waitpid(child, 0)

    def test_bash_offers_calls_flags_words_and_files(self):
        self.path("site.yml", "")
        self.assertLessEqual(CALLS, self.bash(""))
        self.assertEqual({flag.rstrip("=") for flag in self.bash("--")}, flags_of())
        self.assertEqual({flag.rstrip("=") for flag in self.bash("query", "--")}, flags_of("query"))
        self.assertEqual(self.bash("--scrape.ca"), {"--scrape.cache="})
        self.assertEqual(self.bash("--log.level="), {"debug", "info", "warn", "error"})
        self.assertEqual(self.bash("--log.level", "d"), {"debug"})
        self.assertEqual(self.bash("query", "--output=t"), {"table"})
        self.assertEqual(self.bash("--config.file=si"), {"site.yml"})
        self.assertEqual(self.bash("check-config", "si"), {"site.yml"})
        self.assertEqual(self.bash("completion", "z"), {"zsh"})

    def test_fish_offers_calls_flags_words_and_files(self):
        self.path("site.yml", "")
        self.assertLessEqual(CALLS, self.fish(""))
        self.assertLessEqual({flag.rstrip("=") for flag in self.fish("query", "--")},
                             flags_of("query"))
        self.assertLessEqual(flags_of("query"),
                             {flag.rstrip("=") for flag in self.fish("query", "--")})
        self.assertEqual(self.fish("--log.level", ""), {"debug", "info", "warn", "error"})
        self.assertEqual(self.fish("check-config", "si"), {"site.yml"})
        self.assertEqual(self.fish("completion", "z"), {"zsh"})

    def test_zsh_offers_calls_flags_words_and_files(self):
        self.path("site.yml", "")
        self.zsh("quer", "mppsolar_exporter query")
        self.zsh("--scrape.ca", "--scrape.cache=")
        self.zsh("query --output=ta", "--output=table")
        self.zsh("check-config si", "check-config site.yml")
        self.zsh("completion f", "completion fish")

    def test_another_shell_is_said_to_be_unknown(self):
        code, out, err = run("completion", "tcsh")
        self.assertEqual((code, out), (1, ""))
        self.assertIn('"tcsh" is none of bash, zsh, fish', err)


if __name__ == "__main__":
    assert EXPORTER
    unittest.main()
