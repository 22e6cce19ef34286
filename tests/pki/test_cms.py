"""CMS signatures written by splicing: read by others, whatever the algorithm."""

import hashlib
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from paraphe.kernel.digests import sha256
from paraphe.pki import keys
from paraphe.pki.algorithms import digest_of
from paraphe.pki.cms import CmsTemplate
from paraphe.pki.errors import SignatureInvalid, UnsupportedKey
from paraphe.pki.ports import SignatureAlgorithm
from tests.support.pki import TestPki

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CONTENT = b"La mission commence le 1er janvier."
RSA: list[SignatureAlgorithm] = [
    "rsa-pkcs1-sha256", "rsa-pkcs1-sha384", "rsa-pkcs1-sha512", "rsa-pss-sha256", "rsa-pss-sha384", "rsa-pss-sha512",
]  # fmt: skip
ALGORITHMS: list[SignatureAlgorithm] = ["ecdsa-sha256", "ecdsa-sha384", *RSA]


@cache
def private_key(algorithm: SignatureAlgorithm) -> keys.PrivateKey:
    if algorithm == "ecdsa-sha256":
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == "ecdsa-sha384":
        return ec.generate_private_key(ec.SECP384R1())
    return rsa.generate_private_key(65537, 2048)


@cache
def signer(algorithm: SignatureAlgorithm) -> keys.SoftwareSigner:
    """Alice with a key for ``algorithm``, certified by the test PKI."""
    key = private_key(RSA[0] if algorithm in RSA else algorithm)
    house = TestPki.create(NOW)
    above = house.authorities["natural"].signer
    template = house.signer("alice").certificate
    builder = (
        x509.CertificateBuilder()
        .subject_name(template.subject)
        .issuer_name(template.issuer)
        .public_key(key.public_key())
        .serial_number(template.serial_number + 1)
        .not_valid_before(template.not_valid_before_utc)
        .not_valid_after(template.not_valid_after_utc)
    )
    for extension in template.extensions:
        if not isinstance(extension.value, x509.SubjectKeyIdentifier):
            builder = builder.add_extension(extension.value, extension.critical)
    from cryptography.hazmat.primitives import hashes

    certificate = builder.sign(above.private_key, hashes.SHA256())
    return keys.SoftwareSigner(key, certificate, [above.certificate, *above.chain], algorithm)


@cache
def template(algorithm: SignatureAlgorithm) -> CmsTemplate:
    alice = signer(algorithm)
    chain = [one.public_bytes(Encoding.DER) for one in alice.chain[:-1]]
    return CmsTemplate(alice.certificate.public_bytes(Encoding.DER), chain, algorithm)


def signature(algorithm: SignatureAlgorithm, content: bytes) -> tuple[bytes, bytes]:
    """Return the digest of ``content`` and the signature value."""
    digest = hashlib.new(digest_of(algorithm), content).digest()
    (value,) = signer(algorithm).sign_digests([template(algorithm).digest_to_sign(digest)])
    return digest, value


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_openssl_believes_it_and_only_for_this_content(algorithm: SignatureAlgorithm, tmp_path: Path) -> None:
    (tmp_path / "cms.der").write_bytes(template(algorithm).assemble(*signature(algorithm, CONTENT)))
    root = signer(algorithm).chain[-1]
    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (tmp_path / "content").write_bytes(CONTENT)
    (tmp_path / "other").write_bytes(CONTENT + b" ")
    words = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms.der", "-CAfile", "root.pem"]
    words += ["-purpose", "any", "-attime", str(int(NOW.timestamp())), "-out", "/dev/null", "-content"]
    good = subprocess.run([*words, "content"], cwd=tmp_path, capture_output=True, check=False)
    assert good.returncode == 0, good.stderr
    assert subprocess.run([*words, "other"], cwd=tmp_path, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("algorithm", ["ecdsa-sha256", "rsa-pss-sha512"])
@pytest.mark.parametrize("stamped", [True, False])
def test_it_is_der_and_says_what_pades_asks(algorithm: SignatureAlgorithm, stamped: bool) -> None:
    token = TestPki.create(NOW).timestamps.timestamp(sha256(b"value")) if stamped else None
    digest, value = signature(algorithm, CONTENT)
    der = template(algorithm).assemble(digest, value, token)
    parsed = cms.ContentInfo.load(der, strict=True)
    if not stamped:  # Encoding a token anew doubles the work of asn1crypto at each of its many levels: minutes.
        assert parsed.dump(force=True) == der
    (info,) = parsed["content"]["signer_infos"]
    attributes = {one["type"].native: one["values"][0] for one in info["signed_attrs"]}
    assert set(attributes) == {"content_type", "message_digest", "signing_certificate_v2"}
    assert attributes["message_digest"].native == digest
    (reference,) = attributes["signing_certificate_v2"]["certs"]
    certificate = signer(algorithm).certificate
    assert reference["cert_hash"].native == sha256(certificate.public_bytes(Encoding.DER))
    assert reference["issuer_serial"]["serial_number"].native == certificate.serial_number
    assert info["signed_attrs"].untag().dump() == template(algorithm).signed_attributes(digest)
    if token is None:
        assert not info["unsigned_attrs"]
    else:
        assert info["unsigned_attrs"][0]["values"][0].dump() == token
    assert len(der) == template(algorithm).size(len(value), len(token or b""))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=600), st.binary(max_size=70_000))
def test_any_digest_value_and_token_are_framed_right(digest: bytes, value: bytes, padding: bytes) -> None:
    token = b"\x30" + b"\x83" + len(padding).to_bytes(3, "big") + padding
    parsed = cms.ContentInfo.load(template("ecdsa-sha256").assemble(digest, value, token), strict=True)
    (info,) = parsed["content"]["signer_infos"]
    assert info["signature"].native == value
    assert template("ecdsa-sha256").digest_to_sign(digest) == sha256(info["signed_attrs"].untag().dump())


def test_a_digest_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="another algorithm"):
        template("ecdsa-sha384").signed_attributes(bytes(32))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_value_is_right_for_its_digest_and_its_algorithm_only(algorithm: SignatureAlgorithm) -> None:
    digest = hashlib.new(digest_of(algorithm), CONTENT).digest()
    key = private_key(RSA[0] if algorithm in RSA else algorithm)
    value = keys.sign_digest(key, algorithm, digest)
    keys.verify_signature(key.public_key(), algorithm, digest, value)
    with pytest.raises(SignatureInvalid):
        keys.verify_signature(key.public_key(), algorithm, bytes(len(digest)), value)
    for other in ALGORITHMS:
        if other != algorithm:
            with pytest.raises(SignatureInvalid):
                keys.verify_signature(key.public_key(), other, digest, value)


def test_a_key_does_not_sign_by_the_algorithm_of_another_kind() -> None:
    with pytest.raises(UnsupportedKey):
        keys.sign_digest(private_key("ecdsa-sha256"), "rsa-pss-sha256", bytes(32))
    with pytest.raises(UnsupportedKey):
        keys.sign_digest(private_key(RSA[0]), "ecdsa-sha256", bytes(32))
