"""Holding a collection is having been allowed to: rows for the verbs of this room only."""

import uuid
from collections.abc import Collection, Mapping

from django.db.models import Q, QuerySet
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import searching
from paraphe.platform.envelopes.errors import MayNot, WrongState
from paraphe.platform.envelopes.models import Envelope
from paraphe.platform.envelopes.values import EDITABLE
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms


def visible(person: accounts.Person, firm: accounts.Firm) -> QuerySet[Envelope]:
    """Return the collections of ``firm`` that ``person`` may know of: none without right ``prepare`` or ``launch``.

    His own and those he launched; the templates of the firm; with right ``launch`` also what was handed over to be
    launched. Where the firm shows them also those that his team sent, as of documents, or everybody's.
    """
    rights = accounts.rights(person, firm)
    if not rights & {"prepare", "launch"}:
        return Envelope.objects.none()
    mine = Q(sender_id=person.pk) | Q(launched_by_id=person.pk) | Q(state="template")
    if "launch" in rights:
        mine |= Q(handed_over_at__isnull=False)
    found = Envelope.objects.filter(firm_id=firm.pk)
    visibility = firms.options(firm).visibility
    if visibility == "all":
        return found
    return found.filter(mine | Q(sender_id__in=documents.team_of(person, firm)) if visibility == "team" else mine)


def row(person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, *, lock: bool = False) -> Envelope:
    """Return a collection that ``person`` may know of; locked when it will be written. Raises NotFound."""
    found = visible(person, firm)
    # Locked by its number alone: the rows of the other conditions are not ours to hold.
    if not found.filter(pk=envelope_id).exists():
        raise NotFound(kind="envelope")
    rows = Envelope.objects.select_for_update() if lock else Envelope.objects
    envelope = rows.filter(pk=envelope_id).first()
    if envelope is None:
        raise NotFound(kind="envelope")
    return envelope


def editable(person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID) -> Envelope:
    """Return a draft or template, locked, that ``person`` may change. Raises NotFound, MayNot, WrongState."""
    envelope = row(person, firm, envelope_id, lock=True)
    expect_right(person, firm, "prepare")
    expect_state(envelope, EDITABLE)
    return envelope


def expect_right(person: accounts.Person, firm: accounts.Firm, right: accounts.Right) -> None:
    """Raise MayNot unless ``person`` has ``right``, FirmClosed for a firm that left."""
    if right not in accounts.rights(person, firm):
        raise MayNot(right=right)
    if firms.is_closed(firm):
        raise firms.FirmClosed()


def expect_state(envelope: Envelope, states: Collection[str]) -> None:
    """Raise WrongState unless ``envelope`` is in one of ``states``."""
    if envelope.state not in states:
        raise WrongState(state=envelope.state)


def touch(envelope: Envelope, *fields: str) -> None:
    """Save ``fields`` of a collection that was changed; what waited for a launch must be handed over again."""
    envelope.changed_at = timezone.now()
    envelope.save(update_fields=["changed_at", *fields])
    searching.index(envelope)


def note(
    envelope: Envelope,
    actor: Actor,
    tag: str,
    subjects: dict[str, str] | None = None,
    *,
    private: Mapping[str, object] | None = None,
    **data: object,
) -> None:
    """Write ``tag`` about a collection in the caller's transaction, last; the log only commits to ``private``."""
    about = {"envelope": str(envelope.pk), "firm": str(envelope.firm_id), **(subjects or {})}
    evidence.record(tag, actor=actor, subjects=about, data=data, private=private)
