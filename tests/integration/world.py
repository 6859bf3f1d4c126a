"""The installation that most cases share: one instance of each service, every data set that is here
imported at once, each for a tenant of its own, in events mode.

Made when it is first asked for, so that one case alone can be run; stop() at the end of the run.
"""
import data
from ctl import DONE
from system import SERVICES, System

WORK_METRIC = "encours_records_in_total"


class World:
    def __init__(self):
        self.system = System("plain")
        self.imports = {}
        self.dump = []
        # Records that each service has handled by the end of the imports: a measure of how far
        # another run of the same imports has come.
        self.work = {}

    def start(self):
        self.system.start()
        self.imports = import_at_once(self.system, data.all_there())
        for tenant, answer in self.imports.items():
            assert answer.code == DONE, f"import for {tenant}: {answer}"
        self.dump = self.system.dump()
        for service in SERVICES:
            self.work[service] = self.system.of(service)[0].metric(WORK_METRIC)
        return self


def import_at_once(system, sets, meanwhile=lambda going_on: None):
    """Begins all imports, calls `meanwhile` with a function that says whether any still goes on,
    and returns the answers by tenant."""
    running = {one.tenant: one.begin_import(system) for one in sets}
    try:
        meanwhile(lambda: any(one.going_on() for one in running.values()))
    finally:
        answers = {tenant: one.end() for tenant, one in running.items()}
    return answers


_world = None
_failure = None


def get():
    """The shared installation; a failed start fails every case that needs it, at once."""
    global _world, _failure
    if _failure is not None:
        raise AssertionError("the shared installation did not come up") from _failure
    if _world is None:
        try:
            _world = World()
            _world.start()
        except BaseException as failure:
            _failure = failure
            _world.system.failed = True
            raise
    return _world


def stop(failed):
    global _world
    if _world is not None:
        ended, _world = _world, None
        ended.system.failed = ended.system.failed or failed
        ended.system.stop()
