"""The providers' simulators of tests/simulators as processes of a test; what they are asked for.

A simulator answers over real HTTP, counts what it is asked and what it bills, and goes wrong as it
is told.
"""
import json
import subprocess
import sys
import urllib.request

import processes

FOLDER = processes.ROOT / "tests" / "simulators"
PROVIDERS = ("altares", "sirene")


class Simulator:
    """A simulator's process; dies with the test."""

    def __init__(self, name):
        self.child = subprocess.Popen(
            [sys.executable, str(FOLDER / "serve.py"), name, "0", "--per-minute", "0"],
            stdout=subprocess.PIPE, text=True, preexec_fn=processes.die_with_parent)
        self.url = self.child.stdout.readline().split()[1]

    def admin(self, path, **given):
        body = json.dumps(given).encode() if path != "calls" else None
        with urllib.request.urlopen(f"{self.url}/admin/{path}", body, timeout=10) as answer:
            return json.loads(answer.read())

    def calls(self):
        return self.admin("calls")

    def stop(self):
        self.child.terminate()
        self.child.wait()
        self.child.stdout.close()


def customer(account, siren, day):
    """CustomerUpserted as a line of JSON."""
    date = {"year": day.year, "month": day.month, "day": day.day}
    return json.dumps({
        "source": "crm", "id": f"{account}/{day}", "occurred_on": date,
        "customer_upserted": {"account": account, "name": f"Customer {account}",
                              "identifiers": [{"scheme": "SIREN", "value": siren}]}})


def settings_for(simulators, **more):
    settings = {}
    for name, simulator in simulators.items():
        for setting, value in {"url": simulator.url, "simulator_url": simulator.url,
                               "per_minute": 0, "total_timeout_ms": 1000,
                               "breaker_open_ms": 300, **more}.items():
            settings[f"{name}.{setting}"] = value
    return {"risk-enrichment": settings}
