"""How a person's visible signature looks: his role, his handwriting, his initials."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.errors import FileTooLarge, TooLong
from paraphe.platform.documents.models import Look
from paraphe.platform.documents.rules import renamed

PURPOSE: Final = "documents.handwriting"
MAX_ROLE: Final = 60
MAX_INITIALS: Final = 6
MAX_IMAGE: Final = 2_000_000


@dataclass(frozen=True)
class LookView:
    """What a person chose; ``initials`` are made of his name where he chose none."""

    role: str
    initials: str
    has_handwriting: bool


def look_of(person: accounts.Person) -> LookView:
    """Return how the signature of ``person`` looks."""
    row = Look.objects.filter(person_id=person.pk).first()
    initials = initials_of(person.given_name, person.family_name)
    if row is None:
        return LookView("", initials, has_handwriting=False)
    return LookView(row.role or "", row.initials or initials, row.handwriting_file is not None)


def handwriting_of(person: accounts.Person) -> bytes | None:
    """Return the handwriting of ``person`` as PNG, None when he keeps none here."""
    row = Look.objects.filter(person_id=person.pk).exclude(handwriting_file=None).first()
    return files.read(row.handwriting_file) if row is not None and row.handwriting_file is not None else None


def set_look(*, person: accounts.Person, role: str, initials: str) -> None:
    """Keep role and initials; empty ones are forgotten. Raises TooLong."""
    role, initials = renamed(role), renamed(initials)
    for text, limit in ((role, MAX_ROLE), (initials, MAX_INITIALS)):
        if len(text) > limit:
            raise TooLong(limit=limit)
    values = {"role": role or None, "initials": initials or None, "changed_at": timezone.now()}
    Look.objects.update_or_create(person_id=person.pk, defaults=values)


def set_handwriting(*, person: accounts.Person, image: bytes) -> None:
    """Keep a handwritten signature, sealed, drawn anew from a PNG or JPEG. Raises FileTooLarge, PdfRefused."""
    if len(image) > MAX_IMAGE:
        raise FileTooLarge(limit=MAX_IMAGE)
    clean = pdf.clean_image(image)
    with transaction.atomic():
        row, _ = Look.objects.get_or_create(person_id=person.pk, defaults={"changed_at": timezone.now()})
        row = Look.objects.select_for_update().get(pk=row.pk)
        if row.handwriting_file is not None:
            files.destroy(row.handwriting_file)
        stored = files.store(clean, purpose=PURPOSE)
        Look.objects.filter(pk=row.pk).update(handwriting_file=stored.id, changed_at=timezone.now())


def remove_handwriting(*, person: accounts.Person) -> None:
    """Destroy the handwritten signature; again changes nothing."""
    with transaction.atomic():
        row = Look.objects.select_for_update().filter(person_id=person.pk).exclude(handwriting_file=None).first()
        if row is not None and row.handwriting_file is not None:
            files.destroy(row.handwriting_file)
            Look.objects.filter(pk=row.pk).update(handwriting_file=None, changed_at=timezone.now())


def initials_of(given_name: str, family_name: str) -> str:
    """Return the first letter of each part of a name: ``Jean-Marie d'Arvor`` gives ``JMDA``."""
    parts = "".join(
        char if char.isalpha() or unicodedata.combining(char) else " " for char in _composed(given_name, family_name)
    )
    return "".join(part[0].upper() for part in parts.split())[:MAX_INITIALS]


def _composed(*names: str) -> str:
    return unicodedata.normalize("NFC", " ".join(names))
