"""Confirming a request with something else than a code by SMS: an authenticator application or a passkey.

The proof is for the same binding as a code would be: this request, this credential, this client, these digests.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from paraphe.trust.holders import api as holders
from paraphe.trust.remote.authorisation import State, close, load, request_binding, waiting
from paraphe.trust.remote.errors import AuthorisationClosed
from paraphe.trust.remote.models import Authorisation


def holder_of_request(row: Authorisation) -> holders.Holder:
    """Return the holder who is asked."""
    return holders.holder_of(row.credential.subject)


def passkey_request(authorisation_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return options and state of a passkey that is to sign the digest of this request.

    Raises AuthorisationGone, AuthorisationClosed, FactorUnknown.
    """
    with transaction.atomic():
        row = waiting(authorisation_id)
    return holders.passkey_request(holder_of_request(row), request_binding(row))


def confirm_by_passkey(authorisation_id: UUID, state: Mapping[str, Any], response: str) -> Authorisation:
    """Take a passkey's answer; when it is right the request is AUTHORISED.

    Raises AuthorisationGone, AuthorisationClosed, FactorWrong.
    """
    row = _asked(authorisation_id)
    if row.state == State.AUTHORISED:
        return row
    proof = holders.prove_by_passkey(holder_of_request(row), state, response, request_binding(row))
    return _confirmed(row, proof)


def confirm_by_application(authorisation_id: UUID, code: str) -> Authorisation:
    """Take a code of the holder's authenticator application; when it is right the request is AUTHORISED.

    The fifth wrong code in a row closes the request for ever. Raises AuthorisationGone, AuthorisationClosed,
    FactorUnknown, FactorWrong, FactorLocked. Not to be called inside a transaction.
    """
    row = _asked(authorisation_id)
    if row.state == State.AUTHORISED:
        return row
    try:
        proof = holders.prove_by_application(holder_of_request(row), code, request_binding(row))
    except holders.FactorLocked:
        close(row, State.LOCKED, "authorisation:locked", {"reason": "factor-locked"})
        raise
    return _confirmed(row, proof)


def _asked(authorisation_id: UUID) -> Authorisation:
    row = load(authorisation_id)
    if row.state == State.AUTHORISED:
        return row
    with transaction.atomic():
        return waiting(authorisation_id)


def _confirmed(row: Authorisation, proof: holders.Proof) -> Authorisation:
    """Let the proof take the place of the SMS challenge: the activation is given for it."""
    with transaction.atomic():
        changed = Authorisation.objects.filter(pk=row.pk, state=State.OPENED).update(challenge_id=proof.pk)
        if not changed:
            raise AuthorisationClosed(state=load(row.pk).state)
        return close(row, State.AUTHORISED, "authorisation:confirmed", {"proof": str(proof.pk), "kind": proof.kind})
