"""Pages as images: drawn once, kept sealed for a while, the next ones ahead of the reader."""

import time
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
#: Pages that are drawn together, after the first: opening a large document costs more than drawing a page of it.
TOGETHER: Final = 4
#: Seconds that one waits for a page which somebody else draws at this moment.
PATIENCE: Final = 6.0


def page_image(person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID, page: int, width: int) -> bytes:
    """Return page ``page`` (from 0) of the present version as PNG, ``width`` pixels wide (one of IMAGE_WIDTHS).

    The first page is drawn alone, to be there at once; each other one with those behind it, before they are asked for.
    """
    view = get(person, firm, document_id)
    if not 0 <= page < len(view.pages) or width not in IMAGE_WIDTHS:
        raise NotFound(kind="page")
    found = _kept(view, page, width)
    if found is not None:
        return found
    if page == 0 or width == IMAGE_WIDTHS[0]:
        return _drawn(view, page, 1, width)[0]
    first = page - (page - 1) % TOGETHER
    lock = f"{_key(view, first, width)}:drawing"
    if not caches["pages"].add(lock, 1, PATIENCE) and (found := _waited_for(view, page, width, lock)) is not None:
        return found
    try:
        images = _drawn(view, first, TOGETHER, width)
    finally:
        caches["pages"].delete(lock)
    if page - first >= len(images):
        raise NotFound(kind="page")
    return images[page - first]


def _drawn(view: DocumentView, first: int, count: int, width: int) -> list[bytes]:
    """Draw some pages and keep them."""
    images = pdf.render_pages(files.read(view.file_id), first, count, width)
    for number, image in enumerate(images, first):
        # A page is as secret as its document: also in the cache it is sealed.
        caches["pages"].set(_key(view, number, width), seal(image, IMAGE_PURPOSE), IMAGE_SECONDS)
    return images


def _waited_for(view: DocumentView, page: int, width: int, lock: str) -> bytes | None:
    """Return what another request draws at this moment, None when that takes too long or came to nothing."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        time.sleep(0.03)
        drawing = caches["pages"].get(lock) is not None
        if (found := _kept(view, page, width)) is not None or not drawing:
            return found
    return None


def _kept(view: DocumentView, page: int, width: int) -> bytes | None:
    sealed: bytes | None = caches["pages"].get(_key(view, page, width))
    return unseal(sealed, IMAGE_PURPOSE) if sealed is not None else None


def _key(view: DocumentView, page: int, width: int) -> str:
    return f"page:{view.file_id}:{page}:{width}"
