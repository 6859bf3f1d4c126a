"""How a run of the chain is judged: by what a run without a fault has left.

The dump must be the same byte for byte, `verify` must find nothing, and at the mail server each
reminder stands under one Message-ID with the same words. A mail that was on its way when its
process died, or whose outcome was not read yet, may reach the server once more: under that id.
"""
import collections
import time
import typing

import compare
import reminders
from chain import SEED, Chain, mail
from load import expected_mails


# A broken rule may make a run that never ends; that is noticed too.
MUTATED_TIMES = 3


class Left(typing.NamedTuple):
    """What a run has left behind."""
    seconds: float
    dump: list
    # {Message-ID: {(address, text)}}
    mails: dict


def reference():
    """What a run without a fault leaves; a failed one fails every case at once."""
    mail()
    if not _reference:
        _reference.append(None)
        _reference[0] = _run_without_fault()
    assert _reference[0], "the run without a fault has failed"
    return _reference[0]


_reference = []


def _run_without_fault():
    with Chain("reference") as chain:
        began = time.monotonic()
        chain.begin_import()
        problem = chain.end_imports()
        seconds = time.monotonic() - began
        problem += found(chain)
        assert not problem, problem
        left = Left(seconds, chain.dump(), mail().by_id())
        said = collections.Counter(reminders.read_mail(*one) for one in mail().messages())
    assert any(line.startswith("topic\tencours.alerts") for line in left.dump), "no alerts at all"
    assert said == expected_mails(), f"missing {expected_mails() - said}, {said - expected_mails()}"
    print(f"without a fault: {len(left.mails)} mails in {seconds:.0f} s", flush=True)
    return left


def found(chain):
    """What verify finds."""
    answer = chain.ctl.ask("verify", "--output", "csv")
    return "" if (answer.code, answer.rows()) == (0, []) else str(answer)


def judge(case, chain):
    """Expects the run to end exactly as if nothing had happened."""
    case.assertEqual(chain.end_imports(), "", f"seed {SEED}")
    chain.list_all_but()
    chain.wait_settled()
    case.assertEqual(found(chain), "", f"seed {SEED}")
    compare.same(case, reference().dump, chain.dump(), "the run without a fault",
                 f"the run with faults, seed {SEED}")
    case.assertEqual(mail().by_id(), reference().mails, f"seed {SEED}")
    again = len(mail().messages()) - len(reference().mails)
    print(f"{again} mails reached the server once more", flush=True)


def expect_red(case, chain):
    """Expects a broken rule to be noticed, and says by what."""
    reference()
    red = what_is_red(chain)
    case.assertNotEqual(red, "", f"seed {SEED}: nobody noticed the broken rule")
    print(f"noticed by: {red}", flush=True)


def what_is_red(chain):
    """What notices that a rule is broken; empty when nothing does."""
    if chain.end_imports(MUTATED_TIMES * reference().seconds):
        return "the import does not end"
    dead = [one.name for one in chain.processes if not one.alive()]
    if dead:
        return f"{', '.join(dead)} ended: {chain.process(dead[0]).last_words()}"
    chain.list_all_but()
    try:
        chain.wait_settled()
    except AssertionError as never:
        return str(never)
    red = ["verify"] if found(chain) else []
    if chain.dump() != reference().dump:
        red.append("the dump")
    if mail().by_id() != reference().mails:
        red.append("the mails")
    return ", ".join(red)
