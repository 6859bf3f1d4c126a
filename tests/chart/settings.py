#!/usr/bin/env python3
"""The settings of the services in the chart's schema: settings.py --write

What a person may set in services.<name>.config is what the program itself says that it knows
(--config-reference), less what the chart sets. A test compares; --write puts it into
values.schema.json after a change of a service's config.h.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))
import processes  # noqa: E402

SCHEMA = ROOT / "helm" / "encours" / "values.schema.json"
SERVICES = ("ingestion", "portfolio", "alerting", "risk-enrichment", "scoring", "dunning")
# Set by the templates, from other values or from the pod.
OF_THE_CHART = {
    "instance", "kafka_bootstrap_servers", "kafka_security_file", "kafka_topic_prefix",
    "partitions",
    "grpc_listen_address", "grpc_advertised_address", "grpc_allow_plaintext",
    "metrics_listen_address", "data_dir", "documents_dir", "jwks_file", "token_issuer",
    "token_audience", "persons_kek_file"}
# A rebuild runs beside an installation and is none itself.
OF_A_REBUILD = {"rebuild_topic_prefix"}


def reference(service):
    """{setting: its JSON schema} by the program itself."""
    text = subprocess.run([processes.program(service), "--config-reference"], check=True,
                          capture_output=True, text=True).stdout
    known = {}
    for line in text.splitlines()[2:]:
        cells = [one.strip().replace("\\|", "|") for one in re.split(r"(?<!\\)\|", line)[1:-1]]
        name, kind, default, allowed, meaning = cells
        name = name.strip("`")
        known[name] = setting(name, kind, json.loads(default.strip("`")), allowed, meaning)
    return known


def setting(name, kind, default, allowed, meaning):
    word = kind.split(",")[0]
    out = {"description": meaning,
           "type": {"text": "string", "whole number": "integer", "true or false": "boolean"}[word]}
    if allowed.startswith("one of "):
        out["enum"] = allowed.removeprefix("one of ").split(", ")
    elif " to " in allowed:
        out["minimum"], out["maximum"] = (int(one) for one in allowed.split(" to "))
    if name.endswith("url"):  # This ends in a ConfigMap.
        out["pattern"] = "^[^@]*$"
        out["description"] += " Without a login: that is a file of a Secret."
    return out | {"default": default}


def schemas(service):
    """(that of config, that of secretFiles), each an object without further names."""
    config, files = {}, {}
    for name, one in reference(service).items():
        if name in OF_THE_CHART | OF_A_REBUILD:
            continue
        if name.endswith("_file"):
            files[name] = {"description": one["description"], "$ref": "#/$defs/keyOfSecret"}
            continue
        if name == "effects":
            one["enum"].remove("rebuild")
        group, _, inner = name.partition(".")
        if inner:
            config.setdefault(group, closed({}))["properties"][inner] = one
        else:
            config[name] = one
    return closed(config), closed(files)


def closed(properties):
    return {"type": "object", "additionalProperties": False, "properties": properties}


def write():
    document = json.loads(SCHEMA.read_text())
    for service in SERVICES:
        config, files = schemas(service)
        one = document["properties"]["services"]["properties"][service]["properties"]
        one["config"] = config
        one.pop("secretFiles", None)
        if files["properties"]:
            one["secretFiles"] = files
    SCHEMA.write_text(formed(document) + "\n")


def formed(value, indent=0):
    """JSON with one line for whatever fits into 100 columns."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict) or indent + len(line) <= 96:
        return line
    pad = " " * (indent + 2)
    inner = ",\n".join(f"{pad}{json.dumps(key)}: {formed(one, indent + 2)}"
                       for key, one in value.items())
    return "{\n" + inner + "\n" + " " * indent + "}"


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    write()
