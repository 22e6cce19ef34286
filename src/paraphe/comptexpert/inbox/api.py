"""The door of the post office of the demonstration: take letters in, show them."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from paraphe.comptexpert.inbox.errors import LetterRefused
from paraphe.comptexpert.inbox.models import Letter
from paraphe.comptexpert.inbox.rules import read_letter
from paraphe.kernel.errors import NotFound

__all__ = ["Letter", "LetterRefused", "deliver", "letter", "letters", "recipients"]

KEPT: Final = 500


def deliver(data: object, sender_key: str | None = None) -> Letter:
    """Take in the letter that ``data``, read from JSON, holds; forget all but the newest 500.

    A letter with a ``sender_key`` that came before is not kept twice. Raises LetterRefused.
    """
    read = read_letter(data)
    now = timezone.now()
    with transaction.atomic():
        content = {
            "kind": read.kind,
            "recipient": read.to,
            "subject": read.subject,
            "text": read.text,
            "html": read.html,
            "site": read.site,
            "sent_at": read.sent_at or now,
            "received_at": now,
        }
        if sender_key:
            found, _ = Letter.objects.get_or_create(sender_key=sender_key, defaults=content)
        else:
            found = Letter.objects.create(**content)
        oldest = Letter.objects.order_by("-pk").values_list("pk", flat=True)[KEPT - 1 : KEPT].first()
        if oldest is not None:
            Letter.objects.filter(pk__lt=oldest).delete()
    return found


def letters(recipient: str = "") -> QuerySet[Letter]:
    """Return the letters, newest first; those to ``recipient`` when it is given."""
    rows = Letter.objects.order_by("-pk")
    return rows.filter(recipient=recipient) if recipient else rows


def letter(number: int) -> Letter:
    """Return one letter. Raises NotFound."""
    found = Letter.objects.filter(pk=number).first()
    if found is None:
        raise NotFound(kind="letter")
    return found


def recipients() -> Sequence[str]:
    """Return everybody who received something, in order."""
    return list(Letter.objects.order_by("recipient").values_list("recipient", flat=True).distinct())
