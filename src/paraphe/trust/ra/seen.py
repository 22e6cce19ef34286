"""Documents and uploads that were shown before, by somebody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from paraphe.floor import secrets
from paraphe.kernel.actor import Actor
from paraphe.proofing import api as proofing
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import records
from paraphe.trust.ra.models import CaseState, IdentityCase, Mark, MarkKind, Reading

_REASONS = {
    MarkKind.NUMBER: proofing.Reason.NUMBER_SEEN,
    MarkKind.FOLDED: proofing.Reason.NUMBER_NEAR_SEEN,
    MarkKind.IMAGE: proofing.Reason.IMAGE_SEEN,
}

#: Reasons that say that the document bears another name: what the machine says, what an officer does.
OTHER_NAME = ("name_mismatch", "other_person")


@dataclass(frozen=True)
class SimilarCase:
    """Another case with something in common: ``why`` is a MarkKind."""

    case_id: UUID
    why: str
    state: str
    decided_at: datetime | None


def findings(case: IdentityCase, verdict: proofing.Verdict) -> Iterator[proofing.Finding]:
    """Yield what other cases say of this document. The same person may show it again."""
    seen_kinds: set[str] = set()
    for kind, value in _marks(verdict):
        if kind == MarkKind.FOLDED and MarkKind.NUMBER in seen_kinds:
            continue
        if kind not in seen_kinds and _others(case).filter(marks__kind=kind, marks__value=value).exists():
            seen_kinds.add(kind)
            yield proofing.Finding(_REASONS[MarkKind(kind)])


def mark(case: IdentityCase, verdict: proofing.Verdict) -> None:
    """Remember by what this document is known again."""
    Mark.objects.bulk_create(
        [Mark(case=case, kind=kind, value=value) for kind, value in _marks(verdict)], ignore_conflicts=True
    )


def similar_cases(actor: Actor, case_id: UUID) -> tuple[SimilarCase, ...]:
    """Return the other persons' cases with the same document or upload, latest first; the look is journaled."""
    case = IdentityCase.objects.select_related("subject").get(id=case_id)
    own = {(mark.kind, mark.value) for mark in case.marks.all()}
    shared = Mark.objects.filter(case__in=_others(case), value__in=[value for _kind, value in own])
    found: dict[UUID, SimilarCase] = {}
    for each in shared.select_related("case").order_by("-case__changed_at"):
        if (each.kind, each.value) in own and (each.case_id not in found or each.kind == MarkKind.NUMBER):
            found[each.case_id] = SimilarCase(each.case_id, each.kind, each.case.state, each.case.decided_at)
    if found:
        journal.write("identity:similar-viewed", actor, {"case": str(case.id)}, {"cases": len(found)})
    return tuple(found.values())


def latest(case: IdentityCase) -> Reading | None:
    """Return the reading of the round in which the case is."""
    return case.readings.filter(round=case.round).first()


def _others(case: IdentityCase) -> QuerySet[IdentityCase]:
    """Return the submitted cases of other persons. A person is who has the same names and e-mail.

    Or the same e-mail alone, where his case stopped because the name that was claimed was not that of the document:
    whoever has his name corrected shows the same document again.
    """
    person = case.subject
    same = {"subject__email__iexact": person.email, "subject__surname__iexact": person.surname}
    others = IdentityCase.objects.exclude(id=case.id).exclude(state=CaseState.OPEN)
    others = others.exclude(**same, subject__given_name__iexact=person.given_name)
    stopped = {"state__in": (CaseState.RETAKE, CaseState.REFUSED), "reason__in": OTHER_NAME}
    return others.exclude(**stopped, subject__email__iexact=person.email)


def _marks(verdict: proofing.Verdict) -> Iterator[tuple[str, str]]:
    if verdict.data.number:
        yield MarkKind.NUMBER, records.number_hash(verdict.data)
        yield MarkKind.FOLDED, records.folded_hash(verdict.data)
    for fingerprint in sorted({value for value in verdict.fingerprints.values() if value}):
        yield MarkKind.IMAGE, secrets.keyed_hash(fingerprint, "ra.fingerprint")
