"""The verbs of mandates: draft, sign, put in force, withdraw."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.evidence import api as evidence
from paraphe.platform.mandates import deeds, notices
from paraphe.platform.mandates.errors import MayNotGrant, NoSuchDelegate, WrongState
from paraphe.platform.mandates.models import Mandate
from paraphe.platform.mandates.queries import row
from paraphe.platform.mandates.rules import Scope
from paraphe.platform.signing import api as signing

PURPOSE = "mandate"
State = Mandate.State
#: A draft that nobody signed within this time is dropped.
DRAFT_KEPT = timedelta(days=7)


def draft(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, delegate_id: int, scope: Scope, locale: str
) -> uuid.UUID:
    """Compose the deed by which ``person`` lets ``delegate_id`` act for ``firm``; nothing is in force yet.

    Raises MayNotGrant, NoSuchDelegate.
    """
    require_grantor(person, firm)
    members = {one.person_id: one.person for one in accounts.people_of(firm)}
    delegate = members.get(delegate_id)
    if delegate is None or delegate.pk == person.pk:
        raise NoSuchDelegate()
    now = timezone.now()
    mandate = Mandate(
        firm=firm, person=delegate, granted_by=person, rights=list(scope.rights), kinds=list(scope.kinds),
        most=scope.most, starts_on=scope.starts_on, ends_on=scope.ends_on, language=locale[:2], created_at=now,
    )  # fmt: skip
    with transaction.atomic():
        stored = files.store(deeds.compose(mandate, now), purpose=PURPOSE)
        mandate.deed, mandate.deed_sha256 = stored.id, stored.sha256
        mandate.save()
        _note(mandate, actor, "mandate:drafted", rights=mandate.rights, deed_sha256=stored.sha256)
    return mandate.pk


def begin_signature(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, mandate_id: uuid.UUID, locale: str
) -> str:
    """Return the address at which ``person`` authorises his signature of the deed.

    Raises MayNotGrant, NotFound, WrongState, and what ``signing.begin`` raises.
    """
    require_grantor(person, firm)
    mandate = row(firm, mandate_id)
    if mandate.state != State.DRAFTED or mandate.granted_by_id != person.pk:
        raise WrongState(state=mandate.state)
    appearance = pdf.SignatureSettings(
        box=pdf.signature_place(files.read(mandate.deed)),
        signer_name=person.full_name,
        firm=firm.name,
        language=mandate.language,
    )
    request_id = signing.begin(
        actor=actor,
        person_id=person.pk,
        documents=[signing.ToSign(deeds.title_of(mandate), mandate.deed, appearance)],
        purpose=PURPOSE,
        reference=str(mandate.pk),
        locale=locale,
    )
    return signing.authorisation_address(request_id, person_id=person.pk)


def settle(outcome: signing.Outcome) -> None:
    """Put a mandate in force once its deed is signed; doing it again changes nothing."""
    if outcome.purpose != PURPOSE or outcome.state != "completed":
        return
    result = outcome.results[0]
    with transaction.atomic():
        mandate = Mandate.objects.select_for_update().filter(pk=outcome.reference, state=State.DRAFTED).first()
        if mandate is None:
            return
        # Whoever left the roll or the firm while he signed grants nothing any more.
        grantor, firm = accounts.person(mandate.granted_by_id), mandate.firm
        if firm.pk not in {one.pk for one in accounts.own_firms(grantor)}:
            _end(mandate, SYSTEM, State.DROPPED, "mandate:dropped")
            return
        unsigned, mandate.deed, mandate.deed_sha256 = mandate.deed, result.file_id, result.sha256
        mandate.state, mandate.signed_at = State.SIGNED, timezone.now()
        mandate.save(update_fields=["deed", "deed_sha256", "state", "signed_at"])
        files.destroy(unsigned)
        accounts.grant(
            person=accounts.person(mandate.person_id), firm=firm, granted_by=grantor, rights=mandate.rights,
            mandate=mandate.pk, kinds=mandate.kinds, most=mandate.most, starts_on=mandate.starts_on,
            ends_on=mandate.ends_on,
        )  # fmt: skip
        notices.given(mandate)
        _note(mandate, Actor("person", str(grantor.pk)), "mandate:signed", deed_sha256=result.sha256)


def withdraw(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, mandate_id: uuid.UUID) -> None:
    """End a mandate at once: what was begun under it and not yet signed is stopped.

    Any accountant of the firm may. A draft is dropped. Raises MayNotGrant, NotFound, WrongState when it is over.
    """
    require_grantor(person, firm)
    with transaction.atomic():
        mandate = Mandate.objects.select_for_update().get(pk=row(firm, mandate_id).pk)
        if mandate.state == State.DRAFTED:
            _end(mandate, actor, State.DROPPED, "mandate:dropped")
            return
        if mandate.state != State.SIGNED:
            raise WrongState(state=mandate.state)
        begun = _withdraw(mandate, actor)
    for key in begun:
        signing.stop(uuid.UUID(key), failure="mandate_withdrawn")


def withdraw_orphaned() -> None:
    """End mandates whose grantor left the roll or the firm, or whose delegate left the firm.

    They gave nothing since it became known (``accounts.granted``); here the deed is closed, and what was begun stopped.
    """
    for mandate_id in accounts.orphaned_mandates():
        with transaction.atomic():
            mandate = Mandate.objects.select_for_update().filter(pk=mandate_id, state=State.SIGNED).first()
            begun = _withdraw(mandate, SYSTEM) if mandate else accounts.withdraw(mandate_id)
        for key in begun:
            signing.stop(uuid.UUID(key), failure="mandate_withdrawn")


def _withdraw(mandate: Mandate, actor: Actor) -> Sequence[str]:
    """Withdraw a signed mandate in the caller's transaction, and return the keys of what was begun under it."""
    begun = accounts.withdraw(mandate.pk)
    notices.withdrawn(mandate)
    _end(mandate, actor, State.WITHDRAWN, "mandate:withdrawn")
    return begun


def settle_recent() -> None:
    """Take signed deeds that no browser came back for, and drop drafts that nobody signed."""
    now = timezone.now()
    for outcome in signing.completed_since(now - timedelta(days=2), PURPOSE):
        settle(outcome)
    withdraw_orphaned()
    for mandate in Mandate.objects.filter(state=State.DRAFTED, created_at__lt=now - DRAFT_KEPT):
        with transaction.atomic():
            _end(mandate, SYSTEM, State.DROPPED, "mandate:dropped")


def require_grantor(person: accounts.Person, firm: accounts.Firm) -> None:
    """Let only an accountant of ``firm`` who is on the roll go on. Raises MayNotGrant."""
    if firm.pk not in {one.pk for one in accounts.own_firms(person)}:
        raise MayNotGrant()


def _end(mandate: Mandate, actor: Actor, state: str, tag: str) -> None:
    if Mandate.objects.filter(pk=mandate.pk, state=mandate.state).update(state=state, ended_at=timezone.now()):
        _note(mandate, actor, tag)


def _note(mandate: Mandate, actor: Actor, tag: str, **data: object) -> None:
    subjects = {"mandate": str(mandate.pk), "firm": str(mandate.firm_id), "person": str(mandate.person_id)}
    evidence.record(tag, actor=actor, subjects=subjects, data=dict(data))
