"""What collections hold about somebody who is a recipient of them, for himself, whichever firm asked him."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import Q, QuerySet

from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes.models import Ceremony, Recipient

#: The newest; who was asked more often than that finds the others with the firms that asked.
MOST: Final = 20_000


def about(person: accounts.Person) -> Sequence[Mapping[str, object]]:
    """Return a row of plain values for each collection in which ``person`` was asked something or got a copy.

    He is found as the firms named him: by his e-mail at Comptexpert. What was never sent to him is a draft of the firm
    and not in it; neither is anything about the other recipients.
    """
    rows = _of(person).select_related("envelope__firm", "envelope__sender", "ceremony").prefetch_related("fields")
    return [_row(one) for one in rows.order_by("-invited_at", "pk")[:MOST]]


def _of(person: accounts.Person) -> QuerySet[Recipient]:
    """Return what was sent to ``person``, also before he was known here."""
    own = Q(person_id=person.pk)
    return Recipient.objects.exclude(invited_at=None).filter(
        own | Q(email__iexact=person.email) if person.email else own
    )


def _row(one: Recipient) -> dict[str, object]:
    envelope, ceremony = one.envelope, _ceremony(one)
    return {
        "collection": str(envelope.pk), "title": envelope.title, "firm": envelope.firm.siren,
        "firm_name": envelope.firm.name, "sender": envelope.sender.full_name, "collection_state": envelope.state,
        "role": one.role, "state": one.state, "level": one.level, "given_name": one.given_name,
        "family_name": one.family_name, "email": one.email, "mobile": one.mobile, "language": one.locale,
        "invited_at": one.invited_at, "reminded_at": one.reminded_at, "reminders": one.reminders,
        "opened_at": one.opened_at, "read_at": one.read_at,
        "consented_at": ceremony.consented_at if ceremony else None, "done_at": one.done_at,
        "bounced_at": one.bounced_at, "refusal": one.refusal, "question": ceremony.question if ceremony else None,
        "drew_signature": bool(ceremony and ceremony.handwriting),
        "filled": {field.label or field.kind: field.value for field in one.fields.all() if field.value},
        "delete_on": envelope.delete_on,
    }  # fmt: skip


def _ceremony(one: Recipient) -> Ceremony | None:
    return one.ceremony if hasattr(one, "ceremony") else None
