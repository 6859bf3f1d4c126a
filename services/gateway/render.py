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

# What Envoy itself refuses, as the gRPC codes that services use.
_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 408: 4, 413: 8, 415: 3, 426: 3, 429: 8, 431: 8,
          500: 13, 501: 12, 502: 14, 503: 14, 504: 4}
# Said where Envoy has no words of its own.
_MESSAGES = {404: "There is nothing at this address."}
_PAGE_POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
                "frame-ancestors 'none'")


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
    return {
        "admin_address": "127.0.0.1",
        "max_connections": 10000,
        # A text: helm writes numbers from a million on with an exponent.
        "max_message_bytes": "8388608",
        "rate_all_per_second": 2000, "rate_all_burst": 4000,
        "rate_caller_per_second": 200, "rate_caller_burst": 400,
        "domains": ["*"],
        "local_file": "",
        "tls_certificate": "", "tls_key": "",
        "upstream_ca": "", "upstream_certificate": "", "upstream_key": "",
        # Names of assets carry a hash of their content; that one is missing must not be kept.
        "assets_cache": "%CEL(has(response.code) && response.code >= 400 ? 'no-store' : "
                        "'public, max-age=31536000, immutable')%",
        "content_security_policy": _PAGE_POLICY,
        "error_codes": [{"status": status, "code": code, "message": _MESSAGES.get(status, "")}
                        for status, code in _CODES.items()],
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
