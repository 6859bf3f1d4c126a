"""Which reminders a scenario makes of a CSV of invoices or a file of events, derived from these and
the YAML alone.

The second opinion on dunning. The rules, at 08:00 of each day D from the first fact to the last:
  an invoice is looked at while it is open (a payment of D itself counts: it came at 06:00);
  its step is the last one whose day (due date + days_after_due) has come, unless that step or a
  later one was said already;
  a step on or before the due date is said only after the day of issue, and not after the due date;
  all steps of an account's day go in one mail, in one currency.
Of events, besides: what is open is what event_books.py says; the mail goes to the contact who reads
mail and was asked for it, accounting first, then the primary one, else nobody, in his language.
"""
import datetime
import types

import event_books
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


def read_mail(address, message):
    """What derive_from_events says of a mail."""
    return (address.lower(), message["Encours-Currency"], message["Encours-Day"],
            message["Content-Language"], lines_of(message))


def lines_of(message):
    """{(invoice, step)}"""
    return frozenset((one.split(";")[0].strip(), one.split("step=")[1].strip())
                     for one in message.get_all("Encours-Invoice"))


def read_languages(path):
    """Of the templates, in their order."""
    words = [line.strip().lstrip("- ") for line in path.read_text(encoding="utf-8").splitlines()]
    return list(dict.fromkeys(one.split(":", 1)[1].strip() for one in words
                              if one.startswith("language:")))


def template_language(language, languages):
    """The very language, else one that begins alike, else the first."""
    alike = [one for one in languages if one[:2] == language[:2]]
    return language if language in languages else (alike or languages)[0]


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


def derive_from_events(events, steps, languages):
    """[(address, currency, day, language, {(invoice, step)})]; nobody to write to: no mail."""
    books = event_books.Books(events)
    said, mails = {}, {}
    day = books.days[0]
    while day <= books.days[-1]:
        books.take_day(day)
        for name, account in books.accounts.items():
            due = list(_due_of(name, account, steps, said, day))
            contact = _contact(account.customer)
            for invoice, index in due:
                said[name, invoice.number] = index
                if contact is None:
                    continue
                language = contact.get("language") or account.customer.get("language", "")
                language = template_language(language, languages)
                address = contact["email"].lower()
                mail = mails.setdefault((name, invoice.currency, day), (address, language, set()))
                mail[2].add((invoice.number, steps[index][0]))
        day += datetime.timedelta(1)
    return [(address, currency, day.isoformat(), language, frozenset(lines))
            for (_, currency, day), (address, language, lines) in mails.items()]


def _due_of(name, account, steps, said, day):
    """(invoice, index of the step) of what is to be said of an account on that day."""
    for number, open_minor in account.open.items():
        if open_minor <= 0:
            continue
        invoice = account.invoices[number]
        # A step before the due date is said after the day on which the invoice became known.
        seen = types.SimpleNamespace(due=invoice.due, issued=invoice.known_on)
        index = step_of(seen, steps, said.get((name, number), -1), day)
        if index is not None:
            yield invoice, index


def _contact(customer):
    """Accounting first, then the primary one, then whoever stands first."""
    def rank(contact):
        accounting = "CONTACT_ROLE_ACCOUNTING" in contact.get("roles", [])
        return 2 * accounting + bool(contact.get("primary"))
    reachable = [one for one in customer.get("contacts", [])
                 if one.get("email") and "email" not in one.get("opted_out_channels", [])]
    return max(reachable, key=rank, default=None)


__all__ = ["derive", "derive_from_events", "lines_of", "read_languages", "read_mail", "read_steps",
           "independent"]
