"""Where the server listens."""

import contextlib
import http.client
import os
import resource
import socket
import subprocess
import sys
import unittest

from program import EXPORTER, PATIENCE, Process, free_port, wait_for
from web import WebCase


def status(host, port, path="/-/healthy", context=None):
    if context:
        connection = http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status


def fails(*arguments, **kwargs):
    done = subprocess.run([EXPORTER, "--device=sim:", *arguments], capture_output=True, text=True,
                          timeout=PATIENCE, check=False, **kwargs)
    assert done.returncode == 1, done.stderr
    return done.stderr


class Addresses(WebCase):
    def test_many_addresses_are_listened_on(self):
        first, second = free_port(), free_port()
        exporter = self.exporter("--device=sim:", f"--web.listen-address=[::1]:{first}",
                                 f"--web.listen-address=0.0.0.0:{second}")
        for host, port in [("127.0.0.1", exporter.port), ("::1", first), ("127.0.0.1", second)]:
            self.assertEqual(status(host, port, "/metrics"), 200)
        with self.assertRaises(ConnectionRefusedError):
            status("127.0.0.1", first)
        exporter.end()
        for host, port in [("127.0.0.1", exporter.port), ("::1", first), ("127.0.0.1", second)]:
            with self.assertRaises(ConnectionRefusedError):
                status(host, port)

    def test_without_a_host_every_address_is_listened_on(self):
        port = free_port()
        self.exporter("--device=sim:", f"--web.listen-address=:{port}")
        self.assertEqual(status("127.0.0.1", port), 200)
        self.assertEqual(status("::1", port), 200)

    def test_one_that_fails_stops_the_start_and_is_named(self):
        free = free_port()
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            taken = other.getsockname()[1]
            log = fails(f"--web.listen-address=127.0.0.1:{free}",
                        f"--web.listen-address=127.0.0.1:{taken}")
        self.assertIn(f"cannot listen on 127.0.0.1:{taken}: the port is in use", log)
        self.assertNotIn("Listening", log)
        log = fails(f"--web.listen-address=127.0.0.1:{free}", "--web.listen-address=elsewhere:1")
        self.assertIn('elsewhere:1\\" is no address', log)

    def test_a_crowd_never_takes_the_last_descriptor(self):
        self.port = free_port()
        exporter = Process(
            [EXPORTER, "--device=sim:", f"--web.listen-address=127.0.0.1:{self.port}"],
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
        self.addCleanup(exporter.end)
        exporter.wait_for_log("Listening")
        crowd = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(100)]
        counts = []

        def all_are_in():
            counts.append(len(os.listdir(f"/proc/{exporter.process.pid}/fd")))
            return counts[-1] > 15 and len(counts) > 10 and len(set(counts[-10:])) == 1
        wait_for(all_are_in, "the crowd to be let in")
        for one in crowd:
            one.close()
        self.assertEqual(status("127.0.0.1", self.port, "/metrics"), 200)


class Passed(WebCase):
    def start(self, sockets, *arguments, process_id="os.getpid()"):
        """Starts the exporter with sockets as descriptors 3 and on."""
        passed = [os.dup(one.fileno()) for one in sockets]
        # Above those that they become.
        high = [os.dup2(descriptor, 100 + i) for i, descriptor in enumerate(passed)]
        become = ("import os, sys\n"
                  f"for i, descriptor in enumerate({high}): os.dup2(descriptor, 3 + i)\n"
                  f"os.environ.update(LISTEN_PID=str({process_id}), LISTEN_FDS='{len(high)}')\n"
                  "os.execv(sys.argv[1], sys.argv[1:])\n")
        process = Process([sys.executable, "-c", become, EXPORTER, "--device=sim:",
                           "--web.systemd-socket", *arguments], pass_fds=high)
        self.addCleanup(process.end)
        for descriptor in [*passed, *high]:
            os.close(descriptor)
        return process

    def listening(self, host="127.0.0.1", family=socket.AF_INET):
        one = self.enterContext(socket.socket(family))
        one.bind((host, 0))
        one.listen()
        return one, one.getsockname()[1]

    def test_passed_sockets_are_served_and_no_other(self):
        first, port = self.listening()
        second, other_port = self.listening("::1", socket.AF_INET6)
        exporter = self.start([first, second])
        exporter.wait_for_log("passed socket 4")
        first.close()
        second.close()
        self.assertEqual(status("127.0.0.1", port, "/metrics"), 200)
        self.assertEqual(status("::1", other_port), 200)
        self.assertEqual(exporter.log.count('msg="Listening"'), 2, exporter.log)
        self.assertEqual(exporter.end()[0], 0)

    def test_a_request_that_came_before_the_start_is_answered(self):
        passed, port = self.listening()
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as early:
            early.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n")
            self.start([passed])
            self.assertTrue(early.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n"))

    def test_passed_sockets_serve_tls_too(self):
        self.certificate("server")
        config = self.web_config(
            "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n")
        passed, port = self.listening()
        exporter = self.start([passed], f"--web.config.file={config}")
        exporter.wait_for_log("Listening")
        self.assertEqual(status("localhost", port, "/metrics", self.client()), 200)

    def failed(self, *arguments, **kwargs):
        exporter = self.start(*arguments, **kwargs)
        self.assertEqual(exporter.process.wait(PATIENCE), 1)
        wait_for(lambda: "Cannot start" in exporter.log, "the reason")
        return exporter.log

    def test_without_a_passed_socket_it_does_not_start(self):
        self.assertIn("--web.systemd-socket: no socket was passed", fails("--web.systemd-socket"))

    def test_sockets_for_another_process_are_not_taken(self):
        passed, _ = self.listening()
        log = self.failed([passed], process_id="1")
        self.assertIn("no socket was passed", log)

    def test_what_is_no_listening_tcp_socket_is_refused(self):
        with socket.socket(socket.AF_UNIX) as local:
            local.bind(self.path("socket"))
            local.listen()
            self.assertIn("descriptor 3 is no listening TCP socket", self.failed([local]))
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            self.assertIn("descriptor 3 is no listening TCP socket", self.failed([bound]))


if __name__ == "__main__":
    unittest.main()
