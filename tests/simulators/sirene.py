"""INSEE's register, API Sirene 3.11: GET /api-sirene/3.11/siren/{siren} with a key in a header."""
import re

from company import Company

_PATH = re.compile(r"/api-sirene/3\.11/siren/([^/]+)$")
PER_MINUTE = 30


class Provider:
    def before(self, _simulator, request):
        """An answer that is no report, or None; names the company of the request."""
        found = _PATH.match(request.path)
        if not found or request.method != "GET":
            return 404, {"error": "no such resource"}
        if not request.headers.get("X-INSEE-Api-Key-Integration"):
            return 401, {"header": {"statut": 401, "message": "missing key"}}
        request.siren = found.group(1)
        if not re.fullmatch(r"\d{9}", request.siren):
            return 400, {"header": {"statut": 400, "message": "nine digits are a SIREN"}}
        return None

    def expire_tokens(self):
        """Its key has no end."""

    def answer(self, request):
        company = Company(request.siren)
        if not company.exists:
            return 404, {"header": {"statut": 404, "message":
                                    f"Aucun élément trouvé pour le siren {request.siren}"}}
        now = company.at(request.day)
        periods = [self._period(company, now["ceased_on"] or company.created,
                                "C" if now["ceased_on"] else "A", None)]
        if now["ceased_on"]:
            periods.append(self._period(company, company.created, "A", now["ceased_on"]))
        return 200, {
            "header": {"statut": 200, "message": "OK"},
            "uniteLegale": {
                "siren": request.siren,
                "statutDiffusionUniteLegale": "O",
                "dateCreationUniteLegale": str(company.created),
                "trancheEffectifsUniteLegale": now["band"],
                "categorieEntreprise": "PME",
                "nombrePeriodesUniteLegale": len(periods),
                "periodesUniteLegale": periods,
            },
        }

    @staticmethod
    def _period(company, begin, state, end):
        return {
            "dateFin": str(end) if end else None,
            "dateDebut": str(begin),
            "etatAdministratifUniteLegale": state,
            "denominationUniteLegale": company.name,
            "categorieJuridiqueUniteLegale": company.form,
            "activitePrincipaleUniteLegale": company.activity,
            "nomenclatureActivitePrincipaleUniteLegale": "NAFRev2",
            "nicSiegeUniteLegale": "00017",
        }

    @staticmethod
    def changed_schema(body):
        """States become words and codes numbers, as announced nowhere."""
        for period in body.get("uniteLegale", {}).get("periodesUniteLegale", []):
            period["etatAdministratifUniteLegale"] = "active"
            period["categorieJuridiqueUniteLegale"] = 5710
        return body
