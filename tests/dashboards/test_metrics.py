"""Every metric on a panel exists, and every metric is on a panel or left out on purpose."""

import fnmatch
import os
import re
import unittest

from dashboards import OF_PROMETHEUS, ROOT, all_queries, metrics_of


def documented():
    """Every metric that the exporter can serve: docs/metrics.md is made by the program itself."""
    with open(os.path.join(ROOT, "docs", "metrics.md"), encoding="utf-8") as file:
        return set(re.findall(r"^\| `(\w+)` \|", file.read(), re.MULTILINE))


def left_out():
    """(name or pattern, reason) of grafana/not-shown.yml."""
    with open(os.path.join(ROOT, "grafana", "not-shown.yml"), encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file if not line.startswith("#")]
    return [re.fullmatch(r"(\w+\*?): (.+)", line).groups() for line in lines]


def shown():
    names = set()
    for _, _, target in all_queries():
        names |= metrics_of(target["expr"])
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in names} - OF_PROMETHEUS


class Metrics(unittest.TestCase):
    maxDiff = None

    def test_every_metric_on_a_panel_exists(self):
        self.assertGreater(len(documented()), 150)
        self.assertEqual(sorted(shown() - documented()), [])

    def test_every_metric_is_on_a_panel_or_left_out_with_a_reason(self):
        patterns = [pattern for pattern, _ in left_out()]
        forgotten = [name for name in sorted(documented() - shown())
                     if not any(fnmatch.fnmatchcase(name, p) for p in patterns)]
        self.assertEqual(forgotten, [], "on no panel: show them or list them in not-shown.yml")

    def test_nothing_is_left_out_twice_or_for_no_metric(self):
        hidden = documented() - shown()
        seen = set()
        for pattern, reason in left_out():
            with self.subTest(pattern):
                self.assertGreater(len(reason), 10)
                matched = set(fnmatch.filter(documented(), pattern))
                self.assertTrue(matched & hidden, "no such metric, or it is shown")
                self.assertEqual(matched & seen, set())
                if "*" not in pattern:
                    self.assertEqual(matched & shown(), set())
                seen |= matched


if __name__ == "__main__":
    unittest.main()
