"""Goal: /metrics of every process can be read by Prometheus without a complaint, and status says
that nothing is behind once all is handled.

Method: promtool, Prometheus' own checker, on what each process of the shared installation answers
after its imports. promtool exits 1 for what it can't read and 3 for names that break its rules.
Status is asked until it says so: markers of transactions, which nobody handles, must not count.
"""
import shutil
import subprocess
import unittest

import processes
import world


class Metrics(unittest.TestCase):
    def test_promtool_has_nothing_to_say(self):
        promtool = shutil.which("promtool")
        if promtool is None:
            self.skipTest("promtool is not installed")
        for process in world.get().system.processes:
            with self.subTest(process=process.name):
                text = process.metrics()
                self.assertIn("encours_ready 1", text)
                checked = subprocess.run([promtool, "check", "metrics"], input=text.encode(),
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                         check=False)
                self.assertEqual((checked.returncode, checked.stdout.decode().strip()), (0, ""))


class Behind(unittest.TestCase):
    def test_nothing_is_behind_when_all_is_handled(self):
        said = []

        def nothing_is_behind():
            said[:] = [row["behind_records"] for row in world.get().system.ctl.csv("status")]
            return said and all(one == "0" for one in said)

        try:
            processes.wait_until("nothing is behind", 60, nothing_is_behind, pause=0.3)
        except AssertionError:
            self.fail(f"the last that status said: {said}")
