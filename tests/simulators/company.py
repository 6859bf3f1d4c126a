"""A company that does not exist, as it stands on a day: all follows from its SIREN and the day."""
import datetime
import hashlib

_EPOCH = datetime.date(2010, 1, 1)
_NOT_FOUND_ONE_IN = 40
_FAILS_ONE_IN = 8
_BANDS = ("NN", "00", "01", "02", "03", "11", "12", "21", "22", "31", "32")
_ACTIVITIES = ("28.15Z", "46.69B", "47.11F", "49.41A", "56.10A", "62.01Z", "62.02A", "43.21A")
_FORMS = ("5710", "5499", "5498", "5599", "1000")
_PROCEDURES = ("sauvegarde", "redressement", "liquidation")


def dice(*parts):
    """A number that depends on its arguments only."""
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _between(least, most, *parts):
    return least + dice(*parts) % (most - least + 1)


def _clamped(number, least, most):
    return max(least, min(most, number))


class Company:
    """What stays of a company, and at(day) for what moves."""

    def __init__(self, siren):
        self.siren = siren
        self.exists = dice(siren, "exists") % _NOT_FOUND_ONE_IN != 0
        self.created = datetime.date(_between(1970, 2009, siren, "year"),
                                     _between(1, 12, siren, "month"),
                                     _between(1, 28, siren, "day"))
        self.activity = _ACTIVITIES[dice(siren, "activity") % len(_ACTIVITIES)]
        self.form = _FORMS[dice(siren, "form") % len(_FORMS)]
        self.name = f"SPECIMEN {siren[:3]} {siren[3:6]} {siren[6:]}"
        self._solvency = _between(25, 95, siren, "solvency")
        self._index = _between(40, 90, siren, "index")
        # Points in ten years; most companies keep what they have.
        self._drift = _between(-40, 25, siren, "drift")
        self._turnover = _between(2, 400, siren, "turnover") * 50_000
        self._fails_on = None
        if dice(siren, "fails") % _FAILS_ONE_IN == 0:
            self._fails_on = _EPOCH + datetime.timedelta(_between(0, 16 * 365, siren, "fails on"))

    def at(self, day):
        months = (day.year - _EPOCH.year) * 12 + day.month - _EPOCH.month
        drift = self._drift * months // 120
        solvency = self._solvency + drift + _between(-4, 4, self.siren, "noise", months)
        index = self._index + drift // 2 + _between(-6, 6, self.siren, "index noise", months // 2)
        procedure, liens = None, 0
        if self._fails_on is not None:
            days = (day - self._fails_on).days
            # A year before it shows.
            solvency -= _clamped((days + 365) // 8, 0, 45)
            index -= _clamped((days + 365) // 12, 0, 30)
            if days > -180:
                liens = _clamped((days + 200) // 30, 1, 12) * 4_000
            if days >= 0:
                procedure = _PROCEDURES[_clamped(days // 240, 0, 2)]
        solvency = _clamped(solvency, 1, 100)
        return {
            "month": day.replace(day=1),
            "solvency": solvency,
            "index": _clamped(index, 0, 100),
            "credit": 0 if procedure else solvency * solvency * self._turnover // 1_000_000,
            "liens": liens,
            "procedure": procedure,
            "turnover": self._turnover * (100 + _between(-15, 15, self.siren, day.year)) // 100,
            "closed_on": datetime.date(day.year - 2, 12, 31),
            "ceased_on": self._ceased_on(day),
            "band": _BANDS[(dice(self.siren, "band") + (day.year - 2010) // 4) % len(_BANDS)],
        }

    def _ceased_on(self, day):
        if self._fails_on is None:
            return None
        ends = self._fails_on + datetime.timedelta(1000)
        return ends if day >= ends else None
