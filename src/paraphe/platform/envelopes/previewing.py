"""The documents of a draft as they will look once one of its signers has signed: made by what makes the real ones.

His boxes are placed, filled with examples and drawn, nothing is signed. What cannot take boxes is shown as it is; the
check before the launch says why.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Final

from django.core.cache import cache
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.secrets import seal, unseal
from paraphe.kernel.clock import SystemClock
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access
from paraphe.platform.envelopes.appearing import appearance_of
from paraphe.platform.envelopes.boxes import state_of
from paraphe.platform.envelopes.ceremony_reading import initials_of
from paraphe.platform.envelopes.draft import document_of
from paraphe.platform.envelopes.freezing import new_field
from paraphe.platform.envelopes.models import Envelope, Field, Recipient
from paraphe.platform.envelopes.queries import IMAGE_WIDTHS, image_of
from paraphe.platform.envelopes.recipients import recipient_of
from paraphe.platform.envelopes.values import EDITABLE

PURPOSE: Final = "envelopes.preview"
SECONDS: Final = 600


def preview_image(
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    recipient_id: uuid.UUID,
    document_id: uuid.UUID,
    page: int,
    width: int,
) -> bytes:
    """Return page ``page`` (from 0) as PNG, as the recipient leaves it. Raises NotFound, WrongState, RenderFailed."""
    envelope = access.row(person, firm, envelope_id)
    access.expect_state(envelope, EDITABLE)
    recipient, document = recipient_of(envelope, recipient_id), document_of(envelope, document_id)
    if not 0 <= page < len(document.pages) or width not in IMAGE_WIDTHS:
        raise NotFound(kind="page")
    fields = list(document.fields.filter(recipient=recipient).select_related("recipient"))
    if not any(one.page == page and one.width for one in fields):
        return image_of(document.source_file, len(document.pages), page, width)
    # Whatever changes what is seen is in the key; the day is, the minute is not.
    about = (document.source_sha256, state_of(fields), str(recipient.pk), recipient.given_name, recipient.family_name)
    key = f"envelope-preview:{sha256_hex(repr((*about, envelope.locale, page, width)).encode())}"
    held: bytes | None = cache.get(key)
    if held is not None:
        return unseal(held, PURPOSE)
    image = pdf.render_page(_filled(envelope, recipient, files.read(document.source_file), fields), page, width)
    cache.set(key, seal(image, PURPOSE), SECONDS)
    return image


def _filled(envelope: Envelope, recipient: Recipient, source: bytes, fields: Sequence[Field]) -> bytes:
    """Return ``source`` with the boxes of one person filled, or as it is where it takes none."""
    for number, one in enumerate(fields):
        if not one.existing:
            one.name = f"preview-{envelope.pk.hex[:8]}-{number}"
    signing = next((one for one in fields if one.kind == Field.Kind.SIGNATURE and not one.repeats), None)
    new = [new_field(one, envelope.locale) for one in fields if not one.existing]
    if signing is None:
        # Who fills without signing is told before the launch; here his boxes are drawn all the same.
        new.append(pdf.NewField(f"preview-{envelope.pk.hex[:8]}", "signature", None))
    look = replace(
        appearance_of(envelope, recipient, recipient.locale),
        field_name=signing.name if signing else f"preview-{envelope.pk.hex[:8]}",
        echoes=tuple(one.name for one in fields if one.repeats),
    )
    with suppress(pdf.PdfRefused):
        placed = pdf.place_fields(source, new).whole(source)
        values = tuple(_example(one) for one in fields if one.kind != Field.Kind.SIGNATURE)
        return pdf.prepare_range(placed, look, SystemClock(), fill=values).whole(placed)
    return source


def _example(field: Field) -> pdf.FieldValue:
    """Return what somebody could fill in."""
    if field.kind == Field.Kind.CHECKBOX:
        return pdf.FieldValue(field.name, checked=True)
    today: date = timezone.localdate()
    examples = {Field.Kind.INITIALS: initials_of(field.recipient) or "…", Field.Kind.DATE: f"{today:%d/%m/%Y}"}
    return pdf.FieldValue(field.name, examples.get(Field.Kind(field.kind), field.label or "…"))
