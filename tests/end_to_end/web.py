"""Web configurations, and requests by TLS and with passwords."""

import base64
import contextlib
import http.client
import os
import ssl
import subprocess

from program import PATIENCE, Case


class WebCase(Case):
    def web_config(self, text, name="web.yml"):
        """Writes a web configuration in one step, as tools do; returns its path."""
        return self.replace(name, text)

    def replace(self, name, text):
        path = self.path(name)
        self.path(name + ".new", text)
        os.replace(path + ".new", path)
        return path

    def read(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def certificate(self, name, signed_by=None, sans="DNS:localhost,IP:127.0.0.1", key="EC"):
        """Makes NAME.pem and NAME.key."""
        kinds = {"EC": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "RSA": ["rsa:2048"]}
        command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                   "-newkey", *kinds[key], "-keyout", self.path(name + ".key"),
                   "-out", self.path(name + ".pem")]
        if sans:
            command += ["-addext", "subjectAltName=" + sans]
        if signed_by:
            command += ["-CA", self.path(signed_by + ".pem"), "-CAkey",
                        self.path(signed_by + ".key"), "-addext", "basicConstraints=CA:FALSE"]
        subprocess.run(command, check=True, capture_output=True)

    def client(self, trusts="server", shows=None):
        """A TLS context of a client."""
        context = ssl.create_default_context(cafile=self.path(trusts + ".pem"))
        if shows:
            context.load_cert_chain(self.path(shows + ".pem"), self.path(shows + ".key"))
        return context


def connect(exporter, context=None):
    if context:
        connection = http.client.HTTPSConnection("localhost", exporter.port, timeout=PATIENCE,
                                                 context=context)
        return contextlib.closing(connection)
    return contextlib.closing(
        http.client.HTTPConnection("localhost", exporter.port, timeout=PATIENCE))


def get(exporter, path="/-/healthy", context=None, user=None, headers=None):
    """Status and headers; user is (name, password)."""
    headers = dict(headers or {})
    if user:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(user).encode()).decode()
    with connect(exporter, context) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers
