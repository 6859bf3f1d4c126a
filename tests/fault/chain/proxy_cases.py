"""Goal: what a network may do to single requests of ingestion or of dunning delays the chain and
changes nothing (rows 9 to 12, 15 and 16).

Method: one process reaches a broker of the test's own through a proxy that knows Kafka's requests,
and holds, loses or delays the one that a row is about. oracle.py says what must hold then.
"""
import contextlib
import os
import time
import unittest

import processes
from broker import own_broker
from chain import PATIENCE_SECONDS, SEED, Chain
from kill_cases import draw
from oracle import judge, reference
from proxy import Proxy
from world import WORK_METRIC

SERVICES = ("ingestion", "dunning")
# Longer than any history here takes, so that only a fence can end a transaction.
LONG = {"kafka_transaction_timeout_ms": 60000}
# For partitions: both are over before the link heals.
SHORT = {"kafka_transaction_timeout_ms": 6000, "kafka_session_timeout_ms": 6000}
WATCHDOG_MS, WATCHDOG_CODE = 12000, 70
# Of a loaded machine.
SLACK_SECONDS = 5
PARTITION_SECONDS = 10
UNREADY_SECONDS = 20
# Of one core; a loop that spins takes all of it.
BUSY_SHARE = 0.25
SLOW_REQUEST_MS, SLOW_SECONDS = 500, 60
ALWAYS = 1_000_000
REPEATED = "EndTxn was sent twice: one may still end a later transaction"


def cpu_seconds(process):
    """What it has used of the processors."""
    with open(f"/proc/{process.child.pid}/stat", encoding="utf-8") as stat:
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class ProxiedCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.proxy = cls.enterClassContext(Proxy())
        cls.proxy.lead_to(cls.enterClassContext(own_broker(cls.proxy.environment())))
        reference()

    def tearDown(self):
        self.proxy.heal()

    @contextlib.contextmanager
    def working(self, service, own=None):
        """The chain and its victim, which has committed some of the import."""
        name = f"{service}-1"
        behind = LONG | {"kafka_bootstrap_servers": self.proxy.address} | (own or {})
        with Chain("proxied", own={name: behind}) as chain:
            chain.begin_import()
            commits = next(draw(self, 3, 30))
            print(f"seed {SEED}: after {commits} commits", flush=True)
            self.proxy.await_passed("EndTxn", self.proxy.passed("EndTxn") + commits)
            # While the partitions of a new topic have no leader, who starts tries again.
            self.began = len(chain.events(chain.process(name), "runner_recovers"))
            yield chain, chain.process(name)

    def recoveries(self, chain, process):
        """What it has recovered from since it works."""
        return [one["why"] for one in chain.events(process, "runner_recovers")[self.began:]]

    def await_recovery(self, chain, process, times=1):
        """The library asks again by itself for as long as an operation may last."""
        processes.wait_until(f"{process.name} recovers", PATIENCE_SECONDS,
                             lambda: len(self.recoveries(chain, process)) >= times)


class Proxied(ProxiedCase):
    def row_9_answer_of_EndTxn_lost_and_repeated(self, service):
        with self.working(service) as (chain, victim):
            self.proxy.await_harm(self.proxy.set("lose_answer EndTxn commits cuts"))
            judge(self, chain)
            self.assertEqual(self.recoveries(chain, victim), [REPEATED])

    def row_9_answer_of_EndTxn_lost_and_timed_out(self, service):
        with self.working(service) as (chain, victim):
            lost = self.proxy.set(f"lose_answer EndTxn commits times {ALWAYS}")
            self.await_recovery(chain, victim)
            self.proxy.release(lost)
            judge(self, chain)
            why = self.recoveries(chain, victim)[0]
            self.assertTrue(why.startswith("commit: "), why)

    def row_10_late_EndTxn_before_the_next_records(self, service):
        with self.working(service) as (chain, victim):
            self.late_end_txn("cuts", "AddPartitionsToTxn")
            judge(self, chain)
            self.assertEqual(self.recoveries(chain, victim), [REPEATED])

    def row_10_late_EndTxn_behind_the_next_records(self, service):
        with self.working(service) as (chain, victim):
            self.late_end_txn("cuts", "AddOffsetsToTxn", chain, victim)
            judge(self, chain)

    def row_10_late_EndTxn_of_a_commit_that_timed_out(self, service):
        with self.working(service) as (chain, victim):
            self.late_end_txn("", "AddOffsetsToTxn", chain, victim)
            judge(self, chain)

    def late_end_txn(self, cuts, then, chain=None, victim=None):
        """It reaches the broker while the next transaction stands at its first request `then`.
        Where that transaction has its records by now, the victim dies: where the late one has
        committed half of it, the other half never comes."""
        late = self.proxy.set(f"hold EndTxn commits {cuts or f'times {ALWAYS}'}")
        self.proxy.await_harm(late)
        if not cuts:
            self.await_recovery(chain, victim)
        stands = self.proxy.set(f"hold {then}")
        self.proxy.await_harm(stands)
        self.proxy.release(late)
        self.proxy.await_answer(late)
        if victim is not None:
            victim.kill()
            chain.restart(victim)
        self.proxy.release(stands)

    def row_11_abort_hangs_and_is_recycled(self, service):
        """An abort is the work of the next producer's InitProducerId. Those that were held come
        late too, and fence whoever has the id then: once more from the start."""
        with self.working(service) as (chain, victim):
            held = self.proxy.set(f"hold InitProducerId times {ALWAYS}")
            lost = self.proxy.set(f"lose_request AddOffsetsToTxn times {ALWAYS}")
            self.await_recovery(chain, victim, 2)
            self.proxy.release(held)
            self.proxy.release(lost)
            judge(self, chain)

    def row_11_abort_hangs_and_the_watchdog_ends_it(self, service):
        with self.working(service, {"watchdog_budget_ms": WATCHDOG_MS}) as (chain, victim):
            held = self.proxy.set(f"hold InitProducerId times {ALWAYS}")
            lost = self.proxy.set(f"lose_request AddOffsetsToTxn times {ALWAYS}")
            self.proxy.await_harm(lost)
            began = time.monotonic()
            processes.wait_until("the watchdog ends it", PATIENCE_SECONDS,
                                 lambda: not victim.alive())
            took = time.monotonic() - began
            print(f"gone after {took:.1f} s", flush=True)
            self.assertEqual(victim.child.returncode, WATCHDOG_CODE)
            # One call of the client may end in time before the one that hangs.
            self.assertLess(took, 2 * WATCHDOG_MS / 1000 + SLACK_SECONDS)
            self.proxy.release(held)
            self.proxy.release(lost)
            chain.restart(victim)
            judge(self, chain)

    def row_12_offsets_are_not_taken_for_a_while(self, service):
        with self.working(service) as (chain, victim):
            lost = self.proxy.set(f"lose_request AddOffsetsToTxn times {ALWAYS}")
            self.await_recovery(chain, victim)
            self.proxy.release(lost)
            judge(self, chain)

    def row_15_partitioned_both_ways(self, service):
        self.partitioned(service, "both")

    def row_15_nothing_reaches_the_broker(self, service):
        self.partitioned(service, "requests")

    def row_15_nothing_comes_from_the_broker(self, service):
        self.partitioned(service, "answers")

    def partitioned(self, service, ways):
        with self.working(service, SHORT) as (chain, victim):
            began, used = time.monotonic(), cpu_seconds(victim)
            self.proxy.break_link(ways)
            processes.wait_until("it is not ready", UNREADY_SECONDS, lambda: not victim.ready())
            print(f"unready after {time.monotonic() - began:.1f} s", flush=True)
            deadline = time.monotonic() + PARTITION_SECONDS
            while time.monotonic() < deadline:
                self.assertFalse(victim.ready(), "ready while cut")
                time.sleep(0.2)
            share = (cpu_seconds(victim) - used) / (time.monotonic() - began)
            print(f"used {share:.2f} of a processor while cut", flush=True)
            self.assertLess(share, BUSY_SHARE)
            self.proxy.heal()
            processes.wait_until("it is ready again", PATIENCE_SECONDS, victim.ready)
            judge(self, chain)

    def row_16_slow_broker(self, service):
        """For a while: a whole import of so many days would take an hour."""
        with self.working(service) as (chain, victim):
            before = len(chain.events(victim, "assigned"))
            self.proxy.delay(SLOW_REQUEST_MS)
            handled = victim.metric(WORK_METRIC)
            time.sleep(SLOW_SECONDS)
            slow = victim.metric(WORK_METRIC) - handled
            self.proxy.delay(0)
            print(f"{slow:.0f} records in {SLOW_SECONDS} s", flush=True)
            self.assertTrue(chain.importing(), "the import ended while the broker was slow")
            self.assertGreater(slow, 0)
            judge(self, chain)
            self.assertEqual(len(chain.events(victim, "assigned")), before)
            self.assertEqual(self.recoveries(chain, victim), [])


def _add(row, service):
    def test(self):
        getattr(self, row)(service)

    setattr(Proxied, f"test_{row}_of_{service}", test)


for _row in [one for one in vars(Proxied) if one.startswith("row_")]:
    for _service in SERVICES:
        _add(_row, _service)
