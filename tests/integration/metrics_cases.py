"""Goal: /metrics of every process can be read by Prometheus without a complaint.

Method: promtool, Prometheus' own checker, on what each process of the shared installation answers
after its imports. promtool exits 1 for what it can't read and 3 for names that break its rules.
"""
import shutil
import subprocess
import unittest

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
