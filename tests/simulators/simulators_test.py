#!/usr/bin/env python3
"""Goal: a simulator answers as its provider would, the same for the same day, and counts, refuses
and fails as it is told. Method: real HTTP on the loopback.
"""
import contextlib
import datetime
import http.client
import json
import threading
import time
import unittest

import altares
import server
import sirene
from company import Company

# The first SIRENs that do and don't exist here.
KNOWN = next(f"{n:09}" for n in range(100, 999) if Company(f"{n:09}").exists)
UNKNOWN = next(f"{n:09}" for n in range(100, 999) if not Company(f"{n:09}").exists)
SIRENE_PATH = "/api-sirene/3.11/siren/"
ALTARES_PATH = "/v1/data/siren/"


@contextlib.contextmanager
def serving(provider, per_minute=0):
    one = server.make(provider, 0, per_minute)
    thread = threading.Thread(target=one.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield Client(one.server_address[1])
    finally:
        one.shutdown()
        thread.join()
        one.server_close()


class Client:
    def __init__(self, port):
        self.port = port

    def ask(self, path, method="GET", body=None, timeout=10, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, names)
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())

    def admin(self, path, **given):
        status, body, _ = self.ask("/admin/" + path, "POST" if path != "calls" else "GET",
                                   json.dumps(given) if path != "calls" else None)
        assert status == 200, body
        return json.loads(body)

    def sirene(self, siren=KNOWN, **headers):
        return self.ask(SIRENE_PATH + siren, X_INSEE_Api_Key_Integration="k", **headers)

    def token(self):
        status, body, _ = self.ask("/v3/token", "POST", "grant_type=client_credentials",
                                   Authorization="Basic eDp5")
        assert status == 200
        return json.loads(body)["access_token"]

    def altares(self, token, siren=KNOWN, **headers):
        return self.ask(ALTARES_PATH + siren, Authorization="Bearer " + token, **headers)


class Answers(unittest.TestCase):
    def test_the_same_day_has_the_same_bytes(self):
        with serving(sirene.Provider()) as client:
            first = client.sirene(X_Simulated_Date="2023-05-04")
            self.assertEqual(first[0], 200)
            self.assertEqual(client.sirene(X_Simulated_Date="2023-05-04")[1], first[1])
            unit = json.loads(first[1])["uniteLegale"]
            self.assertEqual(unit["siren"], KNOWN)
            self.assertEqual(sum(p["dateFin"] is None for p in unit["periodesUniteLegale"]), 1)

    def test_values_move_over_time(self):
        with serving(altares.Provider()) as client:
            token = client.token()
            seen = set()
            for year in range(2012, 2026):
                status, body, _ = client.altares(token, X_Simulated_Date=f"{year}-03-01")
                self.assertEqual(status, 200)
                assessment = json.loads(body)["organization"]["dnbAssessment"]
                seen.add(assessment["failureScore"]["nationalPercentile"])
            self.assertGreater(len(seen), 3)

    def test_some_companies_fail_and_get_worse_before(self):
        states = set()
        for number in range(100, 400):
            company = Company(f"{number:09}")
            for year in range(2012, 2028):
                states.add(company.at(datetime.date(year, 6, 1))["procedure"])
        self.assertEqual(states, {None, "sauvegarde", "redressement", "liquidation"})

    def test_unknown_company(self):
        with serving(sirene.Provider()) as client:
            status, body, _ = client.sirene(UNKNOWN)
            self.assertEqual((status, json.loads(body)["header"]["statut"]), (404, 404))
        with serving(altares.Provider()) as client:
            status, body, _ = client.altares(client.token(), UNKNOWN)
            self.assertEqual((status, json.loads(body)["error"]["errorCode"]), (404, "10001"))

    def test_nobody_is_served_without_his_key(self):
        with serving(sirene.Provider()) as client:
            self.assertEqual(client.ask(SIRENE_PATH + KNOWN)[0], 401)
        with serving(altares.Provider()) as client:
            self.assertEqual(client.altares("other")[0], 401)
            self.assertEqual(client.ask("/v3/token", "POST", "x", Authorization="Basic e")[0], 400)


class Counting(unittest.TestCase):
    def test_a_key_is_billed_once(self):
        with serving(altares.Provider()) as client:
            token = client.token()
            for key in ("one", "one", "two"):
                client.altares(token, Idempotency_Key=key)
            calls = client.admin("calls")
            self.assertEqual(calls["by_siren"], {KNOWN: 3})
            self.assertEqual(calls["by_key"], {"one": 2, "two": 1})
            self.assertEqual(calls["billed"], {KNOWN: 2})
            self.assertEqual(calls["tokens"], 1)
            client.admin("reset")
            self.assertEqual(client.admin("calls")["calls"], 0)

    def test_calls_over_the_limit_are_refused_and_counted(self):
        with serving(sirene.Provider(), per_minute=2) as client:
            answers = [client.sirene() for _ in range(4)]
            self.assertEqual([status for status, _, _ in answers], [200, 200, 429, 429])
            self.assertEqual(answers[3][2]["Retry-After"], "60")
            self.assertEqual(client.sirene(X_Simulated_Date="2023-01-01")[0], 200)
            calls = client.admin("calls")
            self.assertEqual((calls["calls"], calls["refused"]), (3, 2))
            client.admin("limit", per_minute=0)
            self.assertEqual(client.sirene()[0], 200)


class Faults(unittest.TestCase):
    def setUp(self):
        context = serving(altares.Provider())
        self.client = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.token = self.client.token()

    def ask(self):
        return self.client.altares(self.token, timeout=5)

    def test_statuses(self):
        self.client.admin("fault", kind="500")
        self.assertEqual(self.ask()[0], 500)
        self.client.admin("fault", kind="429", retry_after=7)
        status, _, headers = self.ask()
        self.assertEqual((status, headers["Retry-After"]), (429, "7"))
        self.client.admin("fault", kind="none")
        self.assertEqual(self.ask()[0], 200)
        self.assertEqual(self.client.admin("calls")["faults"], {"500": 1, "429": 1})

    def test_bodies(self):
        self.client.admin("fault", kind="html")
        self.assertIn(b"<html>", self.ask()[1])
        self.client.admin("fault", kind="wrong_json")
        self.assertEqual(json.loads(self.ask()[1])["organization"], [])
        self.client.admin("fault", kind="changed_schema")
        organization = json.loads(self.ask()[1])["organization"]
        score = organization["dnbAssessment"]["failureScore"]["nationalPercentile"]
        self.assertIsInstance(score, str)

    def test_transfers(self):
        self.client.admin("fault", kind="truncated")
        with self.assertRaises(http.client.IncompleteRead):
            self.ask()
        self.client.admin("fault", kind="lost")
        with self.assertRaises(http.client.RemoteDisconnected):
            self.ask()
        self.client.admin("fault", kind="huge")
        self.assertEqual(len(self.ask()[1]), server.HUGE_BYTES)

    def test_slow_is_late_but_right(self):
        self.client.admin("fault", kind="slow", seconds=0.4)
        began = time.monotonic()
        self.assertEqual(self.ask()[0], 200)
        self.assertGreaterEqual(time.monotonic() - began, 0.4)

    def test_an_expired_token_is_replaced(self):
        self.client.admin("fault", kind="expired_token", times=1)
        self.assertEqual(self.ask()[0], 401)
        self.assertEqual(self.ask()[0], 401)
        self.token = self.client.token()
        self.assertEqual(self.ask()[0], 200)

    def test_a_fault_for_some_companies_and_some_times(self):
        other = next(f"{n:09}" for n in range(int(KNOWN) + 1, 999) if Company(f"{n:09}").exists)
        self.client.admin("fault", kind="500", sirens=[other], times=1)
        self.assertEqual(self.ask()[0], 200)
        self.assertEqual(self.client.altares(self.token, other)[0], 500)
        self.assertEqual(self.client.altares(self.token, other)[0], 200)


if __name__ == "__main__":
    unittest.main()
