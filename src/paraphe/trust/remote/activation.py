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

from paraphe.floor.secrets import keyed_hash, same
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.kernel.ids import new_id, new_token
from paraphe.pki.ports import SignatureAlgorithm
from paraphe.trust.codes import api as codes
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.remote import rules
from paraphe.trust.remote.credentials import check_usable, credential_of, key_purpose
from paraphe.trust.remote.errors import ActivationExpired, ActivationRefused, ReuseRefused, SigningInProgress
from paraphe.trust.remote.models import Activation, Credential
from paraphe.trust.vault import api as vault

logger = logging.getLogger(__name__)

_SAD_PURPOSE = "remote.sad"
_SEAL_PURPOSE = "remote.sad-seal"
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
    with transaction.atomic():
        return give(credential, hexadecimal, challenge_id)


def activate_by_proof(client_id: str, credential_id: UUID, digests: Sequence[bytes], proof_id: UUID) -> str:
    """Return a SAD for these digests on the strength of a proof that the caller checked, in its transaction.

    One proof gives one activation. Raises NotFound, CredentialUnusable, DigestsRefused, ReuseRefused.
    """
    hexadecimal = rules.checked_digests(digests)
    credential = credential_of(client_id, credential_id)
    check_usable(credential)
    return give(credential, hexadecimal, proof_id)


def unsigned_of(proof_id: UUID) -> int:
    """Return how many digests of the activation that a proof gave were never signed nor handed to an extension."""
    activation = Activation.objects.filter(challenge_id=proof_id).first()
    if activation is None:
        return 0
    unused = len(activation.digests) if activation.state in (_State.READY, _State.REVOKED) else 0
    return unused + len(activation.remaining)


def give(credential: Credential, digests: Sequence[str], challenge_id: UUID) -> str:
    """Write an activation, in the caller's transaction, and return its SAD. Raises ReuseRefused.

    The SAD carries a seal over the right itself (``rules.sealed_fields``): a row that says something else is worth
    nothing.
    """
    now = timezone.now()
    known = Activation.objects.select_for_update().filter(challenge_id=challenge_id).first()
    if known is not None:
        repeat = known.credential_id == credential.pk and rules.same_digests(known.digests, digests)
        if not repeat or known.state != _State.READY:
            raise ReuseRefused(challenge=str(challenge_id))
        known.expires_at = now + rules.ACTIVATION_LIFETIME
        return _saved(known)
    made = Activation(
        credential=credential,
        client_id=credential.client_id,
        digests=list(digests),
        authorised=list(digests),
        challenge_id=challenge_id,
        begun_at=now,
        created_at=now,
        expires_at=now + rules.ACTIVATION_LIFETIME,
    )
    sad = _saved(made)
    data = {"digests": list(digests), "challenge": str(challenge_id)}
    journal.write("activation:given", Actor("client", credential.client_id), _subjects(made), data)
    return sad


def extend(*, sad: str, credential_id: UUID, client_id: str, digests: Sequence[bytes]) -> str:
    """Return a new SAD for ``digests`` that the holder authorised together with those of ``sad`` (CSC v2 §11.9).

    What was signed is not authorised again; the SAD before is worth nothing from now on. Raises ActivationRefused
    (DigestNotAuthorised, ActivationExpired), CredentialUnusable, DigestsRefused.
    """
    wanted = rules.checked_digests(digests)
    try:
        with transaction.atomic():
            return _extended(sad, credential_id, client_id, wanted)
    except DomainError as error:
        _journal_refusal(sad, client_id, credential_id, wanted, "", error)
        raise


def _extended(sad: str, credential_id: UUID, client_id: str, wanted: list[str]) -> str:
    now, before = timezone.now(), _found(sad)
    rules.check_bound(before, credential_id=credential_id, client_id=client_id)
    if before.state == _State.REVOKED:
        raise ActivationRefused(reason="replay-revoked")
    begun = before.begun_at or before.created_at
    if now >= before.expires_at or now >= begun + rules.TRANSACTION_LIFETIME:
        raise ActivationExpired(reason="expired")
    check_usable(before.credential)
    unused = list(before.digests) if before.state == _State.READY else []
    left = rules.without([*unused, *before.remaining], wanted)
    # What is left changes with each claim and is in no seal; what the holder authorised is, and bounds it.
    rules.without(before.authorised, [*wanted, *left])
    before.remaining = []
    if before.state == _State.READY:
        before.state = _State.REVOKED
    before.save(update_fields=["remaining", "state"])
    made = Activation(
        credential=before.credential,
        client_id=client_id,
        digests=wanted,
        remaining=left,
        authorised=[*wanted, *left],
        challenge_id=new_id(),
        begun_at=begun,
        created_at=now,
        expires_at=min(now + rules.ACTIVATION_LIFETIME, begun + rules.TRANSACTION_LIFETIME),
    )
    renewed = _saved(made)
    data = {"digests": wanted, "before": str(before.pk), "left": len(left)}
    journal.write("activation:extended", Actor("client", client_id), _subjects(made), data)
    return renewed


def _saved(activation: Activation) -> str:
    """Give the row a new SAD and save it. Of the SAD only a keyed hash is kept."""
    secret = new_token()
    sad = f"{secret}.{keyed_hash(rules.sealed_fields(activation, secret), _SEAL_PURPOSE)}"
    activation.sad_hash = _hash(sad)
    activation.save()
    return sad


def _found(sad: str) -> Activation:
    """Return the locked row of a SAD, if it still says what the seal says. Raises ActivationRefused."""
    rows = Activation.objects.select_for_update(of=("self",)).select_related("credential")
    activation = rows.filter(sad_hash=_hash(sad)).first()
    if activation is None:
        raise ActivationRefused(reason="unknown")
    secret, _dot, seal = sad.partition(".")
    if not same(seal, keyed_hash(rules.sealed_fields(activation, secret), _SEAL_PURPOSE)):
        logger.critical("Activation %s is not what was given: its row was changed.", activation.pk)
        raise ActivationRefused(reason="tampered")
    return activation


def sign(
    *,
    sad: str,
    credential_id: UUID,
    client_id: str,
    digests: Sequence[bytes],
    algorithm: SignatureAlgorithm,
    attempt_id: str,
    to_sign: Sequence[bytes] | None = None,
) -> list[bytes]:
    """Redeem ``sad`` for ``digests`` and return one raw signature value per digest, in the order asked for.

    ``to_sign``, one for each, are what the key signs where it is not the digests that the holder saw: signed
    attributes that contain them, made by this site itself.
    The same attempt with the same digests and algorithm gets the recorded values again, without a use of the key.
    Raises ActivationRefused (DigestNotAuthorised, ActivationExpired), CredentialUnusable, AlgorithmRefused,
    DigestsRefused, SigningInProgress while the same attempt is being served, VaultUnavailable: then ask again.
    """
    wanted = rules.checked_digests(digests)
    signing = wanted if to_sign is None else rules.checked_digests(to_sign)
    if len(attempt_id) > rules.LONGEST_ATTEMPT or "\x00" in attempt_id:
        raise ActivationRefused(reason="attempt")
    now = timezone.now()
    try:
        with transaction.atomic():
            activation = _claim(sad, credential_id, client_id, wanted, signing, algorithm, attempt_id, now)
    except DomainError as error:
        _journal_refusal(sad, client_id, credential_id, wanted, attempt_id, error)
        raise
    if activation.state == _State.CLAIMED:
        activation = _act_and_record(activation)
    return _in_order(activation, signing)


def check_presented(sad: str, *, credential_id: UUID, client_id: str, digests: Sequence[bytes]) -> None:
    """Let through activation data that could be redeemed now for these digests, without using it up.

    Raises ActivationRefused (DigestNotAuthorised, ActivationExpired), DigestsRefused.
    """
    wanted, now = rules.checked_digests(digests), timezone.now()
    try:
        with transaction.atomic():
            rules.check_claim(_found(sad), credential_id=credential_id, client_id=client_id, digests=wanted, now=now)
    except DomainError as error:
        _journal_refusal(sad, client_id, credential_id, wanted, "", error)
        raise


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
    signing: list[str],
    algorithm: str,
    attempt_id: str,
    now: datetime,
) -> Activation:
    """Return the activation: CLAIMED by this attempt, to be acted on now; or USED, with its signatures."""
    activation = _found(sad)
    rules.check_bound(activation, credential_id=credential_id, client_id=client_id)
    rules.check_algorithm(activation.credential.key_algorithm, algorithm)
    if rules.is_repeat(activation, attempt_id=attempt_id, to_sign=signing, algorithm=algorithm):
        # What the attempt is said to have claimed is in no seal: only what the holder authorised is finished.
        rules.without(activation.digests, wanted)
        if activation.state == _State.USED:
            return activation
        if activation.leased_until is not None and activation.leased_until > now:
            raise SigningInProgress(attempt=attempt_id)
    else:
        rules.check_claim(activation, credential_id=credential_id, client_id=client_id, digests=wanted, now=now)
        activation.state = _State.CLAIMED
        activation.attempt_id, activation.algorithm = attempt_id, algorithm
        activation.remaining = [*activation.remaining, *rules.without(activation.digests, wanted)]
        activation.signing_order = signing
        activation.claimed_at = now
    check_usable(activation.credential)
    activation.leased_until = now + rules.LEASE
    activation.save()
    data = {"attempt": attempt_id, "digests": wanted, "algorithm": algorithm}
    if signing != wanted:
        data["signed_attributes"] = signing
    journal.write("signature:claimed", Actor("client", client_id), _subjects(activation), data)
    return activation


def _act_and_record(activation: Activation) -> Activation:
    """Use the key with no transaction open, then record once. The first record wins."""
    order = [bytes.fromhex(digest) for digest in activation.signing_order]
    try:
        values = vault.sign(
            activation.credential.key_id,
            key_purpose(activation.credential),
            order,
            cast(SignatureAlgorithm, activation.algorithm),
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
    if recorded:
        activation.state, activation.signatures = _State.USED, encoded
    else:
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
