"""Reading bytes from outside: what cannot be read is refused by name, never by a traceback."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from typing import Any, TypeVar

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.kernel.errors import DomainError
from paraphe.pdf.errors import Damaged, Empty, Encrypted, NotAPdf, Truncated

HEAD, TAIL = 1024, 4096

T = TypeVar("T")

logging.getLogger("pyhanko").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine of pyHanko, whether the caller has an event loop running or not.

    It waits for nothing outside: keys, timestamps and revocation are asked before or after, by our own ports.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, coroutine).result()


@contextmanager
def refusing() -> Iterator[None]:
    """Turn whatever a parser says of bytes from outside into Damaged; our own refusals pass as they are."""
    try:
        yield
    except DomainError:
        raise
    except (Exception, RecursionError) as error:
        raise Damaged(reason=type(error).__name__) from error


def look(holder: object, key: str) -> generic.PdfObject | None:
    """Return the entry ``key`` of a dictionary, references followed; None where there is none, or no dictionary."""
    if not isinstance(holder, generic.DictionaryObject) or key not in holder:
        return None
    found: generic.PdfObject = holder[key]
    return found


def items(array: generic.ArrayObject) -> list[generic.PdfObject]:
    """Return the items of ``array``, references followed (iterating over it would not)."""
    return [array[number] for number in range(len(array))]


def numbers(array: generic.ArrayObject) -> list[float]:
    """Return the numbers in ``array``. Raises ValueError where an item is none."""
    found = items(array)
    if not all(isinstance(item, generic.NumberObject | generic.FloatObject) for item in found):
        raise ValueError("not a number")
    return [float(str(item)) for item in found]


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
