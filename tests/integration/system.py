"""A whole installation for one test: services, topics and data of its own on the shared broker.

    with System("plain", ingestion=1, portfolio=1, alerting=1) as system:
        system.ctl.ask("import", ...)

Topics, groups and transactional ids carry a prefix that no other test has; ports are free ones; the
folder goes at the end, unless the test failed: then configurations and logs stay and are named.
"""
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import uuid

import processes
from ctl import DONE, Ctl

SERVICES = ("ingestion", "portfolio", "alerting", "risk-enrichment", "scoring", "dunning")
READY_SECONDS = 90
REBUILD_SECONDS = 180
PARTITIONS = int(os.environ.get("ENCOURS_TEST_PARTITIONS", "8"))
_SECRETS = """
set -euo pipefail
ENCOURS_RUN_DIR=$1
source "$2/deploy/lib/all.sh"
make_run_dir
secrets_make
"""


class System:
    def __init__(self, name, settings=None, **instances):
        """`instances`: how many of each service (its name with _), 1 where it is not said;
        `settings`: by service, what its configuration has beside ours."""
        self.settings = settings or {}
        self.name = name
        self.prefix = f"{name}-{uuid.uuid4().hex[:8]}."
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"encours-{name}-"))
        self.ctl = Ctl(self.folder)
        counts = {one: instances.get(one.replace("-", "_"), 1) for one in SERVICES}
        self.processes = [self._process(service, i + 1) for service, count in counts.items()
                          for i in range(count)]
        self.failed = False

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.failed = True
            self.stop()
            raise

    def __exit__(self, kind, *_):
        self.failed = self.failed or kind is not None
        self.stop()

    def start(self):
        subprocess.run(["bash", "-c", _SECRETS, "secrets", str(self.folder), str(processes.ROOT)],
                       check=True, stdout=subprocess.DEVNULL)
        self.write_endpoints(self.folder, self.processes)
        self.ctl.ask("topics", "apply", "--bootstrap-server", brokers(), "--partitions",
                     PARTITIONS, "--prefix", self.prefix, code=DONE)
        for process in self.processes:
            process.start()
        self.wait_ready()
        return self

    def wait_ready(self):
        for process in self.processes:
            processes.wait_until(f"{process.name} is ready", READY_SECONDS, process.ready)
        processes.wait_until("every partition of every service runs", READY_SECONDS,
                             lambda: self.ctl.ask("status").code == DONE, pause=0.3)

    def of(self, service):
        return [one for one in self.processes if one.service == service]

    def await_clock(self, service, tenant, seconds=300):
        """Until the service has handled the last tick that ingestion has."""
        def there():
            clocks = {}
            for one in self.ctl.ask("status", "--output", "json").out.splitlines():
                status = json.loads(one)
                clocks[status["service"]] = status.get("clocks", {}).get(f"tenant/{tenant}")
            return clocks.get(service) is not None and clocks[service] == clocks["ingestion"]
        processes.wait_until(f"{service} has followed {tenant}", seconds, there, pause=0.3)

    def dump(self, *arguments):
        return self.ctl.ask("dump", *arguments, code=DONE).out.splitlines()

    def stop(self):
        """SIGTERM to all, last started first. What was killed by a test is not asked."""
        for process in reversed(self.processes):
            process.terminate()
        ends = {one.name: one.stop() for one in reversed(self.processes)}
        bad = [name for name, good in ends.items() if not good]
        if bad or self.failed:
            shutil.rmtree(self.folder / "data", ignore_errors=True)
            print(f"logs of {self.name}: {self.folder}", flush=True)
        else:
            shutil.rmtree(self.folder)
        assert not bad or self.failed, f"did not end well on SIGTERM: {', '.join(bad)}"

    def rebuild(self, service):
        """The service once more, beside the one that runs: it makes all that is its own anew, from
        the inputs, under a prefix of its own. The Rebuild is not started."""
        return Rebuild(self, service)

    def _process(self, service, instance):
        process = self.make_process(service, instance, self.folder)
        self.configure(process, {})
        return process

    @staticmethod
    def make_process(service, instance, folder):
        process = processes.Process(service, instance, folder, processes.free_port())
        process.grpc_port = processes.free_port()
        return process

    def configure(self, process, more):
        """Writes the process' configuration: that of every process, ours, and `more`."""
        grpc, metrics = process.grpc_port, process.metrics_port
        service, instance = process.service, process.instance
        secrets = self.folder / "secrets"
        settings = {
            "instance": str(instance),
            "kafka_bootstrap_servers": brokers(),
            "kafka_topic_prefix": self.prefix,
            "partitions": PARTITIONS,
            "grpc_listen_address": f"127.0.0.1:{grpc}",
            "grpc_advertised_address": f"127.0.0.1:{grpc}",
            "metrics_listen_address": f"127.0.0.1:{metrics}",
            "data_dir": str(self.folder / "data" / process.name),
            "documents_dir": str(self.folder / "documents"),
            "jwks_file": str(secrets / "jwks.json"),
            "persons_kek_file": str(secrets / "persons_kek.bin"),
        }
        if service == "ingestion":
            settings["tenant_clock_mode"] = "events"
        if service == "risk-enrichment":
            for provider in ("altares", "sirene"):
                settings[f"{provider}.secret_file"] = str(secrets / "provider.txt")
        settings |= self.settings.get(service, {}) | more
        process.config.write_text(_yaml(settings))

    def write_endpoints(self, folder, processes_there):
        """What encoursctl looks for in the folder of a local run."""
        lines = [f'kafka_bootstrap_servers: "{brokers()}"',
                 f'token_file: "{self.folder}/secrets/dev_token.jwt"',
                 "tenant_clock_mode: events", "servers:"]
        lines += [f'  - {{service: {one.service}, address: "127.0.0.1:{one.grpc_port}"}}'
                  for one in processes_there]
        # In one step: a command that runs may read it at any moment.
        fresh = folder / "endpoints.yaml.new"
        fresh.write_text("\n".join(lines) + "\n")
        fresh.rename(folder / "endpoints.yaml")


class Rebuild:
    """One service in rebuild mode; encoursctl in `ctl` knows this process only."""

    def __init__(self, system, service):
        self.system = system
        self.prefix = f"rebuild-{service}-{uuid.uuid4().hex[:8]}."
        self.folder = system.folder / f"rebuild-{service}"
        self.folder.mkdir()
        self.ctl = Ctl(self.folder)
        self.process = system.make_process(service, 1, self.folder)
        system.configure(self.process, {
            "effects": "rebuild", "rebuild_topic_prefix": self.prefix,
            "data_dir": str(self.folder / "data")})
        system.write_endpoints(self.folder, [self.process])

    def __enter__(self):
        self.ctl.ask("topics", "apply", "--bootstrap-server", brokers(), "--partitions",
                     PARTITIONS, "--prefix", self.prefix, code=DONE)
        self.process.start()
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.system.failed = True
        ended_well = self.process.stop()
        assert ended_well or kind, f"{self.process.name}: {self.process.last_words()}"

    def wait_caught_up(self, seconds=REBUILD_SECONDS):
        """Until all inputs are handled, three times in a row (what one step writes is the next
        one's), and with them the wall's ticks up to now: what came after a tick waits for one."""
        seen = []
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

        def caught_up():
            if not self.process.ready():
                return False
            rows = self.ctl.ask("status", "--output", "csv").rows()
            status = json.loads(self.ctl.ask("status", "--output", "json").out.splitlines()[0])
            seen.append(rows and all(row["behind_records"] == "0" for row in rows)
                        and status.get("clocks", {}).get("wall", "") > now)
            return seen[-3:] == [True] * 3
        processes.wait_until(f"{self.process.name} has caught up", seconds, caught_up, pause=0.5)


def _yaml(settings):
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items())


def brokers():
    return os.environ["KAFKA_BOOTSTRAP_SERVERS"]
