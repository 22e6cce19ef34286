"""Changing the status of certificates: for ever, for a while, and back. Each change has its revision and its line."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import get_args

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.trust.journal import api as journal
from paraphe.trust.register import models, queries
from paraphe.trust.register.errors import CertificateUnknown, ReasonRefused, StatusFinal
from paraphe.trust.register.types import KeptAnswer, Reason, Slug, Status

FINAL_REASONS = tuple(reason for reason in get_args(Reason) if reason != "certificate_hold")
ANSWERS_KEPT_AFTER_END = timedelta(days=1)


def revoke(
    serial: int, reason: Reason, actor: Actor, *, why: str = "", invalid_since: datetime | None = None
) -> Status:
    """Revoke a certificate for ever; one that is revoked already keeps its first date and reason.

    ``why`` goes to the journal: a short reason in words, or the identifier of a request; no names of people.
    ``invalid_since`` is RFC 5280 §5.3.2. Raises CertificateUnknown when it was never issued, ReasonRefused for
    ``certificate_hold`` (that is what ``suspend`` says) and for an ``invalid_since`` in the future.
    """
    now = timezone.now().replace(microsecond=0)
    if reason not in FINAL_REASONS or (invalid_since is not None and invalid_since > now):
        raise ReasonRefused(reason=reason, invalid_since=invalid_since)
    text = queries.serial_text(serial)
    with transaction.atomic():
        slug, status = _locked(serial)
        if status.state == "good" or status.is_on_hold:
            _change(
                slug, text, revoked_at=now, revocation_reason=reason, suspended_at=None, invalid_since=invalid_since
            )
            data = {"reason": reason, "why": why, "invalid_since": invalid_since}
            journal.write("certificate:revoked", actor, {"serial": text}, _told(data))
    return queries.status_of(serial)


def suspend(serial: int, actor: Actor, *, why: str = "") -> Status:
    """Put a certificate on hold. Raises CertificateUnknown, StatusFinal; repeating changes nothing."""
    text = queries.serial_text(serial)
    with transaction.atomic():
        slug, status = _locked(serial, final=False)
        if not status.is_on_hold:
            _change(slug, text, suspended_at=timezone.now().replace(microsecond=0))
            journal.write("certificate:suspended", actor, {"serial": text}, _told({"why": why}))
    return queries.status_of(serial)


def reinstate(serial: int, actor: Actor, *, why: str = "") -> Status:
    """End the hold of a certificate. Raises CertificateUnknown, StatusFinal; repeating changes nothing.

    When it was on hold stays in the journal; for those who ask from now on it was always good (RFC 5280 §5.3.1).
    """
    text = queries.serial_text(serial)
    with transaction.atomic():
        slug, status = _locked(serial, final=False)
        if status.is_on_hold:
            _change(slug, text, suspended_at=None)
            data = {"suspended_at": status.revoked_at, "why": why}
            journal.write("certificate:reinstated", actor, {"serial": text}, _told(data))
    return queries.status_of(serial)


def keep_answer(request: str, slug: Slug, serial: int, revision: int, answer: KeptAnswer) -> None:
    """Keep a signed OCSP answer, made of a status of this ``revision``: it is worth nothing once the status changes.

    Nothing is kept about what was never issued.
    """
    entries = models.CertificateEntry.objects.filter(
        authority__slug=slug, serial=queries.serial_text(serial), state="issued", status_revision=revision
    )
    pk = entries.values_list("pk", flat=True).first()
    if pk is None:
        return
    models.KeptAnswer.objects.update_or_create(
        request=request,
        defaults={
            "entry_id": pk,
            "status_revision": revision,
            "this_update": int(answer.this_update.timestamp()),
            "next_update": int(answer.next_update.timestamp()),
            "content": answer.content,
        },
    )


def forget_answers() -> int:
    """Delete the kept OCSP answers that ended a day ago, and return how many."""
    limit = timezone.now() - ANSWERS_KEPT_AFTER_END
    count, _ = models.KeptAnswer.objects.filter(next_update__lt=int(limit.timestamp())).delete()
    return count


def _locked(serial: int, *, final: bool = True) -> tuple[Slug, Status]:
    """Lock the issuer of a certificate until the end of the transaction; return it and the status that holds till then.

    Raises CertificateUnknown; StatusFinal when it is revoked, unless ``final`` is what is asked for.
    """
    text = queries.serial_text(serial)
    rows = models.Authority.objects.select_for_update().filter(entries__serial=text, entries__state="issued")
    issuer = rows.first()
    if issuer is None:
        raise CertificateUnknown(serial=text)
    status = queries.status_of(serial)
    if not final and status.state == "revoked" and not status.is_on_hold:
        raise StatusFinal(serial=text)
    return queries.authority_of(issuer).slug, status


def _change(slug: Slug, text: str, **columns: object) -> None:
    """Write the columns with the next revision of the issuer's statuses: both or neither."""
    issuer = models.Authority.objects.filter(slug=slug)
    issuer.update(status_revision=F("status_revision") + 1)
    revision = issuer.values_list("status_revision", flat=True).get()
    models.CertificateEntry.objects.filter(serial=text).update(**columns, status_revision=revision)


def _told(data: Mapping[str, object]) -> dict[str, object]:
    """Return what there is to tell: no empty words."""
    return {name: value for name, value in data.items() if value}
