"""What the judge of the soak calls right and wrong."""

import dataclasses
import unittest

import replies
from far_end import FAULTS, FarEnd
from judge import Sent, judge

BEGIN, END = 100.0, 101.0


def sent(command, number, asked=100.2, left=100.3, **others):
    payload = replies.payload(command, number)
    return Sent(command, payload, asked, left, **{"raw": replies.frame(payload), **others})


def status(number, **others):
    """What is served of a status reply with this number."""
    values = {"mppsolar_grid_volts": 200 + number * 7 % 600 / 10,
              "mppsolar_output_voltamperes": number,
              "mppsolar_output_watts": (number * 7 + 13) % 10_000,
              "mppsolar_output_load_ratio": number * 3 % 101 / 100,
              "mppsolar_bus_volts": 300 + number * 11 % 150,
              "mppsolar_battery_volts": (4000 + number * 13 % 2000) / 100,
              'mppsolar_pv_volts{mppt="1"}': number * 17 % 4000 / 10,
              'mppsolar_battery_scc_volts{mppt="1"}': (4000 + number * 19 % 2000) / 100,
              "mppsolar_battery_discharge_amperes": number * 23 % 100,
              'mppsolar_pv_watts{mppt="1"}': 9999 - number}
    return values | others


def mode(active):
    return {f'mppsolar_mode{{mode="{name}"}}': float(name == active)
            for name in ("power_on", "standby", "line", "battery", "fault", "power_saving")}


def warnings(number):
    bits = replies.warnings(number)
    return {series: float(bits[at]) for at, series in replies.PLAIN + replies.TURNED}


class Judge(unittest.TestCase):
    def assert_right(self, command, values, *frames):
        self.assertEqual(judge(values, frames, BEGIN, END), ([command], []))

    def assert_wrong(self, why, values, *frames):
        served, complaints = judge(values, frames, BEGIN, END)
        self.assertEqual(len(served), 1)
        self.assertEqual(len(complaints), 1, complaints)
        self.assertIn(why, complaints[0])

    def test_values_that_were_sent_whole_in_the_scrape_are_right(self):
        for number in (0, 1, 42, 4711, 9999):
            self.assert_right("QPIGS", status(number), sent("QPIGS", number - 1),
                              sent("QPIGS", number))
        self.assert_right("QMOD", mode("battery"), sent("QMOD", 3))
        self.assert_right("QPIWS", warnings(90), sent("QPIWS", 90))

    def test_what_is_not_served_is_not_judged(self):
        self.assertEqual(judge({"mppsolar_up": 0}, [sent("QPIGS", 7)], BEGIN, END), ([], []))

    def test_a_column_of_another_reply_is_wrong(self):
        frames = sent("QPIGS", 41), sent("QPIGS", 42)
        for series, other in status(41).items():
            with self.subTest(series):
                self.assert_wrong("number", status(42, **{series: other}), *frames)

    def test_a_column_that_is_missing_is_wrong(self):
        values = status(42)
        del values["mppsolar_battery_volts"]
        self.assert_wrong("not None", values, sent("QPIGS", 42))

    def test_a_number_that_was_sent_before_the_scrape_is_wrong(self):
        self.assert_wrong("1.000 s before", status(42), sent("QPIGS", 42, asked=98.9, left=99.0),
                          sent("QPIGS", 43))
        self.assert_wrong("0.500 s before", mode("battery"), sent("QMOD", 3, asked=99, left=99.5))

    def test_a_number_that_was_sent_after_the_scrape_is_wrong(self):
        self.assert_wrong("last sent", status(42), sent("QPIGS", 42, left=101.1))

    def test_a_number_that_was_never_sent_is_wrong(self):
        self.assert_wrong("never sent", status(42), sent("QPIGS", 43))
        self.assert_wrong("never sent", warnings(5), sent("QPIWS", 4))

    def test_a_number_of_which_only_a_damaged_frame_was_sent_is_wrong(self):
        whole = replies.frame(replies.status(42))
        for raw in (whole[:50], whole[:20] + whole[21:], whole.replace(b"0042", b"0043")):
            self.assert_wrong("never sent", status(42), sent("QPIGS", 42, raw=raw))

    def test_a_late_reply_that_was_taken_for_that_to_a_later_question_is_wrong(self):
        self.assert_wrong("late reply", status(42),
                          sent("QPIGS", 42, asked=99, asked_again=100.1))
        self.assert_right("QPIGS", status(42), sent("QPIGS", 42, asked=100.1, asked_again=100.2))

    def test_a_reply_of_the_scrape_that_was_asked_in_the_background_before_it_is_right(self):
        self.assert_right("QPIGS", status(42), sent("QPIGS", 42, asked=99, asked_again=99.9))
        self.assert_right("QPIGS", status(42), sent("QPIGS", 42, asked=99))

    def test_a_reply_to_another_command_is_wrong(self):
        self.assert_wrong("never sent", mode("battery"),
                          dataclasses.replace(sent("QMOD", 3), command="QPIWS"))

    def test_two_modes_or_none_are_wrong(self):
        self.assert_wrong("not one mode", mode("battery") | {'mppsolar_mode{mode="line"}': 1.0},
                          sent("QMOD", 3))
        self.assert_wrong("not one mode", mode("none"), sent("QMOD", 3))

    def test_warnings_of_two_replies_are_wrong(self):
        values = warnings(90)
        values['mppsolar_warning_active{warning="line_fail"}'] = (
            1 - values['mppsolar_warning_active{warning="line_fail"}'])
        self.assert_wrong("opposites", values, sent("QPIWS", 90))

    def test_a_complaint_shows_the_frames(self):
        _, complaints = judge(status(42), [sent("QPIGS", 43, fault="junk")], BEGIN, END)
        self.assertIn("[junk]", complaints[0])
        self.assertIn(repr(replies.frame(replies.status(43))), complaints[0])


class Replies(unittest.TestCase):
    def test_the_checksum_is_that_of_real_frames(self):
        # Without the step over reserved bytes they end with 9A 0A and 49 28.
        self.assertEqual(replies.frame("PI30"), bytes.fromhex("28504933309a0b0d"))
        self.assertEqual(replies.frame("B"), bytes.fromhex("2842e7c90d"))
        self.assertEqual(replies.frame("NAK"), bytes.fromhex("284e414b73730d"))
        self.assertEqual(replies.command_of(bytes.fromhex("51504947 53b7a9")), "QPIGS")
        self.assertEqual(replies.command_of(bytes.fromhex("51474d4e 4929")), "QGMN")
        self.assertIsNone(replies.command_of(bytes.fromhex("51504947 53b7a8")))

    def test_all_status_replies_have_one_layout_and_a_number_of_their_own(self):
        payloads = {replies.status(number) for number in range(10_000)}
        self.assertEqual(len(payloads), 10_000)
        layouts = {"".join("0" if c.isdigit() else c for c in payload) for payload in payloads}
        self.assertEqual(len(layouts), 1)
        self.assertEqual(len(payloads.pop().split()), 21)


class Faults(unittest.TestCase):
    def test_each_kind_does_what_it_is_called(self):
        raw = replies.frame(replies.status(42))
        far_end = FarEnd("red", None, 1, 0)
        seen = {kind: list(far_end._spoilt(raw, kind)) for kind in FAULTS}
        self.assertTrue(1 <= sum((a ^ b).bit_count() for a, b in zip(raw, *seen["flip"])) <= 3)
        self.assertEqual(len(seen["flip"][0]), len(raw))
        self.assertEqual(len(seen["drop"][0]), len(raw) - 1)
        self.assertTrue(raw.startswith(seen["cut"][0]) and seen["cut"][0] != raw)
        self.assertEqual(seen["double"], [raw, raw])
        self.assertTrue(seen["junk"][0].endswith(raw) and seen["junk"][0] != raw)


if __name__ == "__main__":
    unittest.main()
