"""Which reminders a scenario makes of a CSV of invoices, derived from the CSV and the YAML alone.

The second opinion on dunning. The rules, at 08:00 of each day D from the first fact to the last:
  an invoice is looked at while it is open (a payment of D itself counts: it came at 06:00);
  its step is the last one whose day (due date + days_after_due) has come, unless that step or a
  later one was said already;
  a step on or before the due date is said only after the day of issue, and not after the due date;
  all steps of an account's day go in one mail.
"""
import datetime

import independent


def read_steps(path):
    """(key, days) of each step. The scenario's YAML is simple enough to be read line by line."""
    steps, key = [], None
    for line in path.read_text(encoding="utf-8").splitlines():
        word = line.strip().lstrip("- ")
        if word.startswith("key:"):
            key = word.split(":", 1)[1].strip()
        if word.startswith("days_after_due:"):
            steps.append((key, int(word.split(":", 1)[1])))
    assert steps == sorted(steps, key=lambda one: one[1]), "steps stand in the order of their days"
    return steps


def step_of(invoice, steps, said, day):
    """Index of the step that is due, or None."""
    due = None
    for index, (_, days) in enumerate(steps):
        comes = invoice.due + datetime.timedelta(days)
        if index <= said or comes > day:
            continue
        if days <= 0 and (comes <= invoice.issued or day > invoice.due):
            continue
        due = index
    return due


def derive(invoices, steps):
    """{(account, currency, day): {(invoice, step)}}."""
    first = min(one.issued for one in invoices)
    last = max(max(one.issued, one.settled or one.issued) for one in invoices)
    mails = {}
    for invoice in invoices:
        said, day = -1, max(first, invoice.issued)
        while day <= last and invoice.open_on(day):
            due = step_of(invoice, steps, said, day)
            if due is not None:
                key = (invoice.account, invoice.currency, day)
                mails.setdefault(key, set()).add((invoice.number, steps[due][0]))
                said = due
            day += datetime.timedelta(1)
    return mails


def first_and_last(invoices):
    return min(one.issued for one in invoices), max(one.issued for one in invoices)


__all__ = ["derive", "read_steps", "independent"]
