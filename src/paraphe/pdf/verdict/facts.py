"""What can change in a PDF, as facts that no permission has judged yet, and how each permission judges them.

ISO 32000-2 table 257 (DocMDP), §12.8.2.4 (FieldMDP); "Breaking the Specification: PDF Certification" (Mladenov et al.
2021) for what annotations and new signatures may hide although the letter of the standard permits them.
"""

from dataclasses import dataclass
from typing import Literal

from pyhanko.pdf_utils import generic

from paraphe.pdf.verdict.history import Ref

Level = Literal[
    "proof", "signature", "new_field", "form", "comment", "annotation", "suspicious", "forbidden"
]  # fmt: skip
"""What a change is: what PAdES adds by itself; a signature; a visible new field for one; a form field filled; a comment
that hides nothing; any other annotation; what only a forger has reason for; what no permission allows."""
Verdict = Literal["permitted", "suspicious", "forbidden"]
Rectangle = tuple[float, float, float, float]

PERMITTED: dict[Level, dict[int | None, Verdict]] = {
    "proof": {1: "permitted", 2: "permitted", 3: "permitted", None: "permitted"},
    "signature": {1: "forbidden", 2: "permitted", 3: "permitted", None: "permitted"},
    "new_field": {1: "forbidden", 2: "forbidden", 3: "suspicious", None: "permitted"},
    "form": {1: "forbidden", 2: "permitted", 3: "permitted", None: "permitted"},
    "comment": {1: "forbidden", 2: "forbidden", 3: "permitted", None: "suspicious"},
    "annotation": {1: "forbidden", 2: "forbidden", 3: "suspicious", None: "forbidden"},
    "suspicious": {1: "forbidden", 2: "suspicious", 3: "suspicious", None: "suspicious"},
    "forbidden": {1: "forbidden", 2: "forbidden", 3: "forbidden", None: "forbidden"},
}


@dataclass(frozen=True)
class Fact:
    """One change in one revision; ``field`` is set where a lock of form fields may forbid it."""

    kind: str
    level: Level
    page: int | None = None
    detail: str = ""
    field: str | None = None
    widget: Ref | None = None
    """The annotation that shows it, for its place on the page."""
    rectangle: Rectangle | None = None


def rectangle_of(value: generic.PdfObject | None) -> Rectangle | None:
    """Return /Rect as left, bottom, right, top; None for no rectangle, or one without area."""
    if not isinstance(value, generic.ArrayObject) or len(value) != 4:
        return None
    numbers = [value[one] for one in range(4)]
    if not all(isinstance(one, generic.NumberObject | generic.FloatObject) for one in numbers):
        return None
    x1, y1, x2, y2 = (float(one) for one in numbers)
    left, right, bottom, top = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    return (left, bottom, right, top) if right > left and top > bottom else None
