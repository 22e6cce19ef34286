"""Who a draft goes to: signers, approvers, people in copy, and in which order. Every verb needs right ``prepare``."""

import uuid
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.envelopes import access, rules
from paraphe.platform.envelopes.errors import BadOrder, BadRecipient, TooMany
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.envelopes.values import RecipientData
from paraphe.platform.firms import api as firms


def add(*, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, typed: Mapping[str, str]) -> uuid.UUID:
    """Add a recipient as the last one, in a step of his own.

    Raises NotFound, MayNot, WrongState, TooMany, BadRecipient.
    """
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        data = data_of(envelope, firm, {"level": envelope.level, "locale": envelope.locale, **typed})
        made = _make(envelope, data)
        access.touch(envelope)
    return made.pk


def add_contact(
    *, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, contact_id: uuid.UUID, role: str = "signer"
) -> uuid.UUID:
    """Add a contact of the firm as the last recipient. Raises as ``add``."""
    typed = contact_typed(person, firm, contact_id, role)
    return add(person=person, firm=firm, envelope_id=envelope_id, typed=typed)


def contact_typed(person: accounts.Person, firm: accounts.Firm, contact_id: uuid.UUID, role: str) -> dict[str, str]:
    """Return a contact of the firm as if he had been typed. Raises NotFound."""
    contact = contacts.get(person, firm, contact_id).data
    family = contact.family_name or ("" if contact.given_name else contact.company)
    return {
        "role": role,
        "given_name": contact.given_name,
        "family_name": family,
        "email": contact.email,
        "mobile": contact.mobile,
        "locale": contact.language,
    }


def change(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    recipient_id: uuid.UUID,
    typed: Mapping[str, str],
) -> None:
    """Keep what was typed about a recipient; one who no longer fills anything loses his boxes. Raises as ``add``."""
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        recipient = recipient_of(envelope, recipient_id)
        data = data_of(envelope, firm, {"level": recipient.level, "locale": recipient.locale, **typed})
        write(recipient, data)
        recipient.save()
        if data.role != "signer":
            recipient.fields.all().delete()
        if data.role == "copy":
            _renumber(envelope)
        access.touch(envelope)


def remove(*, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, recipient_id: uuid.UUID) -> None:
    """Take a recipient out, with his boxes; again changes nothing. Raises NotFound, MayNot, WrongState."""
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        if envelope.recipients.filter(pk=recipient_id).delete()[0]:
            _renumber(envelope)
            access.touch(envelope)


def arrange(
    *, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, steps: Sequence[Sequence[uuid.UUID]]
) -> None:
    """Put everybody who acts in order: each of ``steps`` holds who is asked at the same time.

    Raises NotFound, MayNot, WrongState, BadOrder unless everybody but the people in copy is named once.
    """
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        ordered(list(envelope.recipients.exclude(role=Recipient.Role.COPY)), steps)
        access.touch(envelope)


def spread(*, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, together: bool) -> None:
    """Ask everybody who acts at the same time, or one after the other as they stand. Raises as ``arrange``."""
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        rows = list(envelope.recipients.exclude(role=Recipient.Role.COPY))
        ordered(rows, [[one.pk for one in rows]] if together else [[one.pk] for one in rows])
        access.touch(envelope)


def ordered(recipients: Sequence[Recipient], steps: Sequence[Sequence[uuid.UUID]]) -> None:
    """Write steps and places of ``recipients``. Raises BadOrder unless each is named once."""
    held = {one.pk: one for one in recipients}
    named = [one for step in steps for one in step]
    if len(named) != len(set(named)) or set(named) != set(held):
        raise BadOrder()
    for number, step in enumerate((step for step in steps if step), 1):
        for place, one in enumerate(step):
            held[one].step, held[one].position = number, place
    Recipient.objects.bulk_update(recipients, ["step", "position"])


def recipient_of(envelope: Envelope, recipient_id: uuid.UUID) -> Recipient:
    """Return a recipient of ``envelope``. Raises NotFound."""
    found = envelope.recipients.filter(pk=recipient_id).first()
    if found is None:
        raise NotFound(kind="recipient")
    return found


def write(recipient: Recipient, data: RecipientData) -> None:
    """Give the row what was typed, and the person of the platform that it names."""
    for name in ("role", "given_name", "family_name", "email", "locale", "level", "label"):
        setattr(recipient, name, getattr(data, name))
    recipient.mobile = data.mobile or None
    recipient.person = accounts.known(data.email)


def _make(envelope: Envelope, data: RecipientData) -> Recipient:
    there = envelope.recipients.count()
    if there >= settings.MOST_RECIPIENTS:
        raise TooMany(what="recipients", limit=settings.MOST_RECIPIENTS)
    last = envelope.recipients.aggregate(step=Max("step"))["step"] or 0
    made = Recipient(envelope=envelope, step=last + 1, position=0, colour=there % rules.COLOURS)
    write(made, data)
    made.save()
    return made


def data_of(envelope: Envelope, firm: accounts.Firm, typed: Mapping[str, str]) -> RecipientData:
    """Return somebody as he is kept. Raises BadRecipient, also for a level that the firm does not offer."""
    data = rules.recipient_of(typed, template=envelope.state == Envelope.State.TEMPLATE)
    if data.level == "advanced" and not firms.options(firm).third_party_advanced:
        raise BadRecipient({"level": "not_offered"})
    return data


def _renumber(envelope: Envelope) -> None:
    rows = list(envelope.recipients.exclude(role=Recipient.Role.COPY))
    for one, step in zip(rows, rules.steps_of([one.step for one in rows]), strict=True):
        one.step = step
    Recipient.objects.bulk_update(rows, ["step"])
