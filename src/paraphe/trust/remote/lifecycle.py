"""The life of a credential after it was issued: seen by its holder, put on hold, revoked, announced before it ends."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from paraphe.floor.messaging import api as messaging
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.trust.holders import api as holders
from paraphe.trust.register import api as register
from paraphe.trust.remote.credentials import EVIDENCE_PROFILE, certificate_of, certificate_status
from paraphe.trust.remote.models import Credential, Reminder
from paraphe.trust.status import api as status

#: How many days before its end a holder is told, ETSI EN 319 411-1 §6.3.6 leaves it to the practice statement.
REMINDERS = (90, 30, 7)
RENEWABLE_BEFORE = timedelta(days=REMINDERS[0])
#: Certificates shorter than this are of one occasion: nobody renews them.
SHORTEST_RENEWED = timedelta(days=180)

Announced = Literal["revoked", "suspended", "reinstated"]


def of_holder(holder: holders.Holder) -> list[Credential]:
    """Return the issued credentials of a holder over all client programs, newest first."""
    rows = Credential.objects.select_related("subject").filter(
        subject__holding__holder=holder, status=Credential.Status.ACTIVE
    )
    return list(rows.order_by("-created_at"))


def of_holder_one(holder: holders.Holder, credential_id: UUID) -> Credential:
    """Return one credential of a holder. Raises NotFound for absent and foreign ones alike."""
    for row in of_holder(holder):
        if row.pk == credential_id:
            return row
    raise NotFound(kind="credential")


def by_serial(serial: int) -> Credential | None:
    """Return the credential whose certificate has this serial number, if it is one of a holder."""
    entry = register.find_serial(serial)
    return Credential.objects.select_related("subject").filter(attempt_id=entry.attempt_id).first() if entry else None


def revoke(row: Credential, reason: register.Reason, actor: Actor, why: str = "") -> None:
    """Revoke the certificate of a credential for ever and tell its holder. Repeating it changes nothing.

    ``why`` is a word for the journal: never a name or a story.
    """
    serial = certificate_of(row).serial_number
    known = register.status_of(serial)
    already = known.state == "revoked" and not known.is_on_hold
    with transaction.atomic():
        status.revoke(serial, reason, actor, why=why)
        if not already:
            tell(row, "revoked")


def suspend(row: Credential, actor: Actor, why: str = "") -> None:
    """Put the certificate on hold: it signs nothing until it is reinstated. Raises what ``status.suspend`` raises."""
    with transaction.atomic():
        status.suspend(certificate_of(row).serial_number, actor, why=why)
        tell(row, "suspended")


def reinstate(row: Credential, actor: Actor, why: str = "") -> None:
    """End the hold. Raises what ``status.reinstate`` raises."""
    with transaction.atomic():
        status.reinstate(certificate_of(row).serial_number, actor, why=why)
        tell(row, "reinstated")


def is_renewable(row: Credential) -> bool:
    """Tell whether the holder may ask for a successor now: it holds, ends within 90 days, and has none."""
    if certificate_status(row) != "valid" or not _is_long(row):
        return False
    ends = certificate_of(row).not_valid_after_utc
    return ends - timezone.now() <= RENEWABLE_BEFORE and not _has_successor(row)


def remind() -> int:
    """Write to holders whose certificates end in 90, 30 or 7 days, each once; return how many were written to."""
    now, written = timezone.now(), 0
    for row in _ending(now):
        days = (certificate_of(row).not_valid_after_utc - now).days
        due = [each for each in REMINDERS if days < each]
        if due and certificate_status(row) == "valid" and not _has_successor(row):
            written += _remind_once(row, min(due), days)
    return written


def tell(row: Credential, what: Announced) -> None:
    """Write to the holder what became of his certificate, in the caller's transaction."""
    person = row.subject
    if row.profile_name == EVIDENCE_PROFILE:  # the operator did it himself
        return
    messaging.send_template(
        person.email,
        template=f"remote/mail/{what}",
        context={"name": person.full_name, "account_url": _account_url()},
        key=f"credential-{what}:{row.pk}:{timezone.now():%Y%m%dT%H%M}",
        language=person.language,
    )


def _ending(now: datetime) -> list[Credential]:
    attempts = register.attempts_ending(now, now + RENEWABLE_BEFORE)
    rows = Credential.objects.select_related("subject").filter(attempt_id__in=attempts, status=Credential.Status.ACTIVE)
    return [row for row in rows.exclude(profile_name=EVIDENCE_PROFILE) if _is_long(row)]


def _remind_once(row: Credential, days: int, left: int) -> int:
    person, ends = row.subject, certificate_of(row).not_valid_after_utc
    try:
        with transaction.atomic():
            Reminder.objects.create(credential=row, days=days, at=timezone.now())
            with override(person.language):
                until = date_format(timezone.localtime(ends), "DATE_FORMAT")
            messaging.send_template(
                person.email,
                template="remote/mail/ending",
                context={"name": person.full_name, "until": until, "days": left, "account_url": _account_url()},
                key=f"credential-ending:{row.pk}:{days}",
                language=person.language,
            )
    except IntegrityError:  # written by another worker, or yesterday
        return 0
    return 1


def _is_long(row: Credential) -> bool:
    certificate = certificate_of(row)
    return certificate.not_valid_after_utc - certificate.not_valid_before_utc >= SHORTEST_RENEWED


def _has_successor(row: Credential) -> bool:
    later = Credential.objects.filter(
        subject_id=row.subject_id, profile_name=row.profile_name, created_at__gt=row.created_at
    )
    return any(certificate_status(each) == "valid" for each in later)


def _account_url() -> str:
    return f"{settings.SITE_URL}/holder/"
