"""detect: what is printed for people is a config, too."""

import os
import pty
import unittest

from program import Case, free_port, run


class Detect(Case):
    def silent_port(self, name="silent"):
        """A serial port that nobody answers at."""
        end, port = pty.openpty()
        self.addCleanup(os.close, end)
        self.addCleanup(os.close, port)
        path = self.path(name)
        os.symlink(os.ttyname(port), path)
        return path

    def test_its_output_is_a_config_for_the_inverter_that_it_found(self):
        inverter = self.simulator("--no-pace")
        silent = self.silent_port()
        code, out, err = run("detect", silent, inverter)
        self.assertEqual((code, err), (0, ""))
        table = {line.split()[1]: line for line in out.splitlines() if line.startswith("# ")}
        self.assertIn("an inverter that speaks PI30, serial number 99000000005048",
                      table[inverter])
        self.assertIn("no answer to QPI", table[silent])
        self.assertIn(f'    device: "{inverter}"\n', out)
        self.assertNotIn(f'"{silent}"', out)
        code, out, err = run("check-config", self.path("found.yml", out))
        self.assertEqual((code, err), (0, ""))
        self.assertIn("right, with 1 inverter", out)

    def test_an_inverter_with_two_cables_is_pointed_out(self):
        code, out, _ = run("detect", self.simulator("--no-pace", name="one"),
                           self.simulator("--no-pace", name="two"))
        self.assertEqual(code, 0)
        self.assertEqual(out.count("serial number 99000000005048 is there twice"), 2)
        code, out, err = run("check-config", self.path("found.yml", out))
        self.assertIn("right, with 2 inverters", out, err)

    def test_without_any_answer_it_fails_and_says_what_to_look_at(self):
        bridge = f"tcp://127.0.0.1:{free_port()}"
        code, out, err = run("detect", bridge)
        self.assertEqual(code, 3)
        self.assertIn("connection refused", out)
        self.assertIn("Is it switched on", err)
        self.assertNotIn("inverters:", out)

    def test_a_wrong_address_is_wrong_usage(self):
        for address in ("ttyUSB0", "auto", "tcp://nowhere"):
            code, out, err = run("detect", address)
            self.assertEqual((code, out), (1, ""), address)
            self.assertNotEqual(err, "")

    def test_auto_says_what_it_looked_at(self):
        code, _, err = run("query", "--device=auto", "QPI")
        # 0 on a machine that has an inverter.
        self.assertIn(code, (0, 5))
        if code == 5:
            self.assertRegex(err, "^auto: ")

    def test_auto_is_for_one_inverter_alone(self):
        config = self.path("two.yml", "inverters: [{device: auto}, {device: 'sim:'}]")
        code, _, err = run("check-config", config)
        self.assertEqual(code, 1)
        self.assertIn("device auto is for one inverter alone", err)


if __name__ == "__main__":
    unittest.main()
