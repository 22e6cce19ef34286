"""What a verifier may see of a mandate: whoever holds a document signed under it knows its number, and nobody else."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.mandates.models import Mandate
from paraphe.platform.mandates.rules import phase_of

#: How many numbers are looked for in a document, and how far behind the word that announces one.
MOST_NAMED: Final = 20
MOST_LOOKED: Final = 1_000
REASON_LENGTH: Final = 600
_NUMBER: Final = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class PublicMandate:
    """A mandate that was signed: who gave whom what, for which days, and whether it still holds."""

    id: uuid.UUID
    grantor: str
    roll: accounts.RollEntry | None
    delegate: str
    firm: str
    siren: str
    rights: tuple[str, ...]
    kinds: tuple[str, ...]
    most: int | None
    starts_on: date
    ends_on: date | None
    phase: str
    signed_at: datetime | None
    ended_at: datetime | None
    deed_sha256: str


def shown(mandate_id: uuid.UUID) -> PublicMandate:
    """Return a mandate that was signed, in force or not. Raises NotFound, also for drafts."""
    found = _signed(mandate_id)
    return PublicMandate(
        id=found.pk,
        grantor=found.granted_by.full_name,
        roll=accounts.roll_of(found.granted_by),
        delegate=found.person.full_name,
        firm=found.firm.name,
        siren=found.firm.siren,
        rights=tuple(found.rights),
        kinds=tuple(found.kinds),
        most=found.most,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        phase=phase_of(state=found.state, starts_on=found.starts_on, ends_on=found.ends_on, today=timezone.localdate()),
        signed_at=found.signed_at,
        ended_at=found.ended_at,
        deed_sha256=found.deed_sha256,
    )


def shown_deed(mandate_id: uuid.UUID) -> bytes:
    """Return the signed deed as PDF. Raises NotFound."""
    return files.read(_signed(mandate_id).deed)


def named_in(data: bytes) -> Sequence[uuid.UUID]:
    """Return the mandates of this platform that signatures of a PDF name in their reason."""
    numbers: dict[uuid.UUID, None] = {}
    at, looked = data.find(b"/Reason"), 0
    while at >= 0 and len(numbers) < MOST_NAMED and looked < MOST_LOOKED:
        looked += 1
        # A reason is written as octets or as UTF-16, its hyphens as they are or escaped.
        text = data[at : at + REASON_LENGTH].replace(b"\\000", b"").replace(b"\x00", b"").replace(b"\\055", b"-")
        found = _NUMBER.search(text)
        if found is not None:
            numbers[uuid.UUID(found.group().decode("ascii"))] = None
        at = data.find(b"/Reason", at + 1)
    known = Mandate.objects.filter(pk__in=list(numbers), signed_at__isnull=False).values_list("pk", flat=True)
    return [one for one in numbers if one in set(known)]


def _signed(mandate_id: uuid.UUID) -> Mandate:
    rows = Mandate.objects.select_related("firm", "person", "granted_by")
    found = rows.filter(pk=mandate_id, signed_at__isnull=False).first()
    if found is None:
        raise NotFound(kind="mandate")
    return found
