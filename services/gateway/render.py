#!/usr/bin/env python3
"""Makes Envoy's configuration: render.py TEMPLATE VALUES.json > envoy.json

The template is a Go template that keeps to values ({{ .a.b }}, {{ $.a }}), comments, range over a
list, if, else and end, so that helm's tpl reads the same file. Anything else is refused, and so is
a value that is not there. render.py --values SETTINGS.json writes the values from what a run knows
(see `values`); the chart may write them in its own way. render.py --openapi FILE VALUES.json leaves
in an OpenAPI file only the services that the values name.
"""
import json
import pathlib
import re
import sys

_ACTION = re.compile(r"\{\{(-?)\s*(/\*.*?\*/|.*?)\s*(-?)\}\}", re.DOTALL)
HERE = pathlib.Path(__file__).resolve().parent


class TemplateError(Exception):
    pass


def pieces(text):
    """Texts and actions in order: ("text", t) or ("action", a); dashes trim as in Go."""
    out, position, trim = [], 0, False
    for match in _ACTION.finditer(text):
        before = text[position:match.start()]
        before = before.lstrip() if trim else before
        out.append(("text", before.rstrip() if match[1] else before))
        out.append(("action", match[2].strip()))
        position, trim = match.end(), bool(match[3])
    rest = text[position:]
    out.append(("text", rest.lstrip() if trim else rest))
    return out


def look_up(path, dot, root):
    if path == ".":
        return dot
    if not re.fullmatch(r"\$?(\.\w+)+", path):
        raise TemplateError(f"this is beyond the plain subset: {path}")
    value = root if path.startswith("$") else dot
    for name in path.lstrip("$").strip(".").split("."):
        if not isinstance(value, dict) or name not in value:
            raise TemplateError(f"no value for {path}")
        value = value[name]
    return value


def block_end(parts, start):
    """Where the block that begins before `start` has its else (or None) and its end."""
    depth, middle = 0, None
    for index in range(start, len(parts)):
        kind, text = parts[index]
        word = text.split()[0] if kind == "action" and text else ""
        if word in ("range", "if"):
            depth += 1
        elif word == "end":
            if depth == 0:
                return middle, index
            depth -= 1
        elif word == "else" and depth == 0:
            middle = index
    raise TemplateError("a range or if has no end")


def render_parts(parts, dot, root):
    out, index = [], 0
    while index < len(parts):
        kind, text = parts[index]
        index += 1
        if kind == "text":
            out.append(text)
            continue
        if text.startswith("/*"):
            continue
        word, _, rest = text.partition(" ")
        if word not in ("range", "if"):
            out.append(str(look_up(text, dot, root)))
            continue
        middle, end = block_end(parts, index)
        body = parts[index:middle if middle is not None else end]
        other = parts[middle + 1:end] if middle is not None else []
        value = look_up(rest.strip(), dot, root)
        if word == "range":
            out.extend(render_parts(body, item, root) for item in value)
        else:
            out.append(render_parts(body if value else other, dot, root))
        index = end + 1
    return "".join(out)


def render(template, values):
    return render_parts(pieces(template), values, values)


def values(settings, upstreams):
    """Settings of a run -> values. `instances` are the parts that run, each with its address; only
    their services are shown to the outside."""
    given = dict(settings)
    endpoints = {}
    for part, address in given.pop("instances"):
        endpoints.setdefault(part, []).append(address)
    unknown = set(endpoints) - set(upstreams)
    if unknown:
        raise TemplateError(f"no services are known of {', '.join(sorted(unknown))}")
    running = {part: upstreams[part] for part in upstreams if part in endpoints}
    defaults = json.loads((HERE / "defaults.json").read_text())
    return defaults | {
        "clusters": [{"name": part, "endpoints": [address_of(one) for one in endpoints[part]]}
                     for part in running],
        "services": [{"name": name, "cluster": part}
                     for part, one in running.items() for name in one["services"]],
        "streams": [{"path": f"/{one['services'][0]}/{method}", "cluster": part}
                    for part, one in running.items() for method in one["streams"]],
    } | given


def address_of(text):
    host, _, port = text.rpartition(":")
    return {"host": host, "port": int(port)}


def openapi(document, made):
    """The document without the services that are not shown. A service is a tag there."""
    shown = {one["name"].rpartition(".")[2] for one in made["services"]}
    paths = {path: {verb: call for verb, call in calls.items() if shown & set(call["tags"])}
             for path, calls in document["paths"].items()}
    return document | {
        "tags": [tag for tag in document["tags"] if tag["name"] in shown],
        "paths": {path: calls for path, calls in paths.items() if calls},
    }


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "--openapi":
        document, made = (json.loads(pathlib.Path(one).read_text()) for one in arguments[1:])
        print(json.dumps(openapi(document, made)))
        return 0
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    if arguments[0] == "--values":
        upstreams = json.loads((HERE / "upstreams.json").read_text())
        settings = json.loads(pathlib.Path(arguments[1]).read_text())
        print(json.dumps(values(settings, upstreams), indent=1))
        return 0
    template, made = (pathlib.Path(one).read_text() for one in arguments)
    print(render(template, json.loads(made)))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except TemplateError as problem:
        print(f"error: {problem}", file=sys.stderr)
        sys.exit(1)
