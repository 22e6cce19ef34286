"""Reading bytes from outside: what cannot be read is refused by name, never by a traceback."""

import asyncio
import logging
import mmap
import re
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import SEEK_CUR, SEEK_END, SEEK_SET, BytesIO, RawIOBase, UnsupportedOperation
from typing import Any, TypeVar

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import AuthStatus, StandardSecurityHandler
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.kernel.errors import DomainError
from paraphe.pdf import hexadecimal
from paraphe.pdf.errors import (
    Damaged,
    Empty,
    Encrypted,
    EncryptedForRecipients,
    NotAPdf,
    NotPermitted,
    OwnerProtected,
    Truncated,
    Unavailable,
)
from paraphe.pdf.values import Source

HEAD, TAIL = 1024, 4096
LAST_REFERENCE = re.compile(rb"startxref\s{1,4}(\d{1,12})")
REFERENCE = re.compile(rb"\s*(?:xref\b|\d{1,10} \d{1,5} obj\b)")
SIGNING_PERMISSIONS = 1 << 3 | 1 << 5 | 1 << 8
"""Modify, annotate and fill, fill in forms: each of them includes signing (ISO 32000-2 table 22, bits 4, 6, 9)."""

Buffer = bytes | mmap.mmap
"""The bytes of a document: in memory, or a file that is mapped into it."""

T = TypeVar("T")

logging.getLogger("pyhanko").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)
hexadecimal.install()


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


class Appended(RawIOBase):
    """A document with room behind it: the document is read where it lies, what is written is kept apart.

    Positions count from the first byte of the document, or from ``layout``'s; writing begins at its end.
    """

    def __init__(self, source: Buffer, tail: bytes = b"") -> None:
        super().__init__()
        self._source = source
        self._shift, self._head = layout(source)
        self._base = len(source) - self._shift
        self.tail = bytearray(tail)
        self._at = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def writable(self) -> bool:
        """Tell that it can be written to, behind the document."""
        return True

    def seekable(self) -> bool:
        """Tell that positions can be chosen."""
        return True

    def tell(self) -> int:
        """Return the present position."""
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Go to a position and return it."""
        start = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._base + len(self.tail)}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read as much as lies in one of the two parts."""
        if self._at < len(self._head):
            part = self._head[self._at : self._at + len(buffer)]
        elif self._at < self._base:
            part = self._source[self._at + self._shift : min(self._at + len(buffer), self._base) + self._shift]
        else:
            begin = self._at - self._base
            part = bytes(self.tail[begin : begin + len(buffer)])
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def write(self, data: Any) -> int:
        """Write behind the document. Raises UnsupportedOperation inside it: what others wrote stays as it is."""
        if self._at < self._base:
            raise UnsupportedOperation("inside the document")
        begin = self._at - self._base
        self.tail[begin : begin + len(data)] = data
        self._at += len(data)
        return len(data)


def layout(buffer: Buffer) -> tuple[int, bytes]:
    """Return from where the positions of a document count, and what is read at its beginning instead of what is there.

    Other bytes may stand before the header. Positions then count from the header (ISO 32000-2 §7.5.2), or, with as
    many programs, from the first byte: the place of the last cross-reference tells. In that case a header is shown at
    the beginning, where the library looks for it.
    """
    header = buffer.find(b"%PDF-", 0, HEAD)
    if header <= 0:
        return 0, b""
    found = LAST_REFERENCE.findall(buffer[max(len(buffer) - TAIL, 0) :])
    position = int(found[-1]) if found else 0
    if not REFERENCE.match(buffer[position : position + 40]):
        position += header
        if found and REFERENCE.match(buffer[position : position + 40]):
            return header, b""
    return 0, buffer[header : header + len(b"%PDF-1.7")] + b"\n"


@contextmanager
def opened(source: Source) -> Iterator[Buffer]:
    """Lend the bytes of ``source``: those in memory, or the file mapped into it. Raises Empty, Unavailable."""
    if isinstance(source, bytes):
        yield source
        return
    try:
        with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped
    except ValueError:
        raise Empty() from None
    except OSError as error:
        raise Unavailable(reason=error.strerror or type(error).__name__) from error


def stream_of(buffer: Buffer, tail: bytes = b"") -> Any:
    """Return a stream over a document and what is appended to it; only what is in memory already is copied."""
    if isinstance(buffer, bytes):
        shift, head = layout(buffer)
        plain = head + buffer[shift + len(head) :] if shift or head else buffer
        return BytesIO(plain + tail if tail else plain)
    return Appended(buffer, tail)


def open_reader(buffer: Buffer, tail: bytes = b"", *, password: str | None = None) -> PdfFileReader:
    """Return a reader over a document with ``tail`` appended. Raises a PdfRefused."""
    if not len(buffer):
        raise Empty()
    if b"%PDF-" not in buffer[:HEAD]:
        raise NotAPdf()
    end = tail[-TAIL:] if tail else buffer[max(len(buffer) - TAIL, 0) :]
    if b"startxref" not in end and b"%%EOF" not in end:
        raise Truncated()
    with refusing():
        reader = PdfFileReader(stream_of(buffer, tail), strict=False)
        if reader.encrypted:
            unlock(reader, password)
        if not isinstance(look(reader.root, "/Pages"), generic.DictionaryObject):
            raise Damaged(reason="no page tree")
    return reader


def unlock(reader: PdfFileReader, password: str | None) -> AuthStatus:
    """Open an encrypted document for reading (ISO 32000-2 §7.6). Raises Encrypted, EncryptedForRecipients.

    Without a password the empty one is tried: with it, documents open that are only limited by their owner.
    """
    if not isinstance(reader.security_handler, StandardSecurityHandler):
        raise EncryptedForRecipients()
    status = reader.decrypt(password or "").status
    if status is AuthStatus.FAILED:
        raise Encrypted(given=password is not None)
    return status


def check_may_sign(reader: PdfFileReader, password: str | None) -> None:
    """Refuse what the owner of an encrypted document forbids to those who only read it.

    Raises OwnerProtected; NotPermitted where each revision must carry a code that only holders of the file's key can
    make (ISO/TS 32004), which a signature made without that key would break.
    """
    if not reader.encrypted:
        return
    status, handler = unlock(reader, password), reader.security_handler
    if handler is not None and handler.pdf_mac_enabled:
        raise NotPermitted(rule="ISO/TS 32004: every revision must carry a message authentication code")
    if status is AuthStatus.OWNER:
        return
    if isinstance(handler, StandardSecurityHandler) and not int(handler.perms.as_sint32()) & SIGNING_PERMISSIONS:
        raise OwnerProtected()
