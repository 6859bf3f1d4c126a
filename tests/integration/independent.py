"""What a CSV of invoices means, derived from the CSV alone.

This is the second opinion on the ledger: another language, another author's reading of the rules,
nothing shared with the services. One row is an invoice and, where it has a settled date, its
payment in full on that day. Amounts are whole numbers of the currency's smallest unit.

The rules, as of a day D:
  an invoice is open when invoice_date <= D and it is not settled on or before D;
  its age is D - due_date in days: not due at 0 or below, else 1-30, 31-60, 61-90, over 90;
  it is overdue for the first time on the day after its due date, unless it was settled on or
  before its due date.
"""
import csv
import dataclasses
import datetime

BUCKETS = ("not_due", "d1_30", "d31_60", "d61_90", "over_90")
DECIMALS = {"EUR": 2, "JPY": 0, "TND": 3, "USD": 2}


@dataclasses.dataclass(frozen=True)
class Invoice:
    number: str
    account: str
    issued: datetime.date
    due: datetime.date
    amount: int
    currency: str
    settled: datetime.date | None

    def open_on(self, day):
        return self.issued <= day and not (self.settled and self.settled <= day)


def minor_units(text, currency):
    """ "12.5" of a currency with two decimals is 1250. No float ever holds it."""
    sign = -1 if text.startswith("-") else 1
    whole, _, fraction = text.lstrip("-").partition(".")
    decimals = DECIMALS[currency]
    if fraction[decimals:].strip("0"):
        raise ValueError(f"{text} has more decimals than {currency}")
    return sign * int(whole + fraction[:decimals].ljust(decimals, "0"))


def bucket(age_days):
    for name, last in zip(BUCKETS, (0, 30, 60, 90)):
        if age_days <= last:
            return name
    return BUCKETS[-1]


def read_invoices(path, currency="EUR"):
    """The invoices of a file; `currency` is for rows that name none."""
    def day(text):
        return datetime.date.fromisoformat(text) if text else None

    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            unit = row["currency"] or currency
            yield Invoice(row["invoice_id"], row["customer_id"], day(row["invoice_date"]),
                          day(row["due_date"]), minor_units(row["amount"], unit), unit,
                          day(row["settled_date"]))


def aged_balance(invoices, day):
    """{(account, currency): {"total": n, "not_due": n, ...}} of those that owe something."""
    balance = {}
    for invoice in invoices:
        if not invoice.open_on(day):
            continue
        sums = balance.setdefault((invoice.account, invoice.currency),
                                  dict.fromkeys(("total",) + BUCKETS, 0))
        sums[bucket((day - invoice.due).days)] += invoice.amount
        sums["total"] += invoice.amount
    return balance


def fact_days(invoices):
    """First and last day on which something happened: the clock ticks from the one to the other."""
    days = [day for one in invoices for day in (one.issued, one.settled) if day]
    return min(days), max(days)


def overdue_alerts(invoices, last_tick_day):
    """{(invoice, account, day, amount, currency)}: what falls overdue up to the last tick."""
    alerts = set()
    for one in invoices:
        day = one.due + datetime.timedelta(days=1)
        in_time = one.settled is not None and one.settled <= one.due
        if day <= last_tick_day and not in_time:
            alerts.add((one.number, one.account, day, one.amount, one.currency))
    return alerts
