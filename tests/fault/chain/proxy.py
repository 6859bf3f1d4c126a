"""The proxy before a broker that does to chosen requests what a network may do (proxy.h), as a
process of the test: fault_proxy, whose grammar stands in proxy_main.cc.

    with Proxy() as proxy, own_broker(proxy.environment()) as broker:
        proxy.lead_to(broker)
        rule = proxy.set("hold EndTxn commits cuts")
"""
import subprocess

import processes

PATIENCE_MS = 60_000


class Proxy:
    def __init__(self):
        self.child = subprocess.Popen(
            [processes.program("fault_proxy")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, preexec_fn=processes.die_with_parent)
        self.port = int(self.child.stdout.readline())
        self.rules = []

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        complaint = self._ask("complaint") if kind is None else ""
        self.child.stdin.close()
        self.child.wait(processes.STOP_SECONDS)
        self.child.stdout.close()
        assert not complaint, complaint

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def environment(self):
        """For the broker that is to give clients this address on its second listener."""
        return {"KAFKA_BEHIND": str(self.port)}

    def lead_to(self, broker):
        self._ask(f"lead {broker.port + 2}")

    def set(self, rule):
        """A number for the rule."""
        self.rules.append(int(self._ask(f"set {rule}")))
        return self.rules[-1]

    def release(self, rule):
        self._ask(f"release {rule}")

    def heal(self):
        """Nothing comes to harm any more."""
        for rule in self.rules:
            self.release(rule)
        self.rules = []
        self._ask("heal")
        self.delay(0)

    def break_link(self, ways):
        self._ask(f"break {ways}")

    def delay(self, request_ms):
        self._ask(f"delay {request_ms}")

    def harmed(self, rule):
        return int(self._ask(f"harmed {rule}"))

    def passed(self, request):
        return int(self._ask(f"passed {request}"))

    def await_harm(self, rule, times=1):
        self._await(f"await_harm {rule} {times}")

    def await_answer(self, rule, times=1):
        self._await(f"await_answer {rule} {times}")

    def await_passed(self, request, times):
        self._await(f"await_passed {request} {times}")

    def _await(self, call):
        answer = self._ask(f"{call} {PATIENCE_MS}")
        assert answer == "yes", f"waited {PATIENCE_MS} ms in vain: {call}"

    def _ask(self, call):
        self.child.stdin.write(f"{call}\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        assert answer, f"the proxy has ended at: {call}"
        return answer.strip()
