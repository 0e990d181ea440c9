"""For what the soak fails."""

import collections
import unittest

from verdict import Outcome, complaints, table
from watch import Sample


def outcome(minutes=5, **others):
    """A run with which nothing is wrong."""
    samples = [Sample(at, 8000, 12, 2) for at in range(1, int(minutes * 60) + 1)]
    return Outcome(**{"minutes": minutes, "scrapes": 10, "readings": 30, "sets": 90,
                      "samples": samples, **others})


def samples(first, last, minutes=5):
    """`first` kilobytes and descriptors at one minute, `last` at the end."""
    return [Sample(60.0, *first, 2), Sample(minutes * 60.0, *last, 2)]


class Verdict(unittest.TestCase):
    def assert_fails(self, what, run, **kwargs):
        self.assertEqual(len(complaints(run, **kwargs)), 1)
        self.assertIn(what, complaints(run, **kwargs)[0])

    def test_a_run_with_which_nothing_is_wrong_passes(self):
        self.assertEqual(complaints(outcome()), [])

    def test_each_thing_that_must_not_be_fails_it(self):
        for what, others in [("1 wrong", {"wrong": ["QPIGS"]}), ("503", {"bad_scrapes": ["503"]}),
                             ("no query", {"strays": [b"POP02"]}), ("blue", {"not_up": ["blue"]}),
                             ("died", {"died": "exit code -11"}), ("nothing", {"scrapes": 0}),
                             ("nothing", {"readings": 0}), ("nothing", {"samples": []})]:
            with self.subTest(what):
                self.assert_fails(what, outcome(**others))

    def test_descriptors_may_vary_by_the_links_and_a_few_clients(self):
        self.assertEqual(complaints(outcome(samples=samples((8000, 12), (8000, 20)))), [])
        self.assert_fails("21 descriptors",
                          outcome(samples=samples((8000, 12), (8000, 21))))

    def test_memory_may_grow_by_a_tenth_and_half_a_megabyte_after_the_first_minute(self):
        self.assertEqual(complaints(outcome(samples=samples((8000, 12), (9312, 12)))), [])
        grown = samples((8000, 12), (9313, 12))
        self.assert_fails("9313 KiB", outcome(samples=grown))
        self.assertEqual(complaints(outcome(samples=grown), sanitized=True), [])
        self.assertEqual(complaints(outcome(samples=grown, minutes=2)), [])

    def test_the_table_has_every_number(self):
        text = table(outcome(faults=collections.Counter(flip=2, drop=1, delay=4), replugs=17,
                             errors=collections.Counter(timeout=5, opens=19)))
        for number in ("5.0", "10", "30, 90", "flip 2, drop 1", "3 (1 in", "17", "timeout 5",
                       "19, 0", "8000, 8000, 8000 KiB", "12, 12"):
            self.assertIn(number, text)


if __name__ == "__main__":
    unittest.main()
