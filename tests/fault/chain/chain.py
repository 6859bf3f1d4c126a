"""The real services as a chain, from ingestion to portfolio, that dies where a test says.

    with Chain("row03", faults={"ingestion-1": [at("commit.after_ack", 3)]}) as chain:
        chain.begin_import(); judge(case, chain)

Each run is an installation of its own that imports two generated files for one tenant, in small
transactions, so that there are many of them to die in; reminders leave for a real mail server. What
it leaves must equal what a run without a fault leaves (oracle.py). Faults are those of
common/base/fault_point.h.
"""
import atexit
import functools
import json
import os
import pathlib
import random
import re
import signal
import time
import unittest

import flow
import mail_server
import processes
from ctl import DONE
from load import TENANT, load
from system import PARTITIONS, SERVICES, System
from world import WORK_METRIC

SEED = int(os.environ.get("ENCOURS_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
# For what a process is waited for before it counts as hung.
PATIENCE_SECONDS = 60
# Who has handled nothing for so long has nothing to do.
REST_SECONDS = 1
# Records that a process has handled before its fault counts: the import is under way by then.
UNDER_WAY = 100
# Ticks of the wall are records too: one between the start of a case and its import would count.
WALL_TICK_SECONDS = 900
START_SECONDS = 15
SMALL_TRANSACTIONS = {"commit_max_records": 400, "tick_slice_timers": 100}


class Ended(AssertionError):
    """A process that should live has ended by itself."""


def at(point, passage, action="kill"):
    """A fault at a passage of the point, counted from when the import is under way."""
    return f"stage.record:{UNDER_WAY}:pass>{point}:{passage}:{action}"


@functools.cache
def mail():
    """One mail server for all runs, one after the other."""
    if mail_server.jar() is None:
        raise unittest.SkipTest("GreenMail is not there: tests/run fetches it")
    server = mail_server.MailServer()
    server.start()
    atexit.register(server.stop)
    return server


class Chain(System):
    """`faults`: by name of a process, one for each of its starts; the last start has none.
    `settings`: of every process; `own`: of one, by its name. `mutation`: the rule that all break.
    """

    def __init__(self, name, faults=None, settings=None, own=None, mutation="", **instances):
        self.common = SMALL_TRANSACTIONS | (settings or {})
        self.own = own or {}
        self.mutation = mutation
        self.unlisted = set()
        self.imports = []
        self.faults = {}
        self._logged = {}
        self._assignments = {}
        outside = {"dunning": {"smtp_simulator_url": mail().url, "smtp_url": mail().url,
                               "smtp_require_tls": False}}
        super().__init__(f"chain-{name}", outside, **instances)
        self.faults = {self.process(one): list(plan) for one, plan in (faults or {}).items()}
        for process in self.processes:
            self._arm(process)

    def start(self):
        left = WALL_TICK_SECONDS - time.time() % WALL_TICK_SECONDS
        if left < START_SECONDS:
            time.sleep(left + 1)
        mail().forget()
        super().start()
        self.ctl.ask("tenants", "open", "--tenant", TENANT, "--clock", "events", code=DONE)
        self.ctl.ask("dunning", "scenarios", "apply", flow.SCENARIO, "--tenant", TENANT, code=DONE)
        return self

    def process(self, name):
        return next(one for one in self.processes if one.name == name)

    def add(self, service, instance, own=None):
        """One more instance; the caller starts it."""
        process = self.make_process(service, instance, self.folder)
        self.configure(process, own or {})
        self.processes.append(process)
        self._arm(process)
        self._list()
        return process

    def forget(self, process):
        """It has gone for good."""
        self.processes.remove(process)
        self._list()

    def list_all_but(self, *hidden):
        """Which processes encoursctl does not know of: one that stands still answers nobody."""
        self.unlisted = set(hidden)
        self._list()

    def begin_import(self, *files):
        """Of the two files of the load, or of one of them."""
        if not self.imports:
            self._assignments = {one: len(self.events(one, "assigned")) for one in self.processes}
        files = files or load()
        self.imports.append(self.ctl.begin("import", *files, "--tenant", TENANT))

    def importing(self):
        return any(one.going_on() for one in self.imports)

    def end_imports(self, seconds=3 * PATIENCE_SECONDS):
        """Why one has failed; empty when all was taken."""
        return "".join(str(one) for one in [one.end(seconds) for one in self.imports]
                       if one.code != DONE)

    def restart(self, process):
        """Starts it with the next fault of its plan, or with none."""
        self._arm(process)
        self._logged[process] = process.log.stat().st_size if process.log.exists() else 0
        process.start()

    def await_death(self, process):
        """Until it has died of its fault, in the midst of the import."""
        processes.wait_until(f"{process.name} dies of {process.environment}", PATIENCE_SECONDS,
                             lambda: not process.alive() or not self.importing())
        assert not process.alive(), f"the import ended before {process.environment} was due"
        assert process.child.returncode == -signal.SIGKILL, process.last_words()

    def await_death_or(self, process, event):
        """Until it has died of its fault, or has said the event."""
        processes.wait_until(f"{process.name} dies of {process.environment}, or is {event}",
                             PATIENCE_SECONDS,
                             lambda: not process.alive() or self.events(process, event))

    def await_stopped(self, process):
        """Until a fault has stopped it, since its last restart() or resume()."""
        def stopped():
            assert process.alive(), process.last_words()
            state = pathlib.Path(f"/proc/{process.child.pid}/stat").read_text()
            return state.rpartition(")")[2].split()[0] == "T" and re.search(
                r"^fault point .*: stop$", self.said(process), re.MULTILINE)
        processes.wait_until(f"{process.name} is stopped by {process.environment}",
                             PATIENCE_SECONDS, stopped)

    def wait_settled(self):
        """Until every process has its part of the partitions, and will keep it."""
        def parts(service):
            said = [self.events(one, "assigned") for one in self.of(service)]
            return [one[-1]["partitions"] if one else 0 for one in said]
        for service in SERVICES:
            processes.wait_until(f"{service} has settled", PATIENCE_SECONDS, lambda: all(
                parts(service)) and sum(parts(service)) == PARTITIONS)
        self.wait_ready()

    def resume(self, process):
        self._logged[process] = process.log.stat().st_size
        process.child.send_signal(signal.SIGCONT)

    def await_work(self, process, records=200):
        """Until it has handled some more, and a commit of it is surely done."""
        before = process.metric(WORK_METRIC) or 0

        def handled():
            if not process.alive():
                raise Ended(process.last_words())
            return (process.metric(WORK_METRIC) or 0) >= before + records
        processes.wait_until(f"{process.name} handles records", PATIENCE_SECONDS, handled)

    def all_stay(self, seconds):
        """While the import goes on nobody ends: who is fenced by his own request from before the
        broker went down joins again."""
        deadline = time.monotonic() + seconds
        while self.importing() and time.monotonic() < deadline:
            for process in self.processes:
                if not process.alive():
                    raise Ended(f"{process.name} ended: {process.last_words()}")
            time.sleep(0.1)

    def await_rest(self, but):
        """Until nobody else handles anything any more."""
        def handled():
            return [one.metric(WORK_METRIC) for one in self.processes if one is not but]
        before = handled()
        while True:
            time.sleep(REST_SECONDS)
            now = handled()
            if now == before:
                return
            before = now

    def die_as_planned(self):
        """Starts again each process that has died of its fault, until all plans are done."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(self.faults.values()):
            assert time.monotonic() < deadline, f"still alive: {self.faults}"
            for process in [one for one, plan in self.faults.items() if plan]:
                if process.alive() and self.importing():
                    continue
                self.await_death(process)
                self.faults[process].pop(0)
                self.restart(process)
            time.sleep(0.02)

    def said(self, process):
        """What it has logged since its last restart()."""
        return process.log.read_bytes()[self._logged.get(process, 0):].decode(errors="replace")

    def events(self, process, name):
        """Its log lines of that name since its last restart()."""
        lines = [json.loads(line) for line in self.said(process).splitlines()
                 if line.startswith("{") and line.endswith("}")]
        return [line for line in lines if line["event"] == name]

    def await_take_over(self, process, seconds=PATIENCE_SECONDS):
        """Until it has all partitions, after the import has begun."""
        def has_all():
            assert process.alive(), process.last_words()
            said = self.events(process, "assigned")[self._assignments.get(process, 0):]
            return any(one["partitions"] == PARTITIONS for one in said)
        processes.wait_until(f"{process.name} takes over", seconds, has_all)

    def await_event(self, process, name, seconds=PATIENCE_SECONDS, **fields):
        def found():
            assert process.alive(), process.last_words()
            return [one for one in self.events(process, name) if fields.items() <= one.items()]
        return processes.wait_until(f"{process.name} says {name} {fields}", seconds, found)

    def stop(self):
        """SIGTERM to all at once: one after the other takes longer than a row."""
        alive = [one for one in self.processes if one.alive()]
        for process in alive:
            process.child.send_signal(signal.SIGCONT)
            if self.mutation:
                process.child.kill()  # A broken rule needs no clean leave.
            else:
                process.child.terminate()
        for process in alive:
            if process.child.wait(processes.STOP_SECONDS) == 0:
                process.child = None  # Asked here already.
        for one in self.imports:
            if one.going_on():
                one.child.kill()  # Nobody waits for its end.
        super().stop()

    def _arm(self, process):
        plan = self.faults.get(process)
        process.environment = {"ENCOURS_FAULT": plan[0]} if plan else {}
        if self.mutation:
            process.environment["ENCOURS_MUTATION"] = self.mutation

    def configure(self, process, more):
        wall = {"wall_tick_ms": WALL_TICK_SECONDS * 1000} if process.service == "ingestion" else {}
        super().configure(process, self.common | wall | self.own.get(process.name, {}) | more)

    def _list(self):
        self.write_endpoints(self.folder, [one for one in self.processes
                                           if one not in self.unlisted])
