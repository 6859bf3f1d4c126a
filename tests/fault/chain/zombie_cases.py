"""Goal: an owner that stood still while others took its place does no harm when it wakes (17, 21).

Method: SIGSTOP at a fault point in the midst of an import, the broker's time-outs of the group and
of the transaction, SIGCONT. zombies.py has the histories.
"""
import unittest

import zombies
from chain import SEED
from kill_cases import draw
from oracle import judge, reference


class Zombies(unittest.TestCase):
    def setUp(self):
        reference()

    def passage(self, low, high):
        passage = next(draw(self, low, high))
        print(f"seed {SEED}: passage {passage}", flush=True)
        return passage

    def refused_once(self, service, history):
        with history(service, self.passage(1, 6)) as chain:
            zombie = chain.of(service)[0]
            chain.await_event(zombie, "runner_recovers", reaction="migrated")
            judge(self, chain)
            refusals = [(one["code"], one["why"])
                        for one in chain.events(zombie, "runner_recovers")]
            print(f"{zombie.name}: {refusals}", flush=True)
            self.assertEqual(len([one for one in chain.events(zombie, "runner_recovers")
                                  if one["reaction"] == "migrated"]), 1, str(refusals))

    def test_row_17_ingestion_wakes_before_EndTxn(self):
        self.refused_once("ingestion", zombies.stopped_before_end_txn)

    def test_row_17_alerting_wakes_before_EndTxn(self):
        self.refused_once("alerting", zombies.stopped_before_end_txn)

    def test_row_17_dunning_wakes_before_EndTxn(self):
        self.refused_once("dunning", zombies.stopped_before_end_txn)

    def test_row_17_dunning_wakes_before_its_offsets(self):
        self.refused_once("dunning", zombies.stopped_before_offsets)

    def test_row_17_ingestion_wakes_before_its_offsets(self):
        self.refused_once("ingestion", zombies.stopped_before_offsets)

    def test_row_17_alerting_wakes_before_its_offsets(self):
        self.refused_once("alerting", zombies.stopped_before_offsets)

    def test_row_21_ingestion_restores_behind_an_open_transaction(self):
        self.restored_behind("ingestion")

    def test_row_21_alerting_restores_behind_an_open_transaction(self):
        self.restored_behind("alerting")

    def test_row_21_dunning_restores_behind_an_open_transaction(self):
        self.restored_behind("dunning")

    def restored_behind(self, service):
        with zombies.restored_behind_open_transaction(service, self.passage(1, 6)) as chain:
            judge(self, chain)
