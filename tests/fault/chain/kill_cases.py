"""Goal: kill -9 at any step of the commit protocol changes nothing but the time (rows 1 to 8).

Method: ingestion, alerting and dunning all die at the same kind of point while files are imported,
twice in a row, each time at another passage, and are started again; oracle.py says what must hold.
"""
import random
import shutil
import time
import unittest

from chain import SEED, Chain, at
from oracle import judge, reference

VICTIMS = ("ingestion-1", "alerting-1", "dunning-1")
TIMES = 2
SESSION_MS, TRANSACTION_MS, LONG_TRANSACTION_MS = 2000, 6000, 60_000
# A transaction may be this old when its owner dies.
OLD_SECONDS = 2.0


def draw(case, low, high):
    chance = random.Random(f"{SEED} {case.id()}")
    while True:
        yield chance.randint(low, high)


class KillCase(unittest.TestCase):
    def setUp(self):
        reference()

    def die_at(self, point, low, high, times=TIMES, check=lambda chain: None):
        passages = draw(self, low, high)
        faults = {one: [at(point, next(passages)) for _ in range(times)] for one in VICTIMS}
        print(f"seed {SEED}: {faults}", flush=True)
        with Chain("kill", faults) as chain:
            chain.begin_import()
            chain.die_as_planned()
            judge(self, chain)
            check(chain)

    def fences_the_dead(self, *services):
        for waited in self.taken_over_after(services, LONG_TRANSACTION_MS):
            self.assertLess(waited, LONG_TRANSACTION_MS / 1000 / 2)

    def taken_over_after(self, services, transaction_ms, mutation=""):
        """Each of these dies after those before it; seconds from each death to the take-over."""
        passages = draw(self, 1, 8)
        faults = {f"{one}-1": [at("answered.TxnOffsetCommit", next(passages))] for one in services}
        print(f"seed {SEED}: {faults}", flush=True)
        times = {"kafka_session_timeout_ms": SESSION_MS,
                 "kafka_transaction_timeout_ms": transaction_ms}
        with Chain("stable", faults, times, mutation=mutation,
                   **dict.fromkeys(services, 2)) as chain:
            chain.begin_import()
            waited = [self.takes_over(chain, service) for service in services]
            judge(self, chain)
        return waited

    def takes_over(self, chain, service):
        victim, heir = chain.of(service)
        chain.await_death(victim)
        died = time.monotonic()
        chain.await_take_over(heir)
        waited = time.monotonic() - died
        print(f"{heir.name} has taken over after {waited:.1f} s", flush=True)
        chain.faults[victim].clear()
        chain.restart(victim)
        return waited

    def one_transaction_was_replayed(self, chain):
        """Where a store lagged, it was by one transaction: between its position and what the
        offsets say lie its records and the mark of the transaction before it, if any."""
        for name in VICTIMS:
            restored = chain.events(chain.process(name), "restored")
            for one in restored:
                marks = one["until"] - one["from"] - one["records"]
                self.assertEqual(marks, one["from"] > 0 and one["records"] > 0, str(one))
            replayed = sum(one["records"] for one in restored)
            print(f"{name}: {replayed} records replayed", flush=True)
            self.assertGreater(replayed, 0)

    def die_in_restores(self, chain, victim):
        """Each start restores the partitions that are left, and dies after the first of them."""
        chain.await_death(victim)
        shutil.rmtree(chain.folder / "data" / victim.name)
        # One for each partition that has a changelog; the last start finds none left.
        chain.faults[victim] = ["restore.after_batch:1:kill"] * 20
        left = []
        while True:
            chain.restart(victim)
            chain.await_death_or(victim, "assigned")
            if victim.alive():
                break
            left.append(len(chain.events(victim, "restored")))
        print(f"{victim.name}: {len(left)} kills in the restore", flush=True)
        self.assertGreaterEqual(len(left), 3)
        self.assertEqual(left, sorted(left), "the restore does not get ahead")


class Kills(KillCase):
    """One step of each row."""

    def test_row_1_after_the_poll(self):
        self.die_at("poll.after", 2, 20)

    def test_row_2_in_a_slice_of_a_tick(self):
        self.die_at("fire.timer", 1, 100)

    def test_row_4_the_next_owner_fences_the_dead(self):
        self.fences_the_dead("ingestion", "alerting")

    def test_row_5_when_EndTxn_is_sent(self):
        self.die_at("sent.EndTxn", 1, 12)

    def test_row_6_after_the_commit(self):
        # Not the first: that one may hold settings that were applied before the records came.
        self.die_at("commit.after_ack", 3, 25, 1, self.one_transaction_was_replayed)

    def test_row_7_inside_a_write_of_the_stores_log(self):
        self.die_at("store.inside_wal_write", 1, 100)

    def test_row_8_in_the_restore_again_and_again(self):
        passages = draw(self, 5, 25)
        faults = {one: [at("commit.after_ack", next(passages))] for one in VICTIMS}
        print(f"seed {SEED}: {faults}", flush=True)
        with Chain("restore", faults) as chain:
            chain.begin_import()
            for name in VICTIMS:
                self.die_in_restores(chain, chain.process(name))
            judge(self, chain)


class KillsAtOtherSteps(KillCase):
    """The long form: the other steps."""

    def test_row_2_while_staging(self):
        self.die_at("stage.record", 1, 1500)

    def test_row_3_when_AddOffsetsToTxn_is_sent(self):
        def check(chain):
            # The same id aborts what was open, so that readers go on at once.
            for name in VICTIMS:
                for one in chain.events(chain.process(name), "restored"):
                    self.assertLessEqual(one["took_ms"], 1000, str(one))
        self.die_at("sent.AddOffsetsToTxn", 1, 12, check=check)

    def test_row_3_after_the_records_are_acknowledged(self):
        self.die_at("commit.before_send_offsets", 1, 12)

    def test_row_4_after_TxnOffsetCommit(self):
        self.die_at("answered.TxnOffsetCommit", 1, 12)

    def test_row_4_the_next_owner_of_dunning_fences_the_dead(self):
        self.fences_the_dead("dunning")

    def test_row_4_the_next_owner_waits_for_stable_offsets(self):
        """Where the dead are not fenced, the broker ends what they have left open, and the next
        owner does not begin before."""
        for waited in self.taken_over_after(("ingestion", "alerting"), TRANSACTION_MS,
                                            "forget_to_fence"):
            self.assertGreater(waited, TRANSACTION_MS / 1000 - OLD_SECONDS)

    def test_row_5_when_EndTxn_is_answered(self):
        self.die_at("answered.EndTxn", 1, 12)

    def test_row_6_between_the_stores_of_a_commit(self):
        self.die_at("apply.before_write", 8, 80, 1, self.one_transaction_was_replayed)

    def test_row_7_before_the_store_is_written(self):
        self.die_at("store.before_write", 1, 80)
