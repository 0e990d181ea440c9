"""What the inverters of the soak answer: every reply carries a number in several columns.

A reader that puts columns of two replies together, or shifts one, makes columns that disagree on
the number; one that serves an old reply serves a number that was sent before.
"""

NUMBERS = 10_000

# Column of QPIGS (from 1) -> series, and what it says of number n. The widths are real ones.
STATUS = {
    1: ("mppsolar_grid_volts", lambda n: f"{200 + n * 7 % 600 / 10:05.1f}"),
    5: ("mppsolar_output_voltamperes", lambda n: f"{n:04}"),
    6: ("mppsolar_output_watts", lambda n: f"{(n * 7 + 13) % NUMBERS:04}"),
    7: ("mppsolar_output_load_ratio", lambda n: f"{n * 3 % 101:03}"),
    8: ("mppsolar_bus_volts", lambda n: f"{300 + n * 11 % 150:03}"),
    9: ("mppsolar_battery_volts", lambda n: f"{40 + n * 13 % 2000 / 100:05.2f}"),
    14: ('mppsolar_pv_volts{mppt="1"}', lambda n: f"{n * 17 % 4000 / 10:05.1f}"),
    15: ('mppsolar_battery_scc_volts{mppt="1"}', lambda n: f"{40 + n * 19 % 2000 / 100:05.2f}"),
    16: ("mppsolar_battery_discharge_amperes", lambda n: f"{n * 23 % 100:05}"),
    20: ('mppsolar_pv_watts{mppt="1"}', lambda n: f"{NUMBERS - 1 - n:05}"),
}
PERCENT = {7}
STATUS_REST = ("230.0 50.0 230.0 50.0 0000 0000 000 380 48.00 010 080 0035 0005 300.0 48.00 00000 "
               "00010110 00 00 00000 010").split()

MODES = {"P": "power_on", "S": "standby", "L": "line", "B": "battery", "F": "fault",
         "H": "power_saving"}
LETTERS = "".join(MODES)

# Characters of QPIWS (from a0) that mean one thing on all models. The first seven hold a number,
# lowest bit first, the other seven the same with every bit turned around.
WARNING, FAULT = 'mppsolar_warning_active{warning="%s"}', 'mppsolar_fault_active{fault="%s"}'
PLAIN = [(2, FAULT % "bus_over"), (3, FAULT % "bus_under"), (4, FAULT % "bus_soft_fail"),
         (5, WARNING % "line_fail"), (7, FAULT % "inverter_volts_low"),
         (8, FAULT % "inverter_volts_high"), (12, WARNING % "battery_low")]
TURNED = [(17, WARNING % "eeprom_fault"), (18, FAULT % "inverter_over_current"),
          (19, FAULT % "inverter_soft_fail"), (20, FAULT % "self_test_fail"),
          (21, FAULT % "output_dc_volts_over"), (22, FAULT % "battery_open"),
          (23, FAULT % "current_sensor_fail")]

STEADY = {
    "QPI": "PI30",
    "QPIRI": "230.0 21.7 230.0 50.0 21.7 5000 4000 48.0 46.0 42.0 56.4 54.0 0 10 010 1 0 0 6 01 0 "
             "0 54.0 0 1",
    "QID": "92931905106463",
    "QVFW": "VERFW:00052.30",
    "QFLAG": "ExDabjkuvyz",
}


def status(n):
    columns = list(STATUS_REST)
    for at, (_, text) in STATUS.items():
        columns[at - 1] = text(n)
    return " ".join(columns)


def mode(n):
    return LETTERS[n % len(LETTERS)]


def warnings(n):
    bits = ["0"] * 32
    for i, (at, _) in enumerate(PLAIN):
        bits[at] = str(n >> i & 1)
    for i, (at, _) in enumerate(TURNED):
        bits[at] = str(1 - (n >> i & 1))
    return "".join(bits)


COUNTED = {"QPIGS": status, "QMOD": mode, "QPIWS": warnings}


def payload(command, n):
    """The reply to a command; NAK to all that this inverter does not know."""
    if command in COUNTED:
        return COUNTED[command](n)
    return STEADY.get(command, "NAK")


def _crc(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc


def checksum(data):
    """CRC-16/XMODEM, each byte that equals "(", CR or LF one higher."""
    return bytes(byte + 1 if byte in b"(\r\n" else byte for byte in _crc(data).to_bytes(2, "big"))


def frame(text):
    data = b"(" + text.encode()
    return data + checksum(data) + b"\r"


def command_of(request):
    """The command of a request without its CR, or None if its checksum is wrong."""
    text, given = request[:-2], request[-2:]
    if given not in (checksum(text), checksum(text).replace(b"\0", b"\1")):
        return None
    return text.decode("ascii", "replace")
