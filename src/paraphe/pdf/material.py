"""What proves later that a certificate was good: certificates, OCSP answers, revocation lists, in the DSS of a file.

ISO 32000-2 §12.8.4.3, ETSI EN 319 142-1 §5.4.2.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import cms, crl, ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError

from paraphe.kernel.digests import sha256
from paraphe.pdf.opening import refusing
from paraphe.pki.errors import RevocationUnavailable
from paraphe.pki.ports import RevocationSource, TimestampSource

TOLERANCE = timedelta(minutes=5)
UNTIL_UNSAID = timedelta(minutes=30)
# An OCSP answer from before the signature proves nothing of what happened while the person thought.
FRESH = timedelta(minutes=30)
# The digest that is stamped to learn which certificates the time-stamping authority uses.
PROBE = sha256(b"which certificates do you use?")


@dataclass(frozen=True)
class ValidationMaterial:
    """Certificates, OCSP answers and revocation lists, as DER."""

    certificates: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]
    crls: tuple[bytes, ...]

    def write(self, writer: IncrementalPdfFileWriter, contents: bytes | None = None) -> None:
        """Put everything into the DSS of the revision that ``writer`` makes.

        ``contents``: /Contents of the signature that it is for, which then gets an entry in the VRI dictionary.
        """
        key = contents.hex().upper().encode("ascii") if contents is not None else None
        DocumentSecurityStore.supply_dss_in_writer(writer, key, **self._parsed())

    def _parsed(self) -> dict[str, Any]:
        return {
            "certs": [asn1_x509.Certificate.load(der) for der in self.certificates],
            "ocsps": [ocsp.OCSPResponse.load(der) for der in self.ocsps],
            "crls": [crl.CertificateList.load(der) for der in self.crls],
        }


def collect(
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    timestamps: TimestampSource,
    revocation: RevocationSource,
    roots: Sequence[x509.Certificate],
) -> ValidationMaterial:
    """Return the material for a signature that is about to be made and for its timestamp.

    Asks ``timestamps`` for one token to learn its certificates. Raises TimestampUnavailable, RevocationUnavailable.
    """
    stampers = token_certificates(timestamps.timestamp(PROBE))
    own = [one.public_bytes(Encoding.DER) for one in (certificate, *chain, *roots)]
    return gather([*own, *stampers], revocation)


def gather(certificates: Iterable[bytes], revocation: RevocationSource) -> ValidationMaterial:
    """Return ``certificates`` with fresh revocation information for each that another of them issued."""
    known = {der: x509.load_der_x509_certificate(der) for der in certificates}
    ocsps: dict[bytes, None] = {}
    crls: dict[bytes, None] = {}
    for certificate, issuer in _issued(list(known.values())):
        info = revocation.revocation_info(certificate, issuer)
        if info.ocsp is None and info.crl is None:
            raise RevocationUnavailable(reason="nothing was given")
        if info.ocsp is not None:
            ocsps[info.ocsp] = None
        if info.crl is not None:
            crls[info.crl] = None
    return ValidationMaterial(tuple(known), tuple(ocsps), tuple(crls))


def collect_for_timestamp(
    reader: PdfFileReader,
    timestamps: TimestampSource,
    revocation: RevocationSource,
    roots: Sequence[bytes],
    known: Sequence[bytes],
    now: datetime,
) -> ValidationMaterial | None:
    """Return what a document timestamp needs beside it; None where the file holds all of it already.

    ``known``: certificates of the file of which fresh revocation information is wanted too, where it can be had.
    Raises TimestampUnavailable, RevocationUnavailable.
    """
    needed = [*roots, *token_certificates(timestamps.timestamp(PROBE))]
    if not known and complete_in(reader, needed, now):
        return None
    fresh = gather(needed, revocation)
    certificates, ocsps, crls = dict.fromkeys(fresh.certificates), dict.fromkeys(fresh.ocsps), dict.fromkeys(fresh.crls)
    everybody = {der: x509.load_der_x509_certificate(der) for der in dict.fromkeys((*needed, *known))}
    for certificate, issuer in _issued(list(everybody.values())):
        if certificate.not_valid_after_utc < now:
            continue
        try:
            info = revocation.revocation_info(certificate, issuer)
        except RevocationUnavailable:
            # Of somebody else's certificate: what the file holds of it stays the last word.
            continue
        certificates |= {certificate.public_bytes(Encoding.DER): None}
        ocsps |= {info.ocsp: None} if info.ocsp is not None else {}
        crls |= {info.crl: None} if info.crl is not None else {}
    return ValidationMaterial(tuple(certificates), tuple(ocsps), tuple(crls))


def token_certificates(token: bytes) -> list[bytes]:
    """Return the certificates in a timestamp token, as DER."""
    signed = cms.ContentInfo.load(token)["content"]
    return [one.chosen.dump() for one in signed["certificates"]]


def certificates_in(reader: PdfFileReader) -> list[bytes]:
    """Return the certificates in the DSS of a file; none where it has no DSS."""
    with refusing():
        try:
            return [one.dump() for one in DocumentSecurityStore.read_dss(reader).load_certs()]
        except NoDSSFoundError:
            return []


def complete_in(reader: PdfFileReader, certificates: Iterable[bytes], at: datetime) -> bool:
    """Tell whether the DSS of a file holds ``certificates`` and proves that they were good at that time."""
    with refusing():
        try:
            store = DocumentSecurityStore.read_dss(reader)
        except NoDSSFoundError:
            return False
        present = {one.dump() for one in store.load_certs()}
        answers = [ocsp.OCSPResponse.load(one.get_object().data) for one in store.ocsps]
        lists = [crl.CertificateList.load(one.get_object().data) for one in store.crls]
    singles = [one for answer in answers for one in _singles(answer) if one["this_update"].native >= at - FRESH]
    serials = {one["cert_id"]["serial_number"].native for one in singles if _speaks(one, at)}
    issuers = {one.issuer.dump() for one in lists if _speaks(one["tbs_cert_list"], at)}
    needed = {der: x509.load_der_x509_certificate(der) for der in certificates}
    return set(needed) <= present and all(
        certificate.serial_number in serials or issuer.subject.public_bytes() in issuers
        for certificate, issuer in _issued(list(needed.values()))
    )


def answered(answer: ocsp.OCSPResponse) -> datetime:
    """Return the latest time for which an OCSP answer speaks. Raises ValueError where it answers nothing.

    That is thisUpdate (RFC 6960 §4.2.2.1): producedAt may be later, when an answer is signed again from old knowledge.
    """
    found: datetime = max(one["this_update"].native for one in _singles(answer))
    return found


def _singles(answer: ocsp.OCSPResponse) -> Sequence[Any]:
    data = answer.response_data
    if not isinstance(data, ocsp.ResponseData):
        raise ValueError("no answer")  # noqa: TRY004 - bytes from outside say nothing, as with any other parser
    found: Sequence[Any] = data["responses"]
    return found


def issued(found: crl.CertificateList) -> datetime:
    """Return when a revocation list was signed."""
    at: datetime = found["tbs_cert_list"]["this_update"].native
    return at


def _speaks(info: Any, at: datetime) -> bool:
    """Tell whether an OCSP answer or a list speaks for the time ``at``. One without an end speaks for half an hour."""
    end = info["next_update"].native or info["this_update"].native + UNTIL_UNSAID
    return bool(info["this_update"].native <= at + TOLERANCE and at <= end)


def _issued(certificates: Sequence[x509.Certificate]) -> list[tuple[x509.Certificate, x509.Certificate]]:
    """Return each certificate that is not its own issuer with the one of ``certificates`` that issued it."""
    pairs = []
    for certificate in certificates:
        for issuer in certificates:
            if issuer is not certificate and issuer.subject == certificate.issuer and _signed(certificate, issuer):
                pairs.append((certificate, issuer))
                break
    return pairs


def _signed(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001 - not the issuer, for whatever reason
        return False
    return True
