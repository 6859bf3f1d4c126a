"""Goal: what was imported once stays as it is, the same files give the same bytes anywhere, and
files that come in at once for one tenant are all counted.

Method: canonical dumps, line by line, before and after a second import, and of two installations.
An import ends with a tick, so that all of it can be seen: the second one moves time by a second.
"""
import pathlib
import tempfile
import unittest

import compare
import data
import independent
import world
from ctl import DONE
from system import System


class ImportAgain(unittest.TestCase):
    def test_changes_nothing(self):
        first = world.get()
        again = world.import_at_once(first.system, data.all_there())
        for tenant, answer in again.items():
            self.assertEqual(answer.code, DONE, f"import again for {tenant}: {answer}")
        compare.same(self, compare.without_ticks(first.dump),
                     compare.without_ticks(first.system.dump()), "the first import",
                     "the second one")


class FreshInstallation(unittest.TestCase):
    def test_gives_the_same_bytes(self):
        with System("fresh") as system:
            for tenant, answer in world.import_at_once(system, data.all_there()).items():
                self.assertEqual(answer.code, DONE, f"import for {tenant}: {answer}")
            compare.same(self, world.get().dump, system.dump(), "one installation", "another one")


class FilesAtOnce(unittest.TestCase):
    """One tenant's file in pieces, all at once, through two doors: their ticks must not overtake
    each other, or records would wait for a time that has passed."""
    PIECES = 4
    maxDiff = 4000

    def test_all_of_them_are_counted(self):
        whole = data.IBM if data.IBM.there() else data.SMALL
        with tempfile.TemporaryDirectory() as folder, System("pieces", ingestion=2) as system:
            pieces = self.split(whole, pathlib.Path(folder))
            for answer in [piece.end() for piece in
                           [piece.begin_import(system) for piece in pieces]]:
                self.assertEqual(answer.code, DONE, str(answer))
            last = independent.fact_days(whole.invoices)[1]
            rows = system.ctl.csv("aged-balance", "--as-of", last, "--tenant", whole.tenant)
            self.assertEqual(data.read_balance(rows),
                             independent.aged_balance(whole.invoices, last))

    def split(self, whole, folder):
        header, *rows = whole.file.read_text().splitlines(keepends=True)
        pieces = []
        for i in range(self.PIECES):
            file = folder / f"piece{i}.csv"
            file.write_text(header + "".join(rows[i::self.PIECES]))
            pieces.append(data.DataSet(whole.tenant, file, whole.mapping.name))
        return pieces
