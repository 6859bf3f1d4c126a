"""What helm makes of the chart, and what a pod of it refers to."""
import pathlib
import re
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "encours"
VALUES = pathlib.Path(__file__).resolve().parent / "values"
NAMESPACE = "credit"
# The newest version that the chart names as its least, and the newest there is.
KUBERNETES = ("1.30.0", "1.37.0")


def helm(verb, *words, values=(), sets=(), chart=CHART):
    """The finished process. `values` are names of files in values/, laid over one another."""
    command = ["helm", verb, *words, str(chart), "--kube-version", KUBERNETES[-1]]
    for name in values:
        command += ["--values", str(VALUES / f"{name}.yaml")]
    for one in sets:
        command += ["--set", one]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def template(*values, sets=(), chart=CHART):
    out = helm("template", "--namespace", NAMESPACE, "encours", values=values, sets=sets,
               chart=chart)
    assert out.returncode == 0, out.stderr
    return out.stdout


class Pods:
    """Equal pods: the template of a StatefulSet, a Deployment or a Job, and the pods' names."""

    def __init__(self, owner):
        self.owner = owner
        self.kind = owner["kind"]
        self.part = owner["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"]
        self.labels = owner["spec"]["template"]["metadata"]["labels"]
        self.spec = owner["spec"]["template"]["spec"]
        (self.container,) = self.spec["containers"]
        name = owner["metadata"]["name"]
        self.names = [name] if self.kind == "Job" else [
            f"{name}-{i}" for i in range(owner["spec"]["replicas"])]

    def port(self, port):
        """The number of a port that a probe or a Service names."""
        named = {one["name"]: one["containerPort"] for one in self.container.get("ports", ())}
        return port if isinstance(port, int) else named[port]

    def volumes(self):
        """{name: volume}, those of claims too."""
        out = {one["name"]: one for one in self.spec.get("volumes", ())}
        for claim in self.owner["spec"].get("volumeClaimTemplates", ()):
            name = claim["metadata"]["name"]
            assert name not in out, f"two volumes {name}"
            out[name] = {"name": name, "persistentVolumeClaim": {}}
        return out

    @staticmethod
    def claim(volume, pod):
        """Name of the claim that a pod has a volume from: a shared one, or its own."""
        return volume["persistentVolumeClaim"].get("claimName", f"{volume['name']}-{pod}")

    def mode(self, volume):
        """The mode of a volume's files."""
        (kind,) = self.volumes()[volume].keys() - {"name"}
        return self.volumes()[volume][kind].get("defaultMode", 0o644)

    def files(self):
        """(kind, name, key, path below the volume, volume) of each file from an object."""
        for volume in self.volumes().values():
            for source in volume.get("projected", {}).get("sources", [volume]):
                if "configMap" in source:
                    kind, name = "ConfigMap", source["configMap"]["name"]
                    items = source["configMap"].get("items")
                elif "secret" in source:
                    inner = source["secret"]
                    kind, name = "Secret", inner.get("secretName") or inner["name"]
                    items = inner.get("items")
                else:
                    continue
                for item in items or [None]:
                    key, path = (item["key"], item["path"]) if item else (None, None)
                    yield kind, name, key, path, volume["name"]


class Manifests:
    def __init__(self, text):
        self.documents = [one for one in yaml.safe_load_all(text) if one]

    def of(self, kind):
        return [one for one in self.documents if one["kind"] == kind]

    def get(self, kind, name):
        (found,) = [one for one in self.of(kind) if one["metadata"]["name"] == name]
        return found

    def pods(self):
        return [Pods(one) for kind in ("Job", "StatefulSet", "Deployment") for one in self.of(kind)]

    def selected(self, selector):
        return [one for one in self.pods() if selector.items() <= one.labels.items()]


def images():
    """{stage: [(source in the build, place in the image)]} by the COPY lines of the Dockerfile."""
    out, stage = {}, None
    for line in (ROOT / "deploy" / "containers" / "Dockerfile").read_text().splitlines():
        if match := re.match(r"FROM \S+ AS (\w+)", line):
            stage = match[1]
            out[stage] = []
        elif match := re.match(r"COPY --from=build (\S+) (\S+)$", line):
            out[stage].append((match[1], match[2]))
    return out
