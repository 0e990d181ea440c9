"""`healthcheck`, which asks a running exporter."""

import contextlib
import http.server
import os
import signal
import socket
import socketserver
import threading
import unittest

from program import free_port, run
from web import WebCase

SERVER = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
# bcrypt of bob at cost 4.
USERS = "basic_auth_users:\n  bob: $2b$04$abcdefghijklmnopqrstuuRNzmCkK2JDjPBYvcDDS9co5/3bIoDZK\n"


class HealthCheck(WebCase):
    def check(self, port, *arguments, **kwargs):
        return run("healthcheck", f"--web.listen-address=127.0.0.1:{port}", *arguments, **kwargs)

    def healthy(self, exporter, *arguments):
        code, out, err = self.check(exporter.port, *arguments)
        self.assertEqual((code, err), (0, ""))
        return out

    def serve(self, text, *arguments):
        return self.exporter("--device=sim:", f"--web.config.file={self.web_config(text)}",
                             *arguments)

    def answering(self, handler):
        """The port of a server that is no exporter."""
        server = self.enterContext(socketserver.TCPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(server.shutdown)
        return server.server_address[1]

    def test_an_exporter_that_serves_is_healthy(self):
        exporter = self.exporter("--device=sim:")
        self.assertEqual(self.healthy(exporter), f"127.0.0.1:{exporter.port}: healthy, 200\n")

    def test_an_exporter_whose_inverter_is_missing_is_healthy(self):
        self.healthy(self.exporter(f"--device={self.path('none')}"))

    def test_where_it_listens_comes_from_the_environment_too(self):
        exporter = self.exporter("--device=sim:")
        env = {**os.environ, "MPPSOLAR_WEB_LISTEN_ADDRESS": f":{exporter.port}"}
        self.assertEqual(run("healthcheck", env=env)[0], 0)

    def test_where_nothing_listens_it_is_not(self):
        port = free_port()
        code, out, err = self.check(port)
        self.assertEqual((code, out), (1, ""))
        self.assertEqual(err, f"127.0.0.1:{port}: not healthy: Connection refused\n")

    def test_each_address_must_answer(self):
        exporter = self.exporter("--device=sim:")
        code, out, err = self.check(exporter.port, f"--web.listen-address=127.0.0.1:{free_port()}")
        self.assertEqual(code, 1)
        self.assertIn("healthy, 200", out)
        self.assertIn("Connection refused", err)

    def test_an_exporter_that_hangs_is_not(self):
        exporter = self.exporter("--device=sim:")
        exporter.process.send_signal(signal.SIGSTOP)
        try:
            code, _, err = self.check(exporter.port, "--timeout=300ms")
        finally:
            exporter.process.send_signal(signal.SIGCONT)
        self.assertEqual(code, 1)
        self.assertIn("no answer within 300ms", err)

    def test_tls_is_asked_with_and_without_being_told(self):
        self.certificate("server")
        exporter = self.serve(SERVER)
        self.healthy(exporter)
        self.healthy(exporter, f"--web.config.file={self.path('web.yml')}")

    def test_a_web_configuration_without_tls_is_asked_in_http(self):
        self.healthy(self.serve(USERS), f"--web.config.file={self.path('web.yml')}")

    def test_who_wants_a_certificate_or_a_password_lives(self):
        self.certificate("server")
        self.certificate("ca", sans=None)
        wants = SERVER + "  client_ca_file: ca.pem\n  client_auth_type: RequireAndVerifyClientCert\n"
        for more in ["", "  max_version: TLS12\n"]:
            self.assertIn("wants a certificate", self.healthy(self.serve(wants + more)))
        self.assertIn("healthy, 401", self.healthy(self.serve(USERS, "--web.protect-health")))

    def test_another_program_at_the_port_is_not_healthy(self):
        class Missing(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_error(404)

            def log_message(self, *_):
                pass

        class Chatter(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"220 mail.example ESMTP\r\n")
                with contextlib.suppress(OSError):
                    self.request.shutdown(socket.SHUT_WR)
                    self.rfile.read()

        code, _, err = self.check(self.answering(Missing))
        self.assertEqual(code, 1)
        self.assertIn("it answers 404", err)
        code, _, err = self.check(self.answering(Chatter))
        self.assertEqual(code, 1)
        self.assertIn("no HTTP", err)

    def test_a_wrong_address_is_said(self):
        code, _, err = run("healthcheck", "--web.listen-address=here")
        self.assertEqual(code, 1)
        self.assertIn('"here" is no address', err)


if __name__ == "__main__":
    unittest.main()
