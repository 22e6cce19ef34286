"""A certificate after the one that was revoked or ran out: the telephone and the identity once more, nothing else."""

from typing import Final

from django.db import transaction

from paraphe.kernel.actor import Actor
from paraphe.kernel.ids import new_id
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment.errors import CertificateStillGood
from paraphe.platform.enrolment.queries import row
from paraphe.platform.enrolment.steps import expect, move, note
from paraphe.platform.signing import api as signing

#: States of a certificate after which there is nothing to lose by asking for another.
OVER: Final = ("revoked", "expired", "disabled")


def request_again(*, actor: Actor, person: accounts.Person) -> None:
    """Begin again at the mobile number, for a new certificate of ``person``.

    Raises CertificateStillGood while the trust site does not say that the present one is over, WrongStep before the
    first registration is done, NotInvited, NoCredential.
    """
    enrolment = row(person)
    expect(enrolment, "done")
    if signing.certificate_of(person.pk).status not in OVER:
        raise CertificateStillGood()
    with transaction.atomic():
        move(
            enrolment, to="mobile", trust_request="", trust_status="", trust_reason=None, trust_reference=new_id(),
            return_state_hash="",
        )  # fmt: skip
        note(enrolment, actor, "enrolment:started", track=enrolment.track, again=True)
