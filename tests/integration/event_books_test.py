#!/usr/bin/env python3
"""Goal: the second opinion is right by itself.

Method: small histories whose ends are plain to see.
"""
import datetime
import sys
import unittest

import event_books
import reminders
import report


def on(day):
    return {"year": 2026, "month": 3, "day": day}


def euros(minor):
    return {"currency_code": "EUR", "minor": str(minor)}


def event(day, version=None, **body):
    found = {"source": "erp", "occurred_on": on(day), **body}
    return found | ({"sequence": str(version)} if version else {})


def issued(day, gross, due=20, version=1, number="I"):
    return event(day, version, invoice_issued={
        "number": number, "account": "A", "due_date": on(due), "gross_amount": euros(gross)})


def paid(day, amount, part=None, number="P"):
    return event(day, payment_received={
        "payment": number, "account": "A", "amount": euros(amount),
        "allocations": [{"invoice": "I", **({"amount": euros(part)} if part else {})}]})


class EventBooks(unittest.TestCase):
    def left(self, *events):
        books = event_books.Books(events)
        for day in books.days:
            books.take_day(day)
        return books.accounts["A"].open["I"]

    def test_money_reaches_as_far_as_it_goes(self):
        self.assertEqual(self.left(issued(1, 100), paid(2, 30, 30)), 70)
        self.assertEqual(self.left(issued(1, 100), paid(2, 130)), 0)
        self.assertEqual(self.left(issued(1, 100), paid(2, 30, 50)), 70)
        self.assertEqual(self.left(paid(1, 40, 40), issued(2, 100)), 60)

    def test_what_the_bank_took_back_is_open_again(self):
        rejected = event(3, payment_rejected={"payment": "P", "account": "A"})
        self.assertEqual(self.left(issued(1, 100), paid(2, 100), rejected), 100)

    def test_versions_and_cancellations(self):
        cancelled = event(3, 2, invoice_cancelled={"invoice": "I", "account": "A"})
        self.assertEqual(self.left(issued(1, 100), issued(2, 80, version=2)), 80)
        self.assertEqual(self.left(issued(1, 100), cancelled), 0)
        self.assertEqual(self.left(issued(1, 100), cancelled, issued(4, 90, version=3)), 90)

    def test_a_reversal_takes_off_what_it_names(self):
        taken = event(3, allocation_reversed={"payment": "P", "invoice": "I", "account": "A",
                                              "amount": euros(10)})
        self.assertEqual(self.left(issued(1, 100), paid(2, 30, 30), taken), 80)


class FromEvents(unittest.TestCase):
    STEPS = [("courtesy", -5), ("first", 3)]

    def mails(self, *events):
        customer = event(1, customer_upserted={"account": "A", "language": "en", "contacts": [
            {"id": "1", "email": "boss@a.example", "primary": True},
            {"id": "2", "email": "books@a.example", "roles": ["CONTACT_ROLE_ACCOUNTING"]},
            {"id": "3", "email": "no@a.example", "roles": ["CONTACT_ROLE_ACCOUNTING"],
             "opted_out_channels": ["email"], "primary": True}]})
        last = event(31, order_placed={})
        return [(one[0], one[2], one[3], sorted(one[4])) for one in reminders.derive_from_events(
            [customer, *events, last], self.STEPS, ["fr", "en"])]

    def test_each_step_on_its_day_to_the_accounting_contact(self):
        self.assertEqual(self.mails(issued(2, 100)), [
            ("books@a.example", "2026-03-15", "en", [("I", "courtesy")]),
            ("books@a.example", "2026-03-23", "en", [("I", "first")])])

    def test_a_payment_of_the_steps_own_day_stops_it(self):
        self.assertEqual(self.mails(issued(2, 100), paid(15, 100)), [])

    def test_a_part_payment_does_not(self):
        self.assertEqual(len(self.mails(issued(2, 100), paid(15, 99))), 2)


class Days(unittest.TestCase):
    def test_what_was_recorded_later_counts_from_then(self):
        late = event(2, customer_upserted={"account": "A"}) | {"recorded_on": on(9)}
        self.assertEqual(event_books.recorded_on(late), datetime.date(2026, 3, 9))


if __name__ == "__main__":
    sys.exit(report.run("event_books_test", [EventBooks, FromEvents, Days]))
