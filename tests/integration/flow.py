"""The whole flow for a test: what the services speak to outside, a tenant that uses all of them,
and what became of it.

    with Outside() as outside, System("flow", outside.settings()) as system:
        flow.open_tenant(system, "acme")
        flow.import_sample(system, "acme")
        outside.said()

The facts are those of the sample portfolio (deploy/sample), small: all its states, few accounts.
"""
import collections
import functools
import pathlib
import subprocess
import tempfile

import mail_server
import processes
import simulators
from ctl import DONE

SCENARIO = processes.ROOT / "tests" / "data" / "scenarios" / "standard.yaml"
RISK_POLICY = processes.ROOT / "tests" / "data" / "risk" / "all_companies.yaml"
ACCOUNTS = 60
MONTHS = 12
IMPORT_SECONDS = 600


class Outside:
    """Both providers and a mail server."""

    def __init__(self):
        self.simulators = {}
        self.mail = mail_server.MailServer()

    def __enter__(self):
        self.mail.start()
        for name in simulators.PROVIDERS:
            self.simulators[name] = simulators.Simulator(name)
        return self

    def __exit__(self, *_):
        for one in self.simulators.values():
            one.stop()
        self.mail.stop()

    def settings(self):
        """For System."""
        return simulators.settings_for(self.simulators) | {
            "dunning": {"smtp_url": self.mail.url, "smtp_require_tls": False,
                        "smtp_simulator_url": self.mail.url}}

    def mails(self):
        return self.mail.by_id()

    def mail_count(self):
        return len(self.mail.messages())

    def billed(self):
        """{provider: {SIREN: reports paid for}}."""
        return {name: one.calls()["billed"] for name, one in self.simulators.items()}

    def call_counts(self):
        return {name: one.calls()["calls"] for name, one in self.simulators.items()}


@functools.cache
def sample_file(accounts=ACCOUNTS, months=MONTHS):
    """Events of the sample, one a line; the same for every installation of this run."""
    folder = tempfile.TemporaryDirectory(prefix="encours-sample-")
    _folders.append(folder)
    subprocess.run([processes.program("encours-sample"), "--accounts", str(accounts),
                    "--months", str(months), "--out", folder.name], check=True,
                   stdout=subprocess.DEVNULL)
    return pathlib.Path(folder.name, "events.jsonl")


_folders = []


def open_tenant(system, tenant, *options):
    """A tenant in events mode that writes to whom is late and watches every company."""
    system.ctl.ask("tenants", "open", "--tenant", tenant, "--clock", "events", *options, code=DONE)
    system.ctl.ask("dunning", "scenarios", "apply", SCENARIO, "--tenant", tenant, code=DONE)
    system.ctl.ask("risk", "policy", RISK_POLICY, "--tenant", tenant, code=DONE)


def begin_import(system, tenant):
    return system.ctl.begin("import", sample_file(), "--tenant", tenant)


def await_all(system, tenant, seconds=IMPORT_SECONDS):
    """Until every service has handled the last tick of the tenant that ingestion has."""
    for service in ("portfolio", "alerting", "scoring", "risk-enrichment", "dunning"):
        system.await_clock(service, tenant, seconds)


def settled_dump(system, tenant, seconds=IMPORT_SECONDS):
    """The dump once every service has handled all of the tenant that ingestion has, and nothing
    outside is waited for any more."""
    await_all(system, tenant, seconds)
    seen = collections.deque(maxlen=3)

    def settled():
        lines = system.dump()
        waiting = any(line.startswith("table\t") and line.split("\t")[2] == "effect"
                      for line in lines)
        seen.append(lines)
        return not waiting and list(seen) == [lines] * 3
    processes.wait_until("all services are at rest", seconds, settled, pause=0.5)
    return seen[-1]
