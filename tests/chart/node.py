"""A node of a cluster, as far as a pod notices it.

Each pod has an address of its own on a bridge, a root file system that can't be written, with the
files of its image and its volumes at their places, the user, the groups and the (lack of)
capabilities of its manifest. So a process gets the very paths, ports and names that the chart
renders; nothing is mapped. What is not here: images (/usr is this machine's), seccomp, limits of
memory, network policies, and a name server: names stand in /etc/hosts.

Runs as root in namespaces of its own for network, mounts and processes (tests/chart/run): they end
with it, and so do all that it has started.
"""
import dataclasses
import os
import pathlib
import re
import shlex
import subprocess

BRIDGE = "pods"
NETWORK = "10.244.0"
ADDRESS = f"{NETWORK}.1"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_DEVICES = ("null", "zero", "random", "urandom")


def do(*command):
    out = subprocess.run([str(one) for one in command], capture_output=True, text=True,
                         check=False)
    assert out.returncode == 0, f"{shlex.join(map(str, command))}: {out.stderr}"


def within(network):
    """What goes before a command: ip's own way would change mounts, which a changed root can't."""
    return ["nsenter", f"--net=/run/netns/{network}"]


class Node:
    def __init__(self, folder):
        self.folder = folder
        self.hosts = folder / "hosts"
        self.hosts.write_text("127.0.0.1 localhost\n")
        self._last = 1
        # Names of networks lie there; those of this machine are not ours.
        do("mount", "-t", "tmpfs", "tmpfs", "/run")
        do("mount", "--bind", self.hosts, "/etc/hosts")
        do("ip", "link", "set", "lo", "up")
        do("ip", "link", "add", BRIDGE, "type", "bridge")
        do("ip", "address", "add", f"{ADDRESS}/24", "dev", BRIDGE)
        do("ip", "link", "set", BRIDGE, "up")

    def name(self, address, *names):
        """What a name server would say from now on; the file stays the same, it is mounted."""
        with open(self.hosts, "a", encoding="utf-8") as file:
            file.writelines(f"{address} {one}\n" for one in names)

    def network(self, name):
        """A network for a pod; its address."""
        self._last += 1
        address, device = f"{NETWORK}.{self._last}", f"pod{self._last}"
        do("ip", "netns", "add", name)
        do("ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", name)
        do("ip", "link", "set", device, "master", BRIDGE, "up")
        for words in (f"address add {address}/24 dev eth0", "link set eth0 up", "link set lo up"):
            do(*within(name), "ip", *words.split())
        return address


@dataclasses.dataclass
class Mount:
    source: pathlib.Path
    place: str
    writable: bool = False


def volume_files(pods, objects, folder):
    """Writes the files that come from ConfigMaps and Secrets; {volume: its folder}."""
    out = {}
    group = pods.spec["securityContext"]["fsGroup"]
    for kind, name, key, path, volume in pods.files():
        out[volume] = folder / volume
        data = objects[kind, name]
        for one in [key] if key else data:
            file = folder / volume / (path or one)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data[one])
            os.chmod(file, pods.mode(volume))
            os.chown(file, 0, group)
    return out


class Pod:
    """One pod: what it is made of, and its process while that lives."""

    def __init__(self, node, pods, name, image, objects, claims):
        self.pods, self.name, self.node = pods, name, node
        self.folder = node.folder / "pods" / name
        self.folder.mkdir(parents=True)
        self.address = node.network(name)
        self.log = self.folder / "log"
        self.child = None
        self._mounts = list(image) + self._volumes(objects, claims)
        self.environment = {"HOSTNAME": name, "PATH": _PATH}
        for one in pods.container.get("env", ()):
            assert one["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.name"}}, one
            self.environment[one["name"]] = name

    def _volumes(self, objects, claims):
        folders = volume_files(self.pods, objects, self.folder / "volumes")
        group = self.pods.spec["securityContext"]["fsGroup"]
        for volume in self.pods.volumes().values():
            if "persistentVolumeClaim" in volume:
                folder = claims / self.pods.claim(volume, self.name)
                folders[volume["name"]] = folder
                folder.mkdir(parents=True, exist_ok=True)
                os.chown(folder, 0, group)
                os.chmod(folder, 0o2775)
        return [Mount(folders[one["name"]], one["mountPath"], not one.get("readOnly", False))
                for one in self.pods.container.get("volumeMounts", ())]

    def words(self):
        """The command line, with $(NAME) as Kubernetes replaces it."""
        container = self.pods.container
        return [re.sub(r"\$\((\w+)\)", lambda match: self.environment[match[1]], one)
                for one in container["command"] + container.get("args", [])]

    def start(self):
        assert not self.alive(), f"{self.name} runs already"
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                [*within(self.name), "unshare", "--mount", "--propagation", "unchanged", "sh", "-c",
                 self._script(), self.name, *self.words()],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.environment)

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def last_words(self):
        return f"{self.name}:\n" + "\n".join(
            self.log.read_text(errors="replace").splitlines()[-12:])

    def _script(self):
        """What a container runtime does before the program: every step is an exec, so the process
        that is started is the program in the end."""
        root = self.folder / "root"
        root.mkdir(exist_ok=True)
        lines = ["set -eu", f"mount -t tmpfs -o mode=755 pod {root}",
                 f"cd {root}", "ln -s usr/bin usr/sbin usr/lib usr/lib64 .", "mkdir -p proc"]
        mounts = [Mount(pathlib.Path("/usr"), "/usr"),
                  Mount(pathlib.Path("/etc/ssl"), "/etc/ssl"),
                  Mount(self.node.hosts, "/etc/hosts"),
                  *(Mount(pathlib.Path("/dev", one), f"/dev/{one}", True) for one in _DEVICES),
                  *sorted(self._mounts, key=lambda one: one.place)]
        for one in mounts:
            target = f"{root}{one.place}"
            make = "mkdir -p" if one.source.is_dir() else f"mkdir -p {target.rpartition('/')[0]}; >"
            # What lies in a volume or in /usr is there already.
            lines += [f"test -e {target} || {{ {make} {target}; }}",
                      f"mount --bind {one.source} {target}"]
            if not one.writable:
                lines.append(f"mount -o remount,bind,ro {target}")
        lines += ["mount --rbind /proc proc", f"mount -o remount,ro {root}",
                  f'exec chroot {root} setpriv {shlex.join(self._privileges())} -- "$@"']
        return "\n".join(lines)

    def _privileges(self):
        pod, container = self.pods.spec["securityContext"], self.pods.container["securityContext"]
        assert container["capabilities"] == {"drop": ["ALL"]}
        assert not container["allowPrivilegeEscalation"] and container["readOnlyRootFilesystem"]
        return ["--reuid", str(pod["runAsUser"]), "--regid", str(pod["runAsGroup"]),
                "--groups", str(pod["fsGroup"]), "--no-new-privs", "--bounding-set=-all",
                "--inh-caps=-all", "--ambient-caps=-all"]
