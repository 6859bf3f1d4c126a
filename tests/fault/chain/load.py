"""What every run of the chain imports: two generated files of events for one tenant."""
import atexit
import collections
import datetime
import functools
import pathlib
import random
import shutil
import tempfile

import erp_events
import event_books
import flow
import reminders

TENANT = "chain"
INVOICES, ACCOUNTS, DAYS = 200, 40, 20


@functools.cache
def load():
    """The two files that every run imports: always the same, and of days that do not overlap, since
    what is late depends on how far the clock has come."""
    chance = random.Random(4)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="encours-chain-load-"))
    atexit.register(shutil.rmtree, folder)
    files = [folder / "winter.jsonl", folder / "spring.jsonl"]
    for file, first_day in zip(files, (datetime.date(2024, 1, 2), datetime.date(2024, 3, 10))):
        customers = [erp_events.customer(f"A{i}", TENANT, first_day) for i in range(ACCOUNTS)]
        facts = [_invoice(chance, file.stem, i, first_day) for i in range(INVOICES)]
        lines = (customers if file is files[0] else []) + [one for two in facts for one in two]
        file.write_text("".join(f"{line}\n" for line in lines))
    return files


def _invoice(chance, prefix, number, first_day):
    """It is issued, and mostly paid, soon or late."""
    issued = first_day + datetime.timedelta(chance.randrange(DAYS))
    due = issued + datetime.timedelta(chance.choice((0, 5, 10, 20)))
    settled = due + datetime.timedelta(chance.randrange(20))
    amount = chance.choice(("EUR", "EUR", "USD")), chance.randrange(1, 500000)
    named = f"{prefix}-{number}", f"A{chance.randrange(ACCOUNTS)}"
    events = [erp_events.issued(*named, issued, due, amount)]
    return events + ([erp_events.paid(*named, settled, amount)] if chance.random() < 0.6 else [])


def expected_mails():
    """{what a mail says: 1}, derived from the files and the scenario alone."""
    events = [one for file in load() for one in event_books.read(file)]
    return collections.Counter(reminders.derive_from_events(
        events, reminders.read_steps(flow.SCENARIO), reminders.read_languages(flow.SCENARIO)))
