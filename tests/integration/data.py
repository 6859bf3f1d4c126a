"""The data sets: two real ones, which are there only where ENCOURS_DATA is, and one made by us."""
import csv
import functools
import os
import pathlib

import independent
import processes

_TESTS = processes.ROOT / "tests" / "data"
CONTRACT = ["customer_id", "total", *independent.BUCKETS]


class DataSet:
    """A file of invoices, the mapping that reads it, and the tenant that it is imported for."""

    def __init__(self, tenant, file, mapping):
        self.tenant = tenant
        self.file = pathlib.Path(file)
        self.mapping = _TESTS / "mappings" / mapping

    def there(self):
        return self.file.is_file()

    @functools.cached_property
    def invoices(self):
        return list(independent.read_invoices(self.file))

    def begin_import(self, system):
        return system.ctl.begin("import", self.file, "--mapping", self.mapping,
                                "--tenant", self.tenant)


def _real(tenant, folder):
    place = pathlib.Path(os.environ.get("ENCOURS_DATA", ""), folder)
    data = DataSet(tenant, place / "invoices_dev.csv", f"{folder}.yaml")
    data.folder = place
    return data


SMALL = DataSet("small", _TESTS / "invoices" / "small.csv", "small_invoices.yaml")
UDYAM = _real("udyam", "udyam_invoices")
IBM = _real("ibm", "ibm_late_payments")
REAL = (UDYAM, IBM)
ABSENT = "ENCOURS_DATA names no folder with the real invoices"


def all_there():
    """What can be imported here, the largest first."""
    return [one for one in (*REAL, SMALL) if one.there()]


def read_balance(rows):
    """Rows of an aged balance -> {(account, currency): sums}, as independent.py makes them."""
    balance = {}
    for row in rows:
        currency = row.get("currency") or "EUR"
        key = (row["customer_id"], currency)
        assert key not in balance, f"two rows for {key}"
        balance[key] = {column: independent.minor_units(row[column], currency)
                        for column in CONTRACT[1:]}
    return balance


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
