"""Deals of a CRM, from a webhook's JSON or a CSV line: one configurable mapping for both."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import partial
from typing import Any, Final

from portal.core.text.amounts import BadAmount, read_currency
from portal.core.text.currencies import is_money
from portal.core.text.dates import BadDate
from referrals.inbound import values
from referrals.inbound.modes import is_yes
from referrals.inbound.parsed import ParseError, Reading, Told

FIELDS: Final = (
    "deal",
    "stage",
    "domain",
    "amount",
    "currency",
    "closed",
    "company",
    "reason",
    "code",
    "invoice",
    "created",
    "qualified_at",
    "opportunity_at",
    "live_at",
    "test",
)
NEEDED: Final = ("deal", "stage", "domain")
OURS: Final = ("qualified", "opportunity", "won", "live", "lost", "none")
AROUND: Final = (
    "",
    "properties.",
    "fields.",
    "data.",
    "record.",
    "sobject.",
)  # where systems put their properties
MOST_DEALS: Final = 100
DATED: Final = ("qualified", "opportunity", "live")  # stages whose date is a property of its own

_COMMON: Final = {
    "reason": "closed_lost_reason, Closed Lost Reason, Loss_Reason__c, Loss Reason, 失注理由, "
    "失注の理由",
    "code": "hazumi_code, Hazumi_Code__c, referral_code, Referral Code, 紹介コード",
    "invoice": "hazumi_invoice, invoice_id, Invoice ID, 請求書番号",
    "qualified_at": "qualified_date, Qualified Date, 有望になった日",
    "opportunity_at": "opportunity_date, Opportunity Date, 商談開始日",
    "live_at": "go_live_date, Go-Live Date, Go Live Date, 利用開始日",
    "created": "hazumi_introduced_at, createdate, Create Date, CreatedDate, Created Date, 作成日",
    "test": "hazumi_test, is_test, Test, Sandbox, IsSandbox, テスト",
}
# Names of columns that exports of any system have, also of people's own tables.
COMMON_COLUMNS: Final = {
    "deal": "商談ID, 案件ID, 取引ID, 案件番号, Deal ID, Opportunity ID, Record ID",
    "stage": "ステージ, 商談ステージ, 取引ステージ, フェーズ, Stage, Deal Stage, Opportunity Stage",
    "domain": "会社ドメイン, 会社のドメイン名, 企業ドメイン, ドメイン, Company Domain, "
    "Company Domain Name, Domain, Website, Web サイト, ウェブサイト",
    "amount": "金額, 受注金額, 成約金額, Amount, Deal Amount, Value",
    "currency": "通貨, 通貨コード, Currency, Currency Code",
    "closed": "受注日, 成約日, 完了日, クローズ日, Close Date, Closed Date, Won Date",
    "company": "会社名, 企業名, 取引先名, 顧客名, Company, Company Name, Account Name",
    "reason": "失注理由, Loss Reason, Closed Lost Reason",
    "code": "紹介コード, Referral Code",
    "invoice": "請求書番号, Invoice Number, Invoice ID",
}
_LATER: Final = {name: _COMMON[name] for name in ("created", "test")}  # unknown to old mappings
DEFAULTS: Final[dict[str, dict[str, Any]]] = {
    "hubspot": {
        "fields": _COMMON
        | {
            "deal": "hs_object_id, objectId, Record ID, レコードID, 取引ID",
            "stage": "dealstage, Deal Stage, 取引ステージ",
            "amount": "amount, Amount, 金額",
            "currency": "deal_currency_code, Currency, 通貨",
            "domain": "company_domain, domain, Company Domain Name, 会社のドメイン名, Website URL, "
            "ウェブサイトURL, email, Email",
            "closed": "closedate, Close Date, クローズ日, 成約日",
            "created": "createdate, Create Date, 作成日",
            "company": "company, Associated Company, Company Name, 関連する会社, 会社名",
        },
        "stages": {
            "appointmentscheduled": "qualified",
            "Appointment Scheduled": "qualified",
            "qualifiedtobuy": "qualified",
            "Qualified To Buy": "qualified",
            "presentationscheduled": "opportunity",
            "Presentation Scheduled": "opportunity",
            "decisionmakerboughtin": "opportunity",
            "Decision Maker Bought-In": "opportunity",
            "contractsent": "opportunity",
            "Contract Sent": "opportunity",
            "closedwon": "won",
            "Closed Won": "won",
            "成約": "won",
            "受注": "won",
            "closedlost": "lost",
            "Closed Lost": "lost",
            "失注": "lost",
        },
    },
    "salesforce": {
        "fields": _COMMON
        | {
            "deal": "Id, OpportunityId, Opportunity ID, 商談 ID, 商談ID",
            "stage": "StageName, Stage, フェーズ",
            "amount": "Amount, 金額",
            "currency": "CurrencyIsoCode, Amount Currency, Currency, 通貨, 金額 通貨",
            "domain": "Account.Website, Website, Domain__c, Account Website, Web サイト, "
            "Webサイト, ドメイン, Email",
            "closed": "CloseDate, Close Date, 完了予定日",
            "created": "CreatedDate, Created Date, 作成日",
            "company": "Account.Name, Account Name, 取引先名",
        },
        "stages": {
            "Prospecting": "none",
            "Qualification": "qualified",
            "Needs Analysis": "qualified",
            "Value Proposition": "opportunity",
            "Id. Decision Makers": "opportunity",
            "Perception Analysis": "opportunity",
            "Proposal/Price Quote": "opportunity",
            "Negotiation/Review": "opportunity",
            "Closed Won": "won",
            "Closed Lost": "lost",
            "見込み": "none",
            "提案": "opportunity",
            "交渉": "opportunity",
            "受注": "won",
            "成立": "won",
            "失注": "lost",
            "不成立": "lost",
        },
    },
}


def fold(name: str) -> str:
    """Return a name without what people and exports write differently: case, spaces, width of
    spaces.
    """
    return re.sub(r"[\s\u3000_]+", "", name).casefold()


@dataclass(frozen=True)
class DealMapping:
    """Which of their properties hold what, and which of their stages is which of ours."""

    fields: Mapping[str, tuple[str, ...]]
    stages: Mapping[str, str]
    currency: str = "JPY"

    @classmethod
    def of(cls, kept: dict[str, Any]) -> DealMapping:
        """Read a mapping as it is kept on its source."""
        given_fields = {**_LATER, **dict(kept.get("fields") or {})}
        named = {
            name: tuple(part.strip() for part in str(given).split(",") if part.strip())
            for name, given in given_fields.items()
        }
        stages = {
            fold(str(theirs)): str(ours) for theirs, ours in dict(kept.get("stages") or {}).items()
        }
        return cls(named, stages, str(kept.get("currency") or "JPY"))

    def columns(self, header: list[str]) -> dict[str, str]:
        """Guess which column of a table holds what: the first name of a field that the header
        has.
        """
        known: dict[str, str] = {}
        for column in header:
            known.setdefault(fold(column), column)
        found = {}
        for name in FIELDS:
            match = next((known[own] for own in self._names(name) if own in known), "")
            if match:
                found[name] = match
        return found

    def _names(self, name: str) -> list[str]:
        """Return the folded names of a field: its system's own first."""
        common = COMMON_COLUMNS.get(name, "").split(",")
        return [fold(own) for own in (*self.fields.get(name, ()), *common) if own]

    def knows(self, column: str) -> bool:
        """Say whether a column has a name that is known."""
        return any(fold(column) in self._names(name) for name in FIELDS)


@dataclass(frozen=True)
class Deals:
    """How one system's deals are read."""

    mapping: DealMapping
    source: str
    program: str
    now: datetime
    zone: tzinfo
    stages: Mapping[str, str] = field(
        default_factory=dict
    )  # beyond those of the mapping, already folded
    decimal: str = ""  # the sign before decimals in amounts of a table
    date_order: str = ""
    takes_tests: bool = False

    def read(self, payload: Any) -> Reading:
        """Return the facts of a webhook's JSON: one deal, or a list of them.

        Raises NotUnderstood.
        """
        deals = payload if isinstance(payload, list) else [payload]
        if not deals or len(deals) > MOST_DEALS or not all(isinstance(one, dict) for one in deals):
            raise ParseError("no_deal")
        facts: list[Told] = []
        note = ""
        for one in deals:
            reading = self.read_one(partial(self._property, one))
            facts.extend(reading.facts)
            note = note or reading.note
        name = values.text(self._property(deals[0], "deal"), 60)
        return Reading(
            f"deal {name}" if len(deals) == 1 else "deals", tuple(facts), "" if facts else note
        )

    def _property(self, payload: dict[str, Any], name: str) -> Any:
        for own in self.mapping.fields.get(name, ()):
            for around in AROUND:
                found = values.dig(payload, around + own)
                if found not in (None, "", [], {}):
                    return found
        return None

    def read_one(self, get: Callable[[str], Any]) -> Reading:
        """Return the facts of one deal whose fields `get` returns. Raises NotUnderstood."""
        deal, theirs = values.text(get("deal")), values.text(get("stage"), 100)
        if not deal:
            raise ParseError("no_deal")
        if len(deal) > 100 or re.fullmatch(r"[0-9][0-9.,]*E\+?[0-9]+", deal, re.IGNORECASE):
            raise ParseError("shortened_id", deal[:40])  # two deals would become one
        if re.fullmatch(r"[A-Za-z0-9]{15}[A-Z0-5]{3}", deal) and deal.startswith("006"):
            deal = deal[
                :15
            ]  # Salesforce's long form of the same id; its reports export the short one
        is_test = is_yes(get("test"))
        if is_test and not self.takes_tests:
            return Reading("deal", note="test_message")
        if not theirs:
            raise ParseError("no_stage")
        ours = self.stages.get(fold(theirs)) or self.mapping.stages.get(fold(theirs))
        if ours not in OURS:
            raise ParseError("unknown_stage", theirs)
        if ours == "none":
            return Reading("deal", note="stage_ignored")
        domain = values.company_domain(get("domain"))
        if not domain:
            raise ParseError("no_company", values.text(get("domain"), 80))
        return Reading("deal", tuple(self._facts(deal, ours, domain, get)))

    def _facts(self, deal: str, ours: str, domain: str, get: Callable[[str], Any]) -> list[Told]:
        about = {"program": self.program, "domain": domain}
        dates = self._dates(ours, get)
        code = values.text(get("code"), 32).lower()
        facts = []
        if code:
            company = values.text(get("company"), 120)
            claim = {**about, "code": code, "claim": "code"} | (
                {"company": company} if company else {}
            )
            # Whoever introduced a company did so before it moved; not so a closing date.
            known = [at for name, at in dates.items() if name not in ("won", "lost")]
            if known:
                claim["occurred_at"] = min(known).isoformat()
            facts.append(Told("introduction", f"deal:{deal}:claim", claim))
        for stage in DATED:
            if stage in dates and stage != ours:
                dated = {**about, "stage": stage, "occurred_at": dates[stage].isoformat()}
                facts.append(Told("stage", f"deal:{deal}:{stage}_at", dated, not code))
        when = {"occurred_at": dates[ours].isoformat()} if ours in dates else {}
        given = get("amount") if ours in ("won", "live") else None
        if given not in (None, "") and (amount := self._amount(given, get)):
            money, currency = amount
            invoice = values.text(get("invoice"), 100) or f"{self.source}:{deal}"
            sale = {**about, **when, "invoice": invoice, "amount": money, "currency": currency}
            facts.append(Told("conversion", f"deal:{deal}:sale", sale, is_quiet=not code))
        if ours != "won" or not any(fact.kind == "conversion" for fact in facts):
            reason = (
                {"reason": values.text(get("reason"), 200) or "unknown"} if ours == "lost" else {}
            )
            facts.append(
                Told(
                    "stage",
                    f"deal:{deal}:{ours}",
                    {**about, **when, **reason, "stage": ours},
                    not code,
                )
            )
        return facts

    def _dates(self, ours: str, get: Callable[[str], Any]) -> dict[str, datetime]:
        """Return when a deal was created and when it came where, as far as it says; what lies
        ahead is no fact.
        """
        found = {"created": self.closed(get("created"))}
        for stage in DATED:
            found[stage] = self.closed(get(f"{stage}_at"))
        if ours in ("won", "lost"):  # while a deal is open its closing date is a hope
            found[ours] = self.closed(get("closed"))
        past = {name: values.not_later(moment, self.now) for name, moment in found.items()}
        return {name: moment for name, moment in past.items() if moment is not None}

    def closed(self, given: Any) -> datetime | None:
        """Return the closing date; one that is there and cannot be read is asked for, not replaced
        by today's.
        """
        if not values.text(given):
            return None
        try:
            return values.moment(given, self.zone, order=self.date_order)
        except BadDate as error:
            raise ParseError(error.reason, values.text(given, 40)) from error

    def currency(self, given: Any) -> str:
        """Return the currency of a deal: what it says, else the one of its source.

        Raises NotUnderstood.
        """
        stated = values.text(given, 60)
        currency = read_currency(stated, self.mapping.currency) if stated else self.mapping.currency
        if not is_money(currency):
            raise ParseError("no_currency", (stated or currency)[:40])
        return currency

    def money(self, given: Any, stated: Any) -> tuple[int, str]:
        """Return an amount in minor units and its currency. Raises NotUnderstood."""
        currency = self.currency(stated)
        try:
            amount, currency = values.money(
                given, currency, decimal=self.decimal, is_given=bool(values.text(stated))
            )
        except BadAmount as error:
            raise ParseError(error.reason, values.text(given, 40)) from error
        if amount < 0:
            raise ParseError("negative_amount", values.text(given, 40))
        return amount, currency

    def _amount(self, given: Any, get: Callable[[str], Any]) -> tuple[int, str] | None:
        amount, currency = self.money(given, get("currency"))
        return (amount, currency) if amount else None
