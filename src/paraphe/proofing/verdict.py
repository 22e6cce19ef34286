"""The frozen verdict on an identity document, and everything an officer needs to understand it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from paraphe.proofing.observations import Place, Side
from paraphe.proofing.reasons import HINTS, RETAKE, Reason


class Outcome(StrEnum):
    """What the machine says. It never refuses for fraud: what it cannot explain goes to a person."""

    ACCEPTED = "accepted"
    RETAKE = "retake"
    REVIEW = "review"


@dataclass(frozen=True)
class Finding:
    """One reason, on one side where it has one, with its place on the kept photograph where that helps.

    ``values`` fill the placeholders of its sentence (see ``sentences``).
    """

    reason: Reason
    side: Side | None = None
    place: Place | None = None
    values: dict[str, str] = field(default_factory=dict)


class Result(StrEnum):
    """How a check went. UNKNOWN: there was nothing to compare."""

    PASS = "pass"  # noqa: S105 - a result, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One comparison: ``seen`` beside ``expected``, as an officer reads them.

    ``identifying`` values (numbers, images of lines) are forgotten with the photographs; the others stay in the proof.
    """

    code: str
    result: Result
    seen: str = ""
    expected: str = ""
    side: Side | None = None
    identifying: bool = False


@dataclass(frozen=True)
class Difference:
    """Where the two readers of the machine readable zone disagree, or one was overruled: line and column from 0."""

    line: int
    column: int
    line_reader: str
    page_reader: str
    confidence: float


@dataclass(frozen=True)
class DocumentData:
    """What stands on the document. Dates are None when they were not read with certainty."""

    kind: str = ""
    profile: str = ""
    issuer: str = ""
    number: str = ""
    surname: str = ""
    given_names: str = ""
    usage_name: str = ""
    birth_date: date | None = None
    sex: str = ""
    nationality: str = ""
    issued_on: date | None = None
    printed_expiry: date | None = None
    effective_expiry: date | None = None
    #: Which rule made the effective expiry of the printed one (``PRINTED``, ``EXTENDED_5Y``…).
    expiry_rule: str = ""


@dataclass(frozen=True)
class Verdict:
    """The answer about one document.

    ``lines`` and ``page_lines`` are the machine readable zone as each reader has it; ``confidences`` follow ``lines``.
    ``rectified`` holds the flat document, JPEG, by side.
    """

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    data: DocumentData = DocumentData()
    lines: tuple[str, ...] = ()
    page_lines: tuple[str, ...] = ()
    confidences: tuple[tuple[float, ...], ...] = ()
    differences: tuple[Difference, ...] = ()
    rectified: dict[Side, bytes] = field(default_factory=dict)
    fingerprints: dict[Side, str] = field(default_factory=dict)
    #: Sides that came in the wrong order and were exchanged without troubling the person.
    swapped: bool = False
    readers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return the codes of the findings, each once, in order."""
        return tuple(dict.fromkeys(finding.reason for finding in self.findings))

    def with_findings(self, more: Iterable[Finding]) -> "Verdict":
        """Return this verdict with ``more`` findings, and the outcome that follows from all of them."""
        findings = (*self.findings, *more)
        return replace(self, findings=findings, outcome=outcome_of(findings))


def outcome_of(findings: Iterable[Finding]) -> Outcome:
    """Return what ``findings`` lead to: another photograph before an officer's time, an officer before acceptance."""
    reasons = {finding.reason for finding in findings} - HINTS
    if reasons & RETAKE:
        return Outcome.RETAKE
    return Outcome.REVIEW if reasons else Outcome.ACCEPTED
