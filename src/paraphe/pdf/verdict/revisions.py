"""The revisions of a PDF as they lie in the file: where each ends, by which cross-reference it is read."""

from dataclasses import dataclass
from typing import Literal

CrossReference = Literal["table", "stream", "hybrid"]
Raw = bytes | memoryview
"""The bytes of a whole file: in memory, or a view of a mapped file."""


@dataclass(frozen=True)
class Revision:
    """One revision: ``end`` counts from the first byte of the file to behind %%EOF and its end of line."""

    end: int
    startxref: int
    kind: CrossReference
    objects: int
    """How many objects its cross-reference sections define."""


def read(data: Raw) -> tuple[Revision, ...]:
    """Return the revisions of ``data``, oldest first; empty where no cross-reference can be followed."""
    return ()
