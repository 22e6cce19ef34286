"""OCSP (RFC 6960 appendix A), revocation lists and issuers (RFC 5280) from the addresses that certificates name."""

import base64
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp

from paraphe.kernel.digests import sha256
from paraphe.kernel.errors import DomainError
from paraphe.pki.addresses import crl_addresses, issuer_addresses, ocsp_addresses
from paraphe.pki.errors import RevocationUnavailable
from paraphe.pki.ports import RevocationInfo
from paraphe.wire.errors import FetchFailed
from paraphe.wire.guard import Guard

MAX_LIST_BYTES = 50_000_000
MAX_ADDRESSES = 4
SHORT_QUESTION = 255
"""Octets of a question that may be asked by GET (RFC 5019 §5)."""


@dataclass(frozen=True)
class Fetched:
    """DER of what was found."""

    certificates: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


class Fetcher:
    """Asks responders, lists and issuers; each question once in the life of this object, whatever the thread.

    ``seconds``: how long all questions of an ``answer`` may take together.
    """

    def __init__(self, guard: Guard | None = None, *, seconds: float = 25.0) -> None:
        self._guard = guard or Guard()
        self._seconds = seconds
        self._lock = threading.Lock()
        self._known: dict[bytes, RevocationInfo] = {}
        self._pages: dict[str, bytes] = {}

    def revocation_info(self, certificate: x509.Certificate, issuer: x509.Certificate) -> RevocationInfo:
        """Return an OCSP answer, else a list. Raises RevocationUnavailable where neither can be had."""
        key = sha256(certificate.public_bytes(Encoding.DER))
        with self._lock:
            if key not in self._known:
                self._known[key] = self._ask(certificate, issuer)
            return self._known[key]

    def answer(self, wanted: Iterable[tuple[bytes, bytes | None]]) -> Fetched:
        """Return what can be had of pairs: (certificate, issuer) for revocation, (certificate, None) for the issuer.

        What cannot be had is left out: the verdict then says what it lacks.
        """
        certificates: dict[bytes, None] = {}
        ocsps: dict[bytes, None] = {}
        crls: dict[bytes, None] = {}
        deadline = time.monotonic() + self._seconds
        for certificate, issuer in wanted:
            if time.monotonic() > deadline:
                break
            try:
                parsed = x509.load_der_x509_certificate(certificate)
                if issuer is None:
                    certificates |= dict.fromkeys(self._issuers(parsed))
                    continue
                info = self.revocation_info(parsed, x509.load_der_x509_certificate(issuer))
            except (DomainError, ValueError):
                continue
            if info.ocsp is not None:
                ocsps[info.ocsp] = None
            if info.crl is not None:
                crls[info.crl] = None
        return Fetched(tuple(certificates), tuple(ocsps), tuple(crls))

    def _ask(self, certificate: x509.Certificate, issuer: x509.Certificate) -> RevocationInfo:
        reasons = []
        for address in ocsp_addresses(certificate)[:MAX_ADDRESSES]:
            try:
                return RevocationInfo(ocsp=self._ocsp(address, certificate, issuer))
            except (DomainError, ValueError) as error:
                reasons.append(str(error))
        for address in crl_addresses(certificate)[:MAX_ADDRESSES]:
            try:
                return RevocationInfo(crl=self._list(address))
            except (DomainError, ValueError) as error:
                reasons.append(str(error))
        raise RevocationUnavailable(reason="; ".join(reasons) or "the certificate names no address")

    def _ocsp(self, address: str, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
        query = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303
        question = query.public_bytes(Encoding.DER)
        try:
            answer = self._guard.post(address, question, "application/ocsp-request")
        except FetchFailed:
            text = quote(base64.b64encode(question), safe="")
            if len(text) > SHORT_QUESTION:
                raise
            answer = self._guard.get(f"{address.rstrip('/')}/{text}")
        parsed = ocsp.load_der_ocsp_response(answer)
        if parsed.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise FetchFailed(reason="the responder does not answer")
        return answer

    def _list(self, address: str) -> bytes:
        data = self._page(address, MAX_LIST_BYTES)
        parsed = (
            x509.load_pem_x509_crl(data) if data.lstrip().startswith(b"-----BEGIN") else x509.load_der_x509_crl(data)
        )
        return parsed.public_bytes(Encoding.DER)

    def _issuers(self, certificate: x509.Certificate) -> list[bytes]:
        found: list[bytes] = []
        for address in issuer_addresses(certificate)[:MAX_ADDRESSES]:
            try:
                found += [one.public_bytes(Encoding.DER) for one in _certificates(self._page(address, None))]
            except (DomainError, ValueError):
                continue
        return found

    def _page(self, address: str, limit: int | None) -> bytes:
        if address not in self._pages:
            self._pages[address] = self._guard.get(address, max_bytes=limit)
        return self._pages[address]


def _certificates(data: bytes) -> list[x509.Certificate]:
    """Return the certificates in DER, PEM or PKCS#7. Raises ValueError."""
    if b"-----BEGIN CERTIFICATE" in data:
        return x509.load_pem_x509_certificates(data)
    if b"-----BEGIN PKCS7" in data:
        return pkcs7.load_pem_pkcs7_certificates(data)
    try:
        return [x509.load_der_x509_certificate(data)]
    except ValueError:
        return pkcs7.load_der_pkcs7_certificates(data)
