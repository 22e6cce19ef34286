"""OCSP: one question, one answer, never an exception."""

from datetime import timedelta

from cryptography import x509
from django.utils import timezone

from paraphe.pki import ocsp
from paraphe.pki.errors import MalformedRequest
from paraphe.pki.keys import checked_key, delegated_key
from paraphe.trust.register import api as register
from paraphe.trust.vault import api as vault

ANSWERED: tuple[register.Slug, ...] = ("natural", "legal")
VALID_FOR = timedelta(hours=1)


def ocsp_answer(der: bytes, slug: register.Slug | None = None) -> bytes:
    """Return the DER of the OCSPResponse to an OCSPRequest; with ``slug`` only about certificates of that issuer.

    What was never issued is ``unknown`` (RFC 6960 §2.2), another issuer's certificate is refused as ``unauthorized``,
    bytes that are no request as ``malformedRequest``; ``tryLater`` while the signer is away (§2.3).
    """
    try:
        query = ocsp.parse_request(der)
    except MalformedRequest:
        return ocsp.build_refusal("malformed")
    asked = _issuer_of(query, ANSWERED if slug is None else (slug,))
    if asked is None:
        return ocsp.build_refusal("unauthorized")
    try:
        return _answer(query, asked)
    except register.ServiceUnknown:
        return ocsp.build_refusal("unauthorized")
    except vault.VaultError:
        return ocsp.build_refusal("try_later")


def _issuer_of(query: ocsp.OcspQuery, slugs: tuple[register.Slug, ...]) -> register.Slug | None:
    for slug in slugs:
        try:
            _, certificate = register.issuer(slug)
        except register.AuthorityUnknown:
            continue
        if ocsp.is_about(query, certificate):
            return slug
    return None


def _answer(query: ocsp.OcspQuery, slug: register.Slug) -> bytes:
    service, certificate = register.service("ocsp", slug)
    algorithm = vault.signature_algorithm(service.algorithm)
    status = register.status_of(query.serial, slug)
    now = timezone.now().replace(microsecond=0)
    return ocsp.build_response(
        query,
        ocsp.CertStatus(
            status.state, status.revoked_at, x509.ReasonFlags[status.reason] if status.reason is not None else None
        ),
        responder=certificate,
        key=delegated_key(
            checked_key(certificate.public_key()),
            lambda digest: vault.sign(service.key_id, "ocsp", [digest], algorithm)[0],
        ),
        this_update=now,
        next_update=now + VALID_FOR,
    )
