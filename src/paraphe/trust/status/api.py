"""The door of status: is this certificate still good, who is revoked, revoke this one."""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.db import transaction

from paraphe.floor.jobs import api as jobs
from paraphe.kernel.actor import Actor
from paraphe.pki.errors import RevocationUnavailable
from paraphe.pki.ports import RevocationInfo
from paraphe.trust.register import api as register
from paraphe.trust.status.errors import ListUnavailable
from paraphe.trust.status.jobs import renew_lists
from paraphe.trust.status.lists import current_crl, current_edition, is_list, make_crl, renew_crls
from paraphe.trust.status.responder import ANSWERED, Reply, ocsp_answer, ocsp_reply

__all__ = [
    "ListUnavailable",
    "LocalRevocationSource",
    "Reply",
    "current_crl",
    "current_edition",
    "is_list",
    "make_crl",
    "ocsp_answer",
    "ocsp_reply",
    "reinstate",
    "renew_crls",
    "revoke",
    "suspend",
]


def revoke(
    serial: int, reason: register.Reason, actor: Actor, *, why: str = "", invalid_since: datetime | None = None
) -> register.Status:
    """Revoke a certificate for ever, from this moment; its issuer's revocation list is made anew in the background.

    OCSP says so at once. Repeating it changes nothing. ``why`` is for the journal (no names of people);
    ``invalid_since``, where known, for those who verify. Raises CertificateUnknown, ReasonRefused.
    """
    with transaction.atomic():
        status = register.revoke(serial, reason, actor, why=why, invalid_since=invalid_since)
        jobs.enqueue(renew_lists)
    return status


def suspend(serial: int, actor: Actor, *, why: str = "") -> register.Status:
    """Put a certificate on hold, from this moment. Raises CertificateUnknown, StatusFinal when it is revoked."""
    with transaction.atomic():
        status = register.suspend(serial, actor, why=why)
        jobs.enqueue(renew_lists)
    return status


def reinstate(serial: int, actor: Actor, *, why: str = "") -> register.Status:
    """End the hold of a certificate. Raises CertificateUnknown, StatusFinal when it was revoked meanwhile."""
    with transaction.atomic():
        status = register.reinstate(serial, actor, why=why)
        jobs.enqueue(renew_lists)
    return status


class LocalRevocationSource:
    """RevocationSource for certificates of our own: OCSP below an issuing authority, the root's list above."""

    def revocation_info(self, certificate: x509.Certificate, issuer: x509.Certificate) -> RevocationInfo:
        """Return fresh revocation information. Raises RevocationUnavailable."""
        slug = _slug_of(issuer)
        if slug not in ANSWERED:
            try:
                return RevocationInfo(crl=current_crl(slug))
            except ListUnavailable:
                raise RevocationUnavailable(issuer=slug) from None
        request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256()).build()
        answer = ocsp_answer(request.public_bytes(Encoding.DER), slug)
        if ocsp.load_der_ocsp_response(answer).response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise RevocationUnavailable(issuer=slug)
        return RevocationInfo(ocsp=answer)


def _slug_of(issuer: x509.Certificate) -> register.Slug:
    for authority in register.authorities():
        if authority.certificate == issuer:
            return authority.slug
    raise RevocationUnavailable(issuer="foreign")
