"""OCSP: one request, one response, never an exception."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography import x509
from django.db import Error as DatabaseAway
from django.db import transaction
from django.utils import timezone

from paraphe.pki import ocsp
from paraphe.pki.errors import MalformedRequest
from paraphe.pki.keys import checked_key, delegated_key
from paraphe.trust.register import api as register
from paraphe.trust.vault import api as vault

logger = logging.getLogger("paraphe.status")
ANSWERED: tuple[register.Slug, ...] = ("natural", "legal")
VALID_FOR = timedelta(hours=1)
SIGNED_AGAIN_AFTER = VALID_FOR / 2
ANSWERED_FOR = register.KEPT_AFTER_EXPIRY
"""How long after its end a certificate is answered for (archive cutoff, RFC 6960 §4.4.4)."""


@dataclass(frozen=True)
class Reply:
    """An OCSPResponse; with times when others who ask the same may be given it until then (RFC 5019 §6)."""

    content: bytes
    this_update: datetime | None = None
    next_update: datetime | None = None


def ocsp_reply(der: bytes, slug: register.Slug) -> Reply:
    """Return the reply to an OCSPRequest about certificates of one issuer: one that was signed before, where it may be.

    A request with a nonce, or for several certificates, is answered by a fresh signature. What was never issued is
    ``unknown`` (RFC 6960 §2.2), another issuer's certificate is refused as ``unauthorized``, bytes that are no request
    as ``malformedRequest``; ``tryLater`` while the signer or the database is away (§2.3).
    """
    with _refusing() as refused:
        if slug not in ANSWERED:
            raise _Foreign
        query = ocsp.parse_request(der)
        if query.nonce is not None or len(query.asked) > 1:
            return Reply(_signed(query, slug)[0])
        return _kept_or_signed(query, slug)
    return Reply(refused[0])


def ocsp_answer(der: bytes, slug: register.Slug) -> bytes:
    """Return the DER of the OCSPResponse to an OCSPRequest, signed now whatever is asked."""
    with _refusing() as refused:
        return _signed(ocsp.parse_request(der), slug)[0]
    return refused[0]


@contextmanager
def _refusing() -> Iterator[list[bytes]]:
    """Turn what goes wrong into the refusal that tells of it."""
    refused: list[bytes] = []
    try:
        yield refused
    except MalformedRequest:
        refused.append(ocsp.build_refusal("malformed"))
    except (register.ServiceUnknown, register.AuthorityUnknown, _Foreign):
        refused.append(ocsp.build_refusal("unauthorized"))
    except (vault.VaultError, DatabaseAway):
        refused.append(ocsp.build_refusal("try_later"))
    except Exception:
        logger.exception("an OCSP request could not be answered")
        refused.append(ocsp.build_refusal("internal_error"))


class _Foreign(Exception):
    """A certificate of another issuer is asked about."""


def _kept_or_signed(query: ocsp.OcspQuery, slug: register.Slug) -> Reply:
    """Answer a request for one certificate from what is kept; sign and keep when that is missing or half over."""
    asked = query.asked[0]
    request = hashlib.sha256(slug.encode() + b"\x00" + asked.der).hexdigest()
    now = timezone.now()
    kept = register.kept_answer(request, now)
    if kept is not None and now < kept.this_update + SIGNED_AGAIN_AFTER:
        return Reply(kept.content, kept.this_update, kept.next_update)
    try:
        content, status, begin = _signed(query, slug)
    except vault.VaultError:
        if kept is None:
            raise
        return Reply(kept.content, kept.this_update, kept.next_update)
    if status.state == "unknown":  # It may be issued the next moment.
        return Reply(content)
    made = register.KeptAnswer(begin, begin + VALID_FOR, content)
    with suppress(DatabaseAway), transaction.atomic():  # The answer is good even when it cannot be kept.
        register.keep_answer(request, slug, asked.serial, status.revision, made)
    return Reply(content, made.this_update, made.next_update)


def _signed(query: ocsp.OcspQuery, slug: register.Slug) -> tuple[bytes, register.Status, datetime]:
    """Sign an answer; return it, the status of the first certificate and since when it is so. Raises _Foreign."""
    issuer, service, certificate = _responder(slug, register.newest_service("ocsp", slug))
    if not all(ocsp.is_about(one, issuer) for one in query.asked):
        raise _Foreign
    algorithm = vault.signature_algorithm(service.algorithm)
    now = timezone.now().replace(microsecond=0)
    statuses = [register.status_of(one.serial, slug) for one in query.asked]
    content = ocsp.build_response(
        query,
        [_cert_status(one) for one in statuses],
        responder=certificate,
        key=delegated_key(
            checked_key(certificate.public_key()),
            lambda digest: vault.sign(service.key_id, "ocsp", [digest], algorithm)[0],
        ),
        this_update=now,
        next_update=now + VALID_FOR,
        archive_cutoff=max(issuer.not_valid_before_utc, now - ANSWERED_FOR),
    )
    return content, statuses[0], now


@lru_cache(maxsize=8)
def _responder(slug: register.Slug, _newest: str) -> tuple[x509.Certificate, register.Service, x509.Certificate]:
    """Return the issuer and the service that answers for it; they never change under one name of the service."""
    return register.issuer(slug)[1], *register.service("ocsp", slug)


def _cert_status(status: register.Status) -> ocsp.CertStatus:
    reason = None if status.reason is None else x509.ReasonFlags[status.reason]
    return ocsp.CertStatus(status.state, status.revoked_at, reason, status.invalid_since)
