"""A real mail server for a test: GreenMail, SMTP on one port, what it has taken on another.

    with MailServer() as server:
        ... smtp_url=server.url ...
        server.messages()
"""
import email
import email.header
import email.policy
import json
import os
import pathlib
import subprocess
import tempfile
import urllib.parse
import urllib.request

import processes

VERSION = "2.1.3"
READY_SECONDS = 60


def jar():
    """Where tests/run has put it; None where it is not there."""
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    path = pathlib.Path(cache, "encours", "tools", f"greenmail-standalone-{VERSION}.jar")
    return path if path.is_file() else None


class MailServer:
    def __init__(self, heap_mib=256):
        self.heap_mib = heap_mib
        self.smtp_port = processes.free_port()
        self.api_port = processes.free_port()
        self.log = tempfile.NamedTemporaryFile(prefix="encours-mail-", suffix=".log")
        self.child = None

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.smtp_port}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        options = {"smtp.port": self.smtp_port, "smtp.hostname": "127.0.0.1",
                   "imap.port": processes.free_port(), "imap.hostname": "127.0.0.1",
                   "api.port": self.api_port, "api.hostname": "127.0.0.1"}
        self.child = subprocess.Popen(
            ["java", f"-Xmx{self.heap_mib}m", *(f"-Dgreenmail.{name}={value}"
                                   for name, value in options.items()),
             "-Dgreenmail.auth.disabled", "-jar", str(jar())],
            stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
            preexec_fn=processes.die_with_parent)
        processes.wait_until("the mail server answers", READY_SECONDS, self._answers, pause=0.2)

    def stop(self):
        if self.child is not None:
            self.child.terminate()
            self.child.wait(processes.STOP_SECONDS)
            self.child = None

    def messages(self):
        """All that it has taken, as email.message.EmailMessage, by (address, Message-ID)."""
        found = []
        for user in self._ask("user"):
            address = urllib.parse.quote(user["email"])
            for one in self._ask(f"user/{address}/messages"):
                message = email.message_from_string(one["mimeMessage"],
                                                    policy=email.policy.default)
                found.append((user["email"], message))
        return sorted(found, key=lambda one: (one[0], one[1]["Message-ID"]))

    def by_id(self):
        """{Message-ID: {(address, text)}}: more than one text where repetitions differ."""
        found = {}
        for address, message in self.messages():
            del message["Received"]  # Written by the server, with its clock.
            texts = found.setdefault(message["Message-ID"], set())
            texts.add((address.lower(), message.as_string()))
        return found

    def forget(self):
        """As if it had taken nothing yet."""
        self._ask("mail/purge", b"")

    def _answers(self):
        try:
            self._ask("user")
        except OSError:
            return False
        return True

    def _ask(self, path, posted=None):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.api_port}/api/{path}", posted,
                                    timeout=30) as answer:
            return json.load(answer)
