"""Reading bytes from outside: what cannot be read is refused by name, never by a traceback."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.kernel.errors import DomainError
from paraphe.pdf.errors import Damaged, Empty, Encrypted, NotAPdf, Truncated

HEAD, TAIL = 1024, 4096

logging.getLogger("pyhanko").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


@contextmanager
def refusing() -> Iterator[None]:
    """Turn whatever a parser says of bytes from outside into Damaged; our own refusals pass as they are."""
    try:
        yield
    except DomainError:
        raise
    except (Exception, RecursionError) as error:  # noqa: BLE001 - bytes from outside raise anything in a parser
        raise Damaged(reason=type(error).__name__) from None


def look(holder: object, key: str) -> generic.PdfObject | None:
    """Return the entry ``key`` of a dictionary, references followed; None where there is none, or no dictionary."""
    if not isinstance(holder, generic.DictionaryObject) or key not in holder:
        return None
    found: generic.PdfObject = holder[key]
    return found


def open_reader(data: bytes) -> PdfFileReader:
    """Return a reader over ``data``. Raises Empty, NotAPdf, Truncated, Encrypted, Damaged."""
    if not data:
        raise Empty()
    if b"%PDF-" not in data[:HEAD]:
        raise NotAPdf()
    if b"startxref" not in data[-TAIL:] and b"%%EOF" not in data[-TAIL:]:
        raise Truncated()
    with refusing():
        reader = PdfFileReader(BytesIO(data), strict=False)
        if reader.encrypted:
            raise Encrypted()
        if not isinstance(look(reader.root, "/Pages"), generic.DictionaryObject):
            raise Damaged(reason="no page tree")
    return reader
