"""Before signing: pages that were seen, boxes that are filled, the text that is agreed to."""

import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.envelopes import rules
from paraphe.platform.envelopes.ceremony_access import Held, Pass, held, own_fields
from paraphe.platform.envelopes.errors import FieldsInvalid, NotConsented, PagesUnseen
from paraphe.platform.envelopes.models import Field, Recipient

LONGEST = 500
TICKED = "on"
#: What can be drawn with a finger, too.
DRAWN = (Field.Kind.INITIALS, Field.Kind.MENTION)


def note_pages_seen(who: Pass, actor: Actor, document_id: uuid.UUID, pages: Iterable[int]) -> int:
    """Write down which pages (from 0) of a document were shown; return how many of all are still to be seen.

    Again changes nothing. Raises LinkDead, NotFound for a document or page that is not there.
    """
    with transaction.atomic():
        rows = held(who, lock=True)
        totals = {str(one.pk): len(one.pages) for one in rows.envelope.documents.all()}
        key, given = str(document_id), set(pages)
        if key not in totals or any(not 0 <= page < totals[key] for page in given):
            raise NotFound(kind="page")
        seen = {name: set(known) for name, known in rows.ceremony.pages_seen.items()}
        fresh = given - seen.get(key, set())
        seen[key] = seen.get(key, set()) | given
        left = sum(totals.values()) - sum(len(seen.get(name, ())) for name in totals)
        if not fresh:
            return left
        rows.ceremony.pages_seen = {name: sorted(known) for name, known in seen.items()}
        rows.save("pages_seen")
        _note_seen(rows, actor, document_id, sorted(fresh), left)
    return left


def fill(who: Pass, actor: Actor, typed: Mapping[str, str], drawn: Mapping[str, str] | None = None) -> None:
    """Keep what the recipient wrote into his boxes, and ``drawn``, both named by the number of each box.

    Who drew his initials or the mention that was asked for need not type them: the value is what he was asked to write.
    Nothing is kept when something is wrong: FieldsInvalid with every problem. Raises LinkDead, WrongState, NotDone,
    NotYourTurn.
    """
    with transaction.atomic():
        rows = held(who, lock=True)
        rows.expect_turn()
        problems: dict[str, str] = {}
        fields = [one for one in own_fields(rows.recipient) if one.kind != Field.Kind.SIGNATURE]
        for field in fields:
            value = rules.clean(typed.get(str(field.pk), ""), lines=field.kind == Field.Kind.TEXT)
            field.ink, problem = _ink(field, (drawn or {}).get(str(field.pk), ""))
            if field.ink:
                # A hand may have typed it wrong before it drew: what stands on the page is what was asked for.
                copied = field.label if field.kind == Field.Kind.MENTION else ""
                value = copied or value or (initials_of(rows.recipient) if field.kind == Field.Kind.INITIALS else "")
                if not value:
                    problem = "empty"
            if problem := problem or _problem(field, value):
                problems[str(field.pk)] = problem
            field.value = value or None
        if problems:
            raise FieldsInvalid(problems)
        Field.objects.bulk_update(fields, ["value", "ink"])
        inked = [str(one.pk) for one in fields if one.ink]
        rows.note(actor, "ceremony:filled", fields=[str(one.pk) for one in fields if one.value], drawn=inked)


def consent(who: Pass, actor: Actor, language: str, shown_sha256: str) -> None:
    """Write down that the recipient agreed to the text of the collection, in the language in which it was shown.

    Raises LinkDead, WrongState, NotDone, NotYourTurn, PagesUnseen, FieldsInvalid; NotConsented for another text.
    """
    with transaction.atomic():
        rows = held(who, lock=True)
        rows.expect_turn()
        expect_read(rows)
        expect_filled(own_fields(rows.recipient))
        digest = sha256_hex(consent_text(rows, language).encode())
        if digest != shown_sha256:
            raise NotConsented()
        rows.ceremony.consented_at, rows.ceremony.consent_sha256 = timezone.now(), digest
        rows.save("consented_at", "consent_sha256")
        rows.note(actor, "ceremony:consented", text_sha256=digest, language=language)


def consent_text(rows: Held, language: str) -> str:
    """Return the text that is agreed to."""
    return rows.envelope.consent_en if language == "en" else rows.envelope.consent_fr


def expect_read(rows: Held) -> None:
    """Let through who saw every page, where the firm wants it. Raises PagesUnseen."""
    if not rows.envelope.read_all_pages:
        return
    seen = rows.ceremony.pages_seen
    left = sum(len(one.pages) - len(seen.get(str(one.pk), ())) for one in rows.envelope.documents.all())
    if left > 0:
        raise PagesUnseen(left=left)


def expect_filled(fields: Sequence[Field]) -> None:
    """Let through when every required box is filled. Raises FieldsInvalid."""
    empty = {
        str(one.pk): "empty" for one in fields if one.kind != Field.Kind.SIGNATURE and one.required and not one.value
    }
    if empty:
        raise FieldsInvalid(empty)


def initials_of(recipient: Recipient) -> str:
    """Return the initials of a recipient, as they are proposed to him."""
    return f"{recipient.given_name[:1]}{recipient.family_name[:1]}".upper()


def shown_value(field: Field) -> str:
    """Return the value of a box as it stands on the page: a day as people of France write it."""
    if field.kind == Field.Kind.DATE and field.value:
        return f"{date.fromisoformat(field.value):%d/%m/%Y}"
    return field.value or ""


def _note_seen(rows: Held, actor: Actor, document_id: uuid.UUID, pages: list[int], left: int) -> None:
    read = left == 0 and rows.recipient.state in (Recipient.State.INVITED, Recipient.State.OPENED)
    if read:
        rows.recipient.state, rows.recipient.read_at = Recipient.State.READ, timezone.now()
        rows.recipient.save(update_fields=["state", "read_at"])
    rows.note(actor, "ceremony:page-seen", document=str(document_id), pages=[page + 1 for page in pages])
    if read:
        rows.note(actor, "ceremony:read")


def _ink(field: Field, drawn: str) -> tuple[str | None, str]:
    """Return what was drawn, as it is kept, or what is wrong with it; only some boxes take a drawing."""
    if not drawn or field.kind not in DRAWN:
        return None, ""
    try:
        return pdf.read_ink(drawn).to_text(), ""
    except pdf.BadImage:
        return None, "drawing"


def _problem(field: Field, value: str) -> str:
    if not value:
        return "empty" if field.required else ""
    if len(value) > LONGEST:
        return "too_long"
    if field.kind == Field.Kind.DATE:
        return "" if _is_day(value) else "date"
    if field.kind == Field.Kind.MENTION and field.label and _folded(value) != _folded(field.label):
        return "mention"
    return ""


def _is_day(value: str) -> bool:
    try:
        return 1900 <= date.fromisoformat(value).year <= 2200
    except ValueError:
        return False


def _folded(text: str) -> str:
    """Return a mention as two ways to write it are compared: case, accents and punctuation do not count."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one if one.isalnum() else " " for one in plain if not unicodedata.combining(one))
    return " ".join(letters.split())
