"""Goal: what was imported once stays as it is, and the same files give the same bytes anywhere.

Method: canonical dumps, line by line, before and after a second import, and of two installations.
An import ends with a tick, so that all of it can be seen: the second one moves time by a second.
"""
import unittest

import compare
import data
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
