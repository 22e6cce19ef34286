import subprocess
import unicodedata
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from paraphe.kernel.digests import sha256
from paraphe.pki import build, keys, lint, profiles
from paraphe.pki.der import sequence, tlv
from paraphe.pki.errors import SignatureInvalid, UnsupportedKey
from paraphe.pki.subjects import NaturalPerson, Unit, distinguished_name
from tests.pki.conftest import NOW
from tests.support.pki import OPERATOR, TestPki, settings_of


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


PERSON = profiles.natural_person_profile(settings_of("natural"))
ALICE = NaturalPerson("Alice", "Martin", "alice@cabinet.test", "PARAPHE-alice")


def _tbs(pki: TestPki, *, subject: NaturalPerson = ALICE, serial: int = 1 << 100, days: int = 365) -> bytes:
    key = keys.checked_key(pki.signer("alice").certificate.public_key())
    issuer = pki.authorities["natural"].signer.certificate
    return build.prepare_certificate(PERSON, subject, key, issuer, serial, NOW, NOW + timedelta(days=days))


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
    for act in (
        lambda: key.sign(b"letter", ec.ECDSA(hashes.SHA384())),  # type: ignore[call-arg, arg-type]
        key.private_numbers,
        lambda: key.private_bytes(None, None, None),  # type: ignore[arg-type]
    ):
        with pytest.raises(UnsupportedKey):
            act()


def _value(name: x509.Name, oid: x509.ObjectIdentifier) -> object:
    return name.get_attributes_for_oid(oid)[0].value


def test_an_rsa_key_that_is_elsewhere_signs_in_one_way_only() -> None:
    public = rsa.generate_private_key(65537, 2048).public_key()
    key = keys.DelegatedRsaKey(public, lambda digest: digest)
    assert key.sign(b"letter", padding.PKCS1v15(), hashes.SHA256()) == sha256(b"letter")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    for how in ((pss, hashes.SHA256()), (padding.PKCS1v15(), hashes.SHA512())):
        with pytest.raises(UnsupportedKey):
            key.sign(b"letter", *how)


@given(st.text(max_size=90), st.text(max_size=90))
def test_names_with_any_letters_become_names_or_are_refused(given_name: str, surname: str) -> None:
    try:
        name = distinguished_name(NaturalPerson(given_name, surname, "x@y.test", "PARAPHE-1"))
    except ValueError:
        # Only what is empty or no Unicode text at all.
        assert not given_name.strip() or not surname.strip() or max(given_name + surname) >= "\ud800"
        return
    assert _value(name, NameOID.SURNAME) == " ".join(unicodedata.normalize("NFC", surname).split())
    assert len(str(_value(name, NameOID.COMMON_NAME)).encode()) <= 64


def test_the_same_name_typed_on_two_keyboards_is_the_same() -> None:
    composed = NaturalPerson("\u00c9tienne", "Le Gall", "e@cabinet.test", "PARAPHE-1")
    decomposed = NaturalPerson("E\u0301tienne", " Le  Gall ", "e@cabinet.test", "PARAPHE-1")
    assert distinguished_name(composed) == distinguished_name(decomposed)


def test_a_very_long_name_is_shortened_only_in_the_common_name() -> None:
    surname = "de Montmorency-Luxembourg de Beaufort-Spontin"
    name = distinguished_name(
        NaturalPerson("Marie-Philippine Élisabeth Charlotte", surname, "m@cabinet.test", "PARAPHE-1")
    )
    assert _value(name, NameOID.COMMON_NAME) == f"Marie-Philippine {surname}"
    assert _value(name, NameOID.GIVEN_NAME) == "Marie-Philippine Élisabeth Charlotte"
    firm = distinguished_name(Unit("Société d'expertise comptable " * 4, OPERATOR))
    assert _value(firm, NameOID.COMMON_NAME) == "Société d'expertise comptable Société d'expertise comptable"


@pytest.mark.parametrize(
    ("surname", "finding"),
    [
        ("Mar\u202etin", "subject_surname_unseen_character"),
        ("Mar\x00tin", "subject_surname_unseen_character"),
        ("Martin\u200b", "subject_surname_unseen_character"),
    ],
)
def test_a_name_with_letters_that_nobody_sees_is_not_certified(small_pki: TestPki, surname: str, finding: str) -> None:
    tbs = _tbs(small_pki, subject=NaturalPerson("Alice", surname, "alice@cabinet.test", "PARAPHE-alice"))
    with pytest.raises(lint.LintFailed) as refusal:
        lint.lint_tbs(tbs, PERSON)
    assert finding in [one.code for one in refusal.value.findings]


def test_another_country_code_and_an_address_that_is_none_are_refused(small_pki: TestPki) -> None:
    with pytest.raises(lint.LintFailed):
        lint.lint_tbs(
            _tbs(small_pki, subject=NaturalPerson("A", "B", "a@cabinet.test", "PARAPHE-1", country="fr")), PERSON
        )
    with pytest.raises(ValueError, match="A-label"):
        _tbs(small_pki, subject=NaturalPerson("A", "B", "é@cabinet.test", "PARAPHE-1"))


def test_an_address_under_an_accented_domain_is_written_in_ascii(small_pki: TestPki) -> None:
    tbs = _tbs(small_pki, subject=NaturalPerson("A", "B", "a@société.fr", "PARAPHE-1"))
    lint.lint_tbs(tbs, PERSON)
    assert b"a@xn--socit-esab.fr" in tbs


@pytest.mark.parametrize("change", ["aia_url", "crl_url", "ocsp_url"])
def test_addresses_are_those_of_the_profile(small_pki: TestPki, change: str) -> None:
    other = replace(settings_of("natural"), **{change: "http://elsewhere.test/"})  # type: ignore[arg-type]
    tbs = _tbs(small_pki)
    lint.lint_tbs(tbs, PERSON)
    with pytest.raises(lint.LintFailed) as refusal:
        lint.lint_tbs(tbs, profiles.natural_person_profile(other))
    assert len(refusal.value.findings) == 1


def test_a_certificate_does_not_outlive_its_issuer(small_pki: TestPki) -> None:
    issuer = small_pki.authorities["natural"].signer.certificate
    left = issuer.not_valid_after_utc - NOW
    assert _tbs(small_pki, days=left.days)
    with pytest.raises(ValueError, match="outlive"):
        _tbs(small_pki, days=left.days + 1)


def _with_extension(tbs: bytes, extension: dict[str, object]) -> bytes:
    parsed = asn1_x509.TbsCertificate.load(tbs)
    value, name = extension["extn_value"], str(extension["extn_id"])
    if isinstance(value, bytes) and name[0].isdigit():
        # Written by hand: another library in the same process may have taught asn1crypto what should be in there.
        made = asn1_x509.Extension.load(sequence(core.ObjectIdentifier(name).dump(), tlv(0x04, value)))
    else:
        made = asn1_x509.Extension(extension)
    parsed["extensions"].append(made)
    return bytes(parsed.dump())


@pytest.mark.parametrize(
    ("extension", "finding"),
    [
        ({"extn_id": "1.3.6.1.5.5.7.1.3", "extn_value": b"\x30\x00"}, "qualified_claim"),
        ({"extn_id": "1.2.3.4", "extn_value": b"\x05\x00"}, "1.2.3.4_unexpected"),
        ({"extn_id": "ocsp_no_check", "extn_value": b"\x05\x00"}, "no_check_differs"),
        ({"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": True}}, "authority_flag_differs"),
    ],
)
def test_nothing_is_slipped_into_a_certificate(small_pki: TestPki, extension: dict[str, object], finding: str) -> None:
    with pytest.raises(lint.LintFailed) as refusal:
        lint.lint_tbs(_with_extension(_tbs(small_pki), extension), PERSON)
    assert finding in [one.code for one in refusal.value.findings]


@given(st.data())
def test_one_changed_byte_is_no_way_to_crash_the_lint(small_pki: TestPki, data: st.DataObject) -> None:
    tbs = bytearray(_tbs(small_pki, serial=1 << 100))
    tbs[data.draw(st.integers(0, len(tbs) - 1))] = data.draw(st.integers(0, 255))
    with suppress(lint.LintFailed):  # the change may be in the public key, where it is none that a lint can see
        lint.lint_tbs(bytes(tbs), PERSON)
