#!/usr/bin/env python3
"""publish.py GATEWAY TOKEN_FILE TENANT FILE...: publishes settings, each of the kind that its file
is named after (scenario.yaml is a "scenario"), by the public API.

The id of a request follows from the text, so the same text again is the same request.
"""
import base64
import hashlib
import json
import pathlib
import sys
import urllib.error
import urllib.request


def publish(gateway, token, tenant, path):
    text = path.read_bytes()
    digest = hashlib.sha256(text).hexdigest()
    body = {"request_id": f"sample-{path.stem}-{digest[:16]}", "kind": path.stem,
            "name": "default",
            # Bytes are base64 in JSON.
            "text": {"media_type": "application/yaml", "text": base64.b64encode(text).decode()}}
    request = urllib.request.Request(
        f"{gateway}/v1alpha1/tenants/{tenant}/settings:publish", json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def main():
    gateway, token_file, tenant, *files = sys.argv[1:]
    token = pathlib.Path(token_file).read_text(encoding="utf-8").strip()
    for path in map(pathlib.Path, files):
        try:
            print(f"{path.stem}: version {publish(gateway, token, tenant, path)['sequence']}")
        except urllib.error.HTTPError as refusal:
            sys.exit(f"{path}: {refusal.read().decode(errors='replace')}")


if __name__ == "__main__":
    main()
