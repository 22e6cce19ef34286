"""The batches of a firm as it takes them away: what is sealed and still kept, folders kept, with the manifests."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from django.utils import timezone

from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.firms import api as firms
from paraphe.platform.sealing.models import Batch, Item

FOLDER: Final = "cachets"


def export(person: accounts.Person, firm: accounts.Firm) -> Sequence[firms.Reader]:
    """Return what reads every batch of ``firm``, for who decides for it; a manifest outlives the files of its batch.

    Raises NotFound, MayNotChange.
    """
    firms.expect_accountant(person, firm)
    numbers = Batch.objects.filter(firm_id=firm.pk).order_by("created_at", "pk").values_list("pk", flat=True)
    return [partial(_read, firm, number) for number in numbers]


def _read(firm: accounts.Firm, number: UUID) -> Iterator[firms.Entry]:
    """Read a batch when its turn comes, one file at a time."""
    batch = Batch.objects.filter(firm_id=firm.pk, pk=number).first()
    if batch is None:
        return
    title = documents.download_name(batch.title, signed=False, suffix="").removesuffix(".pdf")
    folder = f"{FOLDER}/{timezone.localdate(batch.created_at)} {str(batch.pk)[-6:]} {title}"
    sealed = batch.items.filter(state=Item.State.SEALED).exclude(result=None).order_by("path")
    for path, result in sealed.values_list("path", "result").iterator(chunk_size=500):
        if result is not None:
            yield from firms.entry_of_file(f"{folder}/documents/{path}", result)
    for name, file in (("bordereau.csv", batch.manifest_csv), ("bordereau.pdf", batch.manifest_pdf)):
        if file is not None and batch.ended_at is not None:
            yield from firms.entry_of_file(f"{folder}/{name}", file)
