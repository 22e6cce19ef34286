"""What a report says to people, in French and English, and as JSON of the command line."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from paraphe.pdf.codec import encoded
from paraphe.pdf.values import Change, Finding, Report, SignatureReport
from paraphe.pdf.verdict.sentences import (
    CHANGES,
    FINDINGS,
    INDICATIONS,
    LEVELS,
    SUB_INDICATIONS,
    TIME_SOURCES,
    Pair,
)

NO_BREAK = "\u00a0"
MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
}  # fmt: skip
ZONES = {"fr": ZoneInfo("Europe/Paris"), "en": ZoneInfo("UTC")}
LAST = {"fr": " et ", "en": " and "}
OUTCOMES: dict[str, Pair] = {
    "passed": (
        "Ce document est {what} et n'a pas été modifié depuis.",
        "This document is {what} and was not altered since.",
    ),
    "permitted": (
        "Ce document est {what}. Il a été complété depuis comme c'était permis.",
        "This document is {what}. It was completed since as was permitted.",
    ),
    "doubtful": (
        "Ce document porte une signature ({who}), mais on ne peut pas s'y fier en l'état : {why}",
        "This document carries the signature of {who}, but it cannot be relied upon as it is: {why}",
    ),
    "failed": (
        "Ce document porte une signature qui n'est pas valable ({who}) : {why}",
        "This document carries a signature that is not valid ({who}): {why}",
    ),
    "none": ("Ce document n'est pas signé.", "This document is not signed."),
}
UNKNOWN: Pair = ("un signataire inconnu", "an unknown signer")
VERBS: dict[str, Pair] = {
    "signature": ("signé par {name}{when}", "signed by {name}{when}"),
    "seal": ("cacheté par {name}{when}", "sealed by {name}{when}"),
    "timestamp": ("horodaté par {name}{when}", "timestamped by {name}{when}"),
}


VERDICTS: dict[str, Pair] = {
    "permitted": ("permis", "permitted"),
    "suspicious": ("douteux", "suspicious"),
    "forbidden": ("interdit", "forbidden"),
}
KINDS: dict[str, Pair] = {
    "signature": ("signature d'une personne", "signature of a person"),
    "seal": ("cachet d'une organisation", "seal of an organisation"),
    "timestamp": ("horodatage du document", "timestamp of the document"),
}


def summary(report: Report, language: str) -> str:
    """Return one plain sentence about the file: who signed, when, and whether it still is what was signed."""
    if not report.signatures:
        return _chosen(OUTCOMES["none"], language)
    if report.ok:
        people = [one for one in report.signatures if one.kind != "timestamp"] or list(report.signatures)
        modified = any(one.modifications != "none" and one is people[-1] for one in people)
        what = _joined([_done(one, language) for one in people], language)
        return _chosen(OUTCOMES["permitted" if modified else "passed"], language, {"what": what})
    worst = next(
        one
        for one in report.signatures
        if (one.indication, one.sub_indication) == (report.indication, report.sub_indication)
    )
    reason = next((one for one in worst.findings if one.code in worst.problems), None)
    why = sentence(reason, language) if reason else _chosen(INDICATIONS[worst.indication], language) + "."
    who = worst.signer or _chosen(UNKNOWN, language)
    kind = "failed" if report.indication == "TOTAL-FAILED" else "doubtful"
    return _chosen(OUTCOMES[kind], language, {"who": who, "why": why[:1].lower() + why[1:]})


def sentence(finding: Finding, language: str) -> str:
    """Return the sentence of a finding. Raises KeyError for a code that is none."""
    return _chosen(FINDINGS[finding.code], language, finding.params)


def change_word(change: Change, language: str) -> str:
    """Return what kind of change it is, in a few words."""
    return _chosen(CHANGES[change.kind], language)


def change_sentence(change: Change, language: str) -> str:
    """Return a change with its verdict and its page, as one line of a report."""
    verdict = _chosen(VERDICTS[change.verdict], language)
    where = "" if change.page is None else f", page {change.page + 1}"
    detail = f" ({change.detail})" if change.detail else ""
    line = f"{change_word(change, language)}{detail}{where} : {verdict}"
    return re.sub(r" (?=:)", NO_BREAK, line) if language == "fr" else line.replace(" :", ":")


def kind_word(kind: str, language: str) -> str:
    """Return what a signature is by whom it is made: of a person, of a firm, of a time-stamping authority."""
    return _chosen(KINDS[kind], language)


def indication_word(indication: str, sub_indication: str | None, language: str) -> str:
    """Return an indication with its sub-indication, in words."""
    word = _chosen(INDICATIONS[indication], language)
    if sub_indication is None:
        return word
    return _chosen(
        (f"{word} : {{sub}}", f"{word}: {{sub}}"), language, {"sub": _chosen(SUB_INDICATIONS[sub_indication], language)}
    )


def level_word(level: str, language: str) -> str:
    """Return a level in words."""
    return _chosen(LEVELS[level], language)


def time_word(source: str, language: str) -> str:
    """Return whose time it is, in words."""
    return _chosen(TIME_SOURCES[source], language)


def when(at: datetime, language: str) -> str:
    """Return a time as people write it: ``23 novembre 2026 à 9 h 00`` of Paris, ``23 November 2026 at 08:00 UTC``."""
    at = at.astimezone(ZONES[language])
    month = MONTHS[language][at.month - 1]
    if language == "fr":
        day = "1er" if at.day == 1 else str(at.day)
        return f"{day}{NO_BREAK}{month} {at.year} à {at.hour}{NO_BREAK}h{NO_BREAK}{at.minute:02d}"
    return f"{at.day} {month} {at.year} at {at.hour:02d}:{at.minute:02d} UTC"


def as_dict(report: Report, language: str) -> dict[str, Any]:
    """Return the report as the command line and the pages give it; pages count from 1."""
    return {
        "indication": report.indication,
        "sub_indication": report.sub_indication,
        "summary": summary(report, language),
        "signatures": [_signature(one, language) for one in report.signatures],
        "findings": _findings(report.findings, language),
        "validated_at": encoded(report.validated_at),
        "sha256": report.digest,
    }


def _signature(one: SignatureReport, language: str) -> dict[str, Any]:
    return {
        "field": one.field,
        "kind": one.kind,
        "indication": one.indication,
        "sub_indication": one.sub_indication,
        "intact": one.intact,
        "trusted": one.trusted,
        "coverage": one.coverage,
        "modifications": one.modifications,
        "level": one.level,
        "signer": one.signer,
        "signed_at": encoded(one.signed_at),
        "time_source": one.time_source,
        "claimed_at": encoded(one.claimed_at),
        "timestamped_at": encoded(one.timestamped_at),
        "timestamped_by": one.timestamped_by,
        "algorithm": one.algorithm,
        "revision": one.revision,
        "path": [
            {
                "subject": each.subject,
                "issuer": each.issuer,
                "serial": each.serial,
                "not_before": encoded(each.not_before),
                "not_after": encoded(each.not_after),
                "revocation": encoded(each.revocation),
            }
            for each in one.path
        ],
        "changes": [
            {
                "kind": each.kind,
                "verdict": each.verdict,
                "page": None if each.page is None else each.page + 1,
                "detail": each.detail,
                "message": change_word(each, language),
            }
            for each in one.changes
        ],
        "findings": _findings(one.findings, language),
    }


def _findings(findings: Sequence[Finding], language: str) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code,
            "message": sentence(one, language),
            "page": None if one.page is None else one.page + 1,
        }
        for one in findings
    ]


def _done(one: SignatureReport, language: str) -> str:
    at = one.signed_at or one.timestamped_at
    said = ""
    if at is not None:
        said = (" le " if language == "fr" else " on ") + when(at, language)
    return _chosen(VERBS[one.kind], language, {"name": one.signer or _chosen(UNKNOWN, language), "when": said})


def _joined(parts: Sequence[str], language: str) -> str:
    if len(parts) == 1:
        return parts[0]
    return ", ".join(parts[:-1]) + LAST[language] + parts[-1]


def _chosen(pair: Pair, language: str, params: Mapping[str, str] | None = None) -> str:
    """Return the sentence in ``language``, French typography where it is French, filled with ``params``."""
    text = pair[0] if language == "fr" else pair[1]
    if language == "fr":
        text = re.sub(r" (?=[:;?!»])|(?<=«) ", NO_BREAK, text)
    known = {key: str(value) for key, value in (params or {}).items()}
    return text.format_map(defaultdict(lambda: "…", known))
