"""A verdict as JSON and back, for whoever keeps it."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any, cast

from paraphe.proofing.observations import Place, Side
from paraphe.proofing.reasons import Reason
from paraphe.proofing.verdict import Check, Difference, DocumentData, Finding, Outcome, Result, Verdict

_DATES = ("birth_date", "issued_on", "printed_expiry", "effective_expiry")


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """Return ``verdict`` as values of JSON, without the rectified pictures."""
    record = asdict(replace(verdict, rectified={}))
    del record["rectified"]
    for name in _DATES:
        value = record["data"][name]
        record["data"][name] = value.isoformat() if value else None
    return record


def verdict_from_record(record: dict[str, Any]) -> Verdict:
    """Return the verdict that ``verdict_record`` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    data = dict(record["data"])
    for name in _DATES:
        data[name] = date.fromisoformat(data[name]) if data[name] else None
    return Verdict(
        outcome=Outcome(record["outcome"]),
        findings=tuple(
            Finding(Reason(each["reason"]), each["side"], _place(each["place"]), dict(each["values"]))
            for each in record["findings"]
        ),
        checks=tuple(Check(**{**each, "result": Result(each["result"])}) for each in record["checks"]),
        data=DocumentData(**data),
        lines=tuple(record["lines"]),
        page_lines=tuple(record["page_lines"]),
        confidences=tuple(tuple(line) for line in record["confidences"]),
        differences=tuple(Difference(**each) for each in record["differences"]),
        fingerprints=cast(dict[Side, str], dict(record["fingerprints"])),
        swapped=record["swapped"],
        readers=dict(record["readers"]),
        seconds=record["seconds"],
    )


def _place(value: Any) -> Place | None:
    return None if value is None else tuple((float(x), float(y)) for x, y in value)
