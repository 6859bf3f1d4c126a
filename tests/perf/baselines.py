#!/usr/bin/env python3
"""Our runtime beside Kafka Streams and a bare C++ loop: same input, same broker, one run.

The peers, the load and the clock that watches all from outside are those of ../shared/tools/
baselines; `baseline_service` is its SERVICE_CMD. Writes build/bench/results.json: each variant's
medians, and the ratios that are promised, with what was promised. Figures are printed and never
asserted; exit 1 only where a variant has no figures, 77 where the peers are absent.

Environment: ENCOURS_BENCH_EVENTS (10,000,000), ENCOURS_BENCH_ROUNDS (3),
ENCOURS_BENCH_LATENCY_ROUNDS (1), ENCOURS_BENCH_WARM_S (60), ENCOURS_BENCH_MEASURED_S (120),
ENCOURS_BENCH_PARTS (throughput, memory, latency and growth, by commas; floor, what the client
library alone takes at the same rate, only where it is named); ENCOURS_BENCH_LIBRDKAFKA, another
version of librdkafka than the distribution's for ours and the floor, whose figures are kept apart.
"""
import collections
import os
import pathlib
import signal
import statistics
import subprocess
import sys

import librdkafka
import results

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "bench"
TOOLS = pathlib.Path(os.environ.get("ENCOURS_DATA", ROOT.parent / "shared" / "data")).parent / (
    "tools/baselines")
SERVICE = ("{library}{program} {{brokers}} {{in}} {{out}} {{changelog}} {{group}} {{dir}} "
           "{partitions}")
PARTITIONS = 8
STREAMS, LOOP, OURS = "streams-1t-cache", "loop-cache", "service"
# The peers' loop in the place of the service.
BARE = ("{library}{loop} mode={mode} tx=1 dedupe=1 cache=100000 commit_ms={commit_ms} "
        "c.fetch.wait.max.ms=10 c.fetch.min.bytes=65536 brokers={{brokers}} in={{in}} out={{out}} "
        "changelog={{changelog}} group={{group}} dir={{dir}}")
COMMIT_INTERVALS_MS = (10, 25, 50, 100)
STOCK_MS = 100
OTHER_LIBRDKAFKA = os.environ.get("ENCOURS_BENCH_LIBRDKAFKA", "")
# What Debian 13 has; the promise of memory is for it.
NEWER_LIBRDKAFKA = "2.8.0"


def number(name, otherwise):
    return int(os.environ.get(name, otherwise))


def program(name):
    folder = os.environ.get("ENCOURS_BIN", ROOT / "build" / "release" / "bin")
    return str(pathlib.Path(folder) / name)


def with_library(version):
    """What stands before a command that shall run with this version of librdkafka."""
    return f"env LD_LIBRARY_PATH={librdkafka.folder(version)} " if version else ""


def run(name, environment, service=None, library=OTHER_LIBRDKAFKA):
    """One run of the peers' script; {variant: {figure: [one value a round]}}. `service`: the
    command that runs as the service, ours with this version of the library where it is not said."""
    work = OUT / (f"{name}-{library}" if library else name)
    work.mkdir(parents=True, exist_ok=True)
    ours = SERVICE.format(library=with_library(library), program=program("baseline_service"),
                          partitions=environment.get("PARTS", PARTITIONS))
    setting = {
        "WORK": str(work),
        "SERVICE_CMD": service or ours,
        "PORT": str(number("ENCOURS_BENCH_PORT", 19092)),
        **environment,
    }
    print(f"== {name}: " + " ".join(f"{k}={v}" for k, v in environment.items()), flush=True)
    for shared in ("bin", "streams"):  # Built once for all runs.
        if not (work / shared).exists():
            (work / shared).symlink_to(OUT / shared)
    script("run", setting)
    figures = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in (work / "results.tsv").read_text().splitlines():
        variant, figure, value = line.split("\t")
        if value:
            figures[variant][figure].append(float(value))
    return figures


def built():
    """Builds the peers once for all runs; False, and says so, where they are not there."""
    if not (TOOLS / "run_baselines.sh").exists():
        print(f"skipped: the peers are not at {TOOLS}")
        return False
    OUT.mkdir(parents=True, exist_ok=True)
    if not (OUT / "bin" / "tool").exists():
        script("build", {"WORK": str(OUT)})
    return True


def script(verb, setting):
    """In a session of its own: it ends with a signal to its whole process group."""
    command = [str(TOOLS / "run_baselines.sh"), verb]
    child = subprocess.Popen(command, env={**os.environ, **setting}, start_new_session=True)
    try:
        status = child.wait()
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
        if verb == "run":  # Its broker has a session too.
            subprocess.run([str(TOOLS / "kafka_up.sh"), "wipe", setting["WORK"] + "/broker"],
                           check=True, stdout=subprocess.DEVNULL)
    if status not in (0, -signal.SIGTERM):
        raise subprocess.CalledProcessError(status, command)


def medians(figures):
    return {variant: {figure: statistics.median(values) for figure, values in of.items()}
            for variant, of in figures.items()}


def throughput():
    found = medians(run("throughput", {
        "N": str(number("ENCOURS_BENCH_EVENTS", 10_000_000)),
        "REPEAT": str(number("ENCOURS_BENCH_ROUNDS", 3)),
        "VARIANTS": f"{STREAMS} {LOOP} {OURS}", "LAT_VARIANTS": " ", "ROCKS_N": "1000",
        "LIMIT_S": "900"}))
    for of in found.values():
        if of.get("restore_s"):
            of["restored_per_s"] = of["restore_n"] / of["restore_s"]
    ours, streams, loop = (found.get(v, {}) for v in (OURS, STREAMS, LOOP))
    return found, [
        ratio("CPU per event against Kafka Streams", ours, streams, "cpu_per_M_2nd_half", 0.40),
        ratio("throughput against Kafka Streams", ours, streams, "evs_2nd_half", 2.5),
        ratio("records restored a second against Kafka Streams", ours, streams, "restored_per_s",
              2.0),
        ratio("first commit against Kafka Streams", ours, streams, "first_commit", 0.5),
        ratio("peak memory against Kafka Streams", ours, streams, "rss", None),
        ratio("CPU per event against the bare loop", ours, loop, "cpu_per_M_2nd_half", 1.5),
    ]


def memory():
    """Peak memory under a backlog, with the library that the promise is for."""
    found = medians(run("memory", {
        "N": str(number("ENCOURS_BENCH_EVENTS", 10_000_000)), "REPEAT": "1",
        "VARIANTS": f"{STREAMS} {OURS}", "LAT_VARIANTS": " ", "ROCKS_N": "1000",
        "LIMIT_S": "900"}, library=NEWER_LIBRDKAFKA))
    return found, [ratio(f"peak memory against Kafka Streams, librdkafka {NEWER_LIBRDKAFKA}",
                         found.get(OURS, {}), found.get(STREAMS, {}), "rss", 0.3)]


def at_a_rate(variants):
    warm, measured = number("ENCOURS_BENCH_WARM_S", 60), number("ENCOURS_BENCH_MEASURED_S", 120)
    return {"N": "10000", "REPEAT": str(number("ENCOURS_BENCH_LATENCY_ROUNDS", 1)), "VARIANTS": " ",
            "ROCKS_N": "1000", "LAT_VARIANTS": variants, "WARM_S": str(warm),
            "RATE_S": str(warm + measured)}


def latency():
    found = {}
    for interval in COMMIT_INTERVALS_MS:
        ours_too = interval == COMMIT_INTERVALS_MS[-1]
        figures = run(f"latency-{interval}", {
            **at_a_rate(STREAMS + (" " + OURS if ours_too else "")),
            "STREAMS_JVM": f"-Dcommit={interval}"})
        for variant, of in medians(figures).items():
            if variant in (STREAMS, OURS):
                name = f"{variant} {interval} ms" if variant == STREAMS else variant
                found[name] = of
    ours = found.get(OURS, {})
    stock = found.get(f"{STREAMS} {STOCK_MS} ms", {})
    peers = [of for name, of in found.items() if name.startswith(STREAMS) and "p99" in of]
    best = min(peers, key=lambda of: of["p99"], default={})
    return found, [
        ratio("p99 against Kafka Streams at its best interval", ours, best, "p99", 0.8),
        ratio("CPU against Kafka Streams at its best interval", ours, best, "rate_cpu_per_M", 0.5),
        ratio("p99 against Kafka Streams as it comes", ours, stock, "p99", 0.6),
        ratio("CPU against Kafka Streams as it comes", ours, stock, "rate_cpu_per_M", 0.25),
    ]


# What no runtime on this client library can go below: records passed on without a state or a
# changelog (their latency is not known: what they carry has no time in it), and the bare loop.
FLOOR = (("pass", 10), ("pass", 25), ("pass", 50), ("stream", 10), ("stream", 25))


def floor():
    found = {}
    for mode, commit_ms in FLOOR:
        bare = BARE.format(library=with_library(OTHER_LIBRDKAFKA), loop=OUT / "bin" / "loop",
                           mode=mode, commit_ms=commit_ms)
        of = medians(run(f"floor-{mode}-{commit_ms}", at_a_rate(OURS), bare)).get(OURS, {})
        timed = mode == "stream"
        found[f"{mode} {commit_ms} ms"] = {name: value for name, value in of.items()
                                           if timed or name == "rate_cpu_per_M"}
    return found, []


# Our own cost as keys and partitions grow; nobody beside it.
GROWTH = ((10_000, 8), (1_000_000, 8), (20_000, 8), (20_000, 32), (20_000, 128))


def growth():
    found = {}
    for keys, partitions in GROWTH:
        figures = medians(run(f"growth-{keys}-{partitions}", {
            "N": str(number("ENCOURS_BENCH_EVENTS", 10_000_000)), "REPEAT": "1",
            "CUSTOMERS": str(keys), "PARTS": str(partitions), "VARIANTS": OURS,
            "LAT_VARIANTS": " ", "ROCKS_N": "1000", "LIMIT_S": "900"}))
        found[f"{keys} keys, {partitions} partitions"] = figures.get(OURS, {})
    few, many = (found[f"{keys} keys, 8 partitions"] for keys, _ in GROWTH[:2])
    return found, [
        ratio("CPU per event at 1,000,000 keys against 10,000", many, few, "cpu_per_M_2nd_half",
              1.5)]


PARTS = {"throughput": throughput, "memory": memory, "latency": latency, "growth": growth}
ASKED_FOR = {"floor": floor}


def ratio(name, ours, theirs, figure, promised):
    one = {"name": name, "figure": figure, "promised": promised, "ours": ours.get(figure),
           "theirs": theirs.get(figure), "ratio": None}
    if one["ours"] is not None and one["theirs"]:
        one["ratio"] = round(one["ours"] / one["theirs"], 3)
    return one


def in_words(one):
    promised = "" if one["promised"] is None else f"promised {one['promised']}; "
    return "{name}: {ratio} ({0}ours {ours}, theirs {theirs})".format(promised, **one)


def apart(found):
    """Figures of another library do not stand among those of the distribution's."""
    return {f"librdkafka {OTHER_LIBRDKAFKA}": found} if OTHER_LIBRDKAFKA else found


def main():
    if not built():
        return 77
    parts = os.environ.get("ENCOURS_BENCH_PARTS", ",".join(PARTS)).split(",")
    promised = []
    for part in parts:
        figures, ratios = (PARTS | ASKED_FOR)[part]()
        results.merge(apart({"variants": {part: figures}}))
        promised += ratios
    for one in promised:
        print(in_words(one))
    results.merge(apart(results.ratios(promised)))
    return 1 if any(one["ratio"] is None for one in promised) else 0


if __name__ == "__main__":
    sys.exit(main())
