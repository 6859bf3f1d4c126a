"""Goal: an ERP that publishes on its own Kafka topic is taken as any other door: Protobuf and
JSON, each event once; what can't be taken is refused with its place and hurts no other.

Method: a topic with fewer partitions than ours and one with more, found while the system runs;
balances by hand.
"""
import json
import subprocess
import time
import unittest

import processes
from ctl import DONE
from system import System, brokers

PROTOBUF, JSON = "application/x-protobuf", "application/json"


def invoice(number, **other):
    body = {"id": f"i/{number}", "source": "sap", "invoiceIssued": {
        "number": number, "account": "K1", "issueDate": {"year": 2024, "month": 5, "day": 2},
        "dueDate": {"year": 2024, "month": 6, "day": 1},
        "grossAmount": {"currencyCode": "EUR", "minor": "1000"}}}
    body.update(other)
    return body


class KafkaDoor(unittest.TestCase):
    PARTITIONS = {"few": 3, "many": 11}

    def setUp(self):
        self.system = self.enterContext(System("kafka", ingestion=2))

    def open(self, tenant):
        """The topic comes after the tenant is open: it must be found without a restart."""
        self.system.ctl.ask("tenants", "open", "--tenant", tenant, "--clock", "events", code=DONE)
        self.make_topic(tenant)

    def make_topic(self, tenant):
        # Apart from ours, which have the installation's number of partitions.
        self.system.ctl.ask("topics", "apply", "--bootstrap-server", brokers(), "--only-tenants",
                            "--partitions", self.PARTITIONS[tenant], "--prefix",
                            self.system.prefix, "--tenant-topic", tenant, code=DONE)

    def publish(self, tenant, records):
        lines = [f"{kind}\t{body if isinstance(body, str) else json.dumps(body)}"
                 for kind, body in records]
        subprocess.run([processes.program("kafka_publish"), brokers(),
                        f"{self.system.prefix}encours.erp.{tenant}"],
                       input="\n".join(lines).encode(), check=True, timeout=60)

    def delete_topic(self, tenant):
        subprocess.run([processes.program("kafka_delete"), brokers(),
                        f"{self.system.prefix}encours.erp.{tenant}"], check=True, timeout=60)

    def total(self, tenant):
        rows = self.system.ctl.csv("aged-balance", "--as-of", "2024-06-10", "--tenant", tenant)
        return [(row["customer_id"], row["d1_30"]) for row in rows]

    def advance(self, tenant, day):
        self.system.ctl.ask("clock", "advance", "--to", day, "--tenant", tenant, code=DONE)

    def wait_for(self, tenant, expected):
        """Each try moves the clock by a day: what has come since is decided with it."""
        for day in range(10, 31):
            self.advance(tenant, f"2024-06-{day}")
            if self.total(tenant) == expected:
                return
            time.sleep(0.5)
        self.assertEqual(self.total(tenant), expected)

    def test_a_topic_that_is_deleted_and_made_again(self):
        """It stops nobody, also not at a take-over, and begins at its own beginning."""
        self.open("few")
        self.publish("few", [(JSON, invoice(f"A{i}")) for i in range(10)])
        self.wait_for("few", [("K1", "100.00")])
        self.delete_topic("few")
        first, second = self.system.of("ingestion")
        first.kill()
        first.start()
        self.system.wait_ready()
        self.open("many")  # Whoever has the partitions now serves them.
        self.publish("many", [(JSON, invoice("M1"))])
        self.wait_for("many", [("K1", "10.00")])
        self.make_topic("few")
        self.publish("few", [(JSON, invoice(f"B{i}")) for i in range(5)])
        self.wait_for("few", [("K1", "150.00")])
        self.assertTrue(second.alive())

    def test_events_of_all_forms_are_taken_once(self):
        for tenant in self.PARTITIONS:
            self.open(tenant)
        for tenant in self.PARTITIONS:
            records = [(PROTOBUF, invoice(f"P{i}")) for i in range(20)]
            records += [(JSON, invoice(f"J{i}")) for i in range(20)]
            records += [(JSON, invoice("J0")), (PROTOBUF, invoice("J1"))]  # Again: no second time.
            bad = [("hex", "fffe00"), (JSON, "{"), (JSON, invoice("T1", tenant="other"))]
            self.publish(tenant, records[:25] + bad + records[25:])
        for tenant in self.PARTITIONS:
            self.wait_for(tenant, [("K1", "400.00")])
            letters = self.system.ctl.csv("dead-letters", "list", "--tenant", tenant)
            self.assertEqual(len(letters), 3, letters)
            self.assertEqual({one["rule"] for one in letters},
                             {"unreadable_protobuf", "unreadable_json", "tenant_mismatch"})
            for one in letters:
                self.assertEqual(one["topic"], f"encours.erp.{tenant}")
                self.assertNotEqual(one["offset"], "")
        found = self.system.ctl.ask("verify", "--output", "csv")
        self.assertEqual((found.code, found.rows()), (DONE, []), str(found))
