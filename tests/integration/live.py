"""Tenants in wall time for tests: in a zone where it is about noon now, so messages may leave; and
the facts that an ERP would publish there, as lines of JSON.

All days are counted from today, which is the same day in UTC and in that zone.
"""
import dataclasses
import datetime
import pathlib
import tempfile

import erp_events
import flow
import processes
from ctl import DONE

NOON = 12
# A tick every second, a message collected for two, and a hand-over; on a busy machine.
MAIL_SECONDS = 90
# SIRENs with a right check digit.
SIRENS = ("800000002", "800000010", "800000028", "800000036")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def today():
    return now().date()


def zone():
    """POSIX turns the sign around: Etc/GMT-3 is three hours ahead of UTC."""
    ahead = NOON - now().hour
    return "Etc/GMT" if ahead == 0 else f"Etc/GMT{-ahead:+d}"


@dataclasses.dataclass
class Invoice:
    number: str
    account: str
    # Days past the due date today; below 0 it is not due yet.
    late: int
    currency: str = "EUR"
    paid: bool = False
    minor: int = 10000


def customer(account, tenant, siren):
    return erp_events.customer(account, tenant, today(), siren)


def issued(invoice):
    due = today() - datetime.timedelta(invoice.late)
    day = min(due, today()) - datetime.timedelta(30)
    return erp_events.issued(invoice.number, invoice.account, day, due,
                             (invoice.currency, invoice.minor))


def paid(invoice, day=None):
    return erp_events.paid(invoice.number, invoice.account, day or today(),
                           (invoice.currency, invoice.minor))


def customers_of(tenant, invoices):
    accounts = sorted({one.account for one in invoices})
    return [customer(account, tenant, SIRENS[i % len(SIRENS)])
            for i, account in enumerate(accounts)]


def lines_of(tenant, invoices):
    """The customers of these invoices, the invoices, and the payments of those that are paid."""
    lines = customers_of(tenant, invoices) + [issued(one) for one in invoices]
    return lines + [paid(one) for one in invoices if one.paid]


def open_tenant(system, tenant):
    system.ctl.ask("tenants", "open", "--tenant", tenant, "--clock", "wall", "--time-zone", zone(),
                   code=DONE)
    system.ctl.ask("dunning", "scenarios", "apply", flow.SCENARIO, "--tenant", tenant, code=DONE)
    system.ctl.ask("risk", "policy", flow.RISK_POLICY, "--tenant", tenant, code=DONE)


def publish(system, tenant, lines):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "events.jsonl")
        file.write_text("\n".join(lines) + "\n")
        system.ctl.ask("import", file, "--tenant", tenant, code=DONE)


def go_live(system, tenant, backlog):
    system.ctl.ask("tenants", "go-live", "--backlog", backlog, "--tenant", tenant, code=DONE)


def mails(outside, tenant):
    """[(account, currency, {(invoice, step)})] of the tenant, sorted."""
    found = []
    for address, message in outside.mail.messages():
        account, _, domain = address.partition("@")
        if domain != f"{tenant}.example":
            continue
        lines = {(one.split(";")[0].strip(), one.split("step=")[1].strip())
                 for one in message.get_all("Encours-Invoice")}
        found.append((account.upper(), message["Encours-Currency"], frozenset(lines)))
    return sorted(found, key=lambda one: one[:2])


def wait_for_mails(outside, tenant, count, seconds=MAIL_SECONDS):
    processes.wait_until(f"{count} mails of {tenant}", seconds,
                         lambda: len(mails(outside, tenant)) >= count, pause=0.5)


def play(system, outside, tenant):
    """A tenant with a history that goes live, and what leaves for it; then a day's business. An
    account and a company have one event in a file and the next file waits for it, so their order
    is of record."""
    open_tenant(system, tenant)
    invoices = [Invoice(f"L-{i}", f"A{i % 5}", late=5 * i) for i in range(1, 11)]
    customers = customers_of(tenant, invoices)
    for some in (customers[:len(SIRENS)], customers[len(SIRENS):]):
        publish(system, tenant, some)
    for half in (invoices[:5], invoices[5:]):
        publish(system, tenant, [issued(one) for one in half])
    go_live(system, tenant, "first")
    wait_for_mails(outside, tenant, 5)
    publish(system, tenant, [paid(one) for one in invoices[::3]])
    more = [Invoice(f"M-{i}", f"B{i}", late=3 * i) for i in range(1, 4)]
    publish(system, tenant, customers_of(tenant, more))
    publish(system, tenant, [issued(one) for one in more])
    wait_for_mails(outside, tenant, 8)
