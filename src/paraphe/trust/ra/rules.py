"""Decisions of the registration authority, as pure functions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from paraphe.proofing.api import DocumentKind, kind_named
from paraphe.trust.ra.errors import ChecklistIncomplete, KindUnknown, ReasonMissing
from paraphe.trust.ra.models import CaseState, Verdict

#: Photographs of somebody who never came back are destroyed after this many days (identity proofing policy).
ABANDONED_DAYS = 7

#: Why an identity is refused. Each has a sentence in French and English where people read it.
REFUSAL_REASONS = ("expired", "other_person", "document_not_accepted", "document_doubtful", "too_many_attempts")
#: Why another photograph is asked for.
RETAKE_REASONS = ("blurred", "cut", "glare", "dark", "hidden", "wrong_side", "wrong_document")
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
