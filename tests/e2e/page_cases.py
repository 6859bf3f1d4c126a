"""Goal: the pages show what is true, to the cent, and can be used by everybody.

Method: browser/run.mjs drives Debian's Chromium; each of its cases counts here by its name. It gets
the figures that must be seen from here, computed from the CSV by independent.py.
"""
import json
import pathlib
import shutil
import subprocess
import threading
import unittest

import data
import independent
import place
import processes

HERE = pathlib.Path(__file__).resolve().parent
SCRIPT = HERE / "browser" / "run.mjs"
TIMEOUT_SECONDS = 900


def _balance(data_set, day):
    return [{"account": account, "currency": currency, **row}
            for (account, currency), row in
            independent.aged_balance(data_set.invoices, day).items()]


def _facts(data_set):
    _, last = independent.fact_days(data_set.invoices)
    month_end = last.replace(day=1) - (last.replace(day=2) - last.replace(day=1))
    return {"today": str(last), "monthEnd": str(month_end),
            "balance": _balance(data_set, last),
            "balanceAtMonthEnd": _balance(data_set, month_end)}


def _names():
    out = subprocess.run(["node", str(SCRIPT), "--list"], check=True, capture_output=True,
                         text=True)
    return out.stdout.split()


class Browser(unittest.TestCase):
    results = {}

    @classmethod
    def setUpClass(cls):
        here = place.get()
        given = place.OUT / "given.json"
        given.write_text(json.dumps({
            "url": here.gateway.url, "token": here.gateway.token,
            "chromium": shutil.which("chromium"), "out": str(place.OUT),
            "sets": {one.tenant: _facts(one) for one in place.SETS}}))
        child = subprocess.Popen(["node", str(SCRIPT), str(given)], stdout=subprocess.PIPE,
                                 text=True, preexec_fn=processes.die_with_parent)
        killer = threading.Timer(TIMEOUT_SECONDS, child.kill)
        killer.start()
        for line in child.stdout:
            one = json.loads(line)
            cls.results[one["name"]] = one
            print(f"browser: {one['name']}: {one['state']} ({one['seconds']:.1f} s)", flush=True)
        child.wait()
        killer.cancel()

    def check(self, name):
        result = self.results.get(name)
        self.assertIsNotNone(result, "the browser ended before this case")
        if result["state"] == "skipped":
            self.skipTest(data.ABSENT)
        self.assertEqual(result["state"], "passed", result.get("why"))


def _case(name):
    return lambda self: self.check(name)


for _name in _names():
    setattr(Browser, f"test_{_name}", _case(_name))
