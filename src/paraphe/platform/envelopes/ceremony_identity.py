"""The identity document of a signer, shown once to the trust site where a personal certificate is asked of him."""

from django.db import transaction

from paraphe.kernel.actor import Actor
from paraphe.platform.envelopes.ceremony_access import Pass, held
from paraphe.platform.envelopes.ceremony_signing import signatory_of
from paraphe.platform.signing import api as signing

RETURN_PATH = "/signer/identite/retour/"


def identity_address(who: Pass, actor: Actor, locale: str) -> str:
    """Return the address where the recipient shows his identity document.

    Raises LinkDead, WrongState, NotDone, NotYourTurn, TrustUnavailable, TrustRefused.
    """
    rows = held(who)
    rows.expect_turn()
    address = signing.identity_address(signatory_of(rows, locale), return_path=RETURN_PATH)
    with transaction.atomic():
        rows.note(actor, "ceremony:identity-asked")
    return address


def identity_returned(who: Pass, actor: Actor, *, request: str, state: str) -> signing.EnrolmentStatus:
    """Take the browser back from the trust site. Raises LinkDead, AuthorisationMismatch, TrustUnavailable."""
    signing.check_return(signatory_of(held(who), "fr"), request=request, state=state)
    return identity_status(who, actor)


def identity_status(who: Pass, actor: Actor) -> signing.EnrolmentStatus:
    """Tell how far the certificate of the recipient is. Raises LinkDead, TrustUnavailable."""
    rows = held(who)
    found = signing.identity_status(signatory_of(rows, "fr"))
    if found.status == "issued" and rows.ceremony.wait_code == "identity_needed":
        rows.ceremony.wait_code = ""
        with transaction.atomic():
            rows.save("wait_code")
            rows.note(actor, "ceremony:identity-checked")
    return found
