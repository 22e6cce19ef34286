"""The collections of a firm as it takes them away: a table of all of them, and the documents of each with its proof."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.envelopes.queries import document_view
from paraphe.platform.envelopes.taking import free_name
from paraphe.platform.firms import api as firms
from paraphe.platform.proof import api as proof

FOLDER: Final = "collectes"
#: Of collections whose day has come: the proofs outlive them.
PROOFS: Final = "preuves"
HEAD: Final = (
    "collecte", "titre", "etat", "type", "expediteur", "creee_le", "lancee_le", "terminee_le",
    "role", "etape", "prenom", "nom", "email", "niveau", "etat_de_la_personne", "fait_le",
)  # fmt: skip


def export(person: accounts.Person, firm: accounts.Firm) -> Sequence[firms.Reader]:
    """Return what reads every collection of ``firm``, whoever sent it, for who decides for the firm; drafts too.

    Raises NotFound, MayNotChange.
    """
    firms.expect_accountant(person, firm)
    numbers = list(_rows(firm).values_list("pk", flat=True))
    gone = sorted(set(proof.collections_of_firm(firm.pk)) - set(numbers))
    return [
        partial(_table, firm),
        *(partial(_documents, firm, number) for number in numbers),
        *(partial(_proofs, f"{PROOFS}/{number}", number, {}) for number in gone),
    ]


def _table(firm: accounts.Firm) -> Iterator[firms.Entry]:
    yield firms.Entry("collectes.csv", _lines(firm))


def _lines(firm: accounts.Firm) -> Iterator[bytes]:
    """Return the table: a line for each person of each collection, UTF-8 with a mark, semicolons, times in UTC."""
    yield "\N{ZERO WIDTH NO-BREAK SPACE}".encode() + _line(HEAD)
    for envelope in _rows(firm).iterator(chunk_size=500):
        about = (
            str(envelope.pk), envelope.title, envelope.state, envelope.kind, envelope.sender.full_name,
            _moment(envelope.created_at), _moment(envelope.launched_at), _moment(envelope.ended_at),
        )  # fmt: skip
        people = list(envelope.recipients.all())
        for one in people:
            yield _line((*about, *_person(one)))
        if not people:
            yield _line((*about, *[""] * (len(HEAD) - len(about))))


def _person(one: Recipient) -> tuple[str, ...]:
    return (
        one.role, str(one.step), one.given_name, one.family_name, one.email, one.level, one.state,
        _moment(one.done_at),
    )  # fmt: skip


def _documents(firm: accounts.Firm, number: UUID) -> Iterator[firms.Entry]:
    """Read a collection when its turn comes: each document as it stands, then what proves it."""
    envelope = Envelope.objects.filter(firm_id=firm.pk, pk=number).first()
    if envelope is None:
        return
    title = documents.download_name(envelope.title, signed=False, suffix="").removesuffix(".pdf")
    folder = f"{FOLDER}/{timezone.localdate(envelope.created_at)} {str(envelope.pk)[-6:]} {title}"
    taken: set[str] = set()
    for document in envelope.documents.prefetch_related("fields"):
        view = document_view(document)
        done = view.to_sign and (view.version > 0 or view.final_file is not None)
        name = documents.download_name(view.title, signed=done, suffix="signé")
        name = free_name(name if view.to_sign else f"pièces jointes/{name}", taken)
        yield from firms.entry_of_file(f"{folder}/{name}", view.file_id)
    people = [(str(one.pk), f"{one.given_name} {one.family_name}".strip()) for one in envelope.recipients.all()]
    yield from _proofs(folder, number, dict([*people, *((str(one.pk), one.title) for one in envelope.documents.all())]))


def _proofs(folder: str, number: UUID, words: Mapping[str, str]) -> Iterator[firms.Entry]:
    """Read the sealed evidence file and the attestations of a collection, also of one that is deleted since.

    ``words``: names of people and titles of documents by their numbers; what is deleted is named by its number.
    """
    taken: set[str] = set()
    for one in proof.of_collection(number):
        if not one.sealed:
            continue
        name = "dossier de preuve.pdf"
        if one.kind != "evidence":
            about = ", ".join(words.get(key, key) for key in (one.recipient, one.document))
            name = f"attestations/{documents.download_name(about, signed=False, suffix='')}"
        path = f"{folder}/{free_name(name, taken)}"
        try:
            yield firms.Entry(path, [proof.content(one.id)])
        except files.FileBroken:
            yield firms.unreadable(path)


def _rows(firm: accounts.Firm) -> QuerySet[Envelope]:
    rows = Envelope.objects.filter(firm_id=firm.pk).select_related("sender").prefetch_related("recipients")
    return rows.order_by("created_at", "pk")


def _line(values: Iterable[str]) -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=";", lineterminator="\r\n").writerow([_plain(one) for one in values])
    return target.getvalue().encode()


def _plain(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
