"""The link rule: a library made of domain code links pure libraries only (rules.DOMAIN_LINKS).

Reads the calls of encours_library, encours_test and target_link_libraries in one CMakeLists.txt.
A library counts as domain code when its CMakeLists.txt lies in a domain folder, or when one of
its sources does.
"""
import re

import rules

_CALL = re.compile(r"^\s*(\w+)\s*\(([^()]*)\)", re.MULTILINE)
_KEYWORDS = {"PUBLIC", "PRIVATE", "INTERFACE", "LONG"}
_FIELDS = {"SOURCES", "DEPS", "NEEDS", "TIMEOUT"}


def _fields(words):
    """The words of a call by the keyword before them; '' holds those before any keyword."""
    fields, current = {"": []}, ""
    for word in words:
        if word in _FIELDS:
            current = word
            fields.setdefault(current, [])
        elif word not in _KEYWORDS:
            fields[current].append(word)
    return fields


def _calls(source):
    text = re.sub(r"#[^\n]*", lambda match: " " * len(match.group(0)), source.text)
    for match in _CALL.finditer(text):
        line = text.count("\n", 0, match.start(1)) + 1
        yield line, match.group(1), match.group(2).split()


def check(source):
    if not source.path.startswith("services/"):
        return
    in_domain = re.match(rules.DOMAIN, source.path) is not None
    domain_targets = set()
    for line, verb, words in _calls(source):
        if not words:
            continue
        fields = _fields(words)
        sources = fields.get("SOURCES", [])
        own = in_domain or any(word.startswith("domain/") for word in sources)
        if verb == "encours_library" and own:
            domain_targets.add("encours_" + words[0])
            yield from _refused(line, words[0], fields.get("DEPS", []), False)
        elif verb == "encours_test" and own:
            yield from _refused(line, words[0], fields.get("DEPS", []), True)
        elif verb == "target_link_libraries" and (in_domain or words[0] in domain_targets):
            test = words[0].endswith("_test")
            yield from _refused(line, words[0], fields[""][1:], test)


def _refused(line, target, links, is_test):
    for link in links:
        if link in rules.DOMAIN_LINKS or rules.DOMAIN_OWN_LINK.match(link):
            continue
        if is_test and rules.DOMAIN_TEST_LINKS.match(link):
            continue
        yield line, "domain-link", f"{target} links {link}: domain code links pure libraries only"
