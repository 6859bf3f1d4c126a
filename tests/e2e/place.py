"""What all cases share: an installation with its data, a gateway in front of it, and the page."""
import os
import pathlib
import sys

_TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(_TESTS / "integration"))

import data  # noqa: E402
import processes  # noqa: E402
from ctl import DONE  # noqa: E402
from gateway import Gateway, bash  # noqa: E402
from system import System  # noqa: E402

OUT = processes.ROOT / "build" / "e2e"
SETS = [one for one in (data.SMALL, data.UDYAM) if one.there()]


class Place:
    def __init__(self):
        self.system = System("e2e")
        self.gateway = None

    def start(self):
        OUT.mkdir(parents=True, exist_ok=True)
        tools = pathlib.Path(os.environ.get("TMPDIR", "/tmp"), f"encours-e2e-{os.getpid()}")
        for function in ("gateway_install", "dashboard_build"):
            bash(tools, function)
        bash(tools, "rm", "-rf", str(tools))
        self.system.start()
        for one in SETS:
            answer = one.begin_import(self.system).end()
            assert answer.code == DONE, f"import for {one.tenant}: {answer}"
        self.gateway = Gateway(self.system)
        self.gateway.__enter__()
        return self

    def stop(self, failed):
        if self.gateway and self.gateway.child:
            self.gateway.__exit__()
        self.system.failed = self.system.failed or failed
        self.system.stop()


_place = None
_failure = None


def get():
    """The one place; a failed start fails every case at once."""
    global _place, _failure
    if _failure is not None:
        raise AssertionError("the gateway and its services did not come up") from _failure
    if _place is None:
        try:
            _place = Place()
            _place.start()
        except BaseException as failure:
            _failure = failure
            raise
    return _place


def stop(failed):
    global _place
    if _place is not None:
        ended, _place = _place, None
        ended.stop(failed)
