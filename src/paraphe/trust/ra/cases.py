"""Identity cases from the applicant's side: open, photographs, submission; and the end of the photographs."""

from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.jobs import api as jobs
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.proofing.api import Page
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import rules
from paraphe.trust.ra.errors import CaseClosed, PagesMissing, SideUnknown
from paraphe.trust.ra.models import CaseState, IdentityCase, IdentityPage, Subject
from paraphe.trust.ra.reading import forget_pages, read_document

#: States in which photographs may be brought.
_WAITING = (CaseState.OPEN, CaseState.RETAKE)
_IMAGE_PURPOSE = "ra.identity.page"


def open_case(person: Subject, kind: str) -> IdentityCase:
    """Open the case of ``person`` for a document of ``kind``, or change its kind before it is submitted.

    Photographs of another kind are destroyed. Raises KindUnknown, CaseClosed.
    """
    rules.accepted_kind(kind, settings.IDENTITY_DOCUMENTS)
    now = timezone.now()
    with transaction.atomic():
        case, created = IdentityCase.objects.get_or_create(
            subject=person, defaults={"kind": kind, "opened_at": now, "changed_at": now}
        )
        case = _locked(case.id)
        if created:
            journal.write("identity:opened", _applicant(case), _subjects(case), {"kind": kind})
            return case
        if case.state not in _WAITING:
            raise CaseClosed
        if case.kind != kind:
            forget_pages(case.pages.all())
        case.kind, case.changed_at = kind, now
        case.save(update_fields=["kind", "changed_at"])
    return case


@transaction.atomic
def put_page(case_id: UUID, side: str, page: Page, hints: list[str]) -> IdentityPage:
    """Keep ``page`` as ``side`` of the case, in place of an earlier one.

    Raises CaseClosed, SideUnknown, StorageFull.
    """
    case = _locked(case_id)
    if case.state not in _WAITING:
        raise CaseClosed
    if side not in rules.sides_of(case.kind):
        raise SideUnknown(side=side)
    forget_pages(case.pages.filter(side=side))
    case.changed_at = timezone.now()
    case.save(update_fields=["changed_at"])
    reference = files.store(page.jpeg, purpose=_IMAGE_PURPOSE)
    return IdentityPage.objects.create(
        case=case,
        side=side,
        file_id=reference.id,
        sha256=reference.sha256,
        width=page.width,
        height=page.height,
        measures=asdict(page.measures),
        hints=hints,
        added_at=case.changed_at,
    )


@transaction.atomic
def submit(case_id: UUID) -> IdentityCase:
    """Hand the case to the machine, or to the officers where nobody reads.

    Raises CaseClosed when it is there already, PagesMissing.
    """
    case = _locked(case_id)
    if case.state not in _WAITING:
        raise CaseClosed
    pages = {page.side: page.sha256 for page in case.pages.all()}
    if set(pages) != set(rules.sides_of(case.kind)):
        raise PagesMissing
    case.state = CaseState.READING if settings.IDENTITY_READER else CaseState.SUBMITTED
    case.round += 1
    case.reason = ""
    case.submitted_at = case.changed_at = timezone.now()
    case.save(update_fields=["state", "round", "reason", "submitted_at", "changed_at"])
    journal.write("identity:submitted", _applicant(case), _subjects(case), {"round": case.round, "pages": pages})
    if case.state == CaseState.READING:
        jobs.enqueue(read_document, str(case.id), case.round)
    return case


def destroy_due_images() -> int:
    """Destroy the photographs whose day has come, and what was read on them (see rules.images_due).

    Return how many photographs there were. A case of which every photograph was asked for again has none left, but
    still holds what was read on the first ones.
    """
    now = timezone.now()
    nearest = timedelta(days=min(settings.IDENTITY_IMAGE_DAYS, rules.ABANDONED_DAYS))
    personal = Q(pages__isnull=False) | Q(readings__sealed__isnull=False)
    candidates = IdentityCase.objects.filter(personal, changed_at__lte=now - nearest).distinct()
    return sum(_destroy_images(case.id) for case in candidates)


@transaction.atomic
def _destroy_images(case_id: UUID) -> int:
    case = _locked(case_id)
    keep_days = settings.IDENTITY_IMAGE_DAYS
    if not rules.images_due(case.state, case.changed_at, case.decided_at, timezone.now(), keep_days=keep_days):
        return 0
    pages = list(case.pages.all())
    forget_pages(pages)
    case.readings.update(sealed=None)
    journal.write("identity:images-destroyed", SYSTEM, _subjects(case), {"pages": len(pages), "state": case.state})
    return len(pages)


def _locked(case_id: UUID) -> IdentityCase:
    return IdentityCase.objects.select_for_update().get(id=case_id)


def _applicant(case: IdentityCase) -> Actor:
    return Actor(kind="person", id=str(case.subject_id))


def _subjects(case: IdentityCase) -> dict[str, str]:
    return {"case": str(case.id), "subject": str(case.subject_id)}
