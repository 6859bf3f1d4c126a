"""Goal: the oracle can fail. Method: one rule of the protocol is broken by ENCOURS_MUTATION in all
processes, the history that the rule is there for is run, and something has to notice. The same
histories with the rules in force are in kill_cases.py and zombie_cases.py.
"""
import unittest

import zombies
from chain import SEED, Chain, at, expect_red, reference
from kill_cases import draw


class Mutations(unittest.TestCase):
    def setUp(self):
        reference()

    def passage(self, low, high):
        passage = next(draw(self, low, high))
        print(f"seed {SEED}: passage {passage}", flush=True)
        return passage

    def die_with_rule_broken(self, rule, service, point, low=5, high=15):
        fault = at(point, self.passage(low, high))
        with Chain("mutation", {f"{service}-1": [fault]}, mutation=rule) as chain:
            chain.begin_import()
            chain.die_as_planned()
            expect_red(self, chain)

    def test_ingestion_applies_before_the_commit(self):
        self.die_with_rule_broken("apply_before_commit", "ingestion", "commit.applied_early")

    def test_alerting_applies_before_the_commit(self):
        self.die_with_rule_broken("apply_before_commit", "alerting", "commit.applied_early")

    def test_ingestion_writes_the_offset_in_its_own_batch(self):
        self.die_with_rule_broken("offset_in_own_batch", "ingestion", "store.between_batches",
                                  100, 250)

    def test_alerting_writes_the_offset_in_its_own_batch(self):
        self.die_with_rule_broken("offset_in_own_batch", "alerting", "store.between_batches",
                                  40, 120)

    def test_ingestion_skips_the_group_metadata(self):
        with zombies.stopped_before_offsets("ingestion", self.passage(1, 6),
                                            "skip_group_metadata") as chain:
            expect_red(self, chain)

    def test_ingestion_restores_to_the_last_stable_offset(self):
        with zombies.restored_behind_open_transaction("ingestion", self.passage(1, 6), False,
                                                      "restore_to_lso") as chain:
            expect_red(self, chain)
