"""Keys in PKCS#12 files, as other programs write them."""

import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12 as maker
from hypothesis import given, settings
from hypothesis import strategies as st

from paraphe.kernel.errors import DomainError
from paraphe.pki import pkcs12
from paraphe.pki.errors import Pkcs12Password, Pkcs12Unusable, UnsupportedKey
from paraphe.pki.keys import SoftwareSigner
from tests.support.pki import TestPki

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECRET = "l'été à Nîmes"


@cache
def alice() -> SoftwareSigner:
    return TestPki.create(NOW).signer("alice")


def made(password: str | None = SECRET, *, reverse: bool = False) -> bytes:
    """A file with Alice's key and the certificates above hers."""
    chain = list(reversed(alice().chain)) if reverse else list(alice().chain)
    how = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    return maker.serialize_key_and_certificates(b"alice", alice().private_key, alice().certificate, chain, how)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("password", [SECRET, None])
def test_the_signer_comes_out_with_its_issuers_in_order(password: str | None, reverse: bool) -> None:
    found = pkcs12.load(made(password, reverse=reverse), password)
    assert found.certificate == alice().certificate
    assert list(found.chain) == list(alice().chain)
    assert found.algorithm == "ecdsa-sha256"


@pytest.mark.parametrize("password", ["Mallory", "", None])
def test_another_password_opens_nothing(password: str | None) -> None:
    with pytest.raises(Pkcs12Password) as refused:
        pkcs12.load(made(), password)
    assert refused.value.params == {"given": bool(password)}


def test_a_password_that_is_not_needed_does_not_hurt() -> None:
    assert pkcs12.load(made(None), "for nothing").certificate == alice().certificate


@pytest.mark.parametrize(
    "how", [["-legacy"], ["-keypbe", "AES-256-CBC", "-certpbe", "AES-256-CBC"], ["-keypbe", "NONE", "-certpbe", "NONE"]]
)
@pytest.mark.parametrize("password", ["secret", ""])
def test_files_of_openssl_are_read(how: list[str], password: str, tmp_path: Path) -> None:
    key = alice().private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(key)
    pem = [one.public_bytes(serialization.Encoding.PEM) for one in (alice().certificate, *alice().chain)]
    (tmp_path / "certificates.pem").write_bytes(b"".join(pem))
    words = ["openssl", "pkcs12", "-export", "-inkey", "key.pem", "-in", "certificates.pem", "-out", "alice.p12"]
    subprocess.run([*words, *how, "-passout", f"pass:{password}"], cwd=tmp_path, check=True, capture_output=True)
    found = pkcs12.load((tmp_path / "alice.p12").read_bytes(), password)
    assert list(found.chain) == list(alice().chain)


def test_a_file_without_key_or_certificate_is_of_no_use() -> None:
    only_certificate = maker.serialize_key_and_certificates(
        None, None, alice().certificate, None, serialization.NoEncryption()
    )
    only_key = maker.serialize_key_and_certificates(None, alice().private_key, None, None, serialization.NoEncryption())
    for data in (only_certificate, only_key, b"", b"\x30\x00", bytes(1_000_001)):
        with pytest.raises(Pkcs12Unusable):
            pkcs12.load(data)


@pytest.mark.parametrize(
    "key", [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256K1())], ids=["rsa", "curve"]
)
def test_a_weak_key_is_not_taken(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    name = alice().certificate.subject
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
    builder = builder.public_key(key.public_key()).not_valid_before(NOW).not_valid_after(NOW.replace(year=2027))
    certificate = builder.sign(key, hashes.SHA256())
    data = maker.serialize_key_and_certificates(None, key, certificate, None, serialization.NoEncryption())
    with pytest.raises(UnsupportedKey):
        pkcs12.load(data)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=40), st.integers(0, 1500))
def test_a_damaged_file_is_refused_and_nothing_else(noise: bytes, at: int) -> None:
    data = made(None)
    for candidate in (noise, data[:at] + noise + data[at + len(noise) :]):
        try:
            pkcs12.load(candidate)
        except DomainError:
            continue
