"""A gateway in front of an installation of a test: the local run's configuration on free ports.

    with Gateway(system, token="admin") as gateway: gateway.ask("/v1alpha1/tenants")
"""
import json
import subprocess
import sys
import urllib.error
import urllib.request

import processes

SERVICE = processes.ROOT / "services" / "gateway"
sys.path.insert(0, str(SERVICE))
import render  # noqa: E402

READY_SECONDS = 30
_BASH = """
set -euo pipefail
ENCOURS_RUN_DIR=$1
source "$2/deploy/lib/all.sh"
shift 2
"$@"
"""


def bash(folder, *words):
    """A function of deploy/lib, with `folder` as the folder of the run."""
    return subprocess.run(["bash", "-c", _BASH, "bash", str(folder), str(processes.ROOT), *words],
                          check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def token(system, subject="dev", roles=("admin",), tenants=("*",), expires=4102444800):
    claims = {"iss": "encours-dev", "aud": "encours", "sub": subject, "roles": list(roles),
              "tenants": list(tenants), "exp": expires}
    return bash(system.folder, "secret_token", json.dumps(claims))


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Gateway:
    def __init__(self, system, name="gateway", **settings):
        self.system = system
        self.folder = system.folder / name
        self.port, self.admin_port = processes.free_port(), processes.free_port()
        self.url = f"http://localhost:{self.port}"
        self.settings = settings
        self.child = None
        self.token = ""

    def __enter__(self):
        self.folder.mkdir()
        self._write()
        program = bash(self.system.folder, "gateway_program")
        with open(self.folder / "envoy.log", "wb") as log:
            self.child = subprocess.Popen(
                [program, "-c", str(self.folder / "envoy.yaml"), "--concurrency", "1",
                 "--disable-hot-restart", "-l", "warn", "--component-log-level", "misc:error"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                preexec_fn=processes.die_with_parent)
        processes.wait_until("the gateway is ready", READY_SECONDS, self.ready)
        self.token = token(self.system)
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(10)

    def _write(self):
        secrets = self.system.folder / "secrets"
        local = self.folder / "local.json"
        local.write_text(json.dumps({"token": (secrets / "dev_token.jwt").read_text().strip()}))
        bash(self.system.folder, "gateway_descriptor", str(self.folder / "gateway.binpb"))
        settings = {
            "listen_address": "127.0.0.1", "listen_port": self.port,
            "admin_port": self.admin_port, "issuer": "encours-dev", "audience": "encours",
            "domains": [f"localhost:{self.port}", f"127.0.0.1:{self.port}"],
            "jwks_file": str(secrets / "jwks.json"), "local_file": str(local),
            "descriptor_file": str(self.folder / "gateway.binpb"),
            "openapi_file": str(self.folder / "openapi.json"),
            "dashboard_dir": bash(self.system.folder, "eval", 'echo "$DASHBOARD_DIST"'),
            "instances": [[one.service, f"127.0.0.1:{one.grpc_port}"]
                          for one in self.system.processes],
        } | self.settings
        upstreams = json.loads((SERVICE / "upstreams.json").read_text())
        made = render.values(settings, upstreams)
        document = json.loads((SERVICE / "openapi.json").read_text())
        (self.folder / "openapi.json").write_text(json.dumps(render.openapi(document, made)))
        template = (SERVICE / "envoy.yaml.tmpl").read_text()
        (self.folder / "envoy.yaml").write_text(render.render(template, made))

    def ready(self):
        assert self.child.poll() is None, (self.folder / "envoy.log").read_text()[-2000:]
        try:
            if self.ask("/healthz", token=None).status != 200:
                return False
            stats = f"http://127.0.0.1:{self.admin_port}/stats?filter=membership_healthy"
            with urllib.request.urlopen(stats, timeout=5) as answer:
                return b"healthy: 0" not in answer.read()
        except OSError:
            return False

    def open(self, path, token="", body=None, headers=(), timeout=30):
        """The response itself, for streams."""
        request = urllib.request.Request(self.url + path, data=body)
        token = self.token if token == "" else token
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
        for key, value in dict(headers).items():
            request.add_header(key, value)
        return urllib.request.urlopen(request, timeout=timeout)

    def ask(self, path, **more):
        """Any answer, errors too."""
        try:
            with self.open(path, **more) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())
