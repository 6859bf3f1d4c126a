"""Processes that a test starts: each dies with the test, whatever becomes of it.

A child gets SIGKILL from the kernel when the thread that started it ends, so start them from the
main thread only. stop_all() is for the ends that can be foreseen.
"""
import contextlib
import ctypes
import os
import pathlib
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
STOP_SECONDS = 30
_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_given_ports = set()


def die_with_parent():
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port():
    """A port below those that the kernel gives to clients; not given twice by this process."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        if port in _given_ports:
            continue
        if not is_free(port):
            continue
        _given_ports.add(port)
        return port


def is_free(port):
    with contextlib.closing(socket.socket()) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def program(name):
    """A program of the build under test."""
    preset = os.environ.get("ENCOURS_PRESET", "dev")
    folder = os.environ.get("ENCOURS_BIN") or ROOT / "build" / preset / "bin"
    return str(pathlib.Path(folder, name))


def wait_until(what, seconds, check, pause=0.05):
    """The first true answer of `check`; fails by name when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(pause)


class Process:
    """One instance of a service, with its own configuration file, log and ports."""

    def __init__(self, service, instance, folder, metrics_port):
        self.service = service
        self.instance = instance
        self.name = f"{service}-{instance}"
        self.config = folder / f"{self.name}.yaml"
        self.log = folder / f"{self.name}.log"
        self.metrics_port = metrics_port
        # What its next start has beside our own environment.
        self.environment = {}
        self.child = None
        self.ended_well = False
        self.terminated = False

    def start(self):
        assert not self.alive(), f"{self.name} runs already"
        self.ended_well = False
        self.terminated = False
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                [program(self.service), "--config", str(self.config)], stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, env=os.environ | self.environment,
                preexec_fn=die_with_parent)

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def kill(self):
        """kill -9; what it was doing is cut off."""
        assert self.alive(), f"{self.name} was to be killed but had ended: {self.last_words()}"
        self.child.kill()
        self.child.wait()

    def terminate(self):
        """SIGTERM, to be followed by stop()."""
        if self.alive():
            self.child.terminate()
            self.terminated = True

    def stop(self):
        """SIGTERM; False when it had ended by itself, had to be killed, or ended with an error."""
        if not self.alive() and not self.terminated:
            killed = self.child is not None and self.child.returncode == -signal.SIGKILL
            return self.child is None or killed or self.ended_well
        self.terminate()
        try:
            self.ended_well = self.child.wait(STOP_SECONDS) == 0
            return self.ended_well
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            return False

    def metrics(self):
        """The text of /metrics, empty when nobody answers."""
        try:
            address = f"http://127.0.0.1:{self.metrics_port}/metrics"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, OSError):
            return ""

    def metric(self, name):
        """A metric without labels; None when it is not there."""
        for line in self.metrics().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        return None

    def ready(self):
        assert self.alive(), f"{self.name} ended: {self.last_words()}"
        return self.metric("encours_ready") == 1

    def last_words(self):
        return "\n" + "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
