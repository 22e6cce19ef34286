"""Which changes after a signature are honest, where the library is too trusting (ISO 32000-2 §12.8.2.2)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.sign.diff_analysis import ModificationLevel, SigFieldCreationRule, SuspiciousModification

from paraphe.pdf.opening import items, look
from paraphe.pdf.values import SignatureReport


class HonestNewFields(SigFieldCreationRule):
    """Signature fields may be added for the next person; one that nobody signed may not draw over the text."""

    def apply(self, context: Any) -> Iterable[tuple[ModificationLevel, Any]]:
        """Yield what the library allows. Raises SuspiciousModification for an empty field with a drawing."""
        for name, field in context.field_specs.items():
            if field.old_field_ref is None and _is_empty_drawing(field.new_field_ref.get_object()):
                raise SuspiciousModification(f"The empty field {name} has a drawing.")
        yield from super().apply(context)


def _is_empty_drawing(field: generic.DictionaryObject) -> bool:
    if look(field, "/V") is not None:
        return False
    kids = look(field, "/Kids")
    widgets = [field, *(items(kids) if isinstance(kids, generic.ArrayObject) else [])]
    return any(_draws(look(look(widget, "/AP"), state)) for widget in widgets for state in ("/N", "/R", "/D"))


def _draws(drawing: generic.PdfObject | None) -> bool:
    """Tell whether there is more in ``drawing`` than comments: other programs put such blanks into empty fields."""
    if not isinstance(drawing, generic.StreamObject):
        return drawing is not None
    return any(line.strip() and not line.lstrip().startswith(b"%") for line in drawing.data.splitlines())


def unsigned_named(reports: list[SignatureReport]) -> list[SignatureReport]:
    """Name what follows the last signature and is more than proofs: nobody answers for it."""
    if not reports or reports[-1].covers != "revision" or reports[-1].modifications == "forbidden":
        return reports
    return [*reports[:-1], replace(reports[-1], problems=(*reports[-1].problems, "unsigned_changes"))]
