"""A document at launch: every field of every signer is placed before anybody signs."""

from paraphe.pdf.api import Box, NewField, inspect, place_fields


def launched(data: bytes, people: int, *, visible: bool = True, with_form: bool = True) -> bytes:
    """Return ``data`` with a signature, a text, a box to tick and the signature once more for each of ``people``.

    They are called ``Signature é 0``, ``Text é 0``, ``Tick é 0`` and so on, on the first page, and ``Echo é 0``
    on the last.
    """
    found = inspect(data).pages
    foot, last = found[0].height_pt - 60, len(found) - 1
    fields = []
    for number in range(people):
        y = foot - 24 * number
        fields.append(NewField(f"Signature é {number}", "signature", Box(0, 40, y, 120, 20) if visible else None))
        if with_form:
            fields.append(NewField(f"Text é {number}", "text", Box(0, 170, y, 130, 20), label="Lieu"))
            fields.append(NewField(f"Tick é {number}", "checkbox", Box(0, 310, y, 12, 12)))
            fields.append(NewField(f"Echo é {number}", "lines", Box(last, 340, 40 + 30 * number, 120, 28)))
    return place_fields(data, fields).whole(data)
