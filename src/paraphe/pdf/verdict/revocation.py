"""Whether a certificate was revoked, as OCSP answers and lists at hand tell it (RFC 6960, RFC 5280 §6.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, ExtensionOID

from paraphe.pdf.values import RevocationFact
from paraphe.pdf.verdict import certificates, crypto
from paraphe.pdf.verdict.certificates import UNREADABLE, Certificate, Pool
from paraphe.pdf.verdict.message import Misshapen
from paraphe.pdf.verdict.slices import Unreadable, whole

TOLERANCE = timedelta(minutes=5)
UNTIL_UNSAID = timedelta(minutes=30)
"""How long an answer speaks that does not say until when."""
KNOWN_IN_CRL = {ExtensionOID.ISSUING_DISTRIBUTION_POINT, ExtensionOID.AUTHORITY_KEY_IDENTIFIER, ExtensionOID.CRL_NUMBER}
NO_REVOCATION = {x509.ObjectIdentifier("2.5.29.56"), x509.ObjectIdentifier("0.4.0.194121.2.1")}
"""noRevAvail (RFC 9608), validity-assured short term (ETSI EN 319 412-1 §5.2)."""
_BASIC_RESPONSE = "1.3.6.1.5.5.7.48.1.1"


@dataclass(frozen=True, eq=False)
class Evidence:
    """One OCSP answer or list, with since when it is proved to exist and whether it lies in the file."""

    der: bytes
    kind: str
    proved: datetime
    embedded: bool
    revision: int = 0
    """Revision that brought it, as the cross-reference sections count; for what a document timestamp covers."""


@dataclass(frozen=True)
class Answer:
    """What one piece of evidence says of one certificate."""

    fact: RevocationFact
    until: datetime
    evidence: Evidence


@dataclass(frozen=True)
class Standing:
    """What is known of a certificate at a moment.

    ``good``, ``revoked``, ``stale``, ``unknown``, ``not_needed``, or ``not_offered``: its issuer names no source.
    """

    state: str
    fact: RevocationFact
    evidence: Evidence | None = None

    @property
    def is_on_hold(self) -> bool:
        """Tell whether it is suspended only: asked again later, it may hold again or be revoked for ever."""
        return self.state == "revoked" and self.fact.reason == x509.ReasonFlags.certificate_hold.value


def standing(
    certificate: Certificate, issuer: Certificate, evidence: Sequence[Evidence], pool: Pool, moment: datetime
) -> Standing:
    """Return what ``evidence`` says of ``certificate`` at ``moment``; the newest speaks."""
    if any(one.oid in NO_REVOCATION or isinstance(one.value, x509.OCSPNoCheck) for one in certificate.extensions):
        return Standing("not_needed", RevocationFact("not_needed", "none"))
    found = sorted(_answers(certificate, issuer, evidence, pool), key=lambda one: one.until, reverse=True)
    found.sort(key=lambda one: _updated(one.fact), reverse=True)
    for one in found:
        if one.fact.status == "revoked":
            return Standing("revoked", one.fact, one.evidence)
        if one.fact.status == "unknown":
            return Standing("unknown", one.fact, one.evidence)
        fresh = _updated(one.fact) + TOLERANCE >= moment or one.until >= moment
        return Standing("good" if fresh else "stale", one.fact, one.evidence)
    offered = sources(certificate)
    return Standing("unknown" if offered else "not_offered", RevocationFact("unknown", "none"))


def _updated(fact: RevocationFact) -> datetime:
    assert fact.this_update is not None  # noqa: S101 - every answer has one, by construction
    return fact.this_update


def sources(certificate: Certificate) -> bool:
    """Tell whether a certificate says where its revocation can be asked for."""
    access = certificate.extension(x509.AuthorityInformationAccess)
    if isinstance(access, x509.AuthorityInformationAccess) and any(
        one.access_method == AuthorityInformationAccessOID.OCSP for one in access
    ):
        return True
    return certificate.extension(x509.CRLDistributionPoints) is not None


def _answers(
    certificate: Certificate, issuer: Certificate, evidence: Sequence[Evidence], pool: Pool
) -> Iterator[Answer]:
    for one in evidence:
        # What an expired authority is said to have signed proves nothing unless it is proved to be older (§5.6.2).
        if one.proved > issuer.parsed.not_valid_after_utc:
            continue
        try:
            found = (
                _from_ocsp(certificate, issuer, one, pool)
                if one.kind == "ocsp"
                else _from_crl(certificate, issuer, one)
            )
        except (*UNREADABLE, Misshapen, Unreadable):
            continue
        if found is not None and _updated(found.fact) <= certificate.parsed.not_valid_after_utc:
            yield found


@lru_cache(maxsize=512)
def _ocsp(der: bytes) -> ocsp.OCSPResponse | None:
    try:
        found = ocsp.load_der_ocsp_response(der)
    except UNREADABLE:
        return None
    return found if found.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL else None


def _from_ocsp(certificate: Certificate, issuer: Certificate, evidence: Evidence, pool: Pool) -> Answer | None:
    response = _ocsp(evidence.der)
    if response is None or any(one.critical for one in response.extensions):
        return None
    for single in response.responses:
        if single.serial_number == certificate.parsed.serial_number and _about(single, issuer):
            break
    else:
        return None
    responder = _responder(evidence.der, response, issuer, pool)
    if responder is None:
        return None
    updated = single.this_update_utc
    until = single.next_update_utc or updated + UNTIL_UNSAID
    status = {ocsp.OCSPCertStatus.GOOD: "good", ocsp.OCSPCertStatus.REVOKED: "revoked"}.get(
        single.certificate_status, "unknown"
    )
    reason = single.revocation_reason.value if single.revocation_reason else ""
    fact = RevocationFact(
        status,  # type: ignore[arg-type]
        "ocsp",
        updated,
        responder.name,
        single.revocation_time_utc if status == "revoked" else None,
        reason,
    )
    return Answer(fact, until, evidence)


def _about(single: ocsp.OCSPSingleResponse, issuer: Certificate) -> bool:
    """Tell whether an answer names ``issuer`` by the digests of its name and its key (RFC 6960 §4.1.1)."""
    algorithm = single.hash_algorithm
    return (
        _hashed(algorithm, issuer.subject) == single.issuer_name_hash
        and _hashed(algorithm, key_octets(issuer)) == single.issuer_key_hash
    )


def _hashed(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    running = hashes.Hash(algorithm)
    running.update(data)
    return running.finalize()


def key_octets(certificate: Certificate) -> bytes:
    """Return the content of subjectPublicKey, without the count of unused bits."""
    info = certificate.key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return whole(info).children()[1].content[1:]


def _responder(der: bytes, response: ocsp.OCSPResponse, issuer: Certificate, pool: Pool) -> Certificate | None:
    """Return who signed, where he may: the issuer, or whom it delegated (RFC 6960 §4.2.2.2)."""
    inside = [one for one in (certificates.of(one) for one in response.certificates) if one is not None]
    one: Certificate
    for one in [issuer, *inside, *pool]:
        if not _is_named(response, one) or not _authorised(one, issuer, response.produced_at_utc):
            continue
        if _signed_ocsp(der, one.der):
            return one
    return None


def _is_named(response: ocsp.OCSPResponse, certificate: Certificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name.public_bytes() == certificate.subject
    return response.responder_key_hash == _hashed(hashes.SHA1(), key_octets(certificate))  # noqa: S303 - RFC 6960


def _authorised(one: Certificate, issuer: Certificate, at: datetime) -> bool:
    if one.der == issuer.der or (one.subject == issuer.subject and key_octets(one) == key_octets(issuer)):
        return True
    usage = one.extension(x509.ExtendedKeyUsage)
    if not isinstance(usage, x509.ExtendedKeyUsage) or ExtendedKeyUsageOID.OCSP_SIGNING not in usage:
        return False
    begin, end = one.parsed.not_valid_before_utc, one.parsed.not_valid_after_utc
    return begin <= at <= end and certificates.issued_by(one.der, issuer.der)


@lru_cache(maxsize=1024)
def _signed_ocsp(der: bytes, signer_der: bytes) -> bool:
    signer = certificates.load(signer_der)
    basic = whole(der).children()[1].only().children()
    if signer is None or basic[0].oid() != _BASIC_RESPONSE:
        return False
    parts = whole(basic[1].content).children()
    algorithm = crypto.algorithm_of(parts[1], crypto.digest_of(parts[1]))
    return crypto.verify(signer.key, algorithm, parts[2].content[1:], parts[0].octets)


@lru_cache(maxsize=256)
def _crl(der: bytes) -> x509.CertificateRevocationList | None:
    try:
        return x509.load_der_x509_crl(der)
    except UNREADABLE:
        return None


def _from_crl(certificate: Certificate, issuer: Certificate, evidence: Evidence) -> Answer | None:
    found = _crl(evidence.der)
    if found is None or found.issuer.public_bytes() != issuer.subject or not _speaks_for(found, certificate):
        return None
    usage = issuer.extension(x509.KeyUsage)
    allowed = not isinstance(usage, x509.KeyUsage) or usage.crl_sign
    if not allowed or not _signed_crl(evidence.der, issuer.der):
        return None
    updated = found.last_update_utc
    until = found.next_update_utc or updated + UNTIL_UNSAID
    entry = found.get_revoked_certificate_by_serial_number(certificate.parsed.serial_number)
    fact = RevocationFact("good", "crl", updated, issuer.name) if entry is None else _entry(entry, updated, issuer)
    return None if fact is None else Answer(fact, until, evidence)


def _entry(entry: x509.RevokedCertificate, updated: datetime, issuer: Certificate) -> RevocationFact | None:
    """Return what one line of a list says; None where it says something critical that is not known here."""
    reason = ""
    for one in entry.extensions:
        if isinstance(one.value, x509.CRLReason):
            reason = one.value.reason.value
        elif one.critical and not isinstance(one.value, x509.InvalidityDate):
            return None
    if reason == x509.ReasonFlags.remove_from_crl.value:
        return RevocationFact("good", "crl", updated, issuer.name)
    return RevocationFact("revoked", "crl", updated, issuer.name, entry.revocation_date_utc, reason)


@lru_cache(maxsize=512)
def _signed_crl(der: bytes, issuer_der: bytes) -> bool:
    issuer = certificates.load(issuer_der)
    if issuer is None:
        return False
    parts = whole(der).children()
    algorithm = crypto.algorithm_of(parts[1], crypto.digest_of(parts[1]))
    return crypto.verify(issuer.key, algorithm, parts[2].content[1:], parts[0].octets)


def _speaks_for(found: x509.CertificateRevocationList, certificate: Certificate) -> bool:
    """Tell whether a list is whole for this certificate: not a delta, not indirect, not of some reasons, not of others.

    RFC 5280 §5.2.4, §5.2.5; an unknown critical extension makes a list useless (§5.2).
    """
    for one in found.extensions:
        if isinstance(one.value, x509.DeltaCRLIndicator) or (one.critical and one.oid not in KNOWN_IN_CRL):
            return False
        if isinstance(one.value, x509.IssuingDistributionPoint) and not _covers(one.value, certificate):
            return False
    return True


def _covers(point: x509.IssuingDistributionPoint, certificate: Certificate) -> bool:
    if point.indirect_crl or point.only_some_reasons or point.only_contains_attribute_certs or point.relative_name:
        return False
    limits = certificate.extension(x509.BasicConstraints)
    is_ca = isinstance(limits, x509.BasicConstraints) and limits.ca
    if (point.only_contains_user_certs and is_ca) or (point.only_contains_ca_certs and not is_ca):
        return False
    if not point.full_name:
        return True
    named = certificate.extension(x509.CRLDistributionPoints)
    points = list(named) if isinstance(named, x509.CRLDistributionPoints) else []
    return any(name in point.full_name for one in points for name in one.full_name or ())
