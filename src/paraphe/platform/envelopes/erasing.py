"""Erasing a person: what was kept of a recipient goes, what happened stays, and every chain stays valid."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.envelopes import access, links, searching
from paraphe.platform.envelopes.errors import StillAsked, WrongState
from paraphe.platform.envelopes.models import Ceremony, Envelope, Recipient, Report
from paraphe.platform.envelopes.values import ENDED, UNDER_WAY
from paraphe.platform.evidence import api as evidence

REPLACED: Final = Recipient.State.REPLACED


@dataclass(frozen=True)
class Human:
    """By what somebody is found in the collections of a firm: his e-mail, or his name together with his mobile."""

    email: str
    given_name: str = ""
    family_name: str = ""
    mobile: str = ""


@dataclass(frozen=True)
class Asked:
    """A collection in which somebody is still asked something; ``id`` and title only for who may know of it."""

    id: uuid.UUID | None
    title: str
    sender_name: str


def asked_of(person: accounts.Person, firm: accounts.Firm, human: Human) -> Sequence[Asked]:
    """Return the collections of ``firm`` under way that name ``human``: to be ended before he is erased."""
    contacts.check(person, firm)
    left = [one for one in _of(firm, human) if one.envelope.state in UNDER_WAY and one.state != REPLACED]
    keys = {one.envelope_id for one in left}
    known = set(access.visible(person, firm).filter(pk__in=keys).values_list("pk", flat=True))
    rows = Envelope.objects.filter(pk__in=keys).select_related("sender").order_by("-changed_at", "pk")
    return [
        Asked(row.pk if row.pk in known else None, row.title if row.pk in known else "", row.sender.full_name)
        for row in rows
    ]


def erase_person(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, human: Human) -> int:
    """Erase what the ended collections of ``firm`` keep of ``human``, whoever sent them; return how many recipients.

    Nothing is erased while a collection under way names him: StillAsked. Again changes nothing. Raises contacts.MayNot.
    """
    if asked := asked_of(person, firm, human):
        raise StillAsked(count=len(asked))
    over = [one for one in _of(firm, human) if one.envelope.state in ENDED or one.state == REPLACED]
    for one in over:
        erase(one.pk, actor)
    return len(over)


def erase(recipient_id: uuid.UUID, actor: Actor) -> int:
    """Erase what is kept of a recipient of a collection that ended; return how many events lost their disclosure.

    Names, e-mail, mobile, what he wrote and drew, addresses and agents of his events. Signed documents and sealed
    evidence files are not touched: they are what he or the firm may need to prove (GDPR art. 17 §3 e). Again changes
    nothing. Raises NotFound; WrongState while he may still be asked something.
    """
    with transaction.atomic():
        row = Recipient.objects.filter(pk=recipient_id).first()
        if row is None:
            return _erased_events(recipient_id)
        envelope = Envelope.objects.select_for_update().get(pk=row.envelope_id)
        if envelope.state not in ENDED and row.state != Recipient.State.REPLACED:
            raise WrongState(state=envelope.state)
        held = bool(row.given_name or row.family_name or row.email)
        row.given_name = row.family_name = row.email = ""
        row.mobile = row.refusal = None
        row.person = None
        links.revoke(row)
        row.save()
        row.fields.update(value=None, ink=None)
        Report.objects.filter(recipient=row.pk).update(text=None)
        _forget_ceremony(row)
        searching.index(envelope)
        count = evidence.erase(str(row.pk))
        if count or held:
            access.note(envelope, actor, "recipient:erased", {"recipient": str(row.pk)}, events=count)
    return count


def _of(firm: accounts.Firm, human: Human) -> list[Recipient]:
    """Return the recipients of ``firm`` that are ``human``.

    A mobile alone names nobody: families and offices share one. It is sealed, so it is compared row by row, among
    those who have his name.
    """
    rows = Recipient.objects.filter(envelope__firm_id=firm.pk).select_related("envelope").order_by("pk")
    found = {one.pk: one for one in rows.filter(email__iexact=human.email)} if human.email else {}
    if human.mobile and human.family_name:
        named = rows.filter(given_name__iexact=human.given_name, family_name__iexact=human.family_name)
        found |= {one.pk: one for one in named if one.mobile == human.mobile}
    return list(found.values())


def _erased_events(recipient_id: uuid.UUID) -> int:
    """Erase what the evidence still discloses of somebody whose collection was deleted. Raises NotFound."""
    count = evidence.erase(str(recipient_id))
    if not count:
        raise NotFound(kind="recipient")
    return count


def _forget_ceremony(row: Recipient) -> None:
    ceremony = Ceremony.objects.filter(recipient=row).first()
    if ceremony is None:
        return
    if ceremony.handwriting is not None:
        files.destroy(ceremony.handwriting)
    Ceremony.objects.filter(pk=ceremony.pk).update(handwriting=None, ink=None, question=None)
