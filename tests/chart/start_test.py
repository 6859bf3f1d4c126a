#!/usr/bin/env python3
"""The chart as processes: start_test.py NAME [CASE ...], started by tests/chart/run.

Goal: each program starts with the very configuration, flags, environment, files and user that the
chart renders, its probes turn green, it does its work, and SIGTERM ends it in its time of grace.
Method: every pod of the rendered chart on a node of our own (node.py), a kubelet's probes
(kubelet.py), a real Kafka with TLS and a password, Envoy; then a file goes in through the gateway.
"""
import json
import os
import pathlib
import ssl
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request

import kubelet
from manifests import NAMESPACE, ROOT, Manifests, images, template
from node import ADDRESS, Mount, Node, Pod

sys.path.insert(0, str(ROOT / "tests" / "integration"))
import ctl  # noqa: E402
import data  # noqa: E402
import processes  # noqa: E402
import report  # noqa: E402

READY_SECONDS = 120
KAFKA = "kafka.infra.svc.cluster.local"
DOOR = "credit.example:8080"
TENANT = "small"


class Cluster:
    """The node with the broker and the pods; started step by step by the cases."""

    def __init__(self):
        self.given = pathlib.Path(os.environ["GIVEN"])  # By tests/chart/run, see there.
        self.node = Node(self.given)
        self.rendered = Manifests(template("full", "start"))
        self.objects = self._objects()
        self.pods = {}
        self.broker = None
        self.node.name(ADDRESS, KAFKA)
        for pods in self.rendered.pods():
            self._make(pods)

    def _objects(self):
        """What pods refer to: ConfigMaps of the chart, and what a platform team has put there."""
        out = {("ConfigMap", one["metadata"]["name"]):
               {key: text.encode() for key, text in one["data"].items()}
               for one in self.rendered.of("ConfigMap")}
        for kind in ("ConfigMap", "Secret"):
            for folder in (self.given / kind).iterdir():
                out[kind, folder.name] = {file.name: file.read_bytes()
                                          for file in folder.iterdir()}
        return out

    def image(self, pods):
        """What the Dockerfile copies into the image of these pods."""
        sources = {"/out/bin": pathlib.Path(processes.program("ingestion")).parent,
                   "/out/share": self.given / "share"}
        stage = "gateway" if pods.part == "gateway" else "services"
        mounts = [Mount(sources[source], place) for source, place in images()[stage]]
        if stage == "gateway":  # Of the base image.
            mounts.append(Mount(pathlib.Path(os.environ["ENVOY"]).parent, "/usr/local/bin"))
        return mounts

    def start_broker(self):
        path = self.given / "kafka.log"
        with open(path, "wb") as log:
            self.broker = subprocess.Popen(
                [os.environ["JAVA"], "-Xmx512m", "-XX:+UseSerialGC", "-cp",
                 os.environ["KAFKA_CLASS_PATH"],
                 "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                 "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info", "kafka.Kafka",
                 str(self.given / "kafka" / "server.properties")], stdout=log, stderr=log)

        def serves():
            text = path.read_text(errors="replace")
            assert self.broker.poll() is None, f"Kafka ended: {text[-3000:]}"
            return "Kafka Server started" in text
        processes.wait_until("Kafka", 90, serves)

    def _make(self, pods):
        for name in pods.names:
            pod = self.pods[name] = Pod(self.node, pods, name, self.image(pods), self.objects,
                                        self.given / "claims")
            headless = pods.owner["spec"].get("serviceName")
            if headless:
                domain = f"{headless}.{NAMESPACE}.svc.cluster.local"
                self.node.name(pod.address, f"{name}.{domain}", domain)
            elif pods.part == "gateway":
                self.node.name(pod.address, DOOR.rpartition(":")[0])

    def of(self, kind):
        return [one for one in self.pods.values() if one.pods.kind == kind]

    def running(self):
        return self.of("StatefulSet") + self.of("Deployment")

    def ask(self, path, token=True, headers=()):
        """GET by HTTPS of the gateway: status and answer."""
        request = urllib.request.Request(f"https://{DOOR}{path}", headers=dict(headers))
        if token:
            request.add_header("authorization", "Bearer " + self.token())
        trusted = ssl.create_default_context(cafile=self.given / "ca.crt")
        try:
            with urllib.request.urlopen(request, timeout=30, context=trusted) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()

    def token(self):
        return (self.given / "token").read_text().strip()

    def encoursctl(self, *words):
        return ctl.Running(self.given, [
            "--server", DOOR, "--ca-file", str(self.given / "ca.crt"), "--token-file",
            str(self.given / "token"), "--tenant", TENANT, *words]).end()


_cluster = None


def cluster():
    global _cluster
    if _cluster is None:
        _cluster = Cluster()
    return _cluster


class Installed(unittest.TestCase):
    """In the order in which helm does it."""

    def test_0_a_pod_without_kafka_lives_and_is_not_ready(self):
        pod = cluster().pods["credit-alerting-0"]
        pod.start()
        kubelet.await_start(pod)
        self.assertTrue(kubelet.passes(pod, pod.pods.container["livenessProbe"]))
        self.assertFalse(kubelet.passes(pod, pod.pods.container["readinessProbe"]))
        kubelet.stop(pod)

    def test_1_the_job_makes_the_topics(self):
        cluster().start_broker()
        (pod,) = cluster().of("Job")
        pod.start()
        self.assertEqual(pod.child.wait(60), 0, pod.last_words())
        self.assertIn("blue.encours.inbox", pod.log.read_text())
        self.assertIn("blue.encours.erp.acme", pod.log.read_text())

    def test_2_every_pod_becomes_ready(self):
        began = time.monotonic()
        for pod in cluster().running():
            pod.start()
        for pod in cluster().running():
            kubelet.await_start(pod)
        for pod in cluster().running():
            kubelet.await_ready(pod, READY_SECONDS)
        print(f"{len(cluster().running())} pods ready in {time.monotonic() - began:.1f} s")

    def test_3_and_lives(self):
        for pod in cluster().running():
            with self.subTest(pod.name):
                probe = pod.pods.container["livenessProbe"]
                self.assertTrue(kubelet.passes(pod, probe), pod.last_words())


class Used(unittest.TestCase):
    def test_1_the_gateway_asks_for_a_token(self):
        self.assertEqual(cluster().ask("/v1alpha1/tenants", token=False)[0], 401)
        self.assertEqual(cluster().ask("/ui/", token=False)[0], 200)

    def test_2_a_file_goes_in_and_its_balance_comes_out(self):
        tables = ROOT / "tests/data"
        answer = cluster().encoursctl(
            "import", str(tables / "invoices/small.csv"), "--mapping",
            str(tables / "mappings/small_invoices.yaml"))
        self.assertEqual(answer.code, ctl.DONE, str(answer))
        answer = cluster().encoursctl("aged-balance", "--as-of", "2024-03-31", "--output", "csv")
        self.assertEqual(answer.code, ctl.DONE, str(answer))
        expected = tables / "invoices/small_aged_balance_2024-03-31.csv"
        self.assertEqual(data.read_balance(answer.rows()),
                         data.read_balance(data.read_csv(expected)))

    def test_3_every_service_answers_behind_the_gateway(self):
        for path in ("customers", "deadLetters", "alerts", "scores", "actions", "risk/monitored"):
            with self.subTest(path):
                status, text = cluster().ask(f"/v1alpha1/tenants/{TENANT}/{path}")
                self.assertEqual(status, 200, text)
                json.loads(text)


    def test_4_nobody_outside_can_say_that_an_instance_asks(self):
        path = f"/v1alpha1/tenants/{TENANT}/customers"
        said = {"encours-forwarded": "1"}
        for _ in range(4):  # Both instances of portfolio, each with a part of the partitions.
            self.assertEqual(cluster().ask(path, headers=said), cluster().ask(path))

    def test_5_the_gateway_shows_figures_and_nothing_else_of_its_inside(self):
        (pod,) = cluster().of("Deployment")
        place = f"http://{pod.address}:{pod.pods.port('metrics')}"
        with urllib.request.urlopen(f"{place}/metrics", timeout=10) as answer:
            self.assertIn(b"envoy_cluster_membership_healthy", answer.read())
        with self.assertRaisesRegex(urllib.error.HTTPError, "404"):
            urllib.request.urlopen(f"{place}/quitquitquit", data=b"", timeout=10)


class Stopped(unittest.TestCase):
    def test_1_a_pod_that_is_replaced_comes_back_with_its_name_and_volume(self):
        pod = cluster().pods["credit-portfolio-1"]
        kubelet.stop(pod)
        pod.start()
        kubelet.await_start(pod)
        kubelet.await_ready(pod, READY_SECONDS)
        status, text = cluster().ask(f"/v1alpha1/tenants/{TENANT}/customers")
        self.assertEqual(status, 200, text)

    def test_2_sigterm_ends_every_pod_in_its_time(self):
        for name, seconds in kubelet.stop(*cluster().running()).items():
            print(f"{name} gone after {seconds:.1f} s")

    def test_3_nothing_was_said_of_a_secret(self):
        secrets = (cluster().given / "passwords").read_text().split()
        for pod in cluster().pods.values():
            text = pod.log.read_text(errors="replace")
            for secret in [*secrets, cluster().token()]:
                self.assertFalse(secret in text, f"{pod.name} has written a secret")


CASES = (Installed, Used, Stopped)


def main(name, *chosen):
    return report.run(name, [one for one in CASES if not chosen or one.__name__ in chosen])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
