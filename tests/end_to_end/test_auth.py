"""Passwords, a rate limit and headers by a web configuration."""

import contextlib
import http.client
import statistics
import threading
import time
import unittest

from web import WebCase, get

# bcrypt of alice123 at cost 10 and of bob at cost 4.
ALICE = "$2b$10$abcdefghijklmnopqrstuuAuXeCk6cDyT9B/LbcW23Nl3ca8XWmMS"
BOB = "$2b$04$abcdefghijklmnopqrstuuRNzmCkK2JDjPBYvcDDS9co5/3bIoDZK"
USERS = f"basic_auth_users:\n  alice: {ALICE}\n"
RIGHT = ("alice", "alice123")


class AuthCase(WebCase):
    def serve(self, text, *arguments):
        config = self.web_config(text)
        return self.exporter("--device=house=sim:", f"--web.config.file={config}", *arguments)


class Passwords(AuthCase):
    def test_only_the_right_password_opens(self):
        exporter = self.serve(USERS)
        self.assertEqual(get(exporter, "/metrics", user=RIGHT)[0], 200)
        for user in [None, ("alice", "alice124"), ("alice", ""), ("bob", "alice123"), ("", ""),
                     ("alice", "alice123\0"), ("Alice", "alice123")]:
            status, headers = get(exporter, "/metrics", user=user)
            self.assertEqual(status, 401, user)
            self.assertEqual(headers["WWW-Authenticate"], "Basic")

    def test_what_is_no_basic_authorization_is_401(self):
        exporter = self.serve(USERS)
        for value in ["", "Basic", "Basic !!!!", "Bearer YWxpY2U6YWxpY2UxMjM=", "Basic YWxpY2U="]:
            self.assertEqual(get(exporter, "/", headers={"Authorization": value})[0], 401, value)

    def test_every_path_but_probes_needs_it_even_one_that_is_not_there(self):
        exporter = self.serve(USERS)
        for path in ["/", "/metrics", "/nothing", "/metrics?%zz", "/-/"]:
            self.assertEqual(get(exporter, path)[0], 401, path)
        for path in ["/-/healthy", "/-/ready"]:
            self.assertEqual(get(exporter, path)[0], 200, path)
        self.assertEqual(get(exporter, "/nothing", user=RIGHT)[0], 404)

    def test_probes_can_be_protected_too(self):
        exporter = self.serve(USERS, "--web.protect-health")
        for path in ["/-/healthy", "/-/ready"]:
            self.assertEqual(get(exporter, path)[0], 401, path)
            self.assertEqual(get(exporter, path, user=RIGHT)[0], 200, path)

    def test_what_is_in_force_is_shown_without_secrets(self):
        exporter = self.serve(f"basic_auth_users:\n  alice: {ALICE}\n"
                              "http_server_config:\n  headers: {X-Frame-Options: deny}\n")
        # alice:alice123
        _, _, body = exporter.request("/config", headers={
            "Authorization": "Basic YWxpY2U6YWxpY2UxMjM="})
        self.assertIn("alice: <secret>\n", body)
        self.assertIn("X-Frame-Options: deny", body)
        self.assertNotIn("$2", body)

    def test_changed_users_count_for_the_next_request(self):
        exporter = self.serve(USERS)
        self.assertEqual(get(exporter, "/", user=RIGHT)[0], 200)
        self.web_config(f"basic_auth_users:\n  bob: {BOB}\n")
        self.assertEqual(get(exporter, "/", user=RIGHT)[0], 401)
        self.assertEqual(get(exporter, "/", user=("bob", "bob"))[0], 200)
        self.web_config(f"basic_auth_users:\n  alice: {BOB}\n")
        self.assertEqual(get(exporter, "/", user=RIGHT)[0], 401)
        self.assertEqual(get(exporter, "/", user=("alice", "bob"))[0], 200)

    def test_a_broken_file_leaves_the_users_in_force_and_is_said_once(self):
        exporter = self.serve(USERS)
        self.web_config("basic_auth_users:\n  alice: secret\n")
        for _ in range(3):
            self.assertEqual(get(exporter, "/")[0], 401)
            self.assertEqual(get(exporter, "/", user=RIGHT)[0], 200)
        self.assertEqual(exporter.log.count("is broken"), 1, exporter.log)
        self.web_config("")
        self.assertEqual(get(exporter, "/")[0], 200)

    def test_an_unknown_user_takes_as_long_as_a_wrong_password(self):
        exporter = self.serve(USERS)

        def took(user):
            times = []
            for i in range(5):
                begun = time.monotonic()
                get(exporter, "/", user=(user, f"wrong{i}"))
                times.append(time.monotonic() - begun)
            return statistics.median(times)
        known, unknown = took("alice"), took("nobody")
        self.assertGreater(unknown, known / 3)
        self.assertLess(unknown, known * 3)

    def test_a_flood_of_wrong_passwords_does_not_hold_up_who_is_known(self):
        exporter = self.serve(USERS)
        self.assertEqual(get(exporter, "/metrics", user=RIGHT)[0], 200)
        ending = threading.Event()
        seen = set()

        def flood(number):
            tries = 0
            while not ending.is_set():
                tries += 1
                seen.add(get(exporter, "/metrics", user=("alice", f"{number}-{tries}"))[0])
        threads = [threading.Thread(target=flood, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        try:
            slowest = 0
            for _ in range(20):
                begun = time.monotonic()
                self.assertEqual(get(exporter, "/-/ready")[0], 200)
                self.assertEqual(get(exporter, "/", user=RIGHT)[0], 200)
                slowest = max(slowest, time.monotonic() - begun)
        finally:
            ending.set()
            for thread in threads:
                thread.join()
        self.assertEqual(seen, {401, 503})
        self.assertLess(slowest, 2)

    def test_the_end_does_not_wait_for_passwords(self):
        exporter = self.serve(USERS)
        threads = [threading.Thread(target=lambda n=n: self.ask_and_forget(exporter, n))
                   for n in range(8)]
        for thread in threads:
            thread.start()
        code, took = exporter.end()
        for thread in threads:
            thread.join()
        self.assertEqual(code, 0)
        self.assertLess(took, 4)

    @staticmethod
    def ask_and_forget(exporter, number):
        with contextlib.suppress(OSError, http.client.HTTPException):
            get(exporter, "/", user=("alice", str(number)))


class RateLimit(AuthCase):
    def test_more_than_the_burst_is_429_and_probes_are_not_counted(self):
        exporter = self.serve("rate_limit: {interval: 1h, burst: 3}\n")
        self.assertEqual([get(exporter, "/")[0] for _ in range(5)], [200, 200, 200, 429, 429])
        self.assertEqual([get(exporter, "/-/ready")[0] for _ in range(5)], [200] * 5)

    def test_it_changes_while_it_runs(self):
        exporter = self.serve("rate_limit: {interval: 1h, burst: 1}\n")
        self.assertEqual([get(exporter, "/")[0] for _ in range(2)], [200, 429])
        self.web_config("rate_limit: {interval: 1h, burst: 2}\n")
        self.assertEqual([get(exporter, "/")[0] for _ in range(3)], [200, 200, 429])
        self.web_config("")
        self.assertEqual([get(exporter, "/")[0] for _ in range(3)], [200] * 3)

    def test_it_counts_before_passwords_are_looked_at(self):
        exporter = self.serve(USERS + "rate_limit: {interval: 1h, burst: 2}\n")
        self.assertEqual([get(exporter, "/")[0] for _ in range(2)], [401, 401])
        self.assertEqual(get(exporter, "/", user=RIGHT)[0], 429)


class Headers(AuthCase):
    def test_every_answer_has_them_and_changes_count_at_once(self):
        text = "http_server_config:\n  headers:\n    X-Frame-Options: {}\n"
        exporter = self.serve(USERS + text.format("deny"))
        for path, user in [("/", RIGHT), ("/", None), ("/-/ready", None), ("/nothing", RIGHT)]:
            headers = get(exporter, path, user=user)[1]
            self.assertEqual(headers.get_all("X-Frame-Options"), ["deny"], path)
            self.assertEqual(headers.get_all("X-Content-Type-Options"), ["nosniff"], path)
        self.web_config(USERS + text.format("sameorigin"))
        self.assertEqual(get(exporter, "/-/ready")[1]["X-Frame-Options"], "sameorigin")

    def test_a_header_is_never_there_twice(self):
        exporter = self.serve("http_server_config:\n  headers:\n"
                              "    X-Content-Type-Options: nosniff\n")
        self.assertEqual(get(exporter, "/")[1].get_all("X-Content-Type-Options"), ["nosniff"])

    def test_that_http_2_is_not_served_is_said(self):
        exporter = self.serve("http_server_config: {http2: true}\n")
        self.assertIn("HTTP/2 is not served", exporter.log)
        exporter = self.serve("http_server_config: {http2: false}\n")
        self.assertNotIn("HTTP/2", exporter.log)


if __name__ == "__main__":
    unittest.main()
