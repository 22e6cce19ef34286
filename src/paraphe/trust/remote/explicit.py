"""Explicit authorisation with a code that was asked for beforehand: getChallenge, then authorize (CSC v2 §11.8, §11.6).

The code of getChallenge is bound to client and credential: the API names no digests there. The activation that it gives
is bound to the digests of authorize like every other.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from paraphe.kernel.actor import Actor
from paraphe.kernel.ids import new_id
from paraphe.trust.codes import api as codes
from paraphe.trust.holders import api as holders
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.remote import rules
from paraphe.trust.remote.activation import activate, give
from paraphe.trust.remote.authorisation import check_codes_allowed
from paraphe.trust.remote.credentials import check_usable, credential_of
from paraphe.trust.remote.models import Credential

PURPOSE = "explicit"


def send_challenge(client_id: str, credential_id: UUID, subject: str) -> codes.Challenge:
    """Send the holder a code for the next authorize of this client; while one is open, send it anew.

    Raises NotFound, CredentialUnusable, CodesNotAllowed, CodeTooSoon, CodeLimit.
    """
    credential = credential_of(client_id, credential_id)
    check_usable(credential)
    check_codes_allowed(credential.subject)
    binding = rules.challenge_binding(credential=str(credential_id), client=client_id)
    with transaction.atomic():
        # The row of the credential orders two calls that come at once.
        Credential.objects.select_for_update().get(pk=credential_id)
        known = codes.find(purpose=PURPOSE, binding=binding)
        if known is not None and known.state == "open" and known.sends_left:
            challenge = codes.resend(known.id)
        else:
            challenge = codes.send(
                purpose=PURPOSE,
                subject=subject,
                mobile_e164=ra.mobile_of(credential.subject),
                binding=binding,
                language=credential.subject.language,
                owner=str(credential.subject_id),
            )
        data = {"challenge": str(challenge.id)}
        journal.write("authorisation:code-sent", Actor("client", client_id), {"credential": str(credential_id)}, data)
    return challenge


def authorise(client_id: str, credential_id: UUID, digests: Sequence[bytes], value: str) -> str:
    """Return a SAD for these digests if ``value`` is the code of the last ``send_challenge``.

    Raises NotFound, CredentialUnusable, DigestsRefused, and what ``codes.check`` raises.
    """
    rules.checked_digests(digests)
    check_usable(credential_of(client_id, credential_id))
    binding = rules.challenge_binding(credential=str(credential_id), client=client_id)
    known = codes.find(purpose=PURPOSE, binding=binding)
    if known is None:
        raise codes.CodeExpired
    try:
        codes.check(known.id, binding, value)
    except codes.CodeError as error:
        subjects = {"credential": str(credential_id)}
        journal.write("authorisation:code-refused", Actor("client", client_id), subjects, {"reason": error.code})
        raise
    return activate(
        credential_id=credential_id,
        client_id=client_id,
        digests=digests,
        challenge_id=known.id,
        labels=[str(number) for number in range(1, len(digests) + 1)],
    )


def authorise_by_application(client_id: str, credential_id: UUID, digests: Sequence[bytes], value: str) -> str:
    """Return a SAD for these digests if ``value`` is what the holder's authenticator application shows.

    Raises NotFound, CredentialUnusable, DigestsRefused, FactorUnknown, FactorWrong, FactorLocked.
    """
    hexadecimal = rules.checked_digests(digests)
    credential = credential_of(client_id, credential_id)
    check_usable(credential)
    binding = rules.binding(
        authorisation=str(new_id()), credential=str(credential_id), client=client_id, digests=hexadecimal
    )
    proof = holders.prove_by_application(holders.holder_of(credential.subject), value, binding)
    with transaction.atomic():
        return give(credential, hexadecimal, proof.pk)
