#!/usr/bin/env python3
"""The fault table on the real services, from ingestion to portfolio. Victims are ingestion,
alerting and dunning.

    run.py NAME CLASS[.CASE] ...      e.g. run.py chain_kill_test Kills

KAFKA_BOOTSTRAP_SERVERS names the broker, ENCOURS_BIN or ENCOURS_PRESET the build, which must have
fault points. ENCOURS_SEED repeats the passages that a run has printed.
"""
import os
import pathlib
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[2] / "integration"))

import report
from broker_cases import BrokerDown, LostMarks
from kill_cases import Kills, KillsAtOtherSteps
from member_cases import Members
from mutation_cases import LostTails, Mutations
from proxy_cases import Proxied
from send_cases import SendMutations, Sends
from zombie_cases import Zombies

CASES = {one.__name__: one for one in (
    Kills, KillsAtOtherSteps, Zombies, BrokerDown, LostMarks, Proxied, Members, Sends,
    SendMutations, Mutations, LostTails)}


def main(name, *chosen):
    if not os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        print("KAFKA_BOOTSTRAP_SERVERS names no broker", file=sys.stderr)
        return 2
    return report.run(name, [_cases(one) for one in chosen])


def _cases(chosen):
    """A class, or one case of it by its name as it is printed."""
    group, _, case = chosen.partition(".")
    return CASES[group](f"test_{case}") if case else CASES[group]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
