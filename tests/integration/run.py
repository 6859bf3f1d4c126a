#!/usr/bin/env python3
"""The integration tests of the whole system, as a person uses it: real programs, a real broker.

    run.py NAME ledger|flow|long [CASE ...]      e.g. run.py integration_test ledger AgedBalance

KAFKA_BOOTSTRAP_SERVERS names the broker (tests/run starts one; tests/lib/broker too), ENCOURS_BIN
or ENCOURS_PRESET the build, ENCOURS_DATA the real data. ENCOURS_SEED repeats the days and places of
kills that a run has printed.
"""
import os
import sys

import report
import world
from again_cases import FilesAtOnce, FreshInstallation, ImportAgain
from alert_cases import AlertsTail
from flow_kill_cases import FlowKills, FlowKillsMatrix
from go_live_cases import GoLive
from kafka_cases import KafkaDoor
from kill_cases import KillsDuringImport, KillsMatrix
from ledger_cases import AgedBalance, OverdueAlerts, Verify
from mail_cases import RemindersByMail, RemindersOfTheSample, RemindersOfTheWholeSample
from metrics_cases import Behind, Metrics
from outage_cases import MailServerAway, MailServerAwayForAnHour
from rebuild_cases import Rebuilds
from refusal_cases import Refusals
from risk_cases import RiskInEventsMode, RiskInWallTime

FORMS = {
    "ledger": (AgedBalance, OverdueAlerts, Verify, Metrics, Behind, KillsDuringImport,
               FreshInstallation, FilesAtOnce, KafkaDoor, ImportAgain, Refusals, AlertsTail),
    "flow": (RemindersByMail, RemindersOfTheSample, RiskInEventsMode, RiskInWallTime, GoLive,
             MailServerAway, FlowKills, Rebuilds),
    "long": (KillsMatrix, FlowKillsMatrix, MailServerAwayForAnHour, RemindersOfTheWholeSample),
}


def main(name, form, *chosen):
    if not os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        print("KAFKA_BOOTSTRAP_SERVERS names no broker", file=sys.stderr)
        return 2
    cases = [one for one in FORMS[form] if not chosen or one.__name__ in chosen]
    status = 1
    try:
        status = report.run(name, cases)
    finally:
        world.stop(failed=status != 0)
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
