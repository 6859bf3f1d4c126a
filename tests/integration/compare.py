"""Compares two canonical dumps and shows where they part."""
import collections
import re

SHOWN_LINES = 6
SHOWN_COLUMNS = 400


def same(case, left, right, left_name, right_name):
    """Fails the case unless the dumps are equal, byte for byte and in their order."""
    case.assertGreater(len(left), 0, f"the dump of {left_name} is empty")
    if left == right:
        return
    first = next((i for i, pair in enumerate(zip(left, right)) if pair[0] != pair[1]),
                 min(len(left), len(right)))
    lines = [f"the dumps differ from line {first + 1} on: {len(left)} lines of {left_name}, "
             f"{len(right)} of {right_name}"]
    for name, ours, theirs in ((left_name, left, right), (right_name, right, left)):
        alone = list((collections.Counter(ours) - collections.Counter(theirs)).elements())
        lines.append(f"{len(alone)} lines only in {name}, by kind "
                     f"{dict(collections.Counter(_kind(line) for line in alone))}")
        lines += [f"  {line[:SHOWN_COLUMNS]}" for line in alone[:SHOWN_LINES]]
    case.fail("\n".join(lines))


# Instants, and what of a record only tells which came first.
_MOMENTS = re.compile(r"\{ seconds: \d+(?: nanos: \d+)? \}|(?<!\d)\d{16}(?:\d{4})?(?!\d)")
_FIRST_COME = re.compile(r' (?:cause|correlation): "[^"]*"')


def without_moments(lines, tenant):
    """The lines of a tenant in wall time, without the instants and the order in which they stand:
    what came at the same moment by two ways may be decided in another order, some milliseconds
    off, when it is decided again."""
    of_tenant = re.compile(rf"\b{tenant}[|/\\]")
    found = []
    for line in lines:
        if of_tenant.search(line):
            found.append(_FIRST_COME.sub("", _MOMENTS.sub("AT", line)))
    return sorted(found)


def without_tenant(lines, tenant):
    of_tenant = re.compile(rf"\b{tenant}[|/\\]")
    return [line for line in lines if not of_tenant.search(line)]


def without_ticks(lines):
    """The dump without how far time came: the ticks in topics and the last tick of each tenant."""
    return [line for line in lines
            if not (line.startswith("topic") and "\ttick {" in line)
            and not line.startswith("table\tingestion\ttenant_clock\t")]


def _kind(line):
    return "/".join(line.split("\t")[:3 if line.startswith("table") else 2])
