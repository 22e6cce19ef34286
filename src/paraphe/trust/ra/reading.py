"""The machine reads a submitted document, in the background, and the case goes on with what it says.

Claim, act, record: the photographs are read outside any transaction, and the result is written only if the case still
waits for it in the same round. A worker that is killed leaves the case READING; its job runs again, and what no job
takes up goes to the officers (``give_to_officers``).
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from paraphe.floor.files import api as files
from paraphe.floor.jobs import api as jobs
from paraphe.kernel.actor import SYSTEM
from paraphe.proofing import api as proofing
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import records, rules, seen
from paraphe.trust.ra.models import AcceptancePolicy, CaseState, IdentityCase, IdentityPage, Reading, Subject

#: A case that nobody has read by then goes to an officer.
LONGEST_READING = timedelta(minutes=10)
FLAT_PURPOSE = "ra.identity.flat"
Reader = Callable[..., proofing.Verdict]


@jobs.job(attempts=3, wait=5.0)
def read_document(case_id: str, round_: int) -> None:
    """Read the photographs of one submission. Repeating it changes nothing."""
    case = IdentityCase.objects.select_related("subject").filter(id=case_id).first()
    if case is None or case.state != CaseState.READING or case.round != round_:
        return
    photographs = {page.side: files.read(page.file_id) for page in case.pages.all()}
    reader: Reader = import_string(settings.IDENTITY_READER)
    verdict = reader(
        photographs.get("front", b""),
        photographs.get("back"),
        kind=case.kind,
        claim=claim_of(case.subject),
        today=timezone.localdate(),
        policy=policy(),
    )
    conclude(case.id, round_, verdict)


def give_to_officers() -> int:
    """Hand to the officers what nobody has read in time; return how many cases those are."""
    late = IdentityCase.objects.filter(
        state=CaseState.READING, submitted_at__lte=timezone.now() - LONGEST_READING
    ).values_list("id", "round")
    not_read = proofing.Verdict(proofing.Outcome.REVIEW, (proofing.Finding(proofing.Reason.NOT_READ),))
    return sum(conclude(case_id, round_, not_read) for case_id, round_ in late)


def claim_of(person: Subject) -> proofing.Claim:
    """Return who the person says to be."""
    return proofing.Claim(person.given_name, person.surname, person.usage_name, person.birth_date)


def policy() -> proofing.Policy:
    """Return the thresholds in force, with the seals that the operator trusts."""
    signers = proofing.signers_in(settings.IDENTITY_SEALS) if settings.IDENTITY_SEALS else ()
    return proofing.Policy(seal_signers=signers, old_card_last_day=settings.IDENTITY_OLD_CARD_LAST_DAY)


@transaction.atomic
def conclude(case_id: UUID, round_: int, verdict: proofing.Verdict) -> bool:
    """Write what was read, and lead the case on. False when it does not wait for this any more."""
    case = IdentityCase.objects.select_for_update().select_related("subject").get(id=case_id)
    if case.state != CaseState.READING or case.round != round_:
        return False
    verdict = verdict.with_findings(seen.findings(case, verdict))
    again = rules.sides_again(case.kind, verdict.findings)
    state, verdict = _state_after(case, verdict, again)
    if verdict.swapped:
        _swap(case)
    _keep(case, verdict)
    _lead(case, state, verdict, again)
    return True


def _state_after(
    case: IdentityCase, verdict: proofing.Verdict, again: tuple[str, ...]
) -> tuple[CaseState, proofing.Verdict]:
    found = AcceptancePolicy.objects.filter(profile=verdict.data.profile, enabled=True).first()
    drawn = found is not None and secrets.randbelow(100) < found.share
    state = rules.after_reading(verdict.outcome, again, case.retakes, enabled=found is not None, drawn=drawn)
    more: list[proofing.Finding] = []
    if state is CaseState.SUBMITTED and verdict.outcome is proofing.Outcome.RETAKE:
        more.append(proofing.Finding(proofing.Reason.RETAKES_USED_UP))
    if state is CaseState.SUBMITTED and verdict.outcome is proofing.Outcome.ACCEPTED and drawn:
        # The outcome stays what the machine would have done: figures are made of it.
        return state, replace(verdict, findings=(*verdict.findings, proofing.Finding(proofing.Reason.SAMPLED)))
    if more:
        return state, replace(verdict, findings=(*verdict.findings, *more), outcome=proofing.Outcome.REVIEW)
    return state, verdict


def _keep(case: IdentityCase, verdict: proofing.Verdict) -> None:
    reading = Reading.objects.create(
        case=case,
        round=case.round,
        outcome=str(verdict.outcome),
        profile=verdict.data.profile,
        reasons=[str(reason) for reason in verdict.reasons],
        proof=records.proof_of(verdict),
        sealed=records.sealed(verdict),
        at=timezone.now(),
    )
    seen.mark(case, verdict)
    for page in case.pages.all():
        flat = verdict.rectified.get(cast(proofing.Side, page.side))
        if flat:
            page.flat_file_id = files.store(flat, purpose=FLAT_PURPOSE).id
            page.save(update_fields=["flat_file_id"])
    data = {"round": case.round, "outcome": reading.outcome, "reasons": reading.reasons, "profile": reading.profile}
    journal.write("identity:read", SYSTEM, _subjects(case), data)


def _lead(case: IdentityCase, state: CaseState, verdict: proofing.Verdict, again: Iterable[str]) -> None:
    case.state, case.changed_at = state, timezone.now()
    if state is CaseState.RETAKE:
        case.reason = str(next(reason for reason in verdict.reasons if reason in proofing.RETAKE))
        for side in again:
            case.retakes[side] = case.retakes.get(side, 0) + 1
        forget_pages(case.pages.filter(side__in=list(again)))
        journal.write("identity:retake-asked", SYSTEM, _subjects(case), {"round": case.round, "reason": case.reason})
    if state is CaseState.APPROVED:
        case.by_machine, case.decided_at = True, case.changed_at
        journal.write("identity:accepted-by-machine", SYSTEM, _subjects(case), {"round": case.round})
    case.save(update_fields=["state", "changed_at", "reason", "retakes", "by_machine", "decided_at"])


def _swap(case: IdentityCase) -> None:
    """Exchange the sides of the pages: they came in the wrong order, and nobody has to be troubled with that."""
    pages = {page.side: page for page in case.pages.all()}
    if set(pages) != {"front", "back"}:
        return
    for page, side in ((pages["front"], "swap"), (pages["back"], "front"), (pages["front"], "back")):
        IdentityPage.objects.filter(pk=page.pk).update(side=side)


def forget_pages(pages: Iterable[IdentityPage]) -> None:
    """Destroy photographs with their rows."""
    for page in pages:
        files.destroy(page.file_id)
        if page.flat_file_id is not None:
            files.destroy(page.flat_file_id)
        page.delete()


def _subjects(case: IdentityCase) -> dict[str, str]:
    return {"case": str(case.id), "subject": str(case.subject_id)}
