"""The package under a real systemd: one that is booted in namespaces of its own, from a Debian made for it."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "end_to_end"))
from program import wait_for  # noqa: E402
from test_package import NAME, built, output_of  # noqa: E402

CONFIG = "/etc/mppsolar/mppsolar.yml"
# A machine that shares the kernel only, and may not change its settings. systemd takes it for a container.
BOOT = r"""
cd "$1"
ip link set lo up
mount --bind "$1" "$1"; cd "$1"
mount -t proc proc proc
mount --bind proc/sys proc/sys; mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
for folder in run tmp dev; do mount -t tmpfs -o mode=755 tmpfs $folder; done
mknod -m 666 dev/null c 1 3; mknod -m 666 dev/zero c 1 5; mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8; mknod -m 666 dev/urandom c 1 9; mknod -m 666 dev/tty c 5 0
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mkdir -p oldroot; pivot_root . oldroot; cd /; umount -l /oldroot
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system
"""


def cgroup_folder():
    """Where the second version of cgroups is mounted, or nothing."""
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            if line.split()[2] == "cgroup2":
                return line.split()[1]
    return None


class Systemd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("skipped: only root may boot a machine")
        if not shutil.which("mmdebstrap"):
            raise unittest.SkipTest("skipped: mmdebstrap is not here")
        if not cgroup_folder():
            raise unittest.SkipTest("skipped: cgroup2 is not here")
        package = built()
        cls.folder = tempfile.mkdtemp()
        # Never what may still be mounted in it.
        cls.addClassCleanup(subprocess.run, ["rm", "-rf", "--one-file-system", cls.folder], check=False)
        cls.root = os.path.join(cls.folder, "root")
        os.chmod(cls.folder, 0o755)
        # apt installs the package, and so what it depends on.
        output_of("mmdebstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus,curl,procps",
                  f"--customize-hook=copy-in {package} /opt",
                  "--customize-hook=chroot \"$1\" apt-get install --yes --no-install-recommends "
                  f"/opt/{os.path.basename(package)}", "bookworm", cls.root,
                  # The security archive is out of step with itself at times.
                  "deb http://deb.debian.org/debian bookworm main")

    def setUp(self):
        cgroup = os.path.join(cgroup_folder(), f"mppsolar-test-{os.getpid()}")
        os.mkdir(cgroup)
        self.addCleanup(self.remove, cgroup)

        def enter():
            with open(os.path.join(cgroup, "cgroup.procs"), "w", encoding="ascii") as file:
                file.write("0")
        self.machine = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--net",
             "--cgroup", "sh", "-euc", BOOT, "sh", self.root],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=enter)
        self.addCleanup(self.end)

        def running():
            children = f"/proc/{self.machine.pid}/task/{self.machine.pid}/children"
            with open(children, encoding="ascii") as file:
                self.first = file.read().strip()
            return self.first and self.within("systemctl is-system-running", check=False)[1].strip() in (
                "running", "degraded")
        wait_for(running, "systemd")

    def end(self):
        self.machine.kill()
        self.machine.wait()

    @staticmethod
    def remove(cgroup):
        """Folders of a cgroup are empty for the eye, and go only one by one once its processes have."""
        def gone():
            for parent, _, _ in os.walk(cgroup, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(parent)
            return not os.path.exists(cgroup)
        wait_for(gone, "the end of all processes")

    def within(self, script, check=True):
        """Runs a script in that machine: its code and what it says."""
        done = subprocess.run(
            ["nsenter", "--target", self.first, "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup",
             "--root", "--wd", "--", "sh", "-c", script],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"{script}:\n{done.stdout}" + self.log())
        return done.returncode, done.stdout

    def log(self):
        return self.within(f"journalctl --no-pager --output=cat --unit={NAME}", check=False)[1]

    def wait_until_read(self, up=1):
        wait_for(lambda: f'mppsolar_up{{inverter="house"}} {up}\n' in self.within(
            "curl --silent --max-time 10 localhost:10030/metrics", check=False)[1],
            f"mppsolar_up {up}:\n" + self.log())

    def use(self, device):
        self.within(f"sed -i 's#^    device: .*#    device: {device}#' {CONFIG}; systemctl reload {NAME}")

    def main_process(self):
        return self.within(f"systemctl show --property=MainPID --value {NAME}")[1].strip()

    def test_from_boot_to_purge(self):
        # It starts with the machine and serves, though nothing is plugged in.
        self.within(f"systemctl is-active {NAME}")
        self.wait_until_read(up=0)
        with self.subTest("without privileges"):
            status = self.within(f"cat /proc/{self.main_process()}/status")[1]
            for line in ["CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1",
                         "Seccomp:\t2"]:
                self.assertIn(line, status)
            said = self.within(f"systemd-analyze --no-pager security {NAME}")[1]
            self.assertLess(float(re.search(r"exposure level for \S+: (\S+)", said).group(1)), 2.0)
        with self.subTest("reads a device of the group dialout, and no other"):
            self.within("mppsolar_exporter simulate --pty=/run/inverter >/dev/null 2>&1 & "
                        "until [ -e /run/inverter ]; do sleep 0.1; done;"
                        "chown root:dialout $(readlink -f /run/inverter); chmod 660 $(readlink -f /run/inverter)")
            self.use("/run/inverter")
            self.wait_until_read()
            # A device that its owner may open, but the unit does not know.
            self.within("mknod -m 666 /dev/other c 1 11")
            self.use("/dev/other")
            self.wait_until_read(up=0)
            wait_for(lambda: "/dev/other: not permitted" in self.log(), "the reason")
        with self.subTest("is started again, also after a wrong config"):
            self.use('"sim:"')
            self.wait_until_read()
            self.within(f"kill -KILL {self.main_process()}")
            self.wait_until_read()
            self.within(f"cp {CONFIG} /run/good; echo 'x: 1' >>{CONFIG}")
            self.assertNotEqual(self.within(f"systemctl restart {NAME}", check=False)[0], 0)
            self.within(f"cp /run/good {CONFIG}")
            self.wait_until_read()
        with self.subTest("is started by its socket, if that is enabled"):
            self.within(f"systemctl stop {NAME}; systemctl enable --now {NAME}.socket")
            self.assertNotEqual(self.within(f"systemctl is-active {NAME}", check=False)[0], 0)
            self.wait_until_read()
            self.assertIn('msg="Listening" address="passed socket 3"', self.log())
            self.within(f"systemctl disable --now {NAME}.socket; systemctl restart {NAME}")
            self.wait_until_read()
        with self.subTest("leaves nothing"):
            self.within("kill $(pgrep --full '^mppsolar_exporter simulate')")
            self.within(f"DEBIAN_FRONTEND=noninteractive apt-get purge --yes {NAME}")
            self.assertEqual(self.within(f"getent passwd {NAME}; getent group {NAME}; find / -xdev -path /opt "
                                         "-prune -o -name '*mppsolar*' -print", check=False)[1], "")
            self.assertEqual(self.within("pidof mppsolar_exporter", check=False)[1], "")


if __name__ == "__main__":
    unittest.main()
