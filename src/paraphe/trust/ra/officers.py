"""Identity cases from the officers' side: the queue, the look at a case, the decision. All of it is journaled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.proofing import api as proofing
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import rules
from paraphe.trust.ra.errors import AlreadyDecided, CaseClosed
from paraphe.trust.ra.models import CaseState, Decision, IdentityCase, IdentityPage, Officer, Verdict
from paraphe.trust.ra.reading import forget_pages
from paraphe.trust.ra.records import opened
from paraphe.trust.ra.roles import checked_roles
from paraphe.trust.ra.seen import latest


@dataclass(frozen=True)
class CaseReading:
    """The machine's reading of one submission. ``verdict`` is None once it was destroyed with the photographs.

    ``proof`` stays; ``flat_sides`` are the sides of which there is a picture from straight above.
    """

    outcome: str
    reasons: tuple[str, ...]
    verdict: proofing.Verdict | None
    proof: dict[str, Any]
    flat_sides: tuple[str, ...]


def decided_in_round(case: IdentityCase) -> bool:
    """Tell whether an officer has said something of the current submission."""
    return case.decisions.filter(round=case.round).exists()


def create_officer(email: str, name: str, password: str, roles: Sequence[str] | None = None) -> Officer:
    """Return the officer with this ``email``, made with ``name`` and ``password`` if there is none yet.

    An existing officer keeps name, password and roles: running it again changes nothing. Raises RolesRefused.
    """
    known = Officer.objects.filter(email__iexact=email).first()
    if known is not None:
        return known
    with transaction.atomic():
        given = {} if roles is None else {"roles": checked_roles(roles)}
        officer = Officer.objects.create_user(email=email, password=password, name=name, **given)
        data = {"roles": officer.roles}
        journal.write("officer:created", Actor(kind="system", id="operator"), {"officer": str(officer.pk)}, data)
    return officer


def queue(officer: Officer) -> QuerySet[IdentityCase]:
    """Return the cases that wait for a decision which ``officer`` may take, oldest first."""
    said = Decision.objects.filter(officer=officer, round=F("case__round")).values("case_id")
    waiting = IdentityCase.objects.filter(state=CaseState.SUBMITTED).exclude(id__in=said)
    return waiting.select_related("subject").prefetch_related("readings").order_by("submitted_at", "id")


def case_for(actor: Actor, case_id: UUID) -> IdentityCase:
    """Return a submitted or decided case for an officer to look at; the look is journaled. Raises NotFound."""
    case = (
        IdentityCase.objects.filter(id=case_id, submitted_at__isnull=False)
        .exclude(state=CaseState.READING)
        .select_related("subject")
        .prefetch_related("pages")
        .first()
    )
    if case is None:
        raise NotFound
    journal.write("identity:viewed", actor, _subjects(case), {"round": case.round})
    return case


def page_image_for(actor: Actor, case_id: UUID, side: str) -> bytes:
    """Return the JPEG of one side for an officer; the look is journaled. Raises NotFound, also once destroyed."""
    case = IdentityCase.objects.filter(id=case_id, submitted_at__isnull=False).first()
    page = case.pages.filter(side=side).first() if case else None
    if case is None or page is None:
        raise NotFound
    journal.write("identity:image-viewed", actor, _subjects(case), {"side": side, "sha256": page.sha256})
    return files.read(page.file_id)


def flat_image_for(actor: Actor, case_id: UUID, side: str) -> bytes:
    """Return the JPEG of the flat document for an officer; the look is journaled. Raises NotFound."""
    page = IdentityPage.objects.filter(case_id=case_id, side=side, flat_file_id__isnull=False).first()
    if page is None or page.flat_file_id is None:
        raise NotFound
    data = {"side": side, "sha256": page.sha256, "flat": True}
    journal.write("identity:image-viewed", actor, _subjects(page.case), data)
    return files.read(page.flat_file_id)


def reading_of(case: IdentityCase) -> CaseReading | None:
    """Return what the machine made of the current submission; None when nobody read it."""
    reading = latest(case)
    if reading is None:
        return None
    sides = tuple(case.pages.filter(flat_file_id__isnull=False).values_list("side", flat=True))
    return CaseReading(reading.outcome, tuple(reading.reasons), opened(reading), dict(reading.proof), sides)


def decide(
    actor: Actor,
    officer: Officer,
    case_id: UUID,
    verdict: Verdict,
    *,
    reason: str = "",
    note: str = "",
    checklist: Sequence[str] = (),
) -> IdentityCase:
    """Record what ``officer`` says of a submitted case; close the case when that is enough (rules.outcome).

    Raises NotFound, CaseClosed when it does not wait for a decision, AlreadyDecided when the officer had his say,
    ReasonMissing or ChecklistIncomplete.
    """
    try:
        with transaction.atomic():
            return _decide(actor, officer, case_id, verdict, reason=reason, note=note, checklist=checklist)
    except IntegrityError:
        raise AlreadyDecided from None


def _decide(
    actor: Actor,
    officer: Officer,
    case_id: UUID,
    verdict: Verdict,
    *,
    reason: str,
    note: str,
    checklist: Sequence[str],
) -> IdentityCase:
    case = IdentityCase.objects.select_for_update().filter(id=case_id, submitted_at__isnull=False).first()
    if case is None:
        raise NotFound
    if case.state != CaseState.SUBMITTED:
        raise CaseClosed
    rules.check_decision(case.kind, verdict, reason, checklist)
    now = timezone.now()
    kept_reason = "" if verdict is Verdict.APPROVE else reason
    Decision.objects.create(
        case=case,
        round=case.round,
        officer=officer,
        verdict=verdict,
        reason=kept_reason,
        note=note[:500],
        checklist=sorted(checklist),
        at=now,
    )
    data = {"round": case.round, "verdict": str(verdict), "reason": kept_reason, "four_eyes": settings.FOUR_EYES}
    journal.write("identity:decided", actor, _subjects(case), data)
    verdicts = [Verdict(said) for said in case.decisions.filter(round=case.round).values_list("verdict", flat=True)]
    state = rules.outcome(verdicts, four_eyes=settings.FOUR_EYES)
    if state is not None:
        _close(actor, case, state)
    return case


def _close(actor: Actor, case: IdentityCase, state: CaseState) -> None:
    case.state = state
    case.changed_at = timezone.now()
    if state is not CaseState.APPROVED:
        deciding = Verdict.RETAKE if state is CaseState.RETAKE else Verdict.REFUSE
        latest = case.decisions.filter(round=case.round, verdict=deciding).order_by("-at").first()
        case.reason = latest.reason if latest else ""
    if state is CaseState.RETAKE:
        # Other photographs are coming; nobody needs to look at these again.
        forget_pages(case.pages.all())
    else:
        case.decided_at = case.changed_at
    case.save(update_fields=["state", "changed_at", "decided_at", "reason"])
    tag = f"identity:{'retake-asked' if state is CaseState.RETAKE else state}"
    journal.write(tag, actor, _subjects(case), {"round": case.round, "reason": case.reason})


def _subjects(case: IdentityCase) -> dict[str, str]:
    return {"case": str(case.id), "subject": str(case.subject_id)}
