"""Whether what a scrape says of an inverter is what that inverter sent, whole, in that scrape."""

import dataclasses

import replies


@dataclasses.dataclass(frozen=True)
class Sent:
    """A reply to `command` as it went out. Times are seconds of the monotonic clock."""

    command: str
    payload: str
    asked: float
    sent: float
    raw: bytes
    fault: str = ""
    asked_again: float = 0  # when the same command was, if it was before this reply left

    @property
    def whole(self):
        return b"(" + self.payload.encode() in self.raw


MOST_SHOWN = 60


class Disagreement(Exception):
    """Columns that cannot be of one reply."""


def _status(values):
    columns = {series: values[series] for series, _ in replies.STATUS.values() if series in values}
    if not columns:
        return None
    key, _ = replies.STATUS[5]
    if key not in columns or columns[key] not in range(replies.NUMBERS):
        raise Disagreement(f"no number in {columns}")
    n = int(columns[key])
    for at, (series, text) in replies.STATUS.items():
        expected = float(text(n)) / (100 if at in replies.PERCENT else 1)
        if columns.get(series) != expected:
            raise Disagreement(f"{key} says number {n}, with which {series} is {expected}, "
                               f"not {columns.get(series)}")
    return replies.status(n)


def _mode(values):
    states = {name: values[series] for name in replies.MODES.values()
              if (series := f'mppsolar_mode{{mode="{name}"}}') in values}
    if not states:
        return None
    active = [name for name, value in states.items() if value == 1]
    if len(active) != 1:
        raise Disagreement(f"not one mode, but {active}")
    return next(letter for letter, name in replies.MODES.items() if name == active[0])


def _warnings(values):
    seen = [values.get(series) for _, series in replies.PLAIN + replies.TURNED]
    if seen == [None] * len(seen):
        return None
    plain, turned = seen[:len(replies.PLAIN)], seen[len(replies.PLAIN):]
    if any({a, b} != {0, 1} for a, b in zip(plain, turned)):
        raise Disagreement(f"bits {plain} and their opposites {turned}")
    return replies.warnings(sum(int(bit) << i for i, bit in enumerate(plain)))


READERS = {"QPIGS": _status, "QMOD": _mode, "QPIWS": _warnings}


def _printable(sent, begin):
    return (f"    {sent.asked - begin:+8.3f} s asked, {sent.sent - begin:+8.3f} s sent, "
            f"{sent.command}{' (asked again)' if sent.asked_again else ''} "
            f"[{sent.fault or 'good'}] {sent.raw!r}")


def judge(values, sent, begin, end):
    """The commands whose values are served, and a complaint for each of these that is wrong.

    `values` are an inverter's, by series without its name. Replies count that were sent whole from
    `begin` to `end`, but not a late one to a question of before `begin` that was asked again after
    it. (What is probed in the background may have been asked a moment before the scrape.)
    """
    served, complaints = [], []
    for command, read in READERS.items():
        why = ""
        try:
            payload = read(values)
            if payload is None:
                continue
            found = [s for s in sent if s.command == command and s.payload == payload and s.whole]
            in_time = [s for s in found if begin <= s.sent <= end]
            if not found:
                why = f"{payload!r} was never sent"
            elif not in_time:
                why = f"{payload!r} was last sent {begin - found[-1].sent:.3f} s before it"
            elif all(s.asked < begin <= s.asked_again for s in in_time):
                why = f"{payload!r} is a late reply to a question of before it"
        except Disagreement as disagreement:
            why = str(disagreement)
        served.append(command)
        if why:
            near = [_printable(s, begin) for s in sent if begin - 5 <= s.sent <= end][-MOST_SHOWN:]
            complaints.append("\n".join([f"{command}: {why}; what was sent from 5 s before the "
                                         f"scrape to its end ({end - begin:.3f} s):", *near]))
    return served, complaints
