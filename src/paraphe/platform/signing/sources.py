"""Timestamps and revocation information over HTTP: the ports of ``paraphe.pki`` on the side of the platform."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.conf import settings

from paraphe.pki import tsp
from paraphe.pki.addresses import crl_addresses, ocsp_addresses
from paraphe.pki.errors import RevocationUnavailable, TimestampInvalid, TimestampUnavailable
from paraphe.pki.ports import RevocationInfo
from paraphe.platform.signing.errors import TrustRefused, TrustUnavailable
from paraphe.platform.signing.trust_client import TrustClient


@dataclass(frozen=True)
class HttpTimestampSource:
    """A time-stamping authority over HTTP (RFC 3161 §3.4)."""

    client: TrustClient
    path: str = "/tsa"

    def timestamp(self, digest: bytes) -> bytes:
        """Return a TimeStampToken over the SHA-256 ``digest``; checks status, digest and nonce of the answer.

        Raises TimestampUnavailable.
        """
        nonce = secrets.randbits(63)
        try:
            answer = self.client.post_der(self.path, tsp.build_request(digest, nonce), "application/timestamp-query")
        except (TrustUnavailable, TrustRefused) as error:
            raise TimestampUnavailable(reason=str(error)) from error
        try:
            return tsp.parse_response(answer, digest, nonce)
        except TimestampInvalid as error:
            # A wrong answer proves nothing about the next one: as good as none.
            raise TimestampUnavailable(reason=str(error)) from error


@dataclass
class HttpRevocationSource:
    """OCSP (RFC 6960 Appendix A) and CRL (RFC 5280 §4.2.1.13) at the addresses that certificates name.

    Only addresses of the configured trust service providers, and hosts that the operator named, are asked: a
    certificate never chooses where this server connects to. Answers are kept for the lifetime of this object, which is
    one request.
    """

    client: TrustClient
    _known: dict[bytes, RevocationInfo] = field(default_factory=dict)

    def revocation_info(self, certificate: x509.Certificate, issuer: x509.Certificate) -> RevocationInfo:
        """Return an OCSP answer, or a CRL where the certificate names no responder."""
        key = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
        if key not in self._known:
            try:
                self._known[key] = self._ask(certificate, issuer)
            except (TrustUnavailable, TrustRefused) as error:
                raise RevocationUnavailable(reason=str(error)) from error
        return self._known[key]

    def _ask(self, certificate: x509.Certificate, issuer: x509.Certificate) -> RevocationInfo:
        responder = self._ours(ocsp_addresses(certificate))
        if responder:
            query = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303
            answer = self.client.post_der(responder, query.public_bytes(Encoding.DER), "application/ocsp-request")
            return RevocationInfo(ocsp=_checked(answer, _load_ocsp))
        point = self._ours(crl_addresses(certificate))
        if point:
            return RevocationInfo(crl=_checked(self.client.get_der(point), x509.load_der_x509_crl))
        raise RevocationUnavailable(reason="the certificate names no responder of the trust service provider")

    def _ours(self, addresses: list[str]) -> str:
        own = urlsplit(self.client.base_url).netloc.lower()
        known = {urlsplit(url).netloc.lower() for url in (settings.TRUST_URL, settings.ADVANCED_TRUST_URL)}
        for address in addresses:
            parts = urlsplit(address)
            host = parts.netloc.lower()
            if host == own:
                return parts.path
            if parts.scheme in ("http", "https") and host in known | settings.ADVANCED_TRUST_HOSTS:
                return address
        return ""


def _load_ocsp(answer: bytes) -> None:
    if ocsp.load_der_ocsp_response(answer).response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise RevocationUnavailable(reason="the responder cannot answer now")


def _checked(answer: bytes, load: Callable[[bytes], object]) -> bytes:
    """Return an answer that is what was asked for: a page of a proxy proves nothing, and the next one may be good."""
    try:
        load(answer)
    except ValueError as error:
        raise RevocationUnavailable(reason="the answer is none") from error
    return answer
