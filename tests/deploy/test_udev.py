"""The udev rules, by the real udevadm over devices that umockdev pretends."""

import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RULES = os.path.join(ROOT, "deploy", "udev", "70-mppsolar.rules")
USB = "/devices/pci0000:00/0000:00:14.0/usb1/1-2"

BUS = f"""\
P: /devices/pci0000:00/0000:00:14.0
E: SUBSYSTEM=pci

P: {os.path.dirname(USB)}
E: SUBSYSTEM=usb
E: DEVTYPE=usb_device
"""


def usb_device(vendor, product, serial=None, interface_class="ff"):
    attributes = f"A: idVendor={vendor}\\n\nA: idProduct={product}\\n\n"
    attributes += "A: manufacturer=Maker\\n\nA: product=Thing\\n\n"
    if serial:
        attributes += f"A: serial={serial}\\n\n"
    return f"""
P: {USB}
N: bus/usb/001/005
E: DEVTYPE=usb_device
E: SUBSYSTEM=usb
{attributes}
P: {USB}/1-2:1.0
E: DEVTYPE=usb_interface
E: SUBSYSTEM=usb
A: bInterfaceNumber=00\\n
A: bInterfaceClass={interface_class}\\n
"""


TTY = f"""
P: {USB}/1-2:1.0/ttyUSB0
E: SUBSYSTEM=usb-serial
A: port_number=0\\n

P: {USB}/1-2:1.0/ttyUSB0/tty/ttyUSB0
N: ttyUSB0
E: DEVNAME=/dev/ttyUSB0
E: SUBSYSTEM=tty
E: MAJOR=188
E: MINOR=0
A: dev=188:0\\n
"""
TTY_PATH = f"{USB}/1-2:1.0/ttyUSB0/tty/ttyUSB0"
HID = f"""
P: {USB}/1-2:1.0/0003:0665:5161.0001
E: SUBSYSTEM=hid

P: {USB}/1-2:1.0/0003:0665:5161.0001/hidraw/hidraw0
N: hidraw0
E: DEVNAME=/dev/hidraw0
E: SUBSYSTEM=hidraw
E: MAJOR=241
E: MINOR=0
A: dev=241:0\\n
"""
HID_PATH = f"{USB}/1-2:1.0/0003:0665:5161.0001/hidraw/hidraw0"


class Udev(unittest.TestCase):
    def setUp(self):
        for program in ["umockdev-run", "udevadm"]:
            if not shutil.which(program):
                self.skipTest(f"skipped: {program} is not here")

    def plugged_in(self, devices, path):
        """What udev makes of it: properties, links, and the lines about node and rules."""
        with tempfile.NamedTemporaryFile("w", suffix=".umockdev") as file:
            file.write(BUS + devices)
            file.flush()
            # udevadm writes into /run, makes its links in /dev, and would read this machine's own
            # rules in /etc.
            script = ("mount -t tmpfs none /run; mount -t tmpfs none /etc/udev/rules.d;"
                      " mkdir -p /run/udev /run/dev; mount --bind /dev /run/dev;"
                      " mount -t tmpfs none /dev; mkdir /dev/pts;"
                      " mount -t devpts -o newinstance,ptmxmode=0666 none /dev/pts;"
                      " ln -s pts/ptmx /dev/ptmx;"
                      " for name in null urandom; do"
                      " touch /dev/$name; mount --bind /run/dev/$name /dev/$name; done;"
                      ' cp "$1" /etc/udev/rules.d/; shift; exec "$@"')
            user = [] if os.geteuid() == 0 else ["--map-root-user"]
            done = subprocess.run(
                ["unshare", *user, "--mount", "sh", "-euc", script, "sh", RULES, "umockdev-run",
                 "--device", file.name, "--", "udevadm", "test", "--action=add", path],
                capture_output=True, text=True, check=False)
        if "unshare failed" in done.stderr:
            self.skipTest("skipped: a mount namespace of one's own is not to be had here")
        output = done.stdout + done.stderr
        self.assertIn(f"DEVPATH={path}", output)
        for line in output.splitlines():
            if "70-mppsolar.rules" in line:
                self.assertNotRegex(line, "(?i)invalid|unknown|fail|ignor", line)
        properties = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
        links = {link for link in properties.get("DEVLINKS", "").split()
                 if link.startswith("/dev/mppsolar/")}
        return properties, links, output

    def test_an_inverters_own_usb_socket_belongs_to_dialout_and_has_a_lasting_name(self):
        _, links, output = self.plugged_in(usb_device("0665", "5161", interface_class="03") + HID,
                                           HID_PATH)
        self.assertEqual(links, {"/dev/mppsolar/by-path/pci-0000:00:14.0-usb-0:2:1.0"})
        self.assertRegex(output, r"70-mppsolar\.rules:\d+ MODE 0660")
        self.assertRegex(output, r"70-mppsolar\.rules:\d+ GROUP (dialout|20)")

    def test_an_adapter_has_lasting_names_and_is_left_alone_by_modem_manager(self):
        for vendor, product in [("067b", "2303"), ("067b", "23a3"), ("0403", "6001"),
                                ("0403", "6015"), ("10c4", "ea60"), ("1a86", "7523"),
                                ("1a86", "55d4"), ("04e2", "1410"), ("1934", "0706")]:
            properties, links, _ = self.plugged_in(usb_device(vendor, product, "A10K1234") + TTY,
                                                   TTY_PATH)
            self.assertEqual(links, {
                "/dev/mppsolar/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0",
                "/dev/mppsolar/by-id/usb-Maker_Thing_A10K1234-if00-port0"}, (vendor, product))
            self.assertEqual(properties["ID_MM_DEVICE_IGNORE"], "1")
            self.assertEqual(properties["ID_MM_PORT_IGNORE"], "1")

    def test_modem_manager_is_told_of_the_usb_device_too(self):
        properties, links, _ = self.plugged_in(usb_device("0403", "6001"), USB)
        self.assertEqual(properties["ID_MM_DEVICE_IGNORE"], "1")
        self.assertEqual(links, set())

    def test_adapters_without_a_serial_number_are_told_apart_by_their_socket_only(self):
        _, links, _ = self.plugged_in(usb_device("1a86", "7523") + TTY, TTY_PATH)
        self.assertEqual(links, {"/dev/mppsolar/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0"})

    def test_other_devices_are_not_touched(self):
        for vendor, product in [("12d1", "1506"), ("0665", "5161")]:
            properties, links, _ = self.plugged_in(usb_device(vendor, product, "1") + TTY, TTY_PATH)
            self.assertEqual(links, set())
            self.assertNotIn("ID_MM_DEVICE_IGNORE", properties)
        for vendor, product in [("046d", "c52b"), ("0665", "5162"), ("0001", "5161")]:
            device = usb_device(vendor, product, interface_class="03")
            _, links, output = self.plugged_in(device + HID, HID_PATH)
            self.assertEqual(links, set())
            self.assertNotIn("70-mppsolar.rules:", output.replace("Reading rules file", ""))


if __name__ == "__main__":
    unittest.main()
