"""Decisions on authorisations and activations, as pure functions. Times are aware datetimes, digests 32 octets."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from paraphe.kernel.digests import canonical_json
from paraphe.trust.remote.errors import (
    ActivationExpired,
    ActivationRefused,
    AlgorithmRefused,
    DigestNotAuthorised,
    DigestsRefused,
)
from paraphe.trust.remote.models import Activation

#: How many digests one authorisation may cover (CSC v2 §11.5 ``multisign``).
MULTISIGN = 500
LONGEST_LABEL = 200
REQUEST_LIFETIME = timedelta(minutes=10)
#: From the moment the holder opens the page: time to read, receive codes, mistype them.
PAGE_LIFETIME = timedelta(minutes=15)
GRANT_LIFETIME = timedelta(seconds=60)
ACTIVATION_LIFETIME = timedelta(minutes=5)
#: How long after the holder's yes an activation may be extended to what he authorised and is not signed yet.
TRANSACTION_LIFETIME = timedelta(minutes=30)
#: Longer than the signer may take to answer; after it, a claim is that of a process that died.
LEASE = timedelta(seconds=45)
KEPT = timedelta(days=1)
LONGEST_ATTEMPT = 200

SIGNATURE_ALGORITHMS: dict[str, tuple[str, ...]] = {
    "P-256": ("ecdsa-sha256",),
    "P-384": ("ecdsa-sha256",),
    "RSA-3072": ("rsa-pkcs1-sha256", "rsa-pss-sha256"),
    "RSA-4096": ("rsa-pkcs1-sha256", "rsa-pss-sha256"),
}
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


def checked_digests(digests: Sequence[bytes]) -> list[str]:
    """Return the digests as hexadecimal, in order. Raises DigestsRefused unless 1 to 500 SHA-256 digests."""
    if not 1 <= len(digests) <= MULTISIGN:
        raise DigestsRefused(reason="count")
    if any(len(digest) != hashlib.sha256().digest_size for digest in digests):
        raise DigestsRefused(reason="length")
    return [digest.hex() for digest in digests]


def checked_labels(labels: Sequence[str], count: int) -> list[str]:
    """Return the titles that the holder will read. Raises DigestsRefused unless there is a good one for each digest."""
    cleaned = [" ".join(label.split()) for label in labels]
    if len(cleaned) != count:
        raise DigestsRefused(reason="labels")
    if any(not label or len(label) > LONGEST_LABEL or not label.isprintable() for label in cleaned):
        raise DigestsRefused(reason="label")
    return cleaned


def check_algorithm(key_algorithm: str, algorithm: str) -> None:
    """Let an algorithm through that the key can sign with. Raises AlgorithmRefused."""
    if algorithm not in SIGNATURE_ALGORITHMS[key_algorithm]:
        raise AlgorithmRefused(algorithm=algorithm)


def same_digests(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two lists hold the same digests, as many times each, in whatever order."""
    return sorted(one) == sorted(other)


def without(digests: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Return ``digests`` less those ``taken``, each as many times as it is there. Raises DigestNotAuthorised."""
    left = Counter(digests)
    left.subtract(Counter(taken))
    if any(count < 0 for count in left.values()):
        raise DigestNotAuthorised(reason="digests")
    return list(left.elements())


def check_claim(
    activation: Activation, *, credential_id: object, client_id: str, digests: Sequence[str], now: datetime
) -> None:
    """Let through the first use of a ready activation.

    Raises ActivationRefused (other credential, other client, used or revoked), DigestNotAuthorised, ActivationExpired.
    """
    check_bound(activation, credential_id=credential_id, client_id=client_id)
    if activation.state != Activation.State.READY:
        raise ActivationRefused(reason=f"replay-{activation.state}")
    if now >= activation.expires_at:
        raise ActivationExpired(reason="expired")
    without(activation.digests, digests)


def check_bound(activation: Activation, *, credential_id: object, client_id: str) -> None:
    """Let through the client and credential to which the activation belongs. Raises ActivationRefused."""
    if activation.client_id != client_id:
        raise ActivationRefused(reason="other-client")
    if activation.credential_id != credential_id:
        raise ActivationRefused(reason="other-credential")


def is_repeat(activation: Activation, *, attempt_id: str, to_sign: Sequence[str], algorithm: str) -> bool:
    """Tell whether this is the attempt that claimed the activation before, asking for the same signatures again."""
    return (
        activation.state in (Activation.State.CLAIMED, Activation.State.USED)
        and bool(attempt_id)
        and activation.attempt_id == attempt_id
        and activation.algorithm == algorithm
        and same_digests(activation.signing_order, to_sign)
    )


def is_code_challenge(value: str) -> bool:
    """Tell whether ``value`` has the form of an S256 code challenge (RFC 7636 §4.2)."""
    return bool(_CHALLENGE.fullmatch(value))


def proves(verifier: str, code_challenge: str) -> bool:
    """Tell whether ``verifier`` is the one behind an S256 challenge (RFC 7636 §4.6)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest())
    return hashed.rstrip(b"=").decode("ascii") == code_challenge


def binding(*, authorisation: str, credential: str, client: str, digests: Sequence[str]) -> bytes:
    """Return what a code for an authorisation stands for: this request, this key, this client, these digests."""
    return canonical_json(
        {"authorisation": authorisation, "credential": credential, "client": client, "digests": sorted(digests)}
    )


def sealed_fields(activation: Activation, secret: str) -> bytes:
    """Return what the seal in a SAD is over: the right itself, so that nobody widens it in the database."""
    return canonical_json(
        {
            "sad": secret,
            "activation": str(activation.pk),
            "credential": str(activation.credential_id),
            "client": activation.client_id,
            "digests": sorted(activation.digests),
            "authorised": sorted(activation.authorised),
            "begun": activation.begun_at.astimezone(UTC).isoformat() if activation.begun_at else "",
            "expires": activation.expires_at.astimezone(UTC).isoformat(),
        }
    )


def challenge_binding(*, credential: str, client: str) -> bytes:
    """Return what a code asked for by getChallenge stands for (CSC v2 §11.8 names no digests)."""
    return canonical_json({"explicit": credential, "client": client})
