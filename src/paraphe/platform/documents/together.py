"""Small files that come several in one request, all of them kept in one transaction; a bad one costs only itself.

Thousands of files dropped at once would each ask who sends them, commit four times and write their bytes twice. Here a
group asks once and commits once. Each file has a key of its own, as one that comes in parts: what is sent again,
because its answer was lost, is the upload that is here already.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.kernel.digests import sha256_hex
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import actions
from paraphe.platform.documents.errors import PdfRefused, TooBusy, TooMany
from paraphe.platform.documents.models import Document, Upload, Version
from paraphe.platform.documents.uploads import WAIT_SECONDS, State, UploadView, view

#: Files of one request, and octets that each of them may have; what is larger comes in parts.
MOST: Final = 20
MOST_OCTETS: Final = 1_000_000
TURNS: Final = 3


@dataclass(frozen=True)
class Brought:
    """A file with the key that its browser gave it."""

    key: uuid.UUID
    filename: str
    data: bytes


@dataclass(frozen=True)
class Looked:
    """A file that was looked at: what is in it, or why it is refused."""

    brought: Brought
    found: pdf.Inspection | None
    refusal: str = ""
    limit: int = 0


def add_many(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, brought: Sequence[Brought]
) -> Sequence[UploadView]:
    """Keep each of ``brought`` or say why not, in their order. The same key again changes nothing.

    Raises MayNot, FirmClosed, TooMany, StorageFull, StorageFailed, TooBusy; nothing is kept then, and all can be sent
    again.
    """
    limit = actions.limit_of(person, firm)
    if len(brought) > MOST:
        raise TooMany(limit=MOST)
    wanted = {one.key: one for one in brought}
    looked: dict[uuid.UUID, Looked] = {}
    for _turn in range(TURNS):
        known = _known(person, firm, wanted)
        looked |= {key: _look(one, limit) for key, one in wanted.items() if key not in known | looked.keys()}
        new = [looked[key] for key in wanted if key not in known]
        try:
            made = _write(actor, person, firm, new) if new else {}
        except IntegrityError:
            # The same files, twice at the same moment: whoever came first wrote them.
            continue
        return [view(known.get(one.key) or made[one.key]) for one in brought]
    raise TooBusy(seconds=WAIT_SECONDS)


def _known(person: accounts.Person, firm: accounts.Firm, keys: Mapping[uuid.UUID, Brought]) -> dict[uuid.UUID, Upload]:
    rows = Upload.objects.filter(person_id=person.pk, firm_id=firm.pk, key__in=list(keys))
    return {row.key: row for row in rows}


def _look(one: Brought, limit: int) -> Looked:
    most = min(limit, MOST_OCTETS)
    if not one.data:
        return Looked(one, None, "empty")
    if len(one.data) > most:
        return Looked(one, None, "file_too_large", most)
    try:
        return Looked(one, pdf.inspect(one.data))
    except PdfRefused as error:
        return Looked(one, None, error.code[:64])


def _write(
    actor: Actor, person: accounts.Person, firm: accounts.Firm, looked: Sequence[Looked]
) -> dict[uuid.UUID, Upload]:
    """Write what was looked at. Raises IntegrityError when one of the keys is here by now."""
    now = timezone.now()
    with transaction.atomic():
        # Bytes that came before, and those that come twice in this group, are one document.
        documents = _same(person, firm, [one.brought.data for one in looked if one.found])
        here = set(documents)
        new = []
        for one in looked:
            digest = sha256_hex(one.brought.data)
            if one.found and digest not in documents:
                kept = actions.stored(person, firm, one.brought.filename, one.brought.data, one.found)
                documents[digest] = kept.document.pk
                new.append(kept)
        Document.objects.bulk_create([kept.document for kept in new])
        Version.objects.bulk_create([kept.version for kept in new])
        rows = {one.brought.key: _upload(person, firm, one, documents, here, now) for one in looked}
        Upload.objects.bulk_create(rows.values())
        for kept in new:
            actions.note_added(kept, actor)
    return rows


def _same(person: accounts.Person, firm: accounts.Firm, found: Sequence[bytes]) -> dict[str, uuid.UUID]:
    """Return the documents that ``person`` brought before with these bytes and that nobody signed here, by digest."""
    mine = Version.objects.filter(
        number=0,
        document__owner_id=person.pk,
        document__firm_id=firm.pk,
        document__current=0,
        document__size__in={len(data) for data in found},
        sha256__in={sha256_hex(data) for data in found},
    )
    return dict(mine.values_list("sha256", "document_id"))


def _upload(
    person: accounts.Person,
    firm: accounts.Firm,
    one: Looked,
    documents: Mapping[str, uuid.UUID],
    here: set[str],
    now: datetime,
) -> Upload:
    """Return the row by which the same key is known for a day; ``here``: digests that were here before.

    The second of two files of the same bytes in one group is known by the first.
    """
    digest = sha256_hex(one.brought.data)
    known = one.found is not None and digest in here
    if one.found is not None:
        here.add(digest)
    return Upload(
        firm_id=firm.pk,
        person_id=person.pk,
        key=one.brought.key,
        filename="",
        size=len(one.brought.data),
        received=len(one.brought.data),
        state=State.REFUSED if one.refusal else State.DONE,
        refusal=one.refusal,
        refusal_limit=one.limit,
        document_id=documents.get(digest) if one.found is not None else None,
        known=known,
        changed_at=now,
    )
