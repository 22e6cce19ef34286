"""The time-stamping unit: one request, one response, never an exception."""

import time
from collections.abc import Sequence
from functools import lru_cache

from cryptography import x509
from django.conf import settings
from django.db import Error as DatabaseAway
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM
from paraphe.pki import tsp
from paraphe.pki.build import new_serial
from paraphe.pki.errors import MalformedRequest
from paraphe.pki.ports import SignatureAlgorithm
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.tsa import clock
from paraphe.trust.tsa.errors import ClockUnsound
from paraphe.trust.vault import api as vault

TELL_EVERY = 60.0
SENTENCES: dict[tsp.FailInfo, str] = {
    "bad_alg": "The digest must be SHA-256, SHA-384 or SHA-512.",
    "bad_request": "Requests of version 1 are served.",
    "bad_data_format": "This is not a timestamp request, or its digest has a wrong length.",
    "time_not_available": "The clock is not sound.",
    "unaccepted_policy": "This policy is not offered.",
    "unaccepted_extension": "Extensions are not accepted.",
    "system_failure": "No timestamp can be made now.",
}
_told: dict[str, float] = {}


class UnitSigner:
    """The key of the time-stamping unit, as a HashSigner."""

    def __init__(self) -> None:
        """Find the unit. Raises ServiceUnknown."""
        self._service, self._certificate = register.service("tsa", "legal")
        self._chain = (register.issuer("legal")[1], register.issuer("root")[1])

    @property
    def certificate(self) -> x509.Certificate:
        """Return the certificate of the unit."""
        return self._certificate

    @property
    def chain(self) -> Sequence[x509.Certificate]:
        """Return its issuer and the root."""
        return self._chain

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """Return the algorithm of the unit's signatures."""
        return vault.signature_algorithm(self._service.algorithm)

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Return one signature value per digest. Raises VaultUnavailable."""
        return vault.sign(self._service.key_id, "tsa", digests, self.algorithm)


@lru_cache(maxsize=4)
def _unit(_name: str) -> UnitSigner:
    return UnitSigner()


def policy() -> str:
    """Return the identifier of the time-stamp policy, under the operator's arc."""
    return f"{settings.POLICY_OID_ARC}.3"


def answer(der: bytes) -> bytes:
    """Return the DER of the TimeStampResp to a TimeStampReq: a token, or a refusal with its failInfo (§2.4.2)."""
    try:
        request = tsp.parse_request(der)
    except MalformedRequest as error:
        # A request of another version may be well formed: it is not one that is served here.
        return _refusal("bad_request" if error.params.get("reason") == "version" else "bad_data_format")
    refused = tsp.refusal_of(request, policy())
    return _refusal(refused) if refused else stamp(request)


def stamp(request: tsp.TimestampRequest) -> bytes:
    """Return the DER of the TimeStampResp to a request that was found good."""
    try:
        signer = _unit(register.newest_service("tsa", "legal"))
        now = timezone.now()
        clock.check_clock(now)
        if not signer.certificate.not_valid_before_utc <= now <= signer.certificate.not_valid_after_utc:
            return _refusal("time_not_available", "certificate")
        return tsp.build_response(request, signer, serial=new_serial(), gen_time=now, policy=policy())
    except ClockUnsound:
        return _refusal("time_not_available")
    except (vault.VaultError, register.RegisterError, DatabaseAway):
        return _refusal("system_failure")


def _refusal(why: tsp.FailInfo, reason: str = "") -> bytes:
    if reason and _is_news(reason):
        journal.write("timestamp:refused", SYSTEM, {}, {"reason": reason})
    return tsp.build_refusal(why, SENTENCES[why])


def _is_news(reason: str) -> bool:
    # Once a minute and process, by the clock that cannot be put back: a flood of requests does not fill the journal.
    now = time.monotonic()
    if now - _told.get(reason, -TELL_EVERY) < TELL_EVERY:
        return False
    _told[reason] = now
    return True
