"""Activations: given for a confirmed code, redeemed once. Claim · act · record.

T1 locks the activation, checks everything that it is bound to and writes the claim with the attempt id; the key is
used with no transaction open; T2 records the signatures. A process that dies in between leaves a claim: the same
attempt, asking again, finishes it; nobody else can. A repeat after T2 gets what was recorded.
"""

import base64
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.kernel.ids import new_token
from paraphe.pki.ports import SignatureAlgorithm
from paraphe.trust.codes import api as codes
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.remote import rules
from paraphe.trust.remote.credentials import check_usable, credential_of
from paraphe.trust.remote.errors import ActivationRefused, ReuseRefused, SigningInProgress
from paraphe.trust.remote.models import Activation, Credential
from paraphe.trust.vault import api as vault

logger = logging.getLogger(__name__)

_SAD_PURPOSE = "remote.sad"
_State = Activation.State


def activate(
    *, credential_id: UUID, client_id: str, digests: Sequence[bytes], challenge_id: UUID, labels: Sequence[str]
) -> str:
    """Return a new SAD for exactly these digests, on the strength of a confirmed challenge. It is told only now.

    One challenge gives one activation; asked again before it is used, with the same digests, it gives a new SAD and
    the earlier one is worth nothing. Raises NotFound, CredentialUnusable, DigestsRefused, CodeWrong when the challenge
    was not confirmed on the holder's own telephone, ReuseRefused.
    """
    hexadecimal = rules.checked_digests(digests)
    rules.checked_labels(labels, len(digests))
    credential = credential_of(client_id, credential_id)
    check_usable(credential)
    codes.check_confirmed(challenge_id, mobile_e164=ra.mobile_of(credential.subject))
    sad = new_token()
    with transaction.atomic():
        give(credential, hexadecimal, challenge_id, sad)
    return sad


def give(credential: Credential, digests: Sequence[str], challenge_id: UUID, sad: str) -> Activation:
    """Write the activation that belongs to ``sad``, in the caller's transaction. Raises ReuseRefused."""
    now = timezone.now()
    known = Activation.objects.select_for_update().filter(challenge_id=challenge_id).first()
    if known is not None:
        repeat = known.credential_id == credential.pk and rules.same_digests(known.digests, digests)
        if not repeat or known.state != _State.READY:
            raise ReuseRefused(challenge=str(challenge_id))
        known.sad_hash, known.expires_at = _hash(sad), now + rules.ACTIVATION_LIFETIME
        known.save(update_fields=["sad_hash", "expires_at"])
        return known
    made = Activation.objects.create(
        sad_hash=_hash(sad),
        credential=credential,
        client_id=credential.client_id,
        digests=list(digests),
        challenge_id=challenge_id,
        created_at=now,
        expires_at=now + rules.ACTIVATION_LIFETIME,
    )
    data = {"digests": list(digests), "challenge": str(challenge_id)}
    journal.write("activation:given", Actor("client", credential.client_id), _subjects(made), data)
    return made


def sign(
    *,
    sad: str,
    credential_id: UUID,
    client_id: str,
    digests: Sequence[bytes],
    algorithm: SignatureAlgorithm,
    attempt_id: str,
) -> list[bytes]:
    """Redeem ``sad`` and return one raw signature value per digest, in the order asked for.

    The same attempt with the same digests and algorithm gets the recorded values again, without a use of the key.
    Raises ActivationRefused (DigestNotAuthorised, ActivationExpired), CredentialUnusable, AlgorithmRefused,
    DigestsRefused, SigningInProgress while the same attempt is being served, VaultUnavailable: then ask again.
    """
    wanted = rules.checked_digests(digests)
    if len(attempt_id) > rules.LONGEST_ATTEMPT or "\x00" in attempt_id:
        raise ActivationRefused(reason="attempt")
    now = timezone.now()
    try:
        with transaction.atomic():
            activation = _claim(sad, credential_id, client_id, wanted, algorithm, attempt_id, now)
    except DomainError as error:
        _journal_refusal(sad, client_id, credential_id, wanted, attempt_id, error)
        raise
    if activation.state == _State.CLAIMED:
        activation = _act_and_record(activation)
    return _in_order(activation, wanted)


def client_of_sad(sad: str) -> str:
    """Return the client whose activation ``sad`` is, whatever its state: scope ``credential`` as a bearer token.

    Raises NotFound.
    """
    found = Activation.objects.filter(sad_hash=_hash(sad)).values_list("client_id", flat=True).first()
    if found is None:
        raise NotFound(kind="activation")
    return found


def revoke_activation(client_id: str, sad: str) -> bool:
    """Take back an activation that was not used yet (RFC 7009); return whether there was one."""
    found = Activation.objects.filter(sad_hash=_hash(sad), client_id=client_id)
    with transaction.atomic():
        revoked = found.filter(state=_State.READY).update(state=_State.REVOKED)
        if revoked:
            journal.write("activation:revoked", Actor("client", client_id), _subjects(found.get()))
    return bool(revoked)


def revoke_of_challenge(challenge_id: UUID) -> None:
    """Take back what a challenge gave and nobody used, in the caller's transaction: its grant was presented twice."""
    for activation in Activation.objects.filter(challenge_id=challenge_id, state=_State.READY):
        activation.state = _State.REVOKED
        activation.save(update_fields=["state"])
        journal.write("activation:revoked", Actor("client", activation.client_id), _subjects(activation))


def _claim(
    sad: str,
    credential_id: UUID,
    client_id: str,
    wanted: list[str],
    algorithm: str,
    attempt_id: str,
    now: datetime,
) -> Activation:
    """Return the activation: CLAIMED by this attempt, to be acted on now; or USED, with its signatures."""
    found = Activation.objects.select_for_update(of=("self",)).select_related("credential")
    activation = found.filter(sad_hash=_hash(sad)).first()
    if activation is None:
        raise ActivationRefused(reason="unknown")
    rules.check_bound(activation, credential_id=credential_id, client_id=client_id)
    rules.check_algorithm(activation.credential.key_algorithm, algorithm)
    if rules.is_repeat(activation, attempt_id=attempt_id, digests=wanted, algorithm=algorithm):
        if activation.state == _State.USED:
            return activation
        if activation.leased_until is not None and activation.leased_until > now:
            raise SigningInProgress(attempt=attempt_id)
    else:
        rules.check_claim(activation, credential_id=credential_id, client_id=client_id, digests=wanted, now=now)
        activation.state = _State.CLAIMED
        activation.attempt_id, activation.algorithm = attempt_id, algorithm
        activation.signing_order = wanted
        activation.claimed_at = now
    check_usable(activation.credential)
    activation.leased_until = now + rules.LEASE
    activation.save()
    data = {"attempt": attempt_id, "digests": wanted, "algorithm": algorithm}
    journal.write("signature:claimed", Actor("client", client_id), _subjects(activation), data)
    return activation


def _act_and_record(activation: Activation) -> Activation:
    """Use the key with no transaction open, then record once. The first record wins."""
    order = [bytes.fromhex(digest) for digest in activation.signing_order]
    try:
        values = vault.sign(
            activation.credential.key_id, "holder", order, cast(SignatureAlgorithm, activation.algorithm)
        )
    except vault.VaultError:
        # Nothing was made, or nothing that anybody saw: the same attempt may come back at once.
        Activation.objects.filter(pk=activation.pk, state=_State.CLAIMED).update(leased_until=None)
        raise
    encoded = [base64.b64encode(value).decode("ascii") for value in values]
    with transaction.atomic():
        recorded = Activation.objects.filter(pk=activation.pk, state=_State.CLAIMED).update(
            state=_State.USED, signatures=encoded, leased_until=None
        )
        if recorded:
            data = {"attempt": activation.attempt_id, "count": len(encoded)}
            journal.write("signature:made", Actor("client", activation.client_id), _subjects(activation), data)
    activation.refresh_from_db()
    return activation


def _in_order(activation: Activation, wanted: list[str]) -> list[bytes]:
    """Return the recorded signatures in the order in which they are wanted now."""
    left: dict[str, list[bytes]] = {}
    for digest, value in zip(activation.signing_order, activation.signatures, strict=True):
        left.setdefault(digest, []).append(base64.b64decode(value))
    return [left[digest].pop(0) for digest in wanted]


def _journal_refusal(
    sad: str, client_id: str, credential_id: UUID, wanted: list[str], attempt_id: str, error: DomainError
) -> None:
    known = Activation.objects.filter(sad_hash=_hash(sad)).first()
    subjects = _subjects(known) if known else {"credential": str(credential_id)}
    reason = str(error.params.get("reason", error.code))
    data = {"reason": reason, "asked_credential": str(credential_id), "attempt": attempt_id, "digests": wanted}
    journal.write("signature:refused", Actor("client", client_id), subjects, data)


def _subjects(activation: Activation) -> dict[str, str]:
    return {"activation": str(activation.pk), "credential": str(activation.credential_id)}


def _hash(sad: str) -> str:
    return keyed_hash(sad, _SAD_PURPOSE)
