"""TLS by a web configuration, with certificates made here."""

import socket
import ssl
import subprocess
import unittest

from program import EXPORTER, PATIENCE, run
from web import WebCase, connect, get

SERVER = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"


def shown(exporter, context):
    """The certificate that a new connection is shown, and the version."""
    with socket.create_connection(("localhost", exporter.port), timeout=PATIENCE) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            return connection.getpeercert(True), connection.version()


class TlsCase(WebCase):
    def serve(self, text=SERVER):
        config = self.web_config(text)
        return self.exporter("--device=house=sim:", f"--web.config.file={config}")

    def refused(self, exporter, context):
        """Whether a request fails for TLS, not for anything else."""
        try:
            get(exporter, context=context)
        except (ssl.SSLError, ConnectionResetError, BrokenPipeError):
            return True
        return False

    def pem(self, name):
        return ssl.PEM_cert_to_DER_cert(self.read(name))


class Serving(TlsCase):
    def test_metrics_come_by_tls_and_not_without(self):
        self.certificate("server")
        exporter = self.serve()
        self.assertEqual(get(exporter, "/metrics", self.client())[0], 200)
        with self.assertRaises(OSError):
            get(exporter, "/metrics")

    def test_certificate_and_key_may_stand_in_the_file_itself(self):
        self.certificate("server")
        lines = {part: "".join(f"    {line}\n" for line in self.read(f"server.{part}").splitlines())
                 for part in ["pem", "key"]}
        exporter = self.serve(
            f"tls_server_config:\n  cert: |\n{lines['pem']}  key: |\n{lines['key']}")
        self.assertEqual(get(exporter, context=self.client())[0], 200)

    def test_a_chain_is_shown_whole(self):
        self.certificate("root", sans=None)
        subprocess.run(
            ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=middle", "-newkey",
             "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", self.path("middle.key"),
             "-out", self.path("middle.pem"), "-CA", self.path("root.pem"), "-CAkey",
             self.path("root.key")], check=True, capture_output=True)
        self.certificate("server", signed_by="middle")
        self.replace("server.pem", self.read("server.pem") + self.read("middle.pem"))
        exporter = self.serve()
        self.assertEqual(get(exporter, context=self.client(trusts="root"))[0], 200)

    def test_a_client_that_never_finishes_its_handshake_is_dropped(self):
        self.certificate("server")
        exporter = self.serve()
        with socket.create_connection(("localhost", exporter.port), timeout=PATIENCE) as silent:
            silent.sendall(b"\x16\x03\x01")
            self.assertEqual(silent.recv(1), b"")

    def test_the_end_does_not_wait_for_clients(self):
        self.certificate("server")
        exporter = self.serve()
        with connect(exporter, self.client()) as connection:
            connection.request("GET", "/-/healthy")
            connection.getresponse().read()
            code, took = exporter.end()
        self.assertEqual(code, 0, exporter.log)
        self.assertLess(took, 2)


class Changing(TlsCase):
    def test_a_rotated_certificate_is_shown_to_the_next_connection(self):
        self.certificate("server")
        exporter = self.serve()
        with connect(exporter, self.client()) as connection:
            connection.request("GET", "/-/healthy")
            connection.getresponse().read()
            self.certificate("new")
            self.replace("server.key", self.read("new.key"))
            self.replace("server.pem", self.read("new.pem"))
            self.assertEqual(shown(exporter, self.client())[0], self.pem("new.pem"))
            # The one that was there before goes on.
            connection.request("GET", "/-/healthy")
            self.assertEqual(connection.getresponse().status, 200)

    def test_a_broken_certificate_leaves_the_old_one_in_force_and_is_said_once(self):
        self.certificate("server")
        self.certificate("new")
        old = self.client()
        exporter = self.serve()
        self.replace("server.pem", "not PEM\n")
        for _ in range(3):
            self.assertEqual(get(exporter, context=old)[0], 200)
        self.assertEqual(exporter.log.count("no certificate in PEM"), 1, exporter.log)
        # The key of the other certificate: half a rotation.
        self.replace("server.pem", self.read("new.pem"))
        self.assertEqual(get(exporter, context=old)[0], 200)
        exporter.wait_for_log("not the key of the certificate")
        self.replace("server.key", self.read("new.key"))
        self.assertEqual(shown(exporter, self.client("new"))[0], self.pem("new.pem"))

    def test_a_missing_file_leaves_the_old_certificate_in_force(self):
        self.certificate("server")
        old = self.client()
        exporter = self.serve()
        self.web_config("tls_server_config:\n  cert_file: gone.pem\n  key_file: server.key\n")
        self.assertEqual(get(exporter, context=old)[0], 200)
        exporter.wait_for_log("gone.pem")

    def test_versions_change_while_it_runs(self):
        self.certificate("server")
        exporter = self.serve()
        self.assertEqual(shown(exporter, self.client())[1], "TLSv1.3")
        self.web_config(SERVER + "  max_version: TLS12\n")
        self.assertEqual(shown(exporter, self.client())[1], "TLSv1.2")

    def test_tls_is_not_switched_off_while_it_runs(self):
        self.certificate("server")
        exporter = self.serve()
        self.web_config("")
        self.assertEqual(get(exporter, context=self.client())[0], 200)
        exporter.wait_for_log("TLS cannot be switched off without a restart")


class Clients(TlsCase):
    def setUp(self):
        super().setUp()
        self.certificate("server")
        self.certificate("ca", sans=None)
        self.certificate("other-ca", sans=None)
        self.certificate("signed", signed_by="ca")
        self.certificate("stranger", signed_by="other-ca")

    def check(self, kind, ca, expected):
        """expected: whether a client without a certificate, one of a stranger and one that is
        signed by the CA are let in."""
        exporter = self.serve(SERVER + f"  client_auth_type: {kind}\n" +
                              ("  client_ca_file: ca.pem\n" if ca else ""))
        found = [not self.refused(exporter, self.client(shows=shows))
                 for shows in [None, "stranger", "signed"]]
        self.assertEqual(found, expected, kind)

    def test_no_client_cert(self):
        self.check("NoClientCert", False, [True, True, True])

    def test_request_client_cert(self):
        self.check("RequestClientCert", True, [True, True, True])

    def test_require_any_client_cert(self):
        self.check("RequireAnyClientCert", True, [False, True, True])

    def test_verify_client_cert_if_given(self):
        self.check("VerifyClientCertIfGiven", True, [True, False, True])

    def test_require_and_verify_client_cert(self):
        self.check("RequireAndVerifyClientCert", True, [False, False, True])

    def test_a_ca_that_changes_counts_for_the_next_connection(self):
        exporter = self.serve(SERVER + "  client_auth_type: RequireAndVerifyClientCert\n"
                              "  client_ca_file: ca.pem\n")
        self.assertFalse(self.refused(exporter, self.client(shows="signed")))
        self.replace("ca.pem", self.read("other-ca.pem"))
        self.assertTrue(self.refused(exporter, self.client(shows="signed")))
        self.assertFalse(self.refused(exporter, self.client(shows="stranger")))

    def test_a_session_is_never_taken_up_again(self):
        exporter = self.serve(SERVER + "  max_version: TLS12\n")
        context = self.client()
        with socket.create_connection(("localhost", exporter.port)) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as first:
                session = first.session
        with socket.create_connection(("localhost", exporter.port)) as plain:
            with context.wrap_socket(plain, server_hostname="localhost",
                                     session=session) as second:
                self.assertFalse(second.session_reused)

    def test_only_certificates_with_an_allowed_name_are_let_in(self):
        names = {"dns": "DNS:prometheus.local", "ip": "IP:10.1.2.3", "ip6": "IP:fd00::1",
                 "mail": "email:ops@example.org", "uri": "URI:spiffe://example.org/prometheus",
                 "wrong": "DNS:prometheus.local.example.org", "case": "DNS:Prometheus.local"}
        for name, sans in names.items():
            self.certificate(name, signed_by="ca", sans=sans)
        self.certificate("none", signed_by="ca", sans=None)
        exporter = self.serve(
            SERVER + "  client_auth_type: RequireAndVerifyClientCert\n"
            "  client_ca_file: ca.pem\n  client_allowed_sans: [prometheus.local, 10.1.2.3, "
            "'fd00::1', ops@example.org, 'spiffe://example.org/prometheus']\n")
        for name in [*names, "none"]:
            refused = self.refused(exporter, self.client(shows=name))
            self.assertEqual(refused, name in ["wrong", "case", "none"], name)


class Versions(TlsCase):
    def test_an_older_client_than_min_version_is_refused(self):
        self.certificate("server")
        exporter = self.serve(SERVER + "  min_version: TLS13\n")
        old = self.client()
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        self.assertTrue(self.refused(exporter, old))
        self.assertFalse(self.refused(exporter, self.client()))

    def old_client(self):
        context = self.client()
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        return context

    def test_tls_1_0_is_served_only_where_it_is_asked_for(self):
        self.certificate("server")
        self.assertTrue(self.refused(self.serve(), self.old_client()))
        exporter = self.serve(SERVER + "  min_version: TLS10\n")
        self.assertEqual(shown(exporter, self.old_client())[1], "TLSv1")

    def test_only_the_listed_cipher_suites_are_used(self):
        self.certificate("server", key="RSA")
        exporter = self.serve(SERVER + "  max_version: TLS12\n"
                              "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n")
        for cipher, refused in [("ECDHE-RSA-AES256-GCM-SHA384", False),
                                ("ECDHE-RSA-AES128-GCM-SHA256", True)]:
            context = self.client()
            context.set_ciphers(cipher)
            self.assertEqual(self.refused(exporter, context), refused, cipher)

    def preferred(self, prefer):
        exporter = self.serve(SERVER + "  max_version: TLS12\n  cipher_suites: "
                              "[TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "
                              "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n"
                              f"  prefer_server_cipher_suites: {prefer}\n")
        context = self.client()
        context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384")
        with socket.create_connection(("localhost", exporter.port)) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as connection:
                return connection.cipher()[0]

    def test_the_order_of_the_server_or_of_the_client_decides(self):
        self.certificate("server", key="RSA")
        self.assertEqual(self.preferred("true"), "ECDHE-RSA-AES256-GCM-SHA384")
        self.assertEqual(self.preferred("false"), "ECDHE-RSA-AES128-GCM-SHA256")

    def test_only_the_listed_curves_are_used(self):
        self.certificate("server", key="RSA")
        exporter = self.serve(SERVER + "  curve_preferences: [CurveP384, X25519]\n")
        for curve, works in [("P-384", True), ("X25519", True), ("P-521", False)]:
            done = subprocess.run(
                ["openssl", "s_client", "-connect", f"localhost:{exporter.port}", "-groups", curve],
                stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=PATIENCE)
            self.assertEqual(done.returncode == 0, works, curve)


class Wrong(TlsCase):
    def complaint(self, text):
        config = self.web_config(text)
        done = subprocess.run([EXPORTER, "--device=sim:", f"--web.config.file={config}"],
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        code, _, checked = run("check-config", f"--web.config.file={config}")
        self.assertEqual(code, 1)
        self.assertIn(checked.strip().split(": ", 1)[1][:30], done.stderr.replace('\\"', '"'))
        return checked

    def test_files_that_cannot_be_used_stop_the_start(self):
        self.certificate("server")
        self.certificate("other")
        path = self.path("")
        self.assertIn("gone.pem", self.complaint(SERVER.replace("server.pem", "gone.pem")))
        self.assertIn(f"{path}other.key: this is not the key of the certificate in "
                      f"{path}server.pem", self.complaint(SERVER.replace("server.key", "other.key")))
        self.assertIn("server.key: no certificate in PEM",
                      self.complaint(SERVER.replace("server.pem", "server.key")))
        self.assertIn("server.pem: no private key in PEM",
                      self.complaint(SERVER.replace("server.key", "server.pem")))

    def test_a_key_with_a_password_is_refused_and_never_asked_about(self):
        self.certificate("server")
        subprocess.run(["openssl", "ec", "-in", self.path("server.key"), "-aes256", "-passout",
                        "pass:secret", "-out", self.path("locked.key")], check=True,
                       capture_output=True)
        self.assertIn("no private key in PEM without a password",
                      self.complaint(SERVER.replace("server.key", "locked.key")))

    def test_a_client_ca_without_certificates_is_refused(self):
        self.certificate("server")
        self.path("empty.pem", "")
        self.assertIn("empty.pem: no certificate in PEM", self.complaint(
            SERVER + "  client_auth_type: RequireAndVerifyClientCert\n"
            "  client_ca_file: empty.pem\n"))

    def test_check_config_takes_both_files_or_one(self):
        self.certificate("server")
        web = self.web_config(SERVER)
        config = self.path("config.yml", "inverters: [{name: house, device: 'sim:'}]\n")
        code, said, _ = run("check-config", f"--web.config.file={web}")
        self.assertEqual((code, said), (0, f"{web}: right, with TLS, without passwords\n"))
        code, said, _ = run("check-config", config, f"--web.config.file={web}")
        self.assertEqual((code, len(said.splitlines())), (0, 2))
        self.assertEqual(run("check-config")[0], 1)


if __name__ == "__main__":
    unittest.main()
