"""The committed JSON is what grafana/src makes."""

import os
import shutil
import subprocess
import tempfile
import unittest

from dashboards import FOLDER, ROOT, all_dashboards

SOURCE = os.path.join(ROOT, "grafana", "src")


class Generated(unittest.TestCase):
    maxDiff = None

    def test_the_committed_dashboards_are_current(self):
        compiler = os.path.join(SOURCE, "node_modules", "typescript", "bin", "tsc")
        if not shutil.which("node"):
            self.skipTest("skipped: node is not installed")
        if not os.path.exists(compiler):
            self.skipTest("skipped: run npm ci in grafana/src first")
        with tempfile.TemporaryDirectory() as folder:
            # Modules are looked for from where a file is, so the build stays beside the source.
            build = tempfile.mkdtemp(prefix="build-", dir=SOURCE)
            self.addCleanup(shutil.rmtree, build)
            for command in (["node", compiler, "--outDir", build],
                            ["node", os.path.join(build, "write.js"), folder]):
                done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(sorted(os.listdir(folder)), sorted(all_dashboards()))
            for name in all_dashboards():
                texts = []
                for place in (folder, FOLDER):
                    with open(os.path.join(place, name), encoding="utf-8") as file:
                        texts.append(file.read())
                self.assertTrue(texts[0] == texts[1], f"{name} is old: npm run build")


if __name__ == "__main__":
    unittest.main()
