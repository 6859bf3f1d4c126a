"""encoursctl as a person uses it: a command line in, an exit code and text out."""
import csv
import dataclasses
import io
import os
import signal
import subprocess

import processes

DONE, FAILED, REFUSED = 0, 1, 3
TIMEOUT_SECONDS = 300


@dataclasses.dataclass
class Answer:
    command: str
    code: int
    out: str
    err: str

    def rows(self):
        """Standard output read as CSV with a header."""
        return list(csv.DictReader(io.StringIO(self.out, newline="")))

    def columns(self):
        return next(csv.reader(io.StringIO(self.out, newline="")))

    def __str__(self):
        return f"{self.command}: exit {self.code}\n{self.out[-3000:]}\n{self.err[-3000:]}"


class Running:
    """A command that was begun; end() waits for its answer."""

    def __init__(self, folder, arguments):
        self.command = " ".join(["encoursctl", *arguments])
        environment = dict(os.environ, ENCOURS_RUN_DIR=str(folder), LC_ALL="C.UTF-8")
        self.child = subprocess.Popen(
            [processes.program("encoursctl"), *arguments], env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=processes.die_with_parent)

    def going_on(self):
        return self.child.poll() is None

    def interrupt(self):
        """Ctrl-C."""
        self.child.send_signal(signal.SIGINT)

    def end(self, seconds=TIMEOUT_SECONDS):
        try:
            out, err = self.child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            out, err = self.child.communicate()
            err += f"\nthe test ended it after {seconds} s".encode()
        return Answer(self.command, self.child.returncode, out.decode(), err.decode())


class Ctl:
    """Commands on one installation, whose endpoints.yaml lies in `folder`."""

    def __init__(self, folder):
        self.folder = folder

    def begin(self, *arguments):
        return Running(self.folder, [str(one) for one in arguments])

    def ask(self, *arguments, code=None):
        """The answer; another exit code than `code` (if one is given) is a failure."""
        answer = self.begin(*arguments).end()
        assert code is None or answer.code == code, f"exit {code} was expected of {answer}"
        return answer

    def csv(self, *arguments):
        return self.ask(*arguments, "--output", "csv", code=DONE).rows()
