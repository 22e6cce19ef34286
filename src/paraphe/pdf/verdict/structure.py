"""What attacks on the bytes of a signed PDF are recognised by: where the signature lies and what it leaves out.

Works on the raw bytes with an own strict lexer, so that a forger has to deceive two readers that share nothing.
``tricks`` are what no honest program writes (FORMAT_FAILURE); ``doubts`` are what nobody answers for
(SIG_CONSTRAINTS_FAILURE); ``notes`` are only said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.values import Coverage, Finding
from paraphe.pdf.verdict.revisions import Raw, Revision


@dataclass(frozen=True)
class Located:
    """A signature dictionary as the form names it: the field, the object, where its bytes begin (``n g obj``).

    ``offset`` is None where the object lies in an object stream or nowhere.
    """

    field: str
    number: int
    generation: int
    offset: int | None


@dataclass(frozen=True)
class SignatureStructure:
    """What the bytes say of one signature."""

    located: Located
    byte_range: tuple[int, int, int, int] | None
    """None where it is not four numbers."""
    coverage: Coverage
    """``document``: to the last byte of the file; ``revision``: to the end of an earlier revision; else ``none``."""
    end: int
    """Bytes from the beginning of the file to the end of the signed revision; 0 when coverage is ``none``."""
    revision: int
    """Which revision that is, from 1; 0 for none."""
    contents: bytes
    """The DER in /Contents without its padding; empty where it cannot be read."""
    tricks: tuple[Finding, ...] = ()
    doubts: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class StructureResult:
    """What the bytes say of the file; ``signatures`` in the order in which they were asked for."""

    signatures: tuple[SignatureStructure, ...]
    revisions: tuple[Revision, ...]
    tricks: tuple[Finding, ...] = ()
    doubts: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


def locate(reader: PdfFileReader) -> tuple[Located, ...]:
    """Return every signature field that has a value, in the order of the form, with where its value lies."""
    return ()


def check(data: Raw, located: Sequence[Located]) -> StructureResult:
    """Judge the bytes around every signature of ``located``, and the file. Never raises for bytes from outside."""
    return StructureResult((), ())
