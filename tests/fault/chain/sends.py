"""The histories of what leaves the house: dunning dies, or is made anew, or is behind, while it has
mails to send. Each runs up to where a test judges it.
"""
import contextlib
import time

import flow
import live
import processes
from chain import PATIENCE_SECONDS, Chain, at, mail
from ctl import DONE

DUNNING = "dunning-1"
WALL = "wall"
ACCOUNT, INVOICE = "W1", "W-1"
# A worker looks for what is planned five times a second.
HEARD_SECONDS = 3
# Whoever stands still here stays who it is.
PATIENT = {"kafka_session_timeout_ms": 60000, "kafka_transaction_timeout_ms": 60000}


@contextlib.contextmanager
def dies_at(point, passages, mutation=""):
    """Dunning dies there and is started again, once for each passage."""
    faults = {DUNNING: [at(point, one) for one in passages]}
    with Chain("sends", faults, mutation=mutation) as chain:
        chain.begin_import()
        chain.die_as_planned()
        yield chain


@contextlib.contextmanager
def made_anew(passage, mutation=""):
    """Dunning dies with mails planned, and is made anew beside its topics; gives the chain and how
    many mails have left meanwhile."""
    with Chain("anew", {DUNNING: [at("effect.taken", passage)]}) as chain:
        chain.begin_import()
        victim = chain.process(DUNNING)
        chain.await_death(victim)
        chain.await_rest(but=victim)
        before = len(mail().messages())
        rebuild = chain.rebuild("dunning")
        rebuild.process.environment = {"ENCOURS_MUTATION": mutation}
        with rebuild:
            processes.wait_until("the rebuild has planned what nobody has sent", PATIENCE_SECONDS,
                                 lambda: _plans(rebuild), pause=0.5)
            time.sleep(HEARD_SECONDS)
        chain.faults[victim].clear()
        yield chain, len(mail().messages()) - before


def _plans(rebuild):
    if not rebuild.process.ready():
        return []
    lines = rebuild.ctl.ask("dump", "--service", "dunning", code=DONE).out.splitlines()
    return [one for one in lines if one.split("\t")[:3] == ["table", "dunning", "effect"]
            and 'kind: "mail"' in one and "outcome:" not in one]


def paid_before_the_claim(mutation=""):
    """(state, why) of a message whose invoice was paid before dunning, which stood still, knew of
    it; and how many mails have left for it."""
    with Chain("claim", {DUNNING: ["conclude.effect:1:stop"]}, PATIENT,
               {"ingestion-1": {"wall_tick_ms": 1000}}, mutation) as chain:
        chain.ctl.ask("tenants", "open", "--tenant", WALL, "--clock", "wall", "--time-zone",
                      live.zone(), code=DONE)
        chain.ctl.ask("dunning", "scenarios", "apply", flow.SCENARIO, "--tenant", WALL, code=DONE)
        live.go_live(chain, WALL, "first")
        invoice = live.Invoice(INVOICE, ACCOUNT, late=5)
        runs = [_begin_import(chain, "issued", live.lines_of(WALL, [invoice]))]
        # Whoever posts an invoice may post more, so its message waits a little: until then.
        chain.await_stopped(chain.process(DUNNING))
        runs.append(_begin_import(chain, "paid", [live.paid(invoice)]))
        processes.wait_until("the ledger knows of the payment", PATIENCE_SECONDS,
                             lambda: _open(chain) == [])
        chain.resume(chain.process(DUNNING))
        ended = processes.wait_until("the message has ended", PATIENCE_SECONDS,
                                     lambda: _ended(chain), pause=0.3)
        for run in runs:
            assert run.end().code == DONE
        return ended, len(mail().messages())


def _begin_import(chain, name, lines):
    file = chain.folder / f"{name}.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return chain.ctl.begin("import", file, "--tenant", WALL)


def _open(chain):
    """Numbers of the invoices that are open; None before any is known."""
    rows = chain.ctl.csv("invoices", "list", "--tenant", WALL)
    return [one["number"] for one in rows if one["state"] == "open"] if rows else None


def _ended(chain):
    rows = chain.ctl.csv("dunning", "actions", "list", "--tenant", WALL)
    return [(one["state"], one["reason"]) for one in rows
            if one["state"] not in ("planned", "claimed")]
