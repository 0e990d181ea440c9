"""What a run of the soak has shown: a table, and the reasons for which it failed."""

import collections
import dataclasses

from far_end import DAMAGE, FAULTS

# In runs of three minutes and more memory may grow by a tenth and half a megabyte after the first.
MINUTES_FOR_MEMORY = 3
# Three links that may be unplugged at one minute, and a few clients.
MORE_DESCRIPTORS = 8


@dataclasses.dataclass
class Outcome:
    minutes: float = 0
    scrapes: int = 0
    readings: int = 0  # of an inverter in a scrape, whole: mppsolar_up 1
    sets: int = 0  # values of one reply in a scrape, each judged
    replugs: int = 0
    faults: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    errors: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    samples: list = dataclasses.field(default_factory=list)
    wrong: list = dataclasses.field(default_factory=list)
    bad_scrapes: list = dataclasses.field(default_factory=list)
    strays: list = dataclasses.field(default_factory=list)
    error_lines: list = dataclasses.field(default_factory=list)
    not_up: list = dataclasses.field(default_factory=list)
    died: str = ""

    def at_one_minute(self):
        """The sample at one minute; of a run that is shorter, in its middle."""
        at = min(60, self.samples[-1].at / 2)
        return min(self.samples, key=lambda sample: abs(sample.at - at))


def complaints(outcome, sanitized=False):
    """Why the run failed: nothing if it did not."""
    why = []
    if outcome.died:
        why.append(f"the exporter died: {outcome.died}")
    if outcome.wrong:
        why.append(f"{len(outcome.wrong)} wrong values")
    why.extend(outcome.bad_scrapes)
    if outcome.strays:
        why.append(f"something that is no query was sent to an inverter: {outcome.strays[:5]}")
    if outcome.not_up:
        why.append(f"not up again after the faults were over: {', '.join(outcome.not_up)}")
    if not outcome.scrapes or not outcome.readings or not outcome.samples:
        return [*why, "nothing was read"]
    before, after = outcome.at_one_minute(), outcome.samples[-1]
    if after.descriptors > before.descriptors + MORE_DESCRIPTORS:
        why.append(f"{after.descriptors} descriptors at the end, "
                   f"{before.descriptors} after {before.at:.0f} s")
    judged = outcome.minutes >= MINUTES_FOR_MEMORY and not sanitized
    if judged and after.kilobytes > before.kilobytes * 1.1 + 512:
        why.append(f"{after.kilobytes} KiB of memory at the end, "
                   f"{before.kilobytes} KiB after {before.at:.0f} s")
    return why


def _counts(counter, names):
    return ", ".join(f"{name} {int(counter[name])}" for name in names)


def table(outcome):
    """The run in a few lines."""
    damaged = sum(outcome.faults[kind] for kind in DAMAGE)
    rows = [
        ("minutes", f"{outcome.minutes:.1f}"),
        ("scrapes", outcome.scrapes),
        ("readings served, sets of values judged", f"{outcome.readings}, {outcome.sets}"),
        ("faults sent", sum(outcome.faults.values())),
        ("  by kind", _counts(outcome.faults, FAULTS)),
        ("  of these damaged frames", f"{damaged} (1 in 65,536 such frames has a good checksum)"),
        ("re-plugs", outcome.replugs),
        ("errors that the exporter counted",
         _counts(outcome.errors, ("timeout", "bad_frame", "nak", "io"))),
        ("  links opened, not opened", f"{int(outcome.errors['opens'])}, "
                                       f"{int(outcome.errors['open errors'])}"),
    ]
    if outcome.samples:
        first, last = outcome.at_one_minute(), outcome.samples[-1]
        highest = max(sample.kilobytes for sample in outcome.samples)
        threads = max(sample.threads for sample in outcome.samples)
        rows += [
            (f"memory at {first.at:.0f} s, at the end, highest",
             f"{first.kilobytes}, {last.kilobytes}, {highest} KiB"),
            (f"descriptors at {first.at:.0f} s, at the end",
             f"{first.descriptors}, {last.descriptors}"),
            ("threads, at most", threads),
        ]
    rows += [("wrong values", len(outcome.wrong)),
             ("log lines of level error", len(outcome.error_lines))]
    return "\n".join(f"{name:<42} {value}" for name, value in rows)
