import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from paraphe.kernel.digests import sha256
from paraphe.pki import build, keys, lint, profiles
from paraphe.pki.errors import SignatureInvalid, UnsupportedKey
from paraphe.pki.subjects import NaturalPerson, distinguished_name
from tests.pki.conftest import NOW
from tests.support.pki import TestPki, settings_of


def _pem(folder: Path, name: str, *certificates: x509.Certificate) -> str:
    path = folder / f"{name}.pem"
    path.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in certificates))
    return str(path)


@pytest.mark.parametrize("name", ["alice", "etienne", "seal", "tsu"])
def test_openssl_follows_the_path_strictly(pki: TestPki, tmp_path: Path, name: str) -> None:
    signer = pki.signer(name)
    root = _pem(tmp_path, "root", *pki.roots)
    between = _pem(tmp_path, "between", *signer.chain[:-1])
    said = subprocess.run(
        [
            "openssl",
            "verify",
            "-x509_strict",
            "-CAfile",
            root,
            "-untrusted",
            between,
            _pem(tmp_path, name, signer.certificate),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr


def test_a_person_signs_content_and_nothing_else(small_pki: TestPki) -> None:
    certificate = small_pki.signer("etienne").certificate
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.content_commitment
    assert not any((usage.value.digital_signature, usage.value.key_cert_sign, usage.value.crl_sign))
    names = {attribute.oid: attribute.value for attribute in certificate.subject}
    assert names[NameOID.COMMON_NAME] == "Étienne Le Gall-Dubois"
    assert names[NameOID.SERIAL_NUMBER] == "PARAPHE-etienne"
    alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert alternative.get_values_for_type(x509.RFC822Name) == ["etienne@cabinet.test"]
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=3 * 365)


def test_no_certificate_claims_to_be_qualified(small_pki: TestPki) -> None:
    statements = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
    for signer in [*small_pki.signers.values(), *(one.signer for one in small_pki.authorities.values())]:
        assert statements not in [extension.oid for extension in signer.certificate.extensions]


def test_serial_numbers_are_long_random_and_positive() -> None:
    serials = {build.new_serial() for _ in range(200)}
    assert len(serials) == 200
    assert all(0 < serial < 1 << 127 and serial.bit_length() > 64 for serial in serials)


def test_a_certificate_over_other_bytes_is_noticed(small_pki: TestPki) -> None:
    alice, bob = small_pki.signer("alice").certificate, small_pki.signer("bob").certificate
    build.compare(alice, alice.tbs_certificate_bytes)
    with pytest.raises(build.CompareFailed):
        build.compare(alice, bob.tbs_certificate_bytes)


@pytest.mark.parametrize("profile", [profiles.tsa_profile, profiles.natural_ca_profile, profiles.ocsp_profile])
def test_a_persons_certificate_passes_for_nothing_else(small_pki: TestPki, profile: object) -> None:
    certificate = small_pki.signer("alice").certificate
    lint.lint_certificate(certificate, profiles.natural_person_profile(settings_of("natural")))
    with pytest.raises(lint.LintFailed) as refusal:
        lint.lint_certificate(certificate, profile(settings_of("natural")))  # type: ignore[operator]
    assert refusal.value.findings


def _tbs(small_pki: TestPki, *, serial: int, days: int) -> bytes:
    issuer = small_pki.authorities["natural"].signer.certificate
    key = small_pki.signer("alice").certificate.public_key()
    return build.prepare_certificate(
        profiles.natural_person_profile(settings_of("natural")),
        NaturalPerson("Alice", "Martin", "alice@cabinet.test", "PARAPHE-alice"),
        keys.checked_key(key),
        issuer,
        serial,
        NOW,
        NOW + timedelta(days=days),
    )


@pytest.mark.parametrize(
    ("serial", "days", "finding"),
    [(7, 365, "serial_not_random_enough"), (1 << 100, 6 * 366, "validity_too_long"), (1 << 158 | 1, 365, None)],
)
def test_what_is_wrong_is_found_before_the_key_touches_it(
    small_pki: TestPki, serial: int, days: int, finding: str | None
) -> None:
    tbs = _tbs(small_pki, serial=serial, days=days)
    profile = profiles.natural_person_profile(settings_of("natural"))
    if finding is None:
        lint.lint_tbs(tbs, profile)
        return
    with pytest.raises(lint.LintFailed) as refusal:
        lint.lint_tbs(tbs, profile)
    assert finding in [one.code for one in refusal.value.findings]


@given(st.binary(max_size=300))
def test_bytes_that_are_no_certificate_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(lint.LintFailed):
        lint.lint_tbs(data, profiles.natural_person_profile(settings_of("natural")))


def test_weak_and_strange_keys_are_not_used() -> None:
    with pytest.raises(UnsupportedKey):
        keys.checked_key(rsa.generate_private_key(65537, 1024).public_key())
    with pytest.raises(UnsupportedKey):
        keys.checked_key(ec.generate_private_key(ec.SECP256K1()).public_key())
    with pytest.raises(UnsupportedKey):
        keys.public_key_from_der(b"no key")


def test_a_signature_belongs_to_one_digest_and_one_key(pki: TestPki) -> None:
    alice, bob = pki.signer("alice"), pki.signer("bob")
    digest = sha256(b"letter")
    [value] = alice.sign_digests([digest])
    key = keys.checked_key(alice.certificate.public_key())
    keys.verify_signature(key, alice.algorithm, digest, value)
    with pytest.raises(SignatureInvalid):
        keys.verify_signature(key, alice.algorithm, sha256(b"other letter"), value)
    with pytest.raises(SignatureInvalid):
        keys.verify_signature(keys.checked_key(bob.certificate.public_key()), alice.algorithm, digest, value)
    with pytest.raises(SignatureInvalid):
        keys.verify_signature(key, alice.algorithm, digest, b"")


def test_a_key_that_is_elsewhere_shows_nothing(small_pki: TestPki) -> None:
    key = keys.delegated_key(keys.checked_key(small_pki.signer("alice").certificate.public_key()), lambda _: b"")
    for act in (key.private_numbers, lambda: key.private_bytes(None, None, None)):  # type: ignore[arg-type]
        with pytest.raises(UnsupportedKey):
            act()


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_names_with_any_letters_become_names_or_are_refused(given_name: str, surname: str) -> None:
    try:
        name = distinguished_name(NaturalPerson(given_name, surname, "x@y.test", "PARAPHE-1"))
    except ValueError:
        return
    assert name.get_attributes_for_oid(NameOID.SURNAME)[0].value == surname
