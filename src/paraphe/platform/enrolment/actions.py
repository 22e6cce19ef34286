"""The first steps: the inherited data is confirmed, the mobile number is given."""

from django.db import transaction
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash, seal_text
from paraphe.kernel.actor import Actor
from paraphe.kernel.phones import mobile_number
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment.queries import row
from paraphe.platform.enrolment.rules import step_after
from paraphe.platform.enrolment.steps import expect, move, note

MOBILE_PURPOSE = "enrolment.mobile"


def confirm(*, actor: Actor, person: accounts.Person) -> None:
    """Record that ``person`` found the inherited data right. Raises NotInvited, WrongStep."""
    enrolment = row(person)
    expect(enrolment, "confirm")
    with transaction.atomic():
        move(enrolment, to=step_after(enrolment.track, "confirm"), confirmed_at=timezone.now())
        note(enrolment, actor, "enrolment:started", track=enrolment.track)
        note(enrolment, actor, "enrolment:confirmed", data_hash=keyed_hash(_inherited(person), "enrolment.inherited"))


def give_mobile(*, actor: Actor, person: accounts.Person, typed: str) -> str:
    """Keep the mobile number, as people type it, and return it as E.164. Raises BadMobile, WrongStep.

    It can be changed until the trust site has begun with it.
    """
    enrolment = row(person)
    expect(enrolment, "mobile", "identity")
    number = mobile_number(typed)
    changes = {"sealed_mobile": seal_text(number, MOBILE_PURPOSE)}
    with transaction.atomic():
        if enrolment.trust_request:
            expect(enrolment, "mobile")
        move(enrolment, to="identity", **changes)
        note(enrolment, actor, "enrolment:mobile-given", mobile_hash=keyed_hash(number, MOBILE_PURPOSE))
    return number


def _inherited(person: accounts.Person) -> str:
    firms = sorted(firm.siren for firm in accounts.firms_of(person))
    return "|".join([person.given_name, person.family_name, person.email, *firms])
