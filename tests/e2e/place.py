"""What all cases share: an installation with its data, a gateway in front of it, and the page."""
import os
import pathlib
import sys

_TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(_TESTS / "integration"))

import data  # noqa: E402
import flow  # noqa: E402
import processes  # noqa: E402
from ctl import DONE  # noqa: E402
from gateway import Gateway, bash  # noqa: E402
from system import System  # noqa: E402

OUT = processes.ROOT / "build" / "e2e"
SETS = [one for one in (data.SMALL, data.UDYAM) if one.there()]
# The sample, small, with all that the flow makes of it: scores, reminders, reports.
SAMPLE = "sample"


class Place:
    def __init__(self):
        self.outside = flow.Outside()
        self.system = None
        self.gateway = None

    def start(self):
        OUT.mkdir(parents=True, exist_ok=True)
        tools = pathlib.Path(os.environ.get("TMPDIR", "/tmp"), f"encours-e2e-{os.getpid()}")
        for function in ("gateway_install", "dashboard_build"):
            bash(tools, function)
        bash(tools, "rm", "-rf", str(tools))
        self.outside.__enter__()
        self.system = System("e2e", self.outside.settings())
        self.system.start()
        flow.open_tenant(self.system, SAMPLE)
        running = {one.tenant: one.begin_import(self.system) for one in SETS}
        running[SAMPLE] = flow.begin_import(self.system, SAMPLE)
        for tenant, one in running.items():
            answer = one.end(flow.IMPORT_SECONDS)
            assert answer.code == DONE, f"import for {tenant}: {answer}"
        flow.await_all(self.system, SAMPLE)
        self.gateway = Gateway(self.system)
        self.gateway.__enter__()
        return self

    def stop(self, failed):
        if self.gateway and self.gateway.child:
            self.gateway.__exit__()
        if self.system is not None:
            self.system.failed = self.system.failed or failed
            self.system.stop()
        self.outside.__exit__()


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
