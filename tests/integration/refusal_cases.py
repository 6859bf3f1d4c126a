"""Goal: bad input of each kind is refused by file, line, field and rule, waits in the dead letters
with its original bytes, can be replayed after a fix, and changes nothing else.

Method: a file per kind for one tenant of the shared installation, each with a good record before
and behind the bad one. At the end the balance must be that of the good and the corrected records,
and the tables and topics of the other tenants must be as they were.
"""
import datetime
import hashlib
import json
import pathlib
import tempfile
import unittest

import compare
import data
import independent
import world
from ctl import DONE, REFUSED

TENANT = "bad"
HEADER = b"invoice_id,customer_id,invoice_date,due_date,amount,currency,settled_date"
ISSUED, DUE = datetime.date(2024, 5, 2), datetime.date(2024, 6, 1)
LARGE_BYTES = 20 * 1024 * 1024
HEAD_BYTES = 4096
WHOLE_BYTES = 700 * 1024


def row(number, **other):
    """One row of a CSV; `other` replaces cells, as text or as raw bytes."""
    cells = dict(invoice_id=number, customer_id="B1", invoice_date=str(ISSUED), due_date=str(DUE),
                 amount="10.00", currency="EUR", settled_date="")
    cells.update(other)
    return b",".join(one if isinstance(one, bytes) else one.encode() for one in cells.values())


def event(number, **other):
    """The same invoice as an event in JSON, on a line of its own."""
    def day(date):
        return {"year": date.year, "month": date.month, "day": date.day}

    body = {"id": f"invoice/{number}", "source": "json", "invoice_issued": {
        "number": number, "account": "B1", "issue_date": day(ISSUED), "due_date": day(DUE),
        "gross_amount": {"currency_code": "EUR", "minor": "1000"}}}
    body.update(other)
    return json.dumps(body).encode()


class Refusals(unittest.TestCase):
    """Cases run in the order of their names; the last ones look at what all of them have left."""

    truth = []  # Numbers of the invoices that must count in the end, 10.00 EUR each.

    @classmethod
    def setUpClass(cls):
        cls.system = world.get().system
        place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(place.cleanup)
        cls.folder = pathlib.Path(place.name)
        cls.others_before = {one.tenant: cls.system.dump("--tenant", one.tenant)
                             for one in data.all_there()}

    def ask(self, *arguments, code=DONE):
        return self.system.ctl.ask(*arguments, "--tenant", TENANT, "--output", "csv", code=code)

    def write(self, name, lines):
        file = self.folder / name
        file.write_bytes(b"\n".join(lines) + b"\n")
        return file

    def do_import(self, file, code=REFUSED):
        mapping = [] if file.suffix == ".jsonl" else ["--mapping", data.SMALL.mapping]
        return self.ask("import", file, *mapping, code=code)

    def letters(self, file):
        return [one for one in self.ask("dead-letters", "list").rows() if one["file"] == file.name]

    def is_there(self, number):
        return len(self.ask("invoices", "list", "--filter", f'number = "{number}"').rows()) == 1

    def check_refused(self, file, line, field, rule):
        """The import names the place and the reason; so does one open dead letter, returned."""
        told = [(one["file"], one["line"], one["field"], one["rule"])
                for one in self.do_import(file).rows()]
        self.assertEqual(told, [(str(file), str(line), field, rule)])
        found = self.letters(file)
        self.assertEqual([(one["line"], one["field"], one["rule"], one["state"]) for one in found],
                         [(str(line), field, rule, "open")])
        self.assertNotEqual(found[0]["message"], "")
        return found[0]

    def check_replay(self, letter, fixed, number):
        file = self.write("fixed", [fixed])
        file.write_bytes(fixed)
        self.assertFalse(self.is_there(number))
        answer = self.ask("dead-letters", "replay", letter["id"], "--original", file)
        self.assertEqual([(one["id"], one["result"]) for one in answer.rows()],
                         [(letter["id"], "sent")])
        self.assertTrue(self.is_there(number), "the corrected record did not arrive")
        after = self.ask("dead-letters", "list", "--filter", f'id = "{letter["id"]}"').rows()
        self.assertEqual([one["state"] for one in after], ["replayed"])

    def check_row(self, name, bad, field, rule):
        """One bad row of a CSV between two good ones, from refusal to its corrected replay."""
        numbers = [f"{name}-{i}" for i in (1, 2, 3)]
        file = self.write(f"{name}.csv", [HEADER, row(numbers[0]), bad, row(numbers[2])])
        letter = self.check_refused(file, 3, field, rule)
        original = self.folder / "original"
        self.ask("dead-letters", "show", letter["id"], "--save-original", original)
        self.assertEqual(original.read_bytes(), bad)
        self.assertTrue(self.is_there(numbers[0]) and self.is_there(numbers[2]))
        self.check_replay(letter, row(numbers[1]), numbers[1])
        self.truth.extend(numbers)

    def test_bytes_that_are_no_text(self):
        self.check_row("bytes", row("bytes-2", customer_id=b"B\xff\xfe1"),
                       "customer_id", "invalid_utf8")

    def test_missing_field(self):
        self.check_row("missing", row("missing-2", amount=""), "amount", "missing_field")

    def test_unknown_currency(self):
        self.check_row("currency", row("currency-2", currency="EUX"),
                       "currency", "unknown_currency")

    def test_due_before_issue(self):
        self.check_row("due", row("due-2", due_date="2024-05-01"), "due_date", "due_before_issue")

    def test_no_number(self):
        self.check_row("number", row("number-2", amount="ten"), "amount", "not_a_number")

    def test_another_tenants_name(self):
        lines = [event("tenant-1"), event("tenant-2", tenant="small"), event("tenant-3")]
        file = self.write("tenant.jsonl", lines)
        letter = self.check_refused(file, 2, "tenant", "tenant_mismatch")
        self.check_replay(letter, event("tenant-2", tenant=TENANT), "tenant-2")
        self.truth.extend(["tenant-1", "tenant-2", "tenant-3"])

    def check_line(self, name, bad, rule):
        """One unreadable line of JSON between two good ones."""
        numbers = [f"{name}-{i}" for i in (1, 2, 3)]
        file = self.write(f"{name}.jsonl", [event(numbers[0]), bad, event(numbers[2])])
        self.check_replay(self.check_refused(file, 2, "", rule), event(numbers[1]), numbers[1])
        self.truth.extend(numbers)

    def test_line_that_is_no_json(self):
        self.check_line("json", event("json-2")[:-5], "unreadable_json")

    def test_line_that_is_no_text(self):
        self.check_line("json_bytes", b"\x00\x9f{", "invalid_utf8")

    def test_same_id_with_other_content(self):
        first = self.write("id_first.csv", [HEADER, row("id-1")])
        self.do_import(first, DONE)
        second = self.write("id_second.csv",
                            [HEADER, row("id-3"), row("id-1", amount="99.00"), row("id-4")])
        self.truth.extend(["id-1", "id-3", "id-4"])
        answer = self.do_import(second, code=None)
        found = self.letters(second)
        self.assertEqual([(one["line"], one["field"], one["rule"]) for one in found],
                         [("3", "id", "conflicting_duplicate")])
        fixed = self.folder / "id_fixed"
        fixed.write_bytes(event("id-2"))
        self.ask("dead-letters", "replay", found[0]["id"], "--original", fixed)
        self.truth.append("id-2")
        self.assertTrue(self.is_there("id-2"))
        self.assertEqual(
            (answer.code, [(one["line"], one["field"], one["rule"]) for one in answer.rows()]),
            (REFUSED, [("3", "id", "conflicting_duplicate")]), "the import did not say so")
        # Corrected in its place, as long as it was: what was refused before is not told again.
        second.write_bytes(second.read_bytes().replace(b"99.00", b"10.00"))
        self.assertEqual(self.do_import(second, code=DONE).rows(), [])
        # Under another name it is the same file, and its refused record the same dead letter.
        third = self.write("id_third.csv",
                           [HEADER, row("id-3"), row("id-1", amount="99.00"), row("id-4")])
        self.assertEqual([(one["line"], one["rule"]) for one in self.do_import(third).rows()],
                         [("3", "conflicting_duplicate")])
        self.assertEqual(self.letters(third), [])

    def test_record_of_20_mib(self):
        large = row("large-2", customer_id=b"B" * LARGE_BYTES)
        file = self.write("large.csv", [HEADER, row("large-1"), large, row("large-3")])
        letter = self.check_refused(file, 3, "", "record_too_large")
        self.assertIn("again", letter["message"])
        self.assertEqual((letter["original_size_bytes"], letter["original_sha256"],
                          letter["replayable"]),
                         (str(len(large)), hashlib.sha256(large).hexdigest(), "false"))
        head = self.folder / "head"
        self.ask("dead-letters", "show", letter["id"], "--save-original", head)
        self.assertEqual(head.read_bytes(), large[:HEAD_BYTES])
        answer = self.ask("dead-letters", "replay", letter["id"], code=REFUSED).rows()
        self.assertEqual([one["result"] for one in answer], ["refused"])
        self.assertIn("again", answer[0]["message"])
        file.write_bytes(b"\n".join([HEADER, row("large-1"), row("large-2"), row("large-3"), b""]))
        self.do_import(file, DONE)
        self.truth.extend(["large-1", "large-2", "large-3"])

    def test_record_too_large_for_a_row_of_ours(self):
        """It is kept whole, beside the row, and can be sent again as it was."""
        bad = event("whole-2")[:-1] + b" " * WHOLE_BYTES + b', "surprise": 1}'
        file = self.write("whole.jsonl", [event("whole-1"), bad, event("whole-3")])
        letter = self.check_refused(file, 2, "surprise", "unknown_field")
        self.assertEqual(letter["replayable"], "true")
        original = self.folder / "whole"
        self.ask("dead-letters", "show", letter["id"], "--save-original", original)
        self.assertEqual(original.read_bytes(), bad)
        self.ask("dead-letters", "replay", letter["id"])
        again = [one for one in self.letters(file) if one["state"] == "open"]
        self.assertEqual([(one["rule"], one["original_sha256"]) for one in again],
                         [("unknown_field", letter["original_sha256"])])
        self.check_replay(again[0], event("whole-2"), "whole-2")
        self.truth.extend(["whole-1", "whole-2", "whole-3"])

    def test_wrong_header(self):
        file = self.write("header.csv", [HEADER.replace(b"customer_id", b"client"), row("header-1"),
                                         row("header-2")])
        told = self.do_import(file).rows()
        self.assertEqual({(one["line"], one["field"], one["rule"]) for one in told},
                         {("1", "client", "unknown_column"),
                          ("1", "customer_id", "missing_column")})
        found = self.letters(file)
        self.assertEqual([(one["line"], one["state"]) for one in found], [("1", "open")])
        self.assertFalse(self.is_there("header-1"))
        file.write_bytes(b"\n".join([HEADER, row("header-1"), row("header-2"), b""]))
        self.do_import(file, DONE)
        self.truth.extend(["header-1", "header-2"])

    def test_file_that_is_empty_or_not_there(self):
        for name, content, rule in (("empty.csv", b"", "empty_file"),
                                    ("gone.csv", None, "unreadable_file")):
            with self.subTest(name):
                file = self.folder / name
                if content is not None:
                    file.write_bytes(content)
                told = self.do_import(file).rows()
                self.assertEqual([(one["file"], one["rule"]) for one in told], [(str(file), rule)])

    def test_z_balance_is_that_of_the_good_records(self):
        rows = self.ask("aged-balance", "--as-of", "2024-06-11").rows()
        invoices = [independent.Invoice(number, "B1", ISSUED, DUE, 1000, "EUR", None)
                    for number in self.truth]
        self.assertEqual(len(invoices), len(set(self.truth)))
        self.assertEqual(data.read_balance(rows),
                         independent.aged_balance(invoices, datetime.date(2024, 6, 11)))

    def test_z_other_tenants_are_as_they_were(self):
        for tenant, before in self.others_before.items():
            compare.same(self, before, self.system.dump("--tenant", tenant), f"{tenant} before",
                         f"{tenant} after")

    def test_z_nothing_is_found_by_verify(self):
        found = self.system.ctl.ask("verify", "--output", "csv")
        self.assertEqual(found.rows(), [], str(found))
