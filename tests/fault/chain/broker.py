"""A broker of a test's own, which it may kill; what runs in `with` has it for its broker."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile
from unittest import mock

import processes

PORTS = 3
# Everything else is logged as a warning or not at all.
LOG_MARKERS = ("-Dorg.slf4j.simpleLogger.log.kafka.coordinator.transaction."
               "TransactionMarkerChannelManager=info")
DROPPED = "likely deleted already and hence can be skipped"


class Broker:
    """As people start one, by tests/lib/broker. `environment` is its script's."""

    def __init__(self, folder, environment=None):
        self.folder = folder
        self.port = _ports_in_a_row()
        self.environment = {"JAVA_TOOL_OPTIONS": LOG_MARKERS} | (environment or {})

    def call(self, verb):
        done = subprocess.run(
            [processes.ROOT / "tests/lib/broker", verb, self.folder, str(self.port)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=os.environ | self.environment, timeout=120)
        if done.returncode != 0:
            raise AssertionError(f"broker {verb} ended with {done.returncode}: {done.stdout}")

    def kill_and_start(self):
        self.call("kill")
        self.call("start")

    def pid(self):
        """The first word of its file; the second one is when it was started."""
        return int(pathlib.Path(self.folder, "pids", "broker.pid").read_text().split()[0])

    def dropped_markers(self):
        """True where it left out marks of transactions because partitions had no leader yet: a
        defect of Kafka 4.3 (KAFKA-20734); what was aborted may then be read as committed."""
        logs = pathlib.Path(self.folder, "logs").glob("broker.log*")
        return any(DROPPED in log.read_text(errors="replace") for log in logs)


def _ports_in_a_row():
    """Of its listeners and its controller."""
    while True:
        first = processes.free_port()
        if all(processes.is_free(first + i) for i in range(1, PORTS)):
            return first


@contextlib.contextmanager
def own_broker(environment=None):
    folder = tempfile.mkdtemp(prefix="encours-chain-broker-")
    broker = Broker(folder, environment)
    try:
        broker.call("start")
        with mock.patch.dict(os.environ, KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{broker.port}"):
            yield broker
    finally:
        broker.call("kill")
        shutil.rmtree(folder, ignore_errors=True)
