"""Decisions of the registration authority, as pure functions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from paraphe.proofing.api import RETAKE, DocumentKind, Finding, Outcome, Reason, kind_named
from paraphe.trust.ra.errors import ChecklistIncomplete, KindUnknown, ReasonMissing
from paraphe.trust.ra.models import CaseState, Verdict

#: Photographs of somebody who never came back are destroyed after this many days (identity proofing policy).
ABANDONED_DAYS = 7

#: Why an identity is refused. Each has a sentence in French and English where people read it.
REFUSAL_REASONS = ("expired", "other_person", "document_not_accepted", "document_doubtful", "too_many_attempts")
#: Why another photograph is asked for.
RETAKE_REASONS = ("blurred", "cut", "glare", "dark", "hidden", "wrong_side", "wrong_document")
#: These are not mended by another photograph of the same document.
WHOLE_DOCUMENT = frozenset(
    {Reason.KIND_MISMATCH, Reason.EXPIRED, Reason.NAME_MISMATCH, Reason.BIRTH_DATE_MISMATCH, Reason.NO_DOCUMENT}
)
#: What an officer confirms to have looked at before approving.
CHECKLIST = ("same_name", "valid_today", "all_visible", "looks_genuine", "sides_match")


def accepted_kind(code: str, allowed: Iterable[str]) -> DocumentKind:
    """Return the kind ``code``. Raises KindUnknown when it does not exist or is not among ``allowed``."""
    kind = kind_named(code)
    if kind is None or code not in allowed:
        raise KindUnknown(kind=code)
    return kind


def sides_of(kind: str) -> tuple[str, ...]:
    """Return the sides to be photographed of a document of ``kind``, in order."""
    known = kind_named(kind)
    return ("front", "back")[: known.sides] if known else ()


def check_decision(kind: str, verdict: Verdict, reason: str, checklist: Sequence[str]) -> None:
    """Let a decision through when it is complete. Raises ReasonMissing or ChecklistIncomplete."""
    if verdict is Verdict.APPROVE:
        if not set(checklist_of(kind)) <= set(checklist):
            raise ChecklistIncomplete
        return
    if reason not in (REFUSAL_REASONS if verdict is Verdict.REFUSE else RETAKE_REASONS):
        raise ReasonMissing


def checklist_of(kind: str) -> tuple[str, ...]:
    """Return the points to be confirmed for a document of ``kind``: sides can only match where there are two."""
    return CHECKLIST if len(sides_of(kind)) > 1 else tuple(point for point in CHECKLIST if point != "sides_match")


def outcome(verdicts: Sequence[Verdict], *, four_eyes: bool) -> CaseState | None:
    """Return the state to which the decisions of one round lead, or None while another officer is needed.

    Another photograph harms nobody: one officer may ask for it. Approval and refusal need one officer, or two who
    agree under ``four_eyes``; when two differ, a third decides.
    """
    if Verdict.RETAKE in verdicts:
        return CaseState.RETAKE
    needed = 2 if four_eyes else 1
    for verdict, count in Counter(verdicts).items():
        if count >= needed:
            return CaseState.APPROVED if verdict is Verdict.APPROVE else CaseState.REFUSED
    return None


def images_due(state: str, changed_at: datetime, decided_at: datetime | None, now: datetime, *, keep_days: int) -> bool:
    """Tell whether the photographs of a case have to be destroyed at ``now``.

    Decided: ``keep_days`` after the decision, the time to complain. Never submitted: after ABANDONED_DAYS. A case
    that waits for an officer keeps them.
    """
    if state in (CaseState.APPROVED, CaseState.REFUSED):
        return decided_at is not None and now >= decided_at + timedelta(days=keep_days)
    if state in (CaseState.OPEN, CaseState.RETAKE):
        return now >= changed_at + timedelta(days=ABANDONED_DAYS)
    return False


#: Photographs of one side that the machine may ask for again before an officer looks.
MOST_RETAKES = 3
#: Cases from which on figures are a ground to let the machine accept (identity proofing policy).
ENOUGH_CASES = 300


def concerns_all(finding: Finding) -> bool:
    """Tell whether no other photograph of the same side would mend this."""
    return finding.reason in WHOLE_DOCUMENT


def sides_again(kind: str, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the sides that findings ask for again, in order; all of them when one concerns the whole document."""
    asking = [finding for finding in findings if finding.reason in RETAKE]
    sides = sides_of(kind)
    if any(finding.side is None or concerns_all(finding) for finding in asking):
        return sides
    return tuple(side for side in sides if any(finding.side == side for finding in asking))


def after_reading(
    outcome: Outcome, again: Sequence[str], retakes: Mapping[str, int], *, enabled: bool, drawn: bool
) -> CaseState:
    """Return where the machine's verdict leads a case. It never refuses.

    Another photograph may be asked for MOST_RETAKES times a side. What could be accepted is, when the policy for the
    model of document is ``enabled`` and the case was not ``drawn`` for an officer.
    """
    if outcome is Outcome.RETAKE and all(retakes.get(side, 0) < MOST_RETAKES for side in again):
        return CaseState.RETAKE
    if outcome is Outcome.ACCEPTED and enabled and not drawn:
        return CaseState.APPROVED
    return CaseState.SUBMITTED
