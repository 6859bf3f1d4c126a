"""Facts as an ERP publishes them, one a line of JSON."""
import json


def _date(day):
    return {"year": day.year, "month": day.month, "day": day.day}


def _event(source_id, day, name, body):
    return json.dumps({"source": "erp", "id": source_id, "occurred_on": _date(day), name: body})


def customer(account, tenant, day, siren=None):
    """With a contact who reads mail."""
    contact = {"id": "1", "roles": ["CONTACT_ROLE_ACCOUNTING"], "name": f"Contact of {account}",
               "email": f"{account}@{tenant}.example".lower(), "language": "fr"}
    body = {"account": account, "name": f"Customer {account}", "contacts": [contact]}
    if siren is not None:
        body["identifiers"] = [{"scheme": "SIREN", "value": siren}]
    return _event(f"{account}/customer", day, "customer_upserted", body)


def issued(number, account, day, due, amount):
    """`amount`: currency and minor units."""
    return _event(f"{number}/issued", day, "invoice_issued", {
        "number": number, "account": account, "issue_date": _date(day), "due_date": _date(due),
        "gross_amount": _money(amount)})


def paid(number, account, day, amount):
    return _event(f"{number}/paid", day, "payment_received", {
        "payment": f"P-{number}", "account": account, "amount": _money(amount),
        "value_date": _date(day),
        "allocations": [{"invoice": number, "amount": _money(amount)}]})


def _money(amount):
    return {"currency_code": amount[0], "minor": str(amount[1])}
