"""What is open of each invoice on each day, from a file of events alone: the second opinion on the
ledger where facts are more than a row per invoice.

The rules, for each account at the end of what was recorded up to a moment:
  the highest version of an invoice, a customer stands; a cancellation holds up to its own version;
  money of a payment (less what the bank took back) and of a credit note goes to what it is set
  against, in the order in which that happened, as far as money and invoice reach;
  a part for another account's invoice, or of money that is not read yet, does nothing.
Events of kinds that no service reads yet are passed over.
"""
import collections
import dataclasses
import datetime
import json


def day_of(date):
    return datetime.date(date["year"], date["month"], date["day"])


def minor(money):
    return int(money.get("minor", 0)) if money else 0


@dataclasses.dataclass
class Invoice:
    number: str
    known_on: datetime.date
    version: int
    due: datetime.date
    currency: str
    gross: int
    # Version up to which a cancellation holds; None while there is none.
    cancelled: float = None


@dataclasses.dataclass
class Money:
    """Of a payment or a credit note."""
    currency: str
    amount: int
    rejected: int = 0


@dataclasses.dataclass
class Allocation:
    origin: str
    invoice: str
    # None: all that is there.
    asked: int
    happened: datetime.date
    order: int
    reversed: int = 0


class Account:
    def __init__(self):
        self.invoices = {}
        self.money = {}
        self.allocations = {}
        self.customer, self.customer_version = {}, None
        self.open = {}

    def recompute(self):
        """Which part of each invoice is open now."""
        left = {key: one.amount - one.rejected for key, one in self.money.items()}
        self.open = {number: 0 if one.cancelled is not None else one.gross
                     for number, one in self.invoices.items()}
        for one in sorted(self.allocations.values(), key=lambda one: (one.happened, one.order)):
            invoice = self.invoices.get(one.invoice)
            money = self.money.get(one.origin)
            if invoice is None or money is None or invoice.currency != money.currency:
                continue
            reach = min(left[one.origin], self.open[one.invoice])
            wanted = reach if one.asked is None else one.asked - one.reversed
            part = max(0, min(wanted, reach))
            left[one.origin] -= part
            self.open[one.invoice] -= part


def version_of(event):
    return int(event["sequence"]) if "sequence" in event else event.get("changed_at", 0)


def recorded_on(event):
    return day_of(event.get("recorded_on") or event["occurred_on"])


class Books:
    """Events in, in the order of the days on which they were recorded."""

    def __init__(self, events):
        self.accounts = collections.defaultdict(Account)
        self.by_day = collections.defaultdict(list)
        self.owner = {}
        self.order = 0
        for event in events:
            self.by_day[recorded_on(event)].append(event)
            self._learn_owner(event)
        self.days = sorted(self.by_day)

    def take_day(self, day):
        """Takes in what was recorded on that day; the accounts that it touched."""
        touched = set()
        for event in self.by_day.get(day, ()):
            for kind, body in event.items():
                take = getattr(self, f"_take_{kind}", None)
                if take is not None:
                    touched.add(take(event, body, day))
        touched.discard(None)
        for name in touched:
            self.accounts[name].recompute()
        return touched

    def _learn_owner(self, event):
        for kind, id_field in (("invoice_issued", "number"), ("payment_received", "payment"),
                               ("credit_note_issued", "number")):
            body = event.get(kind)
            if body and body.get("account"):
                self.owner[body[id_field]] = body["account"]

    def _account_of(self, body, *names):
        if body.get("account"):
            return body["account"]
        return next((self.owner[one] for one in names if one in self.owner), None)

    def _take_customer_upserted(self, event, body, _day):
        account = self.accounts[body["account"]]
        version = version_of(event)
        if account.customer_version is None or version > account.customer_version:
            account.customer, account.customer_version = body, version
        return body["account"]

    def _take_invoice_issued(self, event, body, day):
        account = self.accounts[body["account"]]
        version, number = version_of(event), body["number"]
        known = account.invoices.get(number)
        if known is not None and version <= known.version:
            return None
        fresh = Invoice(number, known.known_on if known else day, version,
                        day_of(body["due_date"]), body["gross_amount"]["currency_code"],
                        minor(body["gross_amount"]), known.cancelled if known else None)
        if fresh.cancelled is not None and version > fresh.cancelled:
            fresh.cancelled = None
        account.invoices[number] = fresh
        return body["account"]

    def _take_invoice_cancelled(self, event, body, _day):
        name = self._account_of(body, body["invoice"])
        invoice = self.accounts[name].invoices[body["invoice"]]
        version = version_of(event) or float("inf")
        if version >= invoice.version:
            invoice.cancelled = version
        return name

    def _take_payment_received(self, event, body, _day):
        parts = body.get("allocations", [])
        name = self._account_of(body, *(one.get("invoice") for one in parts))
        if name is None:
            return None
        account = self.accounts[name]
        origin = f"payment/{body['payment']}"
        account.money[origin] = Money(body["amount"]["currency_code"], minor(body["amount"]))
        self._add_parts(name, origin, parts, event)
        return name

    def _take_credit_note_issued(self, event, body, _day):
        account = self.accounts[body["account"]]
        origin = f"credit_note/{body['number']}"
        account.money[origin] = Money(body["gross_amount"]["currency_code"],
                                      minor(body["gross_amount"]))
        self._add_parts(body["account"], origin, body.get("invoices", []), event)
        return body["account"]

    def _take_payment_allocated(self, event, body, _day):
        origin = next((f"{kind}/{body[kind]}" for kind in ("payment", "credit_note")
                       if body.get(kind)), None)
        name = self._account_of(body, body.get("payment"), body.get("credit_note"))
        if origin is None or name is None:
            return None
        self._add_part(name, body["allocation"], origin, body["part"], event)
        return name

    def _take_allocation_reversed(self, _event, body, _day):
        name = self._account_of(body, body.get("payment"), body.get("invoice"))
        for key, one in self.accounts[name].allocations.items():
            named = key == body["allocation"] if body.get("allocation") else (
                one.origin == f"payment/{body['payment']}" and one.invoice == body["invoice"])
            if named:
                one.reversed += minor(body["amount"]) if "amount" in body else one.asked
        return name

    def _take_payment_rejected(self, _event, body, _day):
        if not body.get("payment"):
            return None
        name = self._account_of(body, body["payment"])
        money = self.accounts[name].money[f"payment/{body['payment']}"]
        left = money.amount - money.rejected
        money.rejected += min(minor(body["amount"]), left) if "amount" in body else left
        return name

    def _add_parts(self, name, origin, parts, event):
        for i, part in enumerate(parts):
            self._add_part(name, f"{origin}#{i + 1}", origin, part, event)

    def _add_part(self, name, key, origin, part, event):
        if not part.get("invoice") or part.get("account", name) != name:
            return
        self.order += 1
        asked = minor(part["amount"]) if "amount" in part else None
        self.accounts[name].allocations.setdefault(key, Allocation(
            origin, part["invoice"], asked, day_of(event["occurred_on"]), self.order))


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]
