"""The schemas of Kubernetes as kubeconform wants them, from the wheel that this Python has.

The wheel's files refer to one file of definitions by an address that leads nowhere; here each
reference is replaced by what it means. Optional kinds of others' have a schema of ours beside this.
"""
import json
import pathlib

import kubernetes_validate

_WHEEL = pathlib.Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
_OURS = pathlib.Path(__file__).resolve().parent / "schemas"


def write(version, folder):
    """One file a kind, strict, below `folder`; what names them to kubeconform."""
    source = _WHEEL / f"v{version}-local-strict"
    definitions = json.loads((source / "_definitions.json").read_text())["$defs"]
    folder.mkdir(parents=True)
    for file in source.glob("*.json"):
        text = file.read_text()
        if '"x-kubernetes-group-version-kind"' in text and file.name != "_definitions.json":
            whole = inlined(json.loads(text), definitions, ())
            (folder / file.name).write_text(json.dumps(whole))
    for file in _OURS.glob("*.json"):
        (folder / file.name).write_text(file.read_text())
    return f"{folder}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"


def inlined(value, definitions, within):
    if isinstance(value, list):
        return [inlined(one, definitions, within) for one in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("$ref"), str):
        name = value["$ref"].rpartition("/")[2]
        if name in within:
            return {}
        return inlined(definitions[name], definitions, within + (name,))
    return {key: inlined(one, definitions, within) for key, one in value.items()
            if key != "description" or not isinstance(one, str)}
