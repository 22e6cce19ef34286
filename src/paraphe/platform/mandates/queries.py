"""What can be read of mandates. Who administers the firm sees all, a delegate his own; others see nothing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.mandates import deeds
from paraphe.platform.mandates.models import Mandate
from paraphe.platform.mandates.rules import phase_of

LISTED = 500


@dataclass(frozen=True)
class MandateView:
    """A mandate as pages show it; ``phase`` is that of ``rules.phase_of``, ``used`` counts acts under it."""

    id: uuid.UUID
    delegate: str
    delegate_id: int
    grantor: str
    grantor_id: int
    rights: tuple[str, ...]
    kinds: tuple[str, ...]
    most: int | None
    used: int
    starts_on: date
    ends_on: date | None
    phase: str
    created_at: datetime
    signed_at: datetime | None
    ended_at: datetime | None


def get(person: accounts.Person, firm: accounts.Firm, mandate_id: uuid.UUID) -> MandateView:
    """Return a mandate that ``person`` may see. Raises NotFound for absence and for refusal alike."""
    return _view(_seen(person, firm, mandate_id))


def listing(person: accounts.Person, firm: accounts.Firm) -> Sequence[MandateView]:
    """Return the mandates of ``firm`` that ``person`` may see, newest first."""
    rows = Mandate.objects.filter(firm=firm).select_related("person", "granted_by").order_by("-created_at")
    if not accounts.administers(person, firm):
        rows = rows.filter(person=person).exclude(state__in=[Mandate.State.DRAFTED, Mandate.State.DROPPED])
    return [_view(one) for one in rows[:LISTED]]


def deed(person: accounts.Person, firm: accounts.Firm, mandate_id: uuid.UUID) -> bytes:
    """Return the deed as PDF. Raises NotFound."""
    return files.read(_seen(person, firm, mandate_id).deed)


def reason(mandate_id: uuid.UUID) -> str:
    """Return what a signature under this mandate says of it. Raises NotFound."""
    found = Mandate.objects.filter(pk=mandate_id).select_related("granted_by").first()
    if found is None:
        raise NotFound(kind="mandate")
    return deeds.reason_of(found)


def row(firm: accounts.Firm, mandate_id: uuid.UUID) -> Mandate:
    """Return the row of a mandate of ``firm``, for the verbs of this room only. Raises NotFound."""
    found = Mandate.objects.filter(pk=mandate_id, firm=firm).select_related("person", "granted_by", "firm").first()
    if found is None:
        raise NotFound(kind="mandate")
    return found


def _seen(person: accounts.Person, firm: accounts.Firm, mandate_id: uuid.UUID) -> Mandate:
    found = row(firm, mandate_id)
    if not accounts.administers(person, firm) and found.person_id != person.pk:
        raise NotFound(kind="mandate")
    return found


def _view(mandate: Mandate) -> MandateView:
    grants = accounts.Grant.objects.filter(mandate=mandate.pk)
    return MandateView(
        id=mandate.pk,
        delegate=mandate.person.full_name,
        delegate_id=mandate.person_id,
        grantor=mandate.granted_by.full_name,
        grantor_id=mandate.granted_by_id,
        rights=tuple(mandate.rights),
        kinds=tuple(mandate.kinds),
        most=mandate.most,
        used=sum(accounts.used(one) for one in grants),
        starts_on=mandate.starts_on,
        ends_on=mandate.ends_on,
        phase=phase_of(
            state=mandate.state, starts_on=mandate.starts_on, ends_on=mandate.ends_on, today=timezone.localdate()
        ),
        created_at=mandate.created_at,
        signed_at=mandate.signed_at,
        ended_at=mandate.ended_at,
    )
