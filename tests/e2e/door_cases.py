"""Goal: the one door gives what the services say, and refuses what it must, always in JSON.

Method: plain HTTP calls to the gateway; figures are compared with independent.py, which reads the
CSV alone.
"""
import datetime
import json
import struct
import time
import unittest
import urllib.parse

import data
import independent
import place
import processes
from gateway import Gateway, token

TENANT = "/v1alpha1/tenants/small"
DAY = datetime.date(2024, 4, 30)
# A route without a limit of its own would end a stream after 15 s.
STREAM_SECONDS = 18
_AGES = {"not_due": "notDue", "d1_30": "d130", "d31_60": "d3160", "d61_90": "d6190",
         "over_90": "over90"}


def ask(path, **more):
    return place.get().gateway.ask(path, **more)


class Refused(unittest.TestCase):
    """Every refusal has the same shape: code, message, details."""

    def check(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers.get_content_type(), "application/json")
        body = answer.json()
        self.assertEqual(set(body), {"code", "message", "details"})
        self.assertEqual(body["code"], code)
        self.assertTrue(body["message"])
        return body

    def test_without_a_token(self):
        self.check(ask(f"{TENANT}/customers", token=None), 401, 16)

    def test_with_a_token_of_another_key(self):
        good = place.get().gateway.token
        head, body, signature = good.split(".")
        spoiled = ("A" if signature[0] != "A" else "B") + signature[1:]
        self.check(ask(f"{TENANT}/customers", token=f"{head}.{body}.{spoiled}"), 401, 16)

    def test_with_an_expired_token(self):
        old = token(place.get().system, expires=1_000_000_000)
        self.check(ask(f"{TENANT}/customers", token=old), 401, 16)

    def test_role_and_tenant(self):
        system = place.get().system
        erp = token(system, subject="sap", roles=["erp"])
        self.check(ask(f"{TENANT}/customers", token=erp), 403, 7)
        other = token(system, subject="bob", tenants=["other"])
        self.check(ask(f"{TENANT}/customers", token=other), 403, 7)

    def test_a_wrong_filter_names_field_and_column(self):
        query = urllib.parse.urlencode({"filter": "overdu > 1"})
        body = self.check(ask(f"{TENANT}/customers?{query}"), 400, 3)
        refusal = body["details"][0]
        self.assertEqual((refusal["code"], refusal["field"]), ("unknown_field", "filter"))
        self.assertIn("Column 1", refusal["message"])

    def test_not_found(self):
        body = self.check(ask(f"{TENANT}/customers/nobody"), 404, 5)
        self.assertEqual(body["details"][0]["field"], "account")

    def test_nothing_at_an_address(self):
        self.check(ask("/v1alpha1/nothing"), 404, 5)
        self.check(ask("/elsewhere", token=None), 404, 5)

    def test_unknown_query_parameter(self):
        body = self.check(ask(f"{TENANT}/customers?colour=red"), 400, 3)
        self.assertIn("colour", body["message"])

    def test_malformed_json(self):
        self.check(ask(f"{TENANT}/clock:advance", body=b"{oops"), 400, 3)

    def test_too_large_a_body(self):
        body = json.dumps({"requestId": "x" * 9_000_000}).encode()
        # By the gateway or, as it passes bytes on while they come, by the service.
        answer = ask(f"{TENANT}/clock:advance", body=body)
        self.assertIn(answer.status, (413, 429))
        self.check(answer, answer.status, 8)

    def test_another_name_of_the_host(self):
        self.check(ask("/ui/local.json", token=None, headers={"Host": "evil.example"}), 404, 5)

    def test_reflection_and_statistics_are_not_outside(self):
        name = "grpc.reflection.v1alpha.ServerReflection"
        answer = ask(f"/{name}/ServerReflectionInfo", body=b"")
        self.check(answer, 404, 5)
        for path in ("/stats", "/config_dump", "/metrics", "/grpc.health.v1.Health/Check"):
            self.check(ask(path), 404, 5)


class Answers(unittest.TestCase):
    def test_customers_are_listed_page_by_page(self):
        seen, page_token = [], ""
        while True:
            query = urllib.parse.urlencode({"pageSize": 4, "pageToken": page_token})
            page = ask(f"{TENANT}/customers?{query}").json()
            self.assertLessEqual(len(page["customers"]), 4)
            seen += [(one["account"], one["currencyCode"]) for one in page["customers"]]
            page_token = page["nextPageToken"]
            if not page_token:
                break
        wanted = {(one.account, one.currency) for one in data.SMALL.invoices}
        self.assertEqual(len(seen), len(set(seen)), "a row came twice")
        self.assertEqual(set(seen), wanted)
        self.assertEqual(int(page["totalSize"]), len(wanted))

    def test_aged_balance_is_what_the_file_says(self):
        query = urllib.parse.urlencode({"asOf.year": DAY.year, "asOf.month": DAY.month,
                                        "asOf.day": DAY.day, "withTotals": "true"})
        page = ask(f"{TENANT}/agedBalance?{query}").json()
        wanted = independent.aged_balance(data.SMALL.invoices, DAY)
        self.assertEqual({(row["customerId"], row["currencyCode"]): int(row["total"])
                          for row in page["rows"]},
                         {key: row["total"] for key, row in wanted.items()})
        for total in page["totals"]:
            rows = [row for (_, currency), row in wanted.items()
                    if currency == total["currencyCode"]]
            for ours, theirs in _AGES.items():
                if ours in rows[0]:
                    self.assertEqual(int(total[theirs]), sum(row[ours] for row in rows), ours)

    def test_a_write_by_json(self):
        body = json.dumps({"requestId": "e2e-advance"}).encode()
        answer = ask(f"{TENANT}/clock:advance", body=body)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertIn("position", answer.json())

    def test_openapi_names_what_answers_here_and_nothing_else(self):
        document = ask("/openapi.json", token=None).json()
        tags = {tag for calls in document["paths"].values() for one in calls.values()
                for tag in one["tags"]}
        self.assertEqual(tags, {"IngestionService", "RiskService", "ScoringService",
                                "DunningService", "AlertingService", "PortfolioService"})
        nothing = ask("/v1alpha1/nothing").json()["message"]
        for path, calls in document["paths"].items():
            if "get" not in calls or path.endswith(":stream"):
                continue
            made = path.replace("{tenant}", "small").replace("{account}", "A003")
            with self.subTest(path=path):
                answer = ask(made.replace("{id}", "none"))
                self.assertIn(answer.status, (200, 400, 404))
                self.assertNotIn(nothing, answer.body.decode())

    def test_health(self):
        self.assertEqual(ask("/healthz", token=None).status, 200)


class Streams(unittest.TestCase):
    def test_alerts_come_as_lines_and_the_stream_stays(self):
        last = max(day for one in data.SMALL.invoices
                   for day in (one.issued, one.settled) if day)
        wanted = independent.overdue_alerts(data.SMALL.invoices, last)
        alerts, last_at = set(), 0.0
        begin = time.monotonic()
        with place.get().gateway.open(f"{TENANT}/alerts:stream?start=START_EARLIEST") as stream:
            self.assertEqual(stream.headers.get_content_type(), "application/json")
            while time.monotonic() - begin < STREAM_SECONDS:
                message = json.loads(stream.readline())
                last_at = time.monotonic() - begin
                if message.get("alert", {}).get("kind") == "ALERT_KIND_OVERDUE":
                    alerts.add(message["alert"]["id"])
                self.assertTrue(message["cursor"])
        self.assertEqual(len(alerts), len(wanted))
        self.assertGreater(last_at, 15, "nothing came after a route's usual limit")


def _frame(message):
    return b"\0" + struct.pack(">I", len(message)) + message


def _frames(body):
    """(flag, payload) of each frame of a gRPC-Web answer."""
    while body:
        flag, size = body[0], struct.unpack(">I", body[1:5])[0]
        yield flag, body[5:5 + size]
        body = body[5 + size:]


class GrpcWeb(unittest.TestCase):
    """Frames written by hand: a GetPositionRequest is its field 1, the tenant."""

    def call(self, tenant, **more):
        text = tenant.encode()
        return ask("/encours.portfolio.v1alpha1.PortfolioService/GetPosition",
                   body=_frame(b"\x0a" + bytes([len(text)]) + text),
                   headers={"Content-Type": "application/grpc-web+proto", "X-Grpc-Web": "1"},
                   **more)

    def test_a_unary_call(self):
        answer = self.call("small")
        self.assertEqual(answer.status, 200)
        (flag, message), (last, trailers) = _frames(answer.body)
        self.assertEqual((flag, last & 0x80), (0, 0x80))
        self.assertIn(b"tenant/small", message)
        self.assertIn(b"grpc-status:0", trailers.replace(b" ", b""))

    def test_an_error_carries_code_and_field(self):
        answer = self.call("")
        said = dict(answer.headers.items())
        for _, trailers in _frames(answer.body):
            said |= dict(line.split(":", 1) for line in trailers.decode().splitlines() if line)
        said = {key.lower(): value.strip() for key, value in said.items()}
        self.assertNotEqual(said["grpc-status"], "0")
        self.assertEqual(said["encours-error-field"], "tenant")

    def test_without_a_token(self):
        self.assertEqual(self.call("small", token=None).status, 401)


class Limits(unittest.TestCase):
    """A gateway of its own, whose callers may ask five times, and that knows no local run."""

    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway(place.get().system, "tight", rate_caller_burst=5,
                              rate_caller_per_second=1, local_file="")
        cls.gateway.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.__exit__()

    def test_each_caller_has_a_bucket(self):
        def ask_many(**more):
            return [self.gateway.ask(f"{TENANT}/position", **more).status for _ in range(12)]
        ann = token(place.get().system, subject="ann")
        first = ask_many(token=ann, headers={"X-Encours-Caller": "somebody-else"})
        self.assertEqual(first[:5], [200] * 5)
        self.assertGreaterEqual(first.count(429), 4)
        refused = self.gateway.ask(f"{TENANT}/position", token=ann)
        if refused.status == 429:
            self.assertEqual(refused.json()["code"], 8)
        bob = token(place.get().system, subject="bob")
        self.assertEqual(self.gateway.ask(f"{TENANT}/position", token=bob).status, 200)

    def test_the_development_token_is_the_local_runs_alone(self):
        self.assertEqual(ask("/ui/local.json", token=None).status, 200)
        self.assertEqual(self.gateway.ask("/ui/local.json", token=None).status, 404)


class Page(unittest.TestCase):
    def test_every_address_is_the_page_and_the_page_is_closed(self):
        first = ask("/ui/", token=None)
        deep = ask("/ui/customers/A003/timeline?tenant=small", token=None)
        self.assertEqual(first.body, deep.body)
        self.assertIn("default-src 'none'", first.headers["content-security-policy"])
        self.assertEqual(first.headers["cache-control"], "no-cache")
        self.assertNotIn(place.get().gateway.token.encode(), first.body)

    def test_assets(self):
        html = ask("/ui/", token=None).body.decode()
        script = html.split('src="')[1].split('"')[0]
        answer = ask(script, token=None, headers={"Accept-Encoding": "gzip"})
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["content-encoding"], "gzip")
        self.assertIn("immutable", answer.headers["cache-control"])
        missing = ask("/ui/assets/none.js", token=None)
        self.assertEqual((missing.status, missing.headers["cache-control"]), (404, "no-store"))

    def test_nothing_beside_the_assets_is_served(self):
        for path in ("/ui/assets/../index.html/../../package.json",
                     "/ui/assets/..%2f..%2f..%2fpackage.json", "/ui/assets/%2e%2e/%2e%2e/x"):
            answer = ask(path, token=None)
            self.assertNotIn(b"encours-dashboard", answer.body, path)


class Down(unittest.TestCase):
    def test_a_service_that_is_down_is_said_in_json(self):
        alerting = place.get().system.of("alerting")[0]
        alerting.kill()
        try:
            answer = processes.wait_until("503", 20, lambda: next(
                (one for one in [ask(f"{TENANT}/alerts")] if one.status == 503), None))
            self.assertEqual(answer.json()["code"], 14)
            self.assertEqual(ask(f"{TENANT}/customers").status, 200, "others go on")
        finally:
            alerting.start()
            place.get().system.wait_ready()
            processes.wait_until("alerts again", 30,
                                 lambda: ask(f"{TENANT}/alerts").status == 200)
