"""The documents of a firm as it takes them away, whoever brought them, folders by their owners."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.models import Document
from paraphe.platform.documents.rules import download_name
from paraphe.platform.firms import api as firms

FOLDER: Final = "documents"


def export(person: accounts.Person, firm: accounts.Firm) -> Sequence[firms.Reader]:
    """Return what reads every document of ``firm``, for who decides for it. Raises NotFound, MayNotChange."""
    firms.expect_accountant(person, firm)
    numbers = Document.objects.filter(firm_id=firm.pk).order_by("added_at", "pk").values_list("pk", flat=True)
    return [partial(_read, firm, number) for number in numbers]


def _read(firm: accounts.Firm, number: UUID) -> Iterator[firms.Entry]:
    """Read the present version of a document when its turn comes, piece by piece."""
    document = Document.objects.filter(firm_id=firm.pk, pk=number).select_related("owner").first()
    if document is None:
        return
    version = document.versions.order_by("number").last()
    if version is None:
        return
    name = download_name(document.title, signed=version.number > 0, suffix="signé")
    folder = download_name(document.owner.full_name, signed=False, suffix="").removesuffix(".pdf")
    path = f"{FOLDER}/{folder}/{document.added_at:%Y-%m-%d} {str(document.pk)[-6:]} {name}"
    yield from firms.entry_of_file(path, version.file_id)
