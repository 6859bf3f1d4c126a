#!/usr/bin/env python3
"""How long an ERP's event takes to the mail at the mail server and to the alert at a subscriber.

All services, one instance each, in wall time for a tenant that is live; 100 invoices a second for
a minute, one in five late and over its account's limit: it has one mail and one alert of its own.
Each moment is noted where it can be seen from outside: the call's answer, the records once they are
committed, the mail at the end of DATA, the alert's line from `encoursctl alerts tail`. Prints p50,
p99 and the longest of each hop from the hop before and from the event; exit 1 where one is missing.
"""
import collections
import email
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))
import live  # noqa: E402
import processes  # noqa: E402
from system import System, brokers  # noqa: E402

PER_SECOND = int(os.environ.get("ENCOURS_BENCH_PER_SECOND", "100"))
SECONDS = int(os.environ.get("ENCOURS_BENCH_SECONDS", "60"))
ONE_LATE_IN = int(os.environ.get("ENCOURS_BENCH_ONE_LATE_IN", "5"))
TENANT = "perf"
# Hop, and the one that it is measured from.
HOPS = (("accepted", "published"), ("ledger", "accepted"), ("planned", "ledger"),
        ("claimed", "planned"), ("mail", "claimed"), ("sent", "mail"), ("alert", "ledger"),
        ("subscriber", "alert"))
COLLECTED_SECONDS = 2


class MailSink:
    """A real SMTP server (aiosmtpd) that notes when each message has come."""

    def __init__(self, note):
        from aiosmtpd.controller import Controller
        self.note = note
        self.port = processes.free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, _server, _session, envelope):
        now = time.time_ns() // 1000
        message = email.message_from_bytes(envelope.content)
        for line in message.get_all("Encours-Invoice"):
            self.note("mail", line.split(";")[0].strip(), now)
        return "250 OK"


class Times:
    def __init__(self):
        self.moments = collections.defaultdict(dict)
        self.lock = threading.Lock()

    def note(self, moment, what, micros):
        invoice = f"P-{what[1:]}" if what.startswith("L") else what
        with self.lock:
            self.moments[moment].setdefault(invoice, micros)

    def late(self):
        return [one for one in self.moments["published"] if int(one[2:]) % ONE_LATE_IN == 0]

    def report(self):
        """Prints the table; whether each late invoice has come all the way."""
        late, complete = self.late(), True
        print(f"{len(self.moments['published'])} events, {PER_SECOND} a second; {len(late)} of "
              f"them with a mail and an alert; milliseconds; a message is collected for "
              f"{COLLECTED_SECONDS} s before it is planned")
        print(f"{'hop':12}{'p50':>9}{'p99':>9}{'max':>9}   {'from the event p50':>18}{'p99':>9}"
              f"{'max':>9}{'seen':>8}")
        for hop, before in HOPS:
            there = [one for one in late if one in self.moments[hop]]
            complete = complete and len(there) == len(late)
            step = [self.moments[hop][one] - self.moments[before][one] for one in there
                    if one in self.moments[before]]
            whole = [self.moments[hop][one] - self.moments["published"][one] for one in there]
            print(f"{hop:12}{_shown(step)}   {'':9}{_shown(whole)}{len(there):8}")
        return complete


def _shown(micros):
    if not micros:
        return f"{'-':>9}" * 3
    ordered = sorted(micros)
    picks = (ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1])
    return "".join(f"{one / 1000:9.1f}" for one in picks)


def follow_alerts(system, times):
    """Reads `alerts tail` in a thread; the process."""
    running = system.ctl.begin("alerts", "tail", "--tenant", TENANT, "--output", "json")

    def read():
        for line in running.child.stdout:
            now = time.time_ns() // 1000
            alert = json.loads(line)
            if alert.get("kind", "").lower() == "limit_exceeded":
                times.note("subscriber", alert["account"], now)
    threading.Thread(target=read, daemon=True).start()
    return running


def probe(system, times):
    secrets = system.folder / "secrets"
    command = [processes.program("flow_probe"),
               "--server", f"127.0.0.1:{system.of('ingestion')[0].grpc_port}",
               "--token-file", str(secrets / "dev_token.jwt"), "--brokers", brokers(),
               "--prefix", system.prefix, "--tenant", TENANT, "--per-second", str(PER_SECOND),
               "--seconds", str(SECONDS), "--one-late-in", str(ONE_LATE_IN)]
    with tempfile.TemporaryFile("w+") as out:
        code = subprocess.run(command, stdout=out, check=False).returncode
        out.seek(0)
        for line in out:
            moment, what, micros = line.rstrip("\n").split("\t")
            times.note(moment, what, int(micros))
    return code


def main():
    times = Times()
    sink = MailSink(times.note)
    sink.controller.start()
    try:
        settings = {"dunning": {"smtp_url": f"smtp://127.0.0.1:{sink.port}",
                                "smtp_simulator_url": f"smtp://127.0.0.1:{sink.port}"}}
        with System("perf", settings) as system:
            live.open_tenant(system, TENANT)
            live.go_live(system, TENANT, "first")
            tail = follow_alerts(system, times)
            code = probe(system, times)
            tail.interrupt()
            tail.child.wait(30)
        complete = times.report()
        return 0 if code == 0 and complete else 1
    finally:
        sink.controller.stop()


if __name__ == "__main__":
    sys.exit(main())
