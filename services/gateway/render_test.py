#!/usr/bin/env python3
"""Tests of render.py: the template language, the values, and what the configuration must hold."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import render

HERE = pathlib.Path(__file__).resolve().parent
PROTO = HERE.parents[1] / "proto"
UPSTREAMS = json.loads((HERE / "upstreams.json").read_text())
SETTINGS = {
    "listen_address": "0.0.0.0", "listen_port": 8443, "admin_port": 9901, "issuer": "i",
    "audience": "a", "jwks_file": "/jwks", "descriptor_file": "/d", "openapi_file": "/o",
    "dashboard_dir": "/dist",
    "instances": [["portfolio", "p-0:1"], ["portfolio", "p-1:1"], ["alerting", "al:2"]],
}
# The whole of what a part may be asked: services of the contracts that have methods for people.
_INTERNAL = {"encours.stream.v1alpha1.RuntimeService"}


def rendered(**more):
    made = render.values(SETTINGS | more, UPSTREAMS)
    return render.render((HERE / "envoy.yaml.tmpl").read_text(), made)


def contracts():
    """{service: {method: it streams}} read from the protos as text."""
    found = {}
    for file in PROTO.glob("encours/**/*.proto"):
        text = file.read_text()
        package = re.search(r"^package (\S+);", text, re.MULTILINE)[1]
        for service, body in re.findall(r"^service (\w+) \{(.*?)^\}", text, re.M | re.S):
            calls = re.findall(r"rpc (\w+)\((stream )?[\w.]+\) returns \((stream )?", body)
            found[f"{package}.{service}"] = {name: bool(a or b) for name, a, b in calls}
    return found


class Template(unittest.TestCase):
    def check(self, template, wanted, **values):
        self.assertEqual(render.render(template, values), wanted)

    def test_values_and_dashes(self):
        self.check("a {{ .b.c }} d", "a 1 d", b={"c": 1})
        self.check("a\n{{- /* said */ -}}\n b", "ab")

    def test_range_sets_the_dot_and_dollar_stays(self):
        self.check("{{ range .list }}<{{ .n }}{{ $.x }}>{{ end }}", "<1z><2z>",
                   list=[{"n": 1}, {"n": 2}], x="z")
        self.check("{{ range .list }}{{ . }},{{ end }}", "a,b,", list=["a", "b"])

    def test_if_and_else(self):
        template = "{{ if .on }}yes{{ else }}no{{ end }}"
        self.check(template, "yes", on="x")
        self.check(template, "no", on="")

    def test_what_is_beyond_the_subset_or_missing_is_refused(self):
        for template in ("{{ .a }}", "{{ include \"x\" . }}", "{{ .b | quote }}", "{{ if .b }}"):
            with self.assertRaises(render.TemplateError, msg=template):
                render.render(template, {"b": 1})


class Values(unittest.TestCase):
    def test_only_parts_that_run_are_shown(self):
        text = rendered()
        self.assertIn("encours.portfolio.v1alpha1.PortfolioService", text)
        self.assertNotIn("IngestionService", text)
        self.assertEqual(text.count("port_value: 1 "), 2, "both instances of portfolio")

    def test_an_unknown_part_is_refused(self):
        with self.assertRaises(render.TemplateError):
            rendered(instances=[["mystery", "m:1"]])

    def test_the_token_is_served_only_where_it_is_given(self):
        self.assertIn("there is no local run here", rendered())
        self.assertIn('filename: "/token"', rendered(local_file="/token"))

    def test_tls_is_a_choice(self):
        self.assertNotIn("DownstreamTlsContext", rendered())
        self.assertIn("DownstreamTlsContext", rendered(tls_certificate="/c", tls_key="/k"))
        text = rendered(upstream_ca="/ca", upstream_certificate="/c", upstream_key="/k")
        self.assertEqual(text.count("UpstreamTlsContext"), 2)

    def test_upstreams_are_those_of_the_contracts(self):
        known = contracts()
        named = {name for one in UPSTREAMS.values() for name in one["services"]}
        self.assertEqual(named, set(known) - _INTERNAL)
        for part, one in UPSTREAMS.items():
            streams = {call for name in one["services"] for call, on in known[name].items() if on}
            self.assertEqual(streams, set(one["streams"]), part)


class OpenApi(unittest.TestCase):
    def test_services_that_do_not_run_are_left_out(self):
        document = json.loads((HERE / "openapi.json").read_text())
        made = render.values(SETTINGS, UPSTREAMS)
        shown = render.openapi(document, made)
        tags = {tag for calls in shown["paths"].values() for one in calls.values()
                for tag in one["tags"]}
        self.assertEqual(tags, {"PortfolioService", "AlertingService"})
        self.assertIn("/v1alpha1/tenants/{tenant}/customers", shown["paths"])
        self.assertIn("IngestionService", json.dumps(document["paths"]))


@unittest.skipUnless(shutil.which("helm"), "helm is not here")
class Helm(unittest.TestCase):
    def test_helm_reads_the_same_template(self):
        made = render.values(SETTINGS, UPSTREAMS)
        with tempfile.TemporaryDirectory() as folder:
            chart = pathlib.Path(folder)
            (chart / "templates").mkdir()
            (chart / "Chart.yaml").write_text("apiVersion: v2\nname: t\nversion: 0.1.0\n")
            (chart / "values.yaml").write_text(json.dumps(made))
            shutil.copy(HERE / "envoy.yaml.tmpl", chart)
            (chart / "templates" / "c.yaml").write_text(
                '{{ tpl (.Files.Get "envoy.yaml.tmpl") '
                '(merge (dict "Template" .Template) .Values) }}')
            out = subprocess.run(["helm", "template", "t", folder], check=True,
                                 capture_output=True, text=True).stdout
        body = out.partition("c.yaml\n")[2].strip()
        self.assertEqual(body, rendered().strip())


if __name__ == "__main__":
    unittest.main()
