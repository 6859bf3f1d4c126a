"""Goal: companies are asked about once, whatever points to them; no failure of a provider changes
or improves what is known, and all of it mends itself; a second run in events mode gives the same
bytes.

Method: real services against the simulators of tests/simulators over real HTTP. What was asked is
counted by the simulators; the values that are expected are those of the simulators' company model
on the day of the answer.
"""
import datetime
import pathlib
import re
import sys
import tempfile
import unittest

import compare
import processes
import simulators
from ctl import DONE, FAILED
from simulators import Simulator, customer, settings_for
from system import System

sys.path.insert(0, str(simulators.FOLDER))
from company import Company  # noqa: E402  (its folder is named just above)

# SIRENs with a right check digit; the last one is known to no simulator.
SIRENS = ("800000002", "800000010", "800000028", "800000036")
UNKNOWN_SIREN = "800000127"
FIRST = datetime.date(2024, 3, 4)
POLICY = """watch: all
providers:
  - {provider: altares, refresh_days: 7, stale_after_days: 10,
     cost: 4.50 EUR}
  - {provider: sirene, refresh_days: 30, stale_after_days: 40}
"""
ANSWER_SECONDS = 60
# A first failure is asked again within 2 minutes, and a tick comes every second here.
MEND_SECONDS = 240


class RiskCase(unittest.TestCase):
    """What both have in common: two simulators, a folder for files, questions to the services."""
    tenant = ""

    @classmethod
    def start_simulators(cls):
        cls.simulators = {}
        for name in simulators.PROVIDERS:
            cls.simulators[name] = Simulator(name)
            cls.addClassCleanup(cls.simulators[name].stop)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.policy = cls.folder / "policy.yaml"
        cls.policy.write_text(POLICY)

    @classmethod
    def ask(cls, system, *arguments, code=DONE):
        return system.ctl.ask(*arguments, "--tenant", cls.tenant, "--output", "csv", code=code)

    @classmethod
    def import_customers(cls, system, name, customers):
        file = cls.folder / f"{name}.jsonl"
        file.write_text("\n".join(customer(*one) for one in customers) + "\n")
        cls.ask(system, "import", file)

    def values(self, system, siren):
        """{criterion: value} as risk show has them."""
        rows = self.ask(system, "risk", "show", "--legal-entity", f"siren:{siren}").rows()
        return {row["criterion"]: row["value"] for row in rows}

    def standings(self, system, siren):
        """{provider: how asking it has gone}; empty while the company is not known yet."""
        answer = self.ask(system, "risk", "show", "--legal-entity", f"siren:{siren}",
                          "--providers", code=None)
        if answer.code != DONE and "company_not_found" in answer.err:
            return {}
        self.assertEqual(answer.code, DONE, str(answer))
        return {row["provider"]: row for row in answer.rows()}

    def expected(self, siren, day):
        now = Company(siren).at(day)
        values = {
            "register_state": "C" if now["ceased_on"] else "A",
            "activity": f"{Company(siren).activity}/NAFRev2",
            "created_on": str(Company(siren).created),
            "legal_form": Company(siren).form,
            "solvency_score": str(now["solvency"]),
            "payment_index": str(now["index"]),
            "recommended_credit": f"{now['credit']}.00",
            "liens": f"{now['liens']}.00",
            "insolvency": {None: "none", "sauvegarde": "safeguard",
                           "redressement": "reorganisation",
                           "liquidation": "liquidation"}[now["procedure"]],
            "turnover": f"{now['turnover']}.00",
        }
        if now["band"] != "NN":
            values["workforce_band"] = now["band"]
        return values


class RiskInEventsMode(RiskCase):
    """Five accounts of one company, three of others, a company that nobody knows; 60 days."""
    tenant = "riskevents"
    DAYS = 60

    @classmethod
    def setUpClass(cls):
        cls.start_simulators()
        cls.system = System("risk", settings=settings_for(cls.simulators),
                            risk_enrichment=1)
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.begin(cls.system)

    @classmethod
    def begin(cls, system):
        cls.ask(system, "tenants", "open", "--clock", "events")
        cls.ask(system, "risk", "policy", cls.policy)
        customers = [(f"F-{i}", SIRENS[0], FIRST) for i in range(5)]
        customers += [(f"C-{i}", siren, FIRST) for i, siren in enumerate(SIRENS[1:])]
        customers.append(("C-9", UNKNOWN_SIREN, FIRST))
        cls.import_customers(system, "customers", customers)

    @classmethod
    def advance(cls, system, days):
        cls.ask(system, "clock", "advance", "--to", FIRST + datetime.timedelta(days))
        cls.settle(system)

    @classmethod
    def settle(cls, system):
        """Waits until risk-enrichment has come as far as the ledger, on every partition."""
        seen = []

        def settled():
            lines = system.dump()
            last_us = max(int(re.search(r"instant \{ seconds: (\d+)", line).group(1))
                          for line in lines if line.startswith("topic\tencours.receivables\t")
                          and "\ttick {" in line) * 1_000_000
            waits = [line for line in lines if line.startswith("table\trisk-enrichment\teffect\t")]
            due = [line for line in lines
                   if line.startswith("table\trisk-enrichment\ttimer\tcompanies|")
                   and int(line.split("|")[2]) <= last_us]
            seen.append(lines)
            return not waits and not due and seen[-3:] == [lines] * 3
        processes.wait_until("risk-enrichment is as far as the ledger", ANSWER_SECONDS, settled)

    def test_1_five_accounts_buy_one_report(self):
        self.advance(self.system, 1)
        for simulator in self.simulators.values():
            calls = simulator.calls()
            self.assertEqual(calls["by_siren"], {siren: 1 for siren in (*SIRENS, UNKNOWN_SIREN)})
        self.assertEqual(self.simulators["altares"].calls()["billed"],
                         {siren: 1 for siren in SIRENS})
        for siren in SIRENS:
            self.assertEqual(self.values(self.system, siren), self.expected(siren, FIRST))
        companies = {row["legal_entity"]: row for row in
                     self.ask(self.system, "risk", "monitor").rows()}
        self.assertEqual(companies[f"siren:{SIRENS[0]}"]["account_count"], "5")
        self.assertEqual(companies[f"siren:{UNKNOWN_SIREN}"]["providers"],
                         "altares not_found, sirene not_found")

    def test_2_a_company_of_a_new_account_costs_nothing_more(self):
        before = self.simulators["altares"].calls()["calls"]
        day = FIRST + datetime.timedelta(1)
        self.import_customers(self.system, "sixth", [("F-6", SIRENS[0], day)])
        self.assertEqual(self.simulators["altares"].calls()["calls"], before)
        # Each account has each value once, and so has the sixth one.
        facts = [line for line in self.system.dump()
                 if line.startswith("topic\tencours.risk\t") and "criterion_changed" in line]
        self.assertGreater(len(facts), 0)
        score = [line for line in facts if "CRITERION_SOLVENCY_SCORE" in line
                 and f"siren:{SIRENS[0]}" in line]
        self.assertEqual(len(score), 6)

    def test_3_refreshed_by_the_policy(self):
        self.advance(self.system, self.DAYS)
        calls = self.simulators["altares"].calls()
        for siren in SIRENS:
            # The second answer comes 4 to 7 days after the first, then one every 7 days, up to day
            # 60 inclusive.
            self.assertIn(calls["billed"][siren], {2 + (self.DAYS - shift) // 7
                                                   for shift in (4, 5, 6, 7)})
            standing = self.standings(self.system, siren)["altares"]
            asked = datetime.date.fromisoformat(standing["asked_at"][:10])
            # Asked at midnight in Paris: the day before in UTC.
            day = asked + datetime.timedelta(1)
            self.assertEqual(self.values(self.system, siren)["solvency_score"],
                             str(Company(siren).at(day)["solvency"]))
            self.assertEqual(standing["outcome"], "ok")
        self.assertEqual(max(calls["by_key"].values()), 1)

    def test_4_a_second_run_gives_the_same_bytes(self):
        with System("riskagain", settings=settings_for(self.simulators),
                    risk_enrichment=2) as again:
            self.begin(again)
            self.advance(again, 1)
            day = FIRST + datetime.timedelta(1)
            self.import_customers(again, "sixth", [("F-6", SIRENS[0], day)])
            self.advance(again, self.DAYS)
            compare.same(self, self.system.dump(), again.dump(), "one run", "another one")

    def test_5_an_outage_is_no_good_news_and_mends_itself(self):
        before = {siren: self.values(self.system, siren) for siren in SIRENS}
        for name in ("altares", "sirene"):
            self.simulators[name].admin("fault", kind="500")
        self.advance(self.system, self.DAYS + 45)
        for siren in SIRENS:
            self.assertEqual(self.values(self.system, siren), before[siren])
            standing = self.standings(self.system, siren)
            self.assertEqual({one["outcome"] for one in standing.values()}, {"stale"})
            self.assertEqual({one["code"] for one in standing.values()}, {"http_500"})
        for name in ("altares", "sirene"):
            self.simulators[name].admin("fault", kind="none")
        self.advance(self.system, self.DAYS + 47)
        for siren in SIRENS:
            standing = self.standings(self.system, siren)
            self.assertEqual({one["outcome"] for one in standing.values()}, {"ok"})

    def test_6_every_process_ends_well_on_sigterm(self):
        self.system.ctl.ask("verify", code=DONE)
        for process in self.system.processes:
            with self.subTest(process=process.name):
                self.assertTrue(process.stop(), process.last_words())


class RiskInWallTime(RiskCase):
    """History before go-live, then faults one after the other; each company meets one of them."""
    tenant = "riskwall"

    @classmethod
    def setUpClass(cls):
        cls.start_simulators()
        settings = settings_for(cls.simulators)
        settings["ingestion"] = {"wall_tick_ms": 1000}
        cls.system = System("riskwall", settings=settings, risk_enrichment=1)
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.ask(cls.system, "tenants", "open", "--clock", "wall")
        cls.ask(cls.system, "risk", "policy", cls.policy)
        today = datetime.date.today()
        cls.import_customers(cls.system, "customers",
                             [(f"C-{i}", siren, today) for i, siren in enumerate(SIRENS)])

    def until(self, what, siren, check, seconds=ANSWER_SECONDS):
        """Waits until the standing with altares is as `check` says; returns it."""
        def look():
            standing = self.standings(self.system, siren).get("altares")
            return standing if standing and check(standing) else None
        return processes.wait_until(what, seconds, look, pause=0.5)

    def refresh(self, siren):
        return self.ask(self.system, "risk", "refresh", "--legal-entity", f"siren:{siren}",
                        "--provider", "altares").rows()

    def meets(self, siren, outcome, code, **fault):
        """Refreshes the company while the provider is at fault; nothing that is known changes."""
        before = self.values(self.system, siren)
        was = self.standings(self.system, siren)["altares"]
        self.simulators["altares"].admin("fault", sirens=[siren], **fault)
        self.refresh(siren)
        # When it will be asked again is said once the attempt has ended.
        standing = self.until(f"{outcome} {code}", siren, lambda one: (
            one["asked_at"] != was["asked_at"] and one["next_at"] != ""
            and (one["outcome"], one["code"]) == (outcome, code)))
        self.assertEqual(self.values(self.system, siren), before)
        self.assertEqual(standing["last_good_at"], was["last_good_at"])
        self.simulators["altares"].admin("fault", kind="none")

    def test_1_before_go_live_nobody_is_asked(self):
        for siren in SIRENS:
            self.until("suppressed", siren, lambda one: one["outcome"] == "suppressed")
        refused = self.ask(self.system, "risk", "refresh", "--legal-entity",
                           f"siren:{SIRENS[0]}", code=FAILED)
        self.assertIn("before_go_live", refused.err)
        for simulator in self.simulators.values():
            self.assertEqual(simulator.calls()["calls"], 0)

    def test_2_going_live_asks_for_each_company_once(self):
        self.ask(self.system, "tenants", "go-live", "--backlog", "none")
        for siren in SIRENS:
            self.until("ok", siren, lambda one: one["outcome"] == "ok", MEND_SECONDS)
        calls = self.simulators["altares"].calls()
        self.assertEqual(calls["by_siren"], {siren: 1 for siren in SIRENS})
        preview = self.ask(self.system, "risk", "refresh", "--legal-entity", f"siren:{SIRENS[0]}",
                           "--preview").rows()
        self.assertEqual([(one["provider"], one["cost"]) for one in preview],
                         [("altares", "4.50"), ("sirene", "")])
        self.assertEqual(self.simulators["altares"].calls()["calls"], calls["calls"])

    def test_3_a_bad_answer_changes_nothing_and_is_asked_for_again(self):
        siren = SIRENS[0]
        before = self.simulators["altares"].calls()
        self.meets(siren, "failed", "http_500", kind="500")
        self.until("it mends itself", siren, lambda one: one["outcome"] == "ok", MEND_SECONDS)
        after = self.simulators["altares"].calls()
        # Bought once more, however often it was asked for.
        self.assertEqual(after["billed"][siren], before["billed"][siren] + 1)

    def test_4_every_other_fault(self):
        siren = SIRENS[1]
        self.meets(siren, "failed", "malformed", kind="wrong_json")
        self.meets(siren, "failed", "malformed", kind="html")
        self.meets(siren, "failed", "malformed", kind="changed_schema")
        self.meets(siren, "failed", "truncated", kind="truncated")
        self.meets(siren, "failed", "answer_too_large", kind="huge")
        self.meets(siren, "failed", "http_429", kind="429", retry_after=3600)
        self.meets(siren, "unknown", "timeout", kind="slow", seconds=2)
        self.refresh(siren)
        self.until("ok", siren, lambda one: one["outcome"] == "ok")

    def test_5_an_expired_token_is_replaced(self):
        siren = SIRENS[2]
        tokens = self.simulators["altares"].calls()["tokens"]
        self.simulators["altares"].admin("fault", kind="expired_token", times=1)
        good = self.standings(self.system, siren)["altares"]["last_good_at"]
        self.refresh(siren)
        self.until("answered", siren, lambda one: one["last_good_at"] != good)
        self.assertEqual(self.simulators["altares"].calls()["tokens"], tokens + 1)

    def test_6_a_lost_answer_is_paid_for_once(self):
        siren = SIRENS[2]
        before = self.simulators["altares"].calls()
        good = self.standings(self.system, siren)["altares"]["last_good_at"]
        self.simulators["altares"].admin("fault", kind="lost", times=1, sirens=[siren])
        self.refresh(siren)
        self.until("answered", siren, lambda one: one["last_good_at"] != good)
        after = self.simulators["altares"].calls()
        self.assertEqual(after["billed"][siren], before["billed"][siren] + 1)
        self.assertGreaterEqual(after["by_siren"][siren], before["by_siren"][siren] + 2)

    def test_7_killed_between_answer_and_outcome(self):
        siren = SIRENS[3]
        before = self.simulators["altares"].calls()
        good = self.standings(self.system, siren)["altares"]["last_good_at"]
        victim = self.system.of("risk-enrichment")[0]
        self.assertTrue(victim.stop())
        victim.environment = {"ENCOURS_FAULT": "fetch.answered:1:kill"}
        victim.start()
        self.system.wait_ready()
        asking = self.system.ctl.begin("risk", "refresh", "--legal-entity", f"siren:{siren}",
                                       "--provider", "altares", "--tenant", self.tenant)
        processes.wait_until("it dies", ANSWER_SECONDS, lambda: not victim.alive())
        victim.environment = {}
        victim.start()
        self.system.wait_ready()
        self.assertEqual(asking.end().code, DONE)
        self.until("answered", siren, lambda one: one["last_good_at"] != good)
        after = self.simulators["altares"].calls()
        self.assertEqual(after["billed"][siren], before["billed"][siren] + 1)
        self.assertEqual(after["by_siren"][siren], before["by_siren"][siren] + 2)

    def test_8_every_process_ends_well_on_sigterm(self):
        for process in self.system.processes:
            with self.subTest(process=process.name):
                self.assertTrue(process.stop(), process.last_words())
