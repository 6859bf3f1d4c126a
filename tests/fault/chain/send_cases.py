"""Goal: nothing leaves in other words than before, unclaimed or out of a rebuild (row 38, and the
rules of sending). Method: the histories of sends.py with all rules in force; and each with the rule
broken that it is there for, which has to be noticed.
"""
import itertools
import unittest

import sends
from chain import SEED, mail
from kill_cases import draw
from oracle import judge, reference

DEATHS = 2
# Of the mails of a whole run there are some hundreds.
FIRST, LAST = 5, 150


class SendCase(unittest.TestCase):
    def passages(self, count):
        drawn = list(itertools.islice(draw(self, FIRST, LAST), count))
        print(f"seed {SEED}: passages {drawn}", flush=True)
        return drawn


class Sends(SendCase):
    def setUp(self):
        reference()

    def test_row_38_killed_between_a_mail_and_its_outcome(self):
        with sends.dies_at("effect.performed", self.passages(DEATHS)) as chain:
            judge(self, chain)
            self.assertGreaterEqual(len(mail().messages()) - len(mail().by_id()), DEATHS,
                                    "what was not known to have left did not leave again")

    def test_row_38_killed_before_a_mail_leaves(self):
        with sends.dies_at("effect.taken", self.passages(DEATHS)) as chain:
            judge(self, chain)

    def test_a_rebuild_sends_nothing(self):
        with sends.made_anew(*self.passages(1)) as (chain, sent):
            self.assertEqual(sent, 0)
            chain.restart(chain.process(sends.DUNNING))
            judge(self, chain)

    def test_paid_before_the_claim_is_never_sent(self):
        ended, sent = sends.paid_before_the_claim()
        self.assertEqual((ended, sent), ([("superseded", "settled")], 0))


class SendMutations(SendCase):
    def test_an_id_with_another_body(self):
        with sends.dies_at("effect.performed", self.passages(DEATHS),
                           "reuse_id_with_other_body") as chain:
            self.assertEqual(chain.end_imports(), "")
            both = [one for one, texts in mail().by_id().items() if len(texts) > 1]
            print(f"{len(both)} ids stand for two bodies", flush=True)
            self.assertGreaterEqual(len(both), DEATHS)

    def test_a_rebuild_that_sends(self):
        with sends.made_anew(*self.passages(1), "let_rebuild_send") as (_, sent):
            print(f"{sent} mails out of the rebuild", flush=True)
            self.assertGreater(sent, 0)

    def test_without_the_claim(self):
        ended, sent = sends.paid_before_the_claim("send_without_claim")
        self.assertEqual((ended, sent), ([("sent", "")], 1))
