#!/usr/bin/env python3
"""One to three instances and back to one under load: what the worst partition and the queries see.

`elastic_probe` does it all (elastic/README.md); this gives it a folder and ports, prints what it
finds as a table and puts it under "elastic" of build/bench/results.json. Figures are never judged:
exit 1 is the probe's, where an event was lost or doubled, or an answer was of a state that never
was.

Environment: ENCOURS_BENCH_ELASTIC_PER_SECOND (20,000), ENCOURS_BENCH_ELASTIC_CUSTOMERS (20,000),
ENCOURS_BENCH_ELASTIC_QUERIES (100 a second), ENCOURS_BENCH_ELASTIC_HOLD_S (10),
ENCOURS_BENCH_ELASTIC_SESSION_MS (6000), ENCOURS_BENCH_ELASTIC_SEED (drawn and printed).
"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import results

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))
import processes  # noqa: E402

COLUMNS = (("phase", 18), ("promised", 9), ("gap ms", 8), ("moves", 6), ("settled", 8),
           ("events", 9), ("out p50", 8), ("out p99", 8), ("us/event", 9), ("queries", 8),
           ("complete", 9), ("partial", 8), ("errors", 7), ("p50", 7), ("p99", 7))


def option(name, otherwise):
    return os.environ.get(f"ENCOURS_BENCH_ELASTIC_{name}", str(otherwise))


def probe(folder):
    """The lines of the probe, and its exit code."""
    program = pathlib.Path(os.environ.get("ENCOURS_BIN", ROOT / "build/release/bin"))
    seed = option("SEED", random.SystemRandom().randrange(1 << 31))
    command = [program / "elastic_probe", "--brokers", os.environ["KAFKA_BOOTSTRAP_SERVERS"],
               "--prefix", f"elastic-{folder.name[-8:]}.", "--folder", folder,
               "--ports", ",".join(str(processes.free_port()) for _ in range(3)),
               "--per-second", option("PER_SECOND", 20_000),
               "--customers", option("CUSTOMERS", 20_000),
               "--queries-per-second", option("QUERIES", 100),
               "--hold-seconds", option("HOLD_S", 10),
               "--session-timeout-ms", option("SESSION_MS", 6000), "--seed", seed]
    print(" ".join(map(str, command)), flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


def shown(value):
    if value is None:
        return "-"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def row(values):
    print("".join(f"{shown(value):>{width}}" for value, (_, width) in zip(values, COLUMNS)))


def print_phase(one):
    queries = one["queries"]
    row((one["phase"], one["promised_gap_ms"], one["longest_gap_ms"], one["moves"],
         one["settled_ms"], one["outputs"], one["output_p50_ms"], one["output_p99_ms"],
         one["cpu_us_per_event"], queries["asked"], queries["complete"], queries["partial"],
         sum(queries["errors"].values()), queries["p50_ms"], queries["p99_ms"]))


def print_run(one):
    queries = one["queries"]
    print(f"{one['published']} events, {one['outputs']} outputs: {one['lost']} lost, "
          f"{one['doubled']} doubled, {one['wrong']} wrong {one['first_finding']}")
    for name, of in (("all", queries), ("of one customer", queries["of_one"]),
                     ("of all partitions", queries["of_all"])):
        print(f"queries {name}: {of['asked']}, complete {of['complete']}, partial {of['partial']}, "
              f"wrong {of['wrong']}, errors {of['errors']}; share complete "
              f"{of['share_complete']}, p50 {of['p50_ms']} ms, p99 {of['p99_ms']} ms")


def main():
    if "KAFKA_BOOTSTRAP_SERVERS" not in os.environ:
        print("skipped: no broker (KAFKA_BOOTSTRAP_SERVERS); tests/run bench starts one")
        return 77
    folder = pathlib.Path(tempfile.mkdtemp(prefix="encours-elastic-"))
    lines, code = probe(folder)
    phases = [line for line in lines if "phase" in line]
    runs = [line for line in lines if "run" in line]
    row([name for name, _ in COLUMNS])
    for one in phases:
        print_phase(one)
    for one in runs:
        print(f"run: {one['run']}")
        print_run(one)
    if runs:
        results.merge({"elastic": {"phases": phases, **runs[0]}})
    if code == 0:
        shutil.rmtree(folder)
    else:
        print(f"exit code {code}; kept for a look: {folder}")
    return code


if __name__ == "__main__":
    sys.exit(main())
