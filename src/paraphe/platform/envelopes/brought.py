"""The fields that a document brought: empty ones, with their places, that somebody of a collection can fill or sign."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from paraphe.pdf import api as pdf
from paraphe.platform.envelopes import rules
from paraphe.platform.envelopes.errors import BadField
from paraphe.platform.envelopes.models import EnvelopeDocument
from paraphe.platform.envelopes.values import FieldData, OpenField

LONGEST_NAME: Final = 120
COLUMNS: Final = ("name", "kind", "page", "x", "y", "width", "height", "label")


def rows_of(found: pdf.Inspection) -> list[list[object]]:
    """Return the open fields of a PDF as they are kept; those with a name that cannot be kept are left alone."""
    return [
        [one.name, one.kind, one.box.page, *(round(side, 2) for side in sides_of(one.box)), rules.clean(one.label)]
        for one in found.open_fields
        if is_name(one.name)
    ]


def is_name(name: str) -> bool:
    """Tell whether a field of this name can be kept: names come from outside, of any length, with any characters."""
    # Bytes that are no text come as they would be written in a program.
    return len(name) <= LONGEST_NAME and name.isprintable() and not name.startswith(("b'", 'b"'))


def sides_of(box: pdf.Box) -> Sequence[float]:
    """Return place and size of a box."""
    return box.x, box.y, box.width, box.height


def open_fields(row: EnvelopeDocument) -> tuple[OpenField, ...]:
    """Return the open fields of a document, in its order."""
    return tuple(OpenField(**dict(zip(COLUMNS, one, strict=True))) for one in row.open_fields)


def seated(document: EnvelopeDocument, asked: FieldData) -> FieldData:
    """Return a box for a field that the document brought at the place of that field. Raises BadField: ``name``.

    Signature fields that are not seen anywhere have no place, and none is needed.
    """
    known = {one.name: one for one in open_fields(document)}
    there = known.get(asked.existing)
    if there is None:
        if asked.kind != "signature" or asked.existing not in document.empty_fields:
            raise BadField(reason="name")
        return replace(asked, x=0.0, y=0.0, width=0.0, height=0.0)
    if asked.kind not in there.fitting:
        raise BadField(reason="name")
    return replace(asked, page=there.page, x=there.x, y=there.y, width=there.width, height=there.height)
