"""Company reports in the shape of D&B Direct+: POST /v3/token, then GET /v1/data/siren/{siren}."""
import re

from company import Company, dice

_PATH = re.compile(r"/v1/data/siren/([^/]+)$")
PER_MINUTE = 300
_TOKEN_SECONDS = 3600


class Provider:
    def __init__(self):
        self._tokens = set()
        self._given = 0

    def before(self, simulator, request):
        """An answer that is no report, or None; names the company of the request."""
        if (request.method, request.path) == ("POST", "/v3/token"):
            return self._give_token(simulator, request)
        found = _PATH.match(request.path)
        if not found or request.method != "GET":
            return 404, {"error": {"errorCode": "00008", "errorMessage": "no such resource"}}
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self._tokens:
            return 401, {"error": {"errorCode": "00040", "errorMessage": "no valid token"}}
        request.siren = found.group(1)
        return None

    def _give_token(self, simulator, request):
        if not request.headers.get("Authorization", "").startswith("Basic "):
            return 401, {"error": {"errorCode": "00041"}}
        if request.body != b"grant_type=client_credentials":
            return 400, {"error": {"errorCode": "00042"}}
        self._given += 1
        simulator.counts.tokens += 1
        token = f"token-{self._given}"
        self._tokens.add(token)
        return 200, {"access_token": token, "expiresIn": _TOKEN_SECONDS}

    def expire_tokens(self):
        self._tokens.clear()

    def answer(self, request):
        siren = request.siren
        company = Company(siren)
        if not company.exists:
            return 404, {"error": {"errorCode": "10001", "errorMessage":
                                   "Requested product not available"}}
        now = company.at(request.day)
        scored = str(now["month"])
        return 200, {
            "transactionDetail": {
                "transactionID": f"rrt-{dice(siren, request.day):016x}",
                "transactionTimestamp": f"{request.day}T06:00:00.000Z",
            },
            "inquiryDetail": {"siren": siren, "blockIDs": request.query.get("blockIDs", [])},
            "organization": {
                "primaryName": company.name,
                "countryISOAlpha2Code": "FR",
                "registrationNumbers": [{"registrationNumber": siren, "typeDnBCode": 2078,
                                         "isPreferredRegistrationNumber": True}],
                "isHighRiskBusiness": now["procedure"] is not None,
                "dnbAssessment": {
                    "failureScore": {"nationalPercentile": now["solvency"], "scoreDate": scored},
                    "creditLimitRecommendation": {
                        "assessmentDate": scored,
                        "maximumRecommendedLimit": {"value": now["credit"], "currency": "EUR"}},
                },
                "businessTrading": [{"summary": [{"paydexScore": now["index"],
                                                  "paydexScoreDate": scored}]}],
                "legalEvents": self._legal_events(now, scored),
                "financials": [{"financialStatementToDate": str(now["closed_on"]),
                                "yearlyRevenue": {"value": now["turnover"], "currency": "EUR"}}],
            },
        }

    @staticmethod
    def _legal_events(now, scored):
        events = {"asOf": scored, "hasOpenLiens": now["liens"] > 0,
                  "openLiens": {"value": now["liens"], "currency": "EUR"},
                  "hasOpenBankruptcy": now["procedure"] is not None}
        if now["procedure"]:
            events["openProceeding"] = now["procedure"]
        return events

    @staticmethod
    def changed_schema(body):
        """Scores become texts and amounts lose their currency, as announced nowhere."""
        organization = body.get("organization", {})
        assessment = organization.get("dnbAssessment", {})
        for score in ("failureScore",):
            if score in assessment:
                assessment[score]["nationalPercentile"] = str(
                    assessment[score]["nationalPercentile"])
        return body
