"""Goal: outside.json says what the simulated providers will answer. Method: a small sample, and the
simulators' own model of a company.
"""
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "simulators"))
from company import Company  # noqa: E402  (its folder is named just above)

WORDS = {None: "none", "sauvegarde": "safeguard", "redressement": "reorganisation",
         "liquidation": "liquidation"}


def procedure(siren, day):
    company = Company(siren)
    if not company.exists:
        return "unknown"
    now = company.at(day)
    return "ceased" if now["ceased_on"] else WORDS[now["procedure"]]


class Outside(unittest.TestCase):
    def test_it_is_what_the_simulators_know(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([PROGRAM, "--accounts", "200", "--out", folder], check=True)
            outside = json.loads(pathlib.Path(folder, "outside.json").read_text(encoding="utf-8"))
        day = datetime.date.fromisoformat(outside["day"])
        self.assertGreater(len(outside["companies"]), 60)
        for company in outside["companies"]:
            self.assertEqual(company["procedure"], procedure(company["siren"], day), company)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
