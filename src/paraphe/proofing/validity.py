"""Is the document valid today: the day that counts, the rule that made it, the age of the person."""

from dataclasses import replace
from datetime import date

from paraphe.proofing import printed
from paraphe.proofing.claim import Policy
from paraphe.proofing.expiry import Expiry, ExpiryRule, IssueMonth, effective_expiry, years_after
from paraphe.proofing.observations import SideSeen
from paraphe.proofing.profiles import FR_1988, Profile
from paraphe.proofing.reasons import Reason
from paraphe.proofing.verdict import Check, DocumentData, Finding, Result
from paraphe.proofing.zones import ZoneReading

_OPEN: dict[ExpiryRule, Reason] = {
    ExpiryRule.SUSPECT_TERM: Reason.SUSPECT_TERM,
    ExpiryRule.SUSPECT_ISSUE_DATE: Reason.SUSPECT_ISSUE_DATE,
    ExpiryRule.ISSUE_DAY_NEEDED: Reason.ISSUE_DAY_UNREAD,
}
Judged = tuple[DocumentData, list[Finding], list[Check]]


def judged(
    zone: ZoneReading, profile: Profile, back: SideSeen | None, data: DocumentData, today: date, policy: Policy
) -> Judged:
    """Return ``data`` with its dates, and what they lead to."""
    findings: list[Finding] = []
    checks: list[Check] = []
    if data.birth_date is not None:
        adult = years_after(data.birth_date, policy.adult_age) <= today
        checks.append(Check("adult", Result.PASS if adult else Result.FAIL, side=zone.side))
        findings += [] if adult else [Finding(Reason.MINOR, zone.side)]
    issued, printed_day = _days(zone, profile, back)
    if printed_day is None:
        findings.append(Finding(Reason.PRINT_UNREAD, "back", values={"field": "expiry"}))
        checks.append(Check("expiry", Result.UNKNOWN, side="back"))
        return data, findings, checks
    if profile.code == FR_1988:
        checks.append(_same_month(zone, issued))
        if checks[-1].result is Result.FAIL:
            findings.append(Finding(Reason.SIDES_DIFFER, "back"))
    expiry = effective_expiry(profile.code, issued, printed_day, data.birth_date)
    findings += _findings(expiry, profile, today, policy)
    expired = expiry.effective < today
    checks.append(
        Check("expiry", Result.FAIL if expired else Result.PASS, expiry.effective.isoformat(), today.isoformat())
    )
    data = replace(
        data,
        issued_on=issued if isinstance(issued, date) else None,
        printed_expiry=expiry.printed,
        effective_expiry=expiry.effective,
        expiry_rule=str(expiry.rule),
    )
    return data, findings, checks


def _days(zone: ZoneReading, profile: Profile, back: SideSeen | None) -> tuple[date | IssueMonth | None, date | None]:
    if profile.code != FR_1988:
        return None, zone.data.expiry
    issued, until = printed.issue_and_expiry(back.print if back else ())
    if issued is None and zone.data.issued_month is not None:
        return IssueMonth(*zone.data.issued_month), until
    return issued, until


def _same_month(zone: ZoneReading, issued: date | IssueMonth | None) -> Check:
    """Return whether the day of issue on the back is in the month that the zone on the front says."""
    month = zone.data.issued_month
    if month is None or not isinstance(issued, date):
        return Check("issue_month", Result.UNKNOWN, side="back")
    same = month == (issued.year, issued.month)
    said = f"{month[0]:04}-{month[1]:02}"
    return Check("issue_month", Result.PASS if same else Result.FAIL, issued.isoformat(), said, "back")


def _findings(expiry: Expiry, profile: Profile, today: date, policy: Policy) -> list[Finding]:
    values = {"printed": expiry.printed.isoformat(), "effective": expiry.effective.isoformat()}
    if expiry.rule in _OPEN:
        return [Finding(_OPEN[expiry.rule], "back", values=values)]
    last = policy.old_card_last_day if profile.code == FR_1988 else None
    if expiry.effective < today or (last is not None and last < today):
        return [Finding(Reason.EXPIRED, values=values)]
    return []
