"""Goal: the oracle can fail. Method: one rule of the protocol is broken by ENCOURS_MUTATION in all
processes, the history that the rule is there for is run, and something has to notice. The same
histories with the rules in force are in kill_cases.py and zombie_cases.py.
"""
import unittest

import zombies
from chain import SEED, Chain, Ended, at
from kill_cases import draw
from oracle import expect_red, reference, what_is_red

# One lost batch may hold only rows that the next one writes again.
OFTEN = 4
ATTEMPTS = 6


class Mutations(unittest.TestCase):
    def setUp(self):
        reference()

    def die_with_rule_broken(self, rule, service, point, low=5, high=15, times=1):
        passages = draw(self, low, high)
        faults = [at(point, next(passages)) for _ in range(times)]
        print(f"seed {SEED}: {faults}", flush=True)
        with Chain("mutation", {f"{service}-1": faults}, mutation=rule) as chain:
            chain.begin_import()
            chain.die_as_planned()
            expect_red(self, chain)

    def test_ingestion_applies_before_the_commit(self):
        self.die_with_rule_broken("apply_before_commit", "ingestion", "commit.applied_early")

    def test_alerting_applies_before_the_commit(self):
        self.die_with_rule_broken("apply_before_commit", "alerting", "commit.applied_early")

    def test_ingestion_writes_the_offset_in_its_own_batch(self):
        self.die_with_rule_broken("offset_in_own_batch", "ingestion", "store.between_batches",
                                  20, 80, OFTEN)

    def test_alerting_writes_the_offset_in_its_own_batch(self):
        self.die_with_rule_broken("offset_in_own_batch", "alerting", "store.between_batches",
                                  20, 80, OFTEN)

    def test_ingestion_skips_the_group_metadata(self):
        """What a zombie commits may be just what its heir has done: so until it is noticed, at most
        ATTEMPTS times."""
        passages = draw(self, 2, 6)
        for _ in range(ATTEMPTS):
            passage = next(passages)
            with zombies.stopped_before_offsets("ingestion", passage,
                                                "skip_group_metadata+forget_to_fence") as chain:
                red = what_is_red(chain)
            print(f"seed {SEED}: passage {passage} noticed by: {red or 'nobody'}", flush=True)
            if red:
                return
        self.fail(f"seed {SEED}: nobody noticed the broken rule")


class LostTails(unittest.TestCase):
    """The lost tail of one history may hold only rows that are written again soon, so this one is
    run until it is noticed, at most ATTEMPTS times."""

    def setUp(self):
        reference()

    def test_alerting_restores_to_the_last_stable_offset(self):
        passages = draw(self, 1, 6)
        for _ in range(ATTEMPTS):
            passage = next(passages)
            print(f"seed {SEED}: passage {passage}", flush=True)
            if self.noticed(passage):
                return
        self.fail(f"seed {SEED}: nobody noticed the broken rule")

    def noticed(self, passage):
        try:
            with zombies.restored_behind_open_transaction(
                    "alerting", passage, False, "restore_to_lso+forget_to_fence") as chain:
                red = what_is_red(chain)
        except Ended as why:
            # It finds its own store beyond what it takes for the end of the changelog.
            self.assertIn("changelog_lost", str(why))
            red = str(why)
        print(f"noticed by: {red or 'nobody'}", flush=True)
        return red
