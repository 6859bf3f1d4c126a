"""The three histories of a zombie, for one service of the chain with two instances.

Each runs up to where a test judges it; the mutation tests run the same histories with a rule
broken, which shows that they can fail.
"""
import contextlib
import time

from chain import Chain, at
from load import load

TIMES = {"kafka_session_timeout_ms": 2000, "kafka_transaction_timeout_ms": 4000}
# Longer than any history here takes, so that only a fence can end the zombie's transaction.
LONG = {"kafka_transaction_timeout_ms": 60000}
# The second owner's session and transaction are over by then.
WAIT_SECONDS = 8


@contextlib.contextmanager
def _zombie(service, fault, own, mutation):
    """The chain, the zombie at its first stop, and the second owner of all partitions."""
    name = f"{service}-1"
    with Chain("zombie", {name: [fault]}, TIMES, {name: own}, mutation, **{service: 2}) as chain:
        zombie, heir = chain.of(service)
        chain.list_all_but(zombie)
        chain.begin_import(load()[0])
        chain.await_stopped(zombie)
        chain.await_take_over(heir)
        yield chain, zombie, heir


@contextlib.contextmanager
def stopped_before_end_txn(service, passage, mutation=""):
    """Row 17: its offsets are sent; its transaction times out while it stands still."""
    fault = at("commit.before_end_txn", passage, "stop")
    with _zombie(service, fault, {}, mutation) as (chain, zombie, _):
        # One after the other: a call that was passed on to the zombie is tried again only later,
        # and what comes behind the second file's days would be late.
        problem = chain.end_imports()
        chain.begin_import(load()[1])
        problem += chain.end_imports()
        assert not problem, f"the imports do not end without the zombie: {problem}"
        chain.resume(zombie)
        yield chain


@contextlib.contextmanager
def stopped_before_offsets(service, passage, mutation=""):
    """Row 17: where nobody fences it (a mutation), only the group's generation can refuse it. Its
    outputs hold back their readers until it is fenced."""
    fault = at("commit.before_changelog", passage, "stop")
    with _zombie(service, fault, LONG, mutation) as (chain, zombie, heir):
        chain.begin_import(load()[1])
        chain.await_work(heir)
        chain.resume(zombie)
        yield chain


@contextlib.contextmanager
def restored_behind_open_transaction(service, passage, waits=False, mutation=""):
    """Row 21: a second owner commits behind the zombie's open transaction, a third restores. With
    `waits`, where nobody fences the zombie, the third must not be done before that transaction is.

    Stopped twice: before its changelog records are sent, so that the second owner restores without
    them, and behind them, before its offsets."""
    fault = at("commit.before_changelog", passage, "stop") + ">commit.before_send_offsets:1:stop"
    with _zombie(service, fault, LONG, mutation) as (chain, zombie, second):
        chain.resume(zombie)
        chain.await_stopped(zombie)
        chain.begin_import(load()[1])
        chain.await_work(second)
        second.kill()
        third = chain.add(service, 3)
        third.start()
        if waits:
            time.sleep(WAIT_SECONDS)
            assert not chain.events(third, "assigned"), "restored before the zombie was decided"
        else:
            chain.await_take_over(third)
        chain.resume(zombie)
        chain.restart(second)
        yield chain
