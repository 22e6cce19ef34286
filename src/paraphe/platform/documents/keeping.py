"""How long documents stay: until their day, longer when somebody asks, as long as it takes under legal hold."""

import uuid
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.floor.messaging import api as messaging
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.errors import HeldTogether, MayNot, ReasonMissing, TooLong
from paraphe.platform.documents.listing import WARNED_DAYS
from paraphe.platform.documents.models import Document
from paraphe.platform.documents.queries import note, row
from paraphe.platform.documents.rules import MAX_REASON
from paraphe.platform.firms import api as firms

#: Documents named in one e-mail; of more it gives the number.
NAMED: Final = 20
AT_ONCE: Final = 2000


def last_day(firm: accounts.Firm, now: datetime) -> date:
    """Return the day on which a document kept from ``now`` on is deleted."""
    days = min(settings.DOCUMENT_DAYS, firms.options(firm).retention_days)
    return timezone.localdate(now) + timedelta(days=days)


def longest_day(added_at: datetime) -> date:
    """Return the last day up to which a document added then can be kept (PARAPHE_DOCUMENT_MOST_DAYS)."""
    return timezone.localdate(added_at) + timedelta(days=max(settings.DOCUMENT_MOST_DAYS, settings.DOCUMENT_DAYS))


def prolong(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID) -> date:
    """Keep a document for as long again as the firm keeps a new one, up to what the operator allows; return the day.

    Never brings the day nearer. Raises NotFound, MayNot, FirmClosed.
    """
    document = row(person, firm, document_id)
    if document.owner_id != person.pk and not accounts.rights(person, firm) & {"sign", "prepare"}:
        raise MayNot(right="prepare")
    if firms.is_closed(firm):
        raise firms.FirmClosed()
    wanted = min(last_day(firm, timezone.now()), longest_day(document.added_at))
    with transaction.atomic():
        later = Document.objects.filter(pk=document.pk, delete_on__lt=wanted)
        if later.update(delete_on=wanted, warned_at=None):
            note(document, actor, "document:prolonged", until=wanted.isoformat())
            return wanted
    return document.delete_on


def hold(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID, reason: str) -> None:
    """Put a document under legal hold: nobody deletes it, on no day, until an accountant ends the hold.

    The evidence says who and why. Raises NotFound, MayNot for who is no accountant of the firm, ReasonMissing, TooLong.
    """
    document = row(person, firm, document_id)
    if not firms.may_change(person, firm):
        raise MayNot(right="hold")
    reason = " ".join(reason.split())
    if not reason:
        raise ReasonMissing()
    if len(reason) > MAX_REASON:
        raise TooLong(limit=MAX_REASON)
    with transaction.atomic():
        held = Document.objects.filter(pk=document.pk, held_at=None).update(
            held_at=timezone.now(), held_by_id=person.pk, held_reason=reason
        )
        if held:
            note(document, actor, "document:held", reason=reason)
        elif not Document.objects.filter(pk=document.pk).exists():
            raise NotFound(kind="document")


def release(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID) -> None:
    """End a legal hold: the document then stays at least WARNED_DAYS more.

    Raises NotFound, MayNot; HeldTogether while an order for many holds it.
    """
    document = row(person, firm, document_id)
    if not firms.may_change(person, firm):
        raise MayNot(right="hold")
    if document.held_under is not None:
        raise HeldTogether()
    soonest = timezone.localdate() + timedelta(days=WARNED_DAYS)
    with transaction.atomic():
        released = Document.objects.filter(pk=document.pk, held_under=None).exclude(held_at=None)
        if released.update(
            held_at=None, held_by=None, held_reason=None, warned_at=None, delete_on=max(document.delete_on, soonest)
        ):
            note(document, actor, "document:released")


def warn_due() -> int:
    """Tell the people who brought them of the documents that go within WARNED_DAYS, one e-mail for each person.

    Each document is told once; who prolongs it is told again before its new day. Returns how many e-mails.
    """
    limit = timezone.localdate() + timedelta(days=WARNED_DAYS)
    due = Document.objects.filter(delete_on__lte=limit, held_at=None, warned_at=None)
    owners = due.order_by("owner_id").values_list("owner_id", flat=True).distinct()
    sent = 0
    while numbers := list(owners[:AT_ONCE]):
        sent += sum(_warn(number, limit) for number in numbers)
    return sent


def _warn(owner_id: int, limit: date) -> bool:
    now = timezone.now()
    with transaction.atomic():
        mine = Document.objects.filter(owner_id=owner_id, delete_on__lte=limit, held_at=None)
        # Claimed by its own moment: two workers at once name each document in one e-mail.
        if not mine.filter(warned_at=None).update(warned_at=now):
            return False
        told = mine.filter(warned_at=now)
        count = told.count()
        rows = list(told.select_related("firm").order_by("delete_on", "title")[:NAMED])
        person = accounts.person(owner_id)
        if not accounts.wants(person, "deleted_soon"):
            # He does not want to be written to; the page tells him all the same.
            return False
        _write(person, rows, count)
    return True


def _write(person: accounts.Person, rows: list[Document], count: int) -> None:
    try:
        messaging.send_template(
            to=person.email,
            template="platform_documents/mail/ending",
            context={
                "person": person,
                "documents": rows,
                "count": count,
                "more": count - len(rows),
                "first_day": rows[0].delete_on,
                "url": f"{settings.SITE_URL}/espace/documents/?etat=ending",
            },
            language=accounts.language_of(person),
        )
    except messaging.AddressRefused:
        # An address that takes no e-mail: the page shows the same.
        return
