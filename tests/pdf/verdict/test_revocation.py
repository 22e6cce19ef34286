"""Which answers about a revocation count, and which are worth nothing."""

from datetime import datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from paraphe.pdf.verdict import certificates
from paraphe.pdf.verdict.certificates import Certificate, Pool
from paraphe.pdf.verdict.revocation import Evidence, Standing, standing
from tests.pdf.hands import NOW
from tests.support.pki import TestPki


@cache
def house() -> TestPki:
    return TestPki.create(NOW)


def loaded(certificate: x509.Certificate) -> Certificate:
    found = certificates.of(certificate)
    assert found is not None
    return found


def alice() -> Certificate:
    return loaded(house().signer("alice").certificate)


def issuer() -> Certificate:
    return loaded(house().authorities["natural"].signer.certificate)


def asked(kind: str, der: bytes, at: datetime = NOW, *, proved: datetime = NOW) -> Standing:
    return standing(alice(), issuer(), [Evidence(der, kind, proved, embedded=True)], Pool(()), at)


def answer(
    responder: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    *,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    revoked: datetime | None = None,
) -> bytes:
    builder = ocsp.OCSPResponseBuilder().add_response(
        alice().parsed, issuer().parsed, hashes.SHA256(), status, NOW, NOW + timedelta(days=1), revoked, None
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, responder).certificates([responder])
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def of(name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    signer = house().signers.get(name) or house().authorities[name].signer
    assert isinstance(signer.private_key, ec.EllipticCurvePrivateKey)
    return signer.certificate, signer.private_key


def test_the_issuer_and_whom_it_delegated_may_answer_and_nobody_else() -> None:
    responder = house().authorities["natural"].responder
    assert responder is not None
    assert isinstance(responder.private_key, ec.EllipticCurvePrivateKey)
    assert asked("ocsp", answer(responder.certificate, responder.private_key)).state == "good"
    assert asked("ocsp", answer(*of("natural"))).state == "good"
    for stranger in ("bob", "seal", "legal", "root"):
        assert asked("ocsp", answer(*of(stranger))).state == "unknown", stranger
    # The name of the responder does not help without his signature.
    good = answer(responder.certificate, responder.private_key)
    assert b"20261123080000Z" in good
    assert asked("ocsp", good.replace(b"20261123080000Z", b"20261123080001Z")).state == "unknown"
    other = house().authorities["legal"].responder
    assert other is not None
    assert isinstance(other.private_key, ec.EllipticCurvePrivateKey)
    assert asked("ocsp", answer(other.certificate, other.private_key)).state == "unknown"


def test_an_answer_says_revoked_since_when() -> None:
    certificate, key = of("natural")
    since = NOW - timedelta(hours=2)
    found = asked("ocsp", answer(certificate, key, status=ocsp.OCSPCertStatus.REVOKED, revoked=since))
    assert (found.state, found.fact.revoked_at) == ("revoked", since)
    assert asked("ocsp", answer(certificate, key, status=ocsp.OCSPCertStatus.UNKNOWN)).state == "unknown"


def test_an_answer_grows_stale_and_dies_with_its_authority() -> None:
    good = answer(*of("natural"))
    assert asked("ocsp", good, NOW + timedelta(hours=20)).state == "good"
    assert asked("ocsp", good, NOW + timedelta(days=2)).state == "stale"
    ended = issuer().parsed.not_valid_after_utc + timedelta(days=1)
    assert asked("ocsp", good, NOW, proved=ended).state == "unknown"


@pytest.mark.parametrize(
    ("extension", "critical", "state"),
    [
        (None, False, "good"),
        (x509.DeltaCRLIndicator(1), True, "unknown"),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.8"), b"\x05\x00"), True, "unknown"),
        (x509.IssuingDistributionPoint(None, None, True, False, None, False, False), True, "good"),
        (x509.IssuingDistributionPoint(None, None, False, True, None, False, False), True, "unknown"),
        (x509.IssuingDistributionPoint(None, None, False, False, None, True, False), True, "unknown"),
        (
            x509.IssuingDistributionPoint(
                None, None, False, False, frozenset({x509.ReasonFlags.key_compromise}), False, False
            ),
            True,
            "unknown",
        ),
        (
            x509.IssuingDistributionPoint(
                [x509.UniformResourceIdentifier("http://ailleurs.test/1.crl")], None, False, False, None, False, False
            ),
            True,
            "unknown",
        ),
    ],
)
def test_a_list_counts_only_where_it_is_whole(extension: x509.ExtensionType | None, critical: bool, state: str) -> None:
    certificate, key = of("natural")
    builder = x509.CertificateRevocationListBuilder(certificate.subject, NOW, NOW + timedelta(days=7))
    if extension is not None:
        builder = builder.add_extension(extension, critical)
    assert asked("crl", builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)).state == state
    assert asked("crl", builder.sign(of("bob")[1], hashes.SHA256()).public_bytes(Encoding.DER)).state == "unknown"


def test_the_newest_speaks() -> None:
    certificate, key = of("natural")
    builder = x509.CertificateRevocationListBuilder(certificate.subject, NOW + timedelta(hours=1), NOW + timedelta(7))
    entry = x509.RevokedCertificateBuilder(alice().parsed.serial_number, NOW + timedelta(minutes=30)).build()
    revoked = builder.add_revoked_certificate(entry).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    evidence = [
        Evidence(answer(certificate, key), "ocsp", NOW, embedded=True),
        Evidence(revoked, "crl", NOW, embedded=True),
    ]
    for order in (evidence, evidence[::-1]):
        assert standing(alice(), issuer(), order, Pool(()), NOW).state == "revoked"


@pytest.mark.parametrize("der", [b"", b"\x30\x03\x0a\x01\x06", b"\x30\x80", b"nothing"])
def test_octets_that_are_no_answer_are_passed_over(der: bytes) -> None:
    assert asked("ocsp", der).state == "unknown"
    assert asked("crl", der).state == "unknown"
