"""The identity document of an enrolment: its kind, its photographs, the wait for the officers."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.messaging import api as messaging
from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.errors import NotFound
from paraphe.proofing import api as proofing
from paraphe.trust.enrolment import reasons, rules
from paraphe.trust.enrolment.errors import StepClosed, TooManyPhotographs
from paraphe.trust.enrolment.models import Enrolment, LinkKind, Status
from paraphe.trust.enrolment.requests import ids, new_link
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra


def load(enrolment_id: UUID, *, watched: bool = False) -> Enrolment:
    """Return the enrolment, brought up to date with its case and its expiry. Raises NotFound.

    ``watched`` says that the person looks at the page: what the machine decided in the meantime needs no e-mail.
    """
    found = Enrolment.objects.select_related("subject").filter(id=enrolment_id).first()
    if found is None:
        raise NotFound
    if found.status == Status.REVIEW:
        follow_case(found.id, watched=watched)
        found.refresh_from_db()
    if found.status not in (*rules.FINAL, Status.ISSUING) and found.expires_at <= timezone.now():
        expire(found.id)
        found.refresh_from_db()
    return found


def steps(enrolment: Enrolment) -> tuple[rules.Step, frozenset[rules.Step]]:
    """Return the step on which the person has to go on, and the steps whose pages may be shown."""
    case = ra.case_of(enrolment.subject)
    wanted = ra.sides_of(case.kind) if case else ()
    present = [page.side for page in case.pages.all()] if case else []
    reading = case is not None and case.state == ra.CaseState.READING
    return (
        rules.current_step(enrolment.status, wanted, present, reading=reading),
        rules.open_steps(enrolment.status, wanted, present, reading=reading),
    )


def choose_kind(enrolment_id: UUID, kind: str) -> None:
    """Choose or change the kind of document. Raises KindUnknown, StepClosed once the photographs are handed in."""
    with transaction.atomic():
        enrolment = locked(enrolment_id, Status.STARTED, Status.DOCUMENTS)
        ra.open_case(enrolment.subject, kind)
        move(enrolment, Status.DOCUMENTS)


def add_photograph(enrolment_id: UUID, side: str, data: bytes) -> proofing.Intake:
    """Examine a photograph and keep it as ``side`` when it is good enough; return the verdict either way.

    A PDF of two pages brings the back too. Raises StepClosed, TooManyPhotographs.
    """
    case = _open_case(enrolment_id)
    counted = Enrolment.objects.filter(id=enrolment_id, photographs__lt=rules.MOST_PHOTOGRAPHS)
    if counted.update(photographs=F("photographs") + 1) != 1:
        raise TooManyPhotographs
    sides = ra.sides_of(case.kind)
    if side not in sides:
        raise StepClosed
    wanted = sides[sides.index(side) :]
    verdict = proofing.examine(data, max_pages=len(wanted))
    if verdict.accepted:
        for name, page in zip(wanted, verdict.pages, strict=False):
            ra.put_page(case.id, name, page, [str(hint) for hint in verdict.hints])
    return verdict


def photograph(enrolment_id: UUID, side: str) -> bytes:
    """Return the JPEG that its owner just sent, until it is handed in. Raises NotFound, StepClosed."""
    page = _open_case(enrolment_id).pages.filter(side=side).first()
    if page is None:
        raise NotFound
    return files.read(page.file_id)


def hints(enrolment_id: UUID) -> dict[str, list[str]]:
    """Return, for each side that is there, what may be wrong with its photograph."""
    return {page.side: list(page.hints) for page in _open_case(enrolment_id).pages.all()}


def submit(enrolment_id: UUID) -> None:
    """Hand the photographs in. Raises PagesMissing, StepClosed."""
    with transaction.atomic():
        enrolment = locked(enrolment_id, Status.DOCUMENTS)
        case = ra.case_of(enrolment.subject)
        if case is None:
            raise StepClosed
        ra.submit(case.id)
        enrolment.reason = ""
        enrolment.save(update_fields=["reason"])
        move(enrolment, Status.REVIEW)


def findings(enrolment_id: UUID) -> tuple[proofing.Finding, ...]:
    """Return why the machine asks for other photographs; empty when it does not."""
    case = _open_case(enrolment_id)
    reading = ra.reading_of(case) if case.state == ra.CaseState.RETAKE else None
    if reading is None or reading.verdict is None or ra.decided_in_round(case):
        return ()
    return tuple(finding for finding in reading.verdict.findings if finding.reason in proofing.RETAKE)


def differing_names(enrolment: Enrolment) -> list[str]:
    """Return which parts of the name on the document, ``surname`` and ``given_name``, are not those of the request.

    Only for an enrolment that stopped because of them, and as long as what was read is kept: what stands on the
    document itself is told to nobody.
    """
    if enrolment.reason not in ra.OTHER_NAME or enrolment.status not in (Status.DOCUMENTS, Status.REFUSED):
        return []
    case = ra.case_of(enrolment.subject)
    reading = ra.reading_of(case) if case is not None else None
    if reading is None or reading.verdict is None:
        return []
    data = reading.verdict.data
    seen = proofing.SeenName(data.surname, data.given_names or None)
    return list(proofing.differing(ra.claim_of(enrolment.subject), seen)) if data.surname else []


def follow_case(enrolment_id: UUID, *, watched: bool = False) -> None:
    """Bring an enrolment in review to where its case leads it, and write to the person. Idempotent.

    No e-mail goes to somebody who watches what the machine decides.
    """
    with transaction.atomic():
        enrolment = Enrolment.objects.select_for_update().select_related("subject").get(id=enrolment_id)
        case = ra.case_of(enrolment.subject)
        target = rules.status_after_case(case.state) if case else None
        if enrolment.status != Status.REVIEW or case is None or target is None:
            return
        enrolment.reason = case.reason
        enrolment.save(update_fields=["reason"])
        move(enrolment, target)
        if not watched or ra.decided_in_round(case):
            _tell_decision(enrolment, case)


def follow_subject(subject_id: UUID) -> None:
    """Do the same for the enrolment of this subject: what the officers' page calls after a decision."""
    enrolment = Enrolment.objects.filter(subject_id=subject_id, status=Status.REVIEW).first()
    if enrolment is not None:
        follow_case(enrolment.id)


def expire(enrolment_id: UUID) -> None:
    """End an enrolment that nobody finished in time."""
    with transaction.atomic():
        enrolment = Enrolment.objects.select_for_update().get(id=enrolment_id)
        if enrolment.status in (*rules.FINAL, Status.ISSUING) or enrolment.expires_at > timezone.now():
            return
        if enrolment.agreement_file is not None:
            files.destroy(enrolment.agreement_file)
            enrolment.agreement_file = None
            enrolment.save(update_fields=["agreement_file"])
        move(enrolment, Status.EXPIRED)
        journal.write("enrolment:expired", SYSTEM, ids(enrolment), {})


def locked(enrolment_id: UUID, *statuses: Status) -> Enrolment:
    """Return the enrolment locked for this transaction. Raises StepClosed when it stands elsewhere."""
    enrolment = Enrolment.objects.select_for_update().get(id=enrolment_id)
    if enrolment.status not in statuses:
        raise StepClosed
    return enrolment


def move(enrolment: Enrolment, status: Status) -> None:
    """Write the new status of a locked enrolment."""
    enrolment.status = status
    enrolment.changed_at = timezone.now()
    enrolment.save(update_fields=["status", "changed_at"])
    if status in (Status.REFUSED, Status.EXPIRED) and enrolment.renews is None:
        ra.erase_mobile(enrolment.subject)


def _open_case(enrolment_id: UUID) -> ra.IdentityCase:
    enrolment = Enrolment.objects.select_related("subject").get(id=enrolment_id)
    case = ra.case_of(enrolment.subject)
    if enrolment.status != Status.DOCUMENTS or case is None:
        raise StepClosed
    return case


def _tell_decision(enrolment: Enrolment, case: ra.IdentityCase) -> None:
    person = enrolment.subject
    template = {
        Status.AGREEMENT: "enrolment/mail/approved",
        Status.DOCUMENTS: "enrolment/mail/retake",
        Status.REFUSED: "enrolment/mail/refused",
    }[Status(enrolment.status)]
    link = "" if enrolment.status == Status.REFUSED else new_link(enrolment, LinkKind.EMAIL)
    messaging.send_template(
        person.email,
        template=template,
        context={
            "name": person.full_name,
            "reason": reasons.sentence(enrolment.reason, person.language),
            "link": link,
            "invited": person.kind == "invited",
            "platform_url": settings.PLATFORM_URL,
        },
        key=f"enrolment-decision:{enrolment.id}:{case.round}",
        language=person.language,
    )
