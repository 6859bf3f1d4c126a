"""What all simulators share: counts, limits, faults on demand and the admin path.

A provider gives `answer(request) -> (status, body)` with a dict for a body. Everything that changes
is under one lock; sleeping and sending are not.
"""
import collections
import datetime
import http.server
import json
import threading
import time
import urllib.parse

HUGE_BYTES = 64 * 1024 * 1024
FAULTS = ("none", "slow", "500", "429", "wrong_json", "html", "truncated", "huge", "lost",
          "changed_schema", "expired_token")
# What a huge answer is made of.
_CHUNK = b" " * 65536


class Request:
    """One call, as a provider looks at it."""

    def __init__(self, method, path, query, headers, body):
        self.method, self.path, self.query = method, path, query
        self.headers, self.body = headers, body
        simulated = headers.get("X-Simulated-Date")
        self.simulated = simulated is not None
        self.day = (datetime.date.fromisoformat(simulated) if simulated
                    else datetime.date.today())
        self.siren = ""
        self.key = headers.get("Idempotency-Key", "")


class Counts:
    def __init__(self):
        self.by_siren = collections.Counter()
        self.by_key = collections.Counter()
        self.billed = collections.Counter()
        self.billed_keys = set()
        self.tokens = 0
        self.refused = 0
        self.faults = collections.Counter()

    def as_json(self):
        return {"calls": sum(self.by_siren.values()), "by_siren": self.by_siren,
                "by_key": self.by_key, "billed": self.billed, "tokens": self.tokens,
                "refused": self.refused, "faults": self.faults}


class Simulator:
    """The state of one provider's server. `provider` is a module with a class Provider."""

    def __init__(self, provider, per_minute):
        self.lock = threading.Lock()
        self.provider = provider
        self.per_minute = per_minute
        self.reset()

    def reset(self):
        self.counts = Counts()
        self.fault = {"kind": "none"}
        self.recent = collections.deque()

    def over_limit(self, request):
        """Whether this call is one too many in the last minute."""
        if request.simulated or self.per_minute == 0:
            return False
        now = time.monotonic()
        while self.recent and self.recent[0] <= now - 60:
            self.recent.popleft()
        if len(self.recent) >= self.per_minute:
            self.counts.refused += 1
            return True
        self.recent.append(now)
        return False

    def fault_for(self, request):
        """The fault that this call meets; None where it is answered as it should be."""
        fault = self.fault
        if fault["kind"] == "none":
            return None
        if fault.get("sirens") and request.siren not in fault["sirens"]:
            return None
        if "times" in fault:
            if fault["times"] <= 0:
                return None
            fault["times"] -= 1
        self.counts.faults[fault["kind"]] += 1
        return dict(fault)

    def bill(self, request):
        if request.key and request.key in self.counts.billed_keys:
            return
        self.counts.billed_keys.add(request.key)
        self.counts.billed[request.siren] += 1


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection; the state is the server's."""
    protocol_version = "HTTP/1.1"

    @property
    def simulator(self):
        return self.server.simulator

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._serve()

    def do_POST(self):
        self._serve()

    def _serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        url = urllib.parse.urlsplit(self.path)
        if url.path.startswith("/admin/"):
            self._send(*_admin(self.simulator, self.command, url.path, body))
            return
        request = Request(self.command, url.path, urllib.parse.parse_qs(url.query),
                          self.headers, body)
        self._answer(request)

    def _answer(self, request):
        with self.simulator.lock:
            direct = self.simulator.provider.before(self.simulator, request)
            if direct is not None:
                fault = None
            elif self.simulator.over_limit(request):
                direct, fault = (429, {"error": "too many requests"}), {"retry_after": 60}
            else:
                self.simulator.counts.by_siren[request.siren] += 1
                if request.key:
                    self.simulator.counts.by_key[request.key] += 1
                fault = self.simulator.fault_for(request)
        if direct is not None:
            wait = fault["retry_after"] if fault else None
            self._send(*direct, retry_after=wait)
            return
        self._meet(fault or {"kind": "none"}, request)

    def _meet(self, fault, request):
        kind = fault["kind"]
        if kind == "slow":
            time.sleep(fault.get("seconds", 5))
        if kind == "500":
            self._send(500, {"error": "internal"})
        elif kind == "429":
            self._send(429, {"error": "slow down"}, retry_after=fault.get("retry_after"))
        elif kind == "html":
            self._send_bytes(200, b"<html><body>Maintenance</body></html>", "text/html")
        elif kind == "wrong_json":
            self._send(200, {"header": {"statut": 200}, "uniteLegale": [], "organization": []})
        elif kind == "expired_token":
            with self.simulator.lock:
                self.simulator.provider.expire_tokens()
            self._send(401, {"error": {"errorCode": "00040"}})
        elif kind == "huge":
            self._send_huge()
        else:
            self._tell(kind, request)

    def _tell(self, kind, request):
        """The answer as it should be, or what becomes of it on its way."""
        with self.simulator.lock:
            status, body = self.simulator.provider.answer(request)
            if status == 200:
                self.simulator.bill(request)
        if kind == "lost":
            self.close_connection = True
            return
        if kind == "changed_schema":
            body = self.simulator.provider.changed_schema(body)
        if kind == "truncated":
            data = json.dumps(body).encode()
            self._head(status, "application/json", len(data), None)
            self.wfile.write(data[:len(data) // 2])
            self.close_connection = True
            return
        self._send(status, body)

    def _send_huge(self):
        self._head(200, "application/json", HUGE_BYTES, None)
        try:
            for _ in range(HUGE_BYTES // len(_CHUNK)):
                self.wfile.write(_CHUNK)
        except OSError:
            pass  # The client has had enough: that is what it is for.
        self.close_connection = True

    def _send(self, status, body, retry_after=None):
        self._send_bytes(status, json.dumps(body).encode(), "application/json", retry_after)

    def _send_bytes(self, status, data, content_type, retry_after=None):
        try:
            self._head(status, content_type, len(data), retry_after)
            self.wfile.write(data)
        except OSError:
            self.close_connection = True  # It did not wait.

    def _head(self, status, content_type, length, retry_after):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length))
        if retry_after is not None:
            self.send_header("Retry-After", str(retry_after))
        self.end_headers()


def _admin(simulator, method, path, body):
    """(status, body) of one call of the admin path."""
    try:
        given = json.loads(body) if body else {}
    except ValueError:
        return 400, {"error": "no JSON"}
    with simulator.lock:
        if (method, path) == ("GET", "/admin/calls"):
            return 200, json.loads(json.dumps(simulator.counts.as_json()))
        if (method, path) == ("POST", "/admin/reset"):
            simulator.reset()
            return 200, {}
        if (method, path) == ("POST", "/admin/limit"):
            simulator.per_minute = int(given["per_minute"])
            return 200, {}
        if (method, path) == ("POST", "/admin/fault") and given.get("kind") in FAULTS:
            simulator.fault = given
            return 200, {}
    return 404, {"error": f"unknown: {method} {path} {given}"}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    # Many clients begin at once.
    request_queue_size = 128


def make(provider, port, per_minute):
    """A server that is bound and not yet serving; its attribute `simulator` has the state."""
    server = Server(("127.0.0.1", port), Handler)
    server.simulator = Simulator(provider, per_minute)
    return server
