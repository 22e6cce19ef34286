"""Certificates in three steps: the bytes to sign, the signature made elsewhere, the whole; then the comparison."""

import secrets
from datetime import datetime

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID

from paraphe.kernel.errors import DomainError
from paraphe.pki.errors import UnsupportedKey
from paraphe.pki.keys import PublicKey, algorithm_of, checked_key, delegated_key, public_key_from_der
from paraphe.pki.ports import SignatureAlgorithm
from paraphe.pki.profiles import ANY_POLICY, Profile
from paraphe.pki.subjects import NaturalPerson, Subject, distinguished_name

SERIAL_BYTES = 16


class CompareFailed(DomainError):
    """A certificate is not over the bytes that were prepared."""

    code = "certificate_differs"


def new_serial() -> int:
    """Return a positive serial number of 16 octets, 126 bits of it random (RFC 5280 §4.1.2.2)."""
    return (secrets.randbits(8 * SERIAL_BYTES - 1)) | (1 << (8 * SERIAL_BYTES - 2))


def prepare_certificate(
    profile: Profile,
    subject: Subject,
    subject_public_key: bytes | PublicKey,
    issuer_certificate: x509.Certificate | None,
    serial: int,
    not_before: datetime,
    not_after: datetime,
    algorithm: SignatureAlgorithm | None = None,
) -> bytes:
    """Return the DER of a TBSCertificate (RFC 5280 §4.1) that follows ``profile``.

    ``issuer_certificate`` is None for a self-signed root. ``algorithm`` defaults to that of the issuer's key. Raises
    UnsupportedKey, and ValueError for a subject that does not fit into a certificate or an end after the issuer's.
    """
    key = public_key_from_der(subject_public_key) if isinstance(subject_public_key, bytes) else subject_public_key
    name = distinguished_name(subject)
    issuer_key = checked_key(issuer_certificate.public_key()) if issuer_certificate else key
    if algorithm not in (None, algorithm_of(issuer_key)):
        raise UnsupportedKey(reason="the issuer's key does not sign so")
    if issuer_certificate and not_after > issuer_certificate.not_valid_after_utc:
        raise ValueError("a certificate does not outlive its issuer's")
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer_certificate.subject if issuer_certificate else name)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
    builder = _common_extensions(builder, profile, key, issuer_certificate)
    builder = _address_extensions(builder, profile)
    if profile.email_in_alternative_name and isinstance(subject, NaturalPerson):
        builder = builder.add_extension(x509.SubjectAlternativeName([_mailbox(subject.email)]), critical=False)
    # The builder wants a key; this one signs nothing. Only the bytes to sign leave this function.
    unsigned = builder.sign(delegated_key(issuer_key, lambda _: b"\x00"), hashes.SHA256())
    return unsigned.tbs_certificate_bytes


def assemble_certificate(tbs: bytes, signature: bytes, algorithm: SignatureAlgorithm) -> x509.Certificate:
    """Return the certificate of ``tbs`` and ``signature``. Raises ValueError when the two do not make one."""
    parsed = asn1_x509.TbsCertificate.load(tbs)
    whole = asn1_x509.Certificate(
        {"tbs_certificate": parsed, "signature_algorithm": parsed["signature"], "signature_value": signature}
    )
    return x509.load_der_x509_certificate(whole.dump())


def compare(certificate: x509.Certificate, tbs: bytes) -> None:
    """Raise CompareFailed unless ``certificate`` is over exactly ``tbs``."""
    if certificate.tbs_certificate_bytes != tbs:
        raise CompareFailed(serial=f"{certificate.serial_number:x}")


def der(certificate: x509.Certificate) -> bytes:
    """Return the DER of ``certificate``."""
    return certificate.public_bytes(Encoding.DER)


def _mailbox(email: str) -> x509.RFC822Name:
    """Return an e-mail address with its domain in ASCII (RFC 5280 §7.5). Raises ValueError for other letters before."""
    local, _, domain = email.rpartition("@")
    return x509.RFC822Name(f"{local}@{domain.encode('idna').decode()}")


def _common_extensions(
    builder: x509.CertificateBuilder, profile: Profile, key: PublicKey, issuer: x509.Certificate | None
) -> x509.CertificateBuilder:
    issuer_key = checked_key(issuer.public_key()) if issuer else key
    usage = x509.KeyUsage(
        digital_signature="digital_signature" in profile.key_usage,
        content_commitment="content_commitment" in profile.key_usage,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign="key_cert_sign" in profile.key_usage,
        crl_sign="crl_sign" in profile.key_usage,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
        .add_extension(usage, critical=True)
    )
    if profile.is_ca:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=profile.path_length), critical=True)
    if profile.extended_key_usage:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage(profile.extended_key_usage), critical=profile.extended_key_usage_critical
        )
    if profile.no_check:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return builder


def _address_extensions(builder: x509.CertificateBuilder, profile: Profile) -> x509.CertificateBuilder:
    settings = profile.settings
    if profile.policies:
        qualifiers: list[str | x509.UserNotice] | None = [settings.cps_url] if settings.cps_url else None
        policies = [
            x509.PolicyInformation(x509.ObjectIdentifier(oid), None if oid == ANY_POLICY else qualifiers)
            for oid in profile.policies
        ]
        builder = builder.add_extension(x509.CertificatePolicies(policies), critical=False)
    if profile.self_signed:
        return builder
    access = []
    if settings.ocsp_url and not profile.no_check:
        address = x509.UniformResourceIdentifier(settings.ocsp_url)
        access.append(x509.AccessDescription(AuthorityInformationAccessOID.OCSP, address))
    if settings.aia_url:
        address = x509.UniformResourceIdentifier(settings.aia_url)
        access.append(x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, address))
    if access:
        builder = builder.add_extension(x509.AuthorityInformationAccess(access), critical=False)
    if settings.crl_url and not profile.no_check:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(settings.crl_url)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return builder
