"""What the kubelet does to a pod: asks its probes as often as the manifest says, and stops it."""
import http.client
import ssl
import subprocess
import time

# grpc.health.v1.Health/Check: the empty request; an answer that says SERVING.
_REQUEST = b"\0\0\0\0\0"
_SERVING = b"\0\0\0\0\2\x08\x01"


def passes(pod, probe):
    """Whether one try of a probe succeeds."""
    seconds = probe["timeoutSeconds"]
    if "grpc" in probe:
        return _grpc_passes(pod.address, pod.pods.port(probe["grpc"]["port"]), seconds)
    port = pod.pods.port(probe["httpGet"]["port"])
    if probe["httpGet"].get("scheme") == "HTTPS":  # The kubelet trusts any certificate, too.
        made = http.client.HTTPSConnection(pod.address, port, timeout=seconds,
                                           context=ssl._create_unverified_context())
    else:
        made = http.client.HTTPConnection(pod.address, port, timeout=seconds)
    try:
        made.request("GET", probe["httpGet"]["path"])
        return 200 <= made.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        made.close()


def _grpc_passes(address, port, seconds):
    out = subprocess.run(
        ["curl", "--silent", "--http2-prior-knowledge", "--max-time", str(seconds),
         "--header", "content-type: application/grpc", "--header", "te: trailers",
         "--data-binary", "@-", f"http://{address}:{port}/grpc.health.v1.Health/Check"],
        input=_REQUEST, capture_output=True, check=False)
    return out.stdout == _SERVING


def await_start(pod):
    """The startup probe: as many tries as it has; after that the kubelet would kill the pod."""
    probe = pod.pods.container["startupProbe"]
    for _ in range(probe["failureThreshold"]):
        assert pod.alive(), f"ended with {pod.child.returncode}: {pod.last_words()}"
        if passes(pod, probe):
            return
        time.sleep(probe["periodSeconds"])
    raise AssertionError(f"the startup probe failed to the end: {pod.last_words()}")


def await_ready(pod, seconds):
    """The readiness probe; Kubernetes would wait for ever."""
    probe = pod.pods.container["readinessProbe"]
    deadline = time.monotonic() + seconds
    while not passes(pod, probe):
        assert pod.alive(), f"ended with {pod.child.returncode}: {pod.last_words()}"
        assert time.monotonic() < deadline, f"not ready in {seconds} s: {pod.last_words()}"
        time.sleep(1)


def _hook_seconds(pod):
    """The hook before the stop: all that ours do is wait."""
    hook = pod.pods.container.get("lifecycle", {}).get("preStop", {"sleep": {"seconds": 0}})
    return hook["sleep"]["seconds"]


def stop(*pods):
    """The hook, SIGTERM, and what is left of the time of grace; {pod: seconds from SIGTERM on}."""
    time.sleep(max(_hook_seconds(pod) for pod in pods))
    for pod in pods:
        assert pod.alive(), f"ended before it was to: {pod.last_words()}"
        pod.child.terminate()
    began, took = time.monotonic(), {}
    while len(took) < len(pods):
        time.sleep(0.05)
        for pod in (one for one in pods if one.name not in took):
            seconds = time.monotonic() - began
            grace = pod.pods.spec["terminationGracePeriodSeconds"] - _hook_seconds(pod)
            assert seconds < grace, f"not gone in {grace} s: {pod.last_words()}"
            if not pod.alive():
                assert pod.child.returncode == 0, pod.last_words()
                took[pod.name] = seconds
    return took
