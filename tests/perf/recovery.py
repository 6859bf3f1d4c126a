#!/usr/bin/env python3
"""kill -9 with the disk kept: how much is replayed, and when the next commit comes, beside Kafka
Streams (exactly_once_v2, record cache), on the same broker in one run.

Each processor takes one event for every account, then a thousand events a second over all of
them; it is killed while these come, started again at once, and killed again. Time runs from the
start of the new process to its first committed output. Puts into build/bench/results.json: each
kill under "recovery", and the ratios of the medians. Figures are never asserted; exit 1 where a
processor gave none, 77 where the peers are absent.

Environment: ENCOURS_BENCH_RECOVERY_ACCOUNTS (20000,1000000), ENCOURS_BENCH_RECOVERY_KILLS (3),
ENCOURS_BENCH_RECOVERY_PER_SECOND (1000).
"""
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import baselines
import results

PARTITIONS = 8
LOAD_SECONDS = 900
BACK_SECONDS = 180
# Behind a start, so that the tail is that of a service at work.
SETTLED_SECONDS = 5
SAYS_RESTORED = {
    baselines.OURS: re.compile(r"RESTORED (?P<replayed>\d+) records .* ready (?P<ready>[\d.]+) s"),
    baselines.STREAMS: re.compile(r"RUNNING (?P<ready>[\d.]+) s .* restored (?P<replayed>\d+)")}


def option(name, otherwise):
    return os.environ.get(f"ENCOURS_BENCH_RECOVERY_{name}", str(otherwise))


class NoFigure(Exception):
    pass


class Processor:
    """One variant on topics of its own."""

    def __init__(self, variant, accounts, folder):
        self.variant = variant
        self.brokers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
        self.id = f"recovery-{folder.name[-8:]}-{variant}-{accounts}"
        self.events, self.out = f"{self.id}-in", f"{self.id}-out"
        self.changelog = f"{self.id}-changelog"
        self.folder = folder / f"{variant}-{accounts}"
        self.folder.mkdir()
        self.accounts = accounts
        self.log = self.folder / "log.txt"
        self.child = None
        for topic, more in ((self.events, ()), (self.out, ()),
                            (self.changelog, ("cleanup.policy=compact",))):
            subprocess.run([baselines.TOOLS / "kafka_up.sh", "topic", self.brokers.split(":")[1],
                            topic, str(PARTITIONS), *more], check=True, stdout=subprocess.DEVNULL,
                           env={"KAFKA_VERSION": "4.3.1", **os.environ})

    def command(self):
        state = str(self.folder / "state")
        if self.variant == baselines.OURS:
            return [baselines.program("baseline_service"), self.brokers, self.events, self.out,
                    self.changelog, self.id, state, str(PARTITIONS)]
        classes = baselines.OUT / "streams" / "target"
        return ["java", "-Xms256m", "-Xmx1g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp", f"{classes}/classes:{classes}/libs/*", "bench.App", self.brokers,
                self.events, self.out, self.id, state, "1", "1"]

    def start(self):
        with self.log.open("w", encoding="utf-8") as log:
            self.child = subprocess.Popen(self.command(), stdout=log, stderr=subprocess.STDOUT)

    def kill(self):
        if self.child:
            self.child.kill()
            self.child.wait()

    def probe(self, verb, topic, *more, **options):
        return subprocess.Popen([baselines.program("recovery_probe"), verb, self.brokers, topic,
                                 str(PARTITIONS), *map(str, more)], text=True, **options)

    def load(self):
        if self.probe("load", self.events, self.accounts).wait() != 0:
            raise NoFigure("recovery_probe load failed")
        self.start()
        subprocess.run([baselines.OUT / "bin" / "tool", "watch", self.brokers, self.id,
                        self.events, str(PARTITIONS), str(self.accounts), str(self.child.pid),
                        str(os.getpid()), str(LOAD_SECONDS)], check=True,
                       stdout=subprocess.DEVNULL)

    def come_back(self):
        """Killed and started again under load; seconds to the next commit, records replayed."""
        time.sleep(SETTLED_SECONDS)
        self.kill()
        first = self.probe("first", self.out, stdout=subprocess.PIPE)
        late = threading.Timer(BACK_SECONDS, first.terminate)
        late.start()
        try:
            ready = first.stdout.readline()
            began = time.time()
            self.start()
            committed = first.stdout.readline().split()
            first.wait()
        finally:
            late.cancel()
        if ready != "READY\n":
            raise NoFigure("recovery_probe first failed")
        if not committed:
            raise NoFigure(f"{self.variant} committed nothing within {BACK_SECONDS} s: {self.log}")
        restored = self.restored()
        return {"seconds": round(int(committed[1]) / 1e6 - began, 3),
                "replayed": int(restored["replayed"]), "ready_s": float(restored["ready"])}

    def restored(self):
        for _ in range(BACK_SECONDS * 10):
            if found := SAYS_RESTORED[self.variant].search(self.log.read_text(encoding="utf-8")):
                return found
            time.sleep(0.1)
        raise NoFigure(f"{self.variant} does not say what it restored: {self.log}")


def measure(variant, accounts, folder):
    processor = Processor(variant, accounts, folder)
    print(f"== {variant}, {accounts} accounts", flush=True)
    trickle, kills = None, []
    try:
        processor.load()
        trickle = processor.probe("trickle", processor.events, accounts,
                                  option("PER_SECOND", 1000))
        for _ in range(int(option("KILLS", 3))):
            kills.append(processor.come_back())
            print(f"{variant}: {kills[-1]}", flush=True)
    finally:
        if trickle:
            trickle.terminate()
            trickle.wait()
        processor.kill()
    of = {figure: statistics.median(one[figure] for one in kills) for figure in kills[0]}
    return {**of, "kills": kills}


def main():
    if "KAFKA_BOOTSTRAP_SERVERS" not in os.environ:
        print("skipped: no broker (KAFKA_BOOTSTRAP_SERVERS); tests/run bench starts one")
        return 77
    if not baselines.built():
        return 77
    folder = pathlib.Path(tempfile.mkdtemp(prefix="encours-recovery-"))
    found, ratios = {}, []
    for accounts in map(int, option("ACCOUNTS", "20000,1000000").split(",")):
        try:
            streams, ours = (measure(variant, accounts, folder)
                             for variant in (baselines.STREAMS, baselines.OURS))
        except NoFigure as none:
            print(none)
            return 1
        found[str(accounts)] = {baselines.STREAMS: streams, baselines.OURS: ours}
        ratios += [
            baselines.ratio(f"seconds after kill -9, {accounts} accounts", ours, streams,
                            "seconds", 0.1),
            baselines.ratio(f"records replayed after kill -9, {accounts} accounts", ours, streams,
                            "replayed", 0.1)]
    for one in ratios:
        print(baselines.in_words(one))
    results.merge({"recovery": found})
    results.merge(results.ratios(ratios))
    shutil.rmtree(folder)
    return 1 if any(one["ratio"] is None for one in ratios) else 0


if __name__ == "__main__":
    sys.exit(main())
