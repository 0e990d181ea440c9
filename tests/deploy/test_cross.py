"""The packages for the Raspberry Pi: cross-built, judged by lintian, and run by qemu-user."""

import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "end_to_end"))
from program import EXPORTER, ROOT, Metrics, Process, free_port, run, wait_for  # noqa: E402
from test_package import CONFIG, built, output_of  # noqa: E402

# Debian's architecture: what file says of its programs, the emulator, the folder of its libraries.
MACHINES = {
    "arm64": ("ELF 64-bit LSB pie executable, ARM aarch64", "qemu-aarch64-static",
              "aarch64-linux-gnu"),
    "armhf": ("ELF 32-bit LSB pie executable, ARM, EABI5", "qemu-arm-static",
              "arm-linux-gnueabihf"),
}
# What tells of the moment, of the machine or of the process, not of the inverter.
OF_THE_MOMENT = ("mppsolar_exporter_", "process_", "mppsolar_scrape_duration_seconds",
                 "mppsolar_command_duration_seconds", "mppsolar_last_success_timestamp_seconds",
                 "mppsolar_link_", "mppsolar_cache_hits_total", "mppsolar_commands_total",
                 "mppsolar_energy_gap", "mppsolar_command_errors_total")


class CrossCase(unittest.TestCase):
    architecture = ""

    @classmethod
    def setUpClass(cls):
        if not cls.architecture:
            raise unittest.SkipTest("what its children share")
        cls.file_says, cls.emulator, cls.triplet = MACHINES[cls.architecture]
        if not shutil.which(cls.emulator):
            raise unittest.SkipTest(f"skipped: {cls.emulator} is not here")
        cls.path = built(cls.architecture)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        output_of("dpkg-deb", "--extract", cls.path, folder.name)
        cls.program = os.path.join(folder.name, "usr", "bin", "mppsolar_exporter")
        # The Debian that it was built in has the libraries.
        cls.command = [cls.emulator, "-L", os.path.join(ROOT, "build", "roots", cls.architecture),
                       cls.program]

    def metrics(self, command):
        """The inverter's own metrics, of a simulated one whose time stands still."""
        with tempfile.TemporaryDirectory() as folder:
            pty = os.path.join(folder, "inverter")
            simulator = Process([EXPORTER, "simulate", f"--pty={pty}", "--no-pace", "--speed=0"])
            self.addCleanup(simulator.end)
            simulator.wait_for_log("Simulating")
            port = free_port()
            exporter = Process([*command, f"--device=house={pty}", "--energy.max_gap=0s",
                                f"--web.listen-address=127.0.0.1:{port}"])
            try:
                exporter.wait_for_log("Listening")
                seen = []

                def settled():
                    text = output_of("curl", "--silent", f"http://127.0.0.1:{port}/metrics")
                    seen.append({series: value for series, value in Metrics(text).values.items()
                                 if not series.startswith(OF_THE_MOMENT)})
                    return (len(seen) >= 3 and seen[-3:] == [seen[-1]] * 3
                            and any(series.startswith("mppsolar_inverter_info") for series in seen[-1]))
                wait_for(settled, "a whole reading")
                return seen[-1]
            finally:
                code, _ = exporter.end()
                self.assertEqual(code, 0)

    def test_lintian_has_nothing_to_say(self):
        said = output_of("lintian", "--allow-root", "--display-info", "--fail-on",
                         "error,warning,info", self.path)
        self.assertEqual(said, "")

    def test_the_program_is_for_that_machine_and_so_are_its_libraries(self):
        self.assertIn(self.file_says, output_of("file", "--brief", self.program))
        self.assertEqual(output_of("dpkg-deb", "--field", self.path, "Architecture").strip(),
                         self.architecture)
        depends = output_of("dpkg-deb", "--field", self.path, "Depends")
        own = output_of("dpkg-deb", "--field", built(), "Depends")

        def names(text):
            return {entry.split()[0] for entry in text.split(",")}
        # armhf's compiler helpers are a library of their own there, too.
        self.assertEqual(names(depends), names(own))

    def test_it_tells_its_version_and_checks_a_config(self):
        version = output_of(os.path.join(ROOT, "script", "version")).strip()
        self.assertIn(f"version {version} ", output_of(*self.command, "--version"))
        self.assertIn("right", output_of(*self.command, "check-config", CONFIG))

    def test_it_serves_the_same_numbers_as_this_machine(self):
        own, other = self.metrics([EXPORTER]), self.metrics(self.command)
        self.assertGreater(len(own), 200)
        self.assertEqual(other, own)

    def test_its_manual_page_was_written_by_itself(self):
        with tempfile.TemporaryDirectory() as folder:
            output_of("dpkg-deb", "--extract", self.path, folder)
            page = os.path.join(folder, "usr", "share", "man", "man1", "mppsolar_exporter.1.gz")
            self.assertEqual(output_of("zcat", page), run("man-page")[1])


class Arm64(CrossCase):
    architecture = "arm64"


class Armhf(CrossCase):
    architecture = "armhf"


if __name__ == "__main__":
    unittest.main()
