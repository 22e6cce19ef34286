"""Pages as images: drawn once, kept sealed for a while, the next ones ahead of the reader."""

import uuid
from typing import Final

from django.core.cache import caches

from paraphe.floor.files import api as files
from paraphe.floor.secrets import seal, unseal
from paraphe.kernel.errors import NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.queries import DocumentView, get

IMAGE_WIDTHS: Final = (180, 900, 1400)
IMAGE_SECONDS: Final = 3600
IMAGE_PURPOSE: Final = "documents.page"


def page_image(person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID, page: int, width: int) -> bytes:
    """Return page ``page`` (from 0) of the present version as PNG, ``width`` pixels wide (one of IMAGE_WIDTHS)."""
    view = get(person, firm, document_id)
    if not 0 <= page < len(view.pages) or width not in IMAGE_WIDTHS:
        raise NotFound(kind="page")
    kept = caches["pages"]
    sealed: bytes | None = kept.get(_key(view, page, width))
    if sealed is not None:
        return unseal(sealed, IMAGE_PURPOSE)
    image = pdf.render_page(files.read(view.file_id), page, width)
    # A page is as secret as its document: also in the cache it is sealed.
    kept.set(_key(view, page, width), seal(image, IMAGE_PURPOSE), IMAGE_SECONDS)
    return image


def _key(view: DocumentView, page: int, width: int) -> str:
    return f"page:{view.file_id}:{page}:{width}"
