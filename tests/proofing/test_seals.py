"""Visible seals: what is signed is believed, what is changed, added or signed by a stranger is not."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from paraphe.proofing.claim import SealSigner
from paraphe.proofing.seals import SealReading, SealStatus, SealTrustBroken, SealVerifier, signers_in

VECTOR = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))["twoddoc"]
PUBLISHED = VECTOR["message"].replace("<GS>", "\x1d").replace("<US>", "\x1f").encode("ascii")
ISSUER = ec.derive_private_key(20261123, ec.SECP256R1())
MALLORY = ec.derive_private_key(666, ec.SECP256R1())
#: Alice's identity card, issued and signed on 1 June 2023.
HEADER, SIGNED_ON = "DC04FR03AL1C2168216807" + "01FR", date(2023, 6, 1)
HER_CARD = "60ALICE\x1d62MARTIN\x1d63LE GALL\x1d65ID66K8N3TQ5R2\x1d67FR68F69070519806N010620236O31052033"
HER_FIELDS = {
    "given_names": "ALICE",
    "surname": "MARTIN",
    "usage_name": "LE GALL",
    "document_kind": "ID",
    "number": "K8N3TQ5R2",
    "nationality": "FR",
    "sex": "F",
    "birth_date": "07051980",
    "valid_from": "01062023",
    "valid_to": "31052033",
}


def key_octets(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def signature_of(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    size = (key.key_size + 7) // 8
    digest = {32: hashes.SHA256(), 48: hashes.SHA384(), 66: hashes.SHA512()}[size]
    halves = decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
    return base64.b32encode(b"".join(half.to_bytes(size, "big") for half in halves)).rstrip(b"=")


def sealed(message: str = HER_CARD, header: str = HEADER, key: ec.EllipticCurvePrivateKey = ISSUER) -> bytes:
    signed = (header + message).encode("ascii")
    return signed + b"\x1f" + signature_of(key, signed)


SIGNER = SealSigner("FR03", "AL1C", key_octets(ISSUER.public_key()))
VERIFIER = SealVerifier([SIGNER])


def test_the_published_seal_is_valid_and_one_changed_letter_makes_it_bad() -> None:
    key = load_pem_public_key(VECTOR["public_key_pem"].encode())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    verifier = SealVerifier([SealSigner("FR00", "0001", key_octets(key))])
    assert verifier.read(PUBLISHED) == SealReading(
        SealStatus.VALID, "L1", "FR00", "0001", date(2021, 4, 29), date(2021, 4, 29)
    )
    for place in range(26, PUBLISHED.index(b"\x1f")):
        changed = bytes([PUBLISHED[place] ^ 1])
        forged = PUBLISHED[:place] + changed + PUBLISHED[place + 1 :]
        assert verifier.read(forged).status in (SealStatus.BAD_SIGNATURE, SealStatus.UNREADABLE)


def test_alices_card_says_who_she_is() -> None:
    found = VERIFIER.read(sealed())
    assert found == SealReading(SealStatus.VALID, "07", "FR03", "AL1C", date(2023, 6, 1), SIGNED_ON, HER_FIELDS)


def test_another_name_in_her_seal_is_found_out() -> None:
    forged = VERIFIER.read(sealed().replace(b"ALICE", b"CHLOE"))
    assert forged.status is SealStatus.BAD_SIGNATURE
    # What it says is told all the same: an officer wants to see it.
    assert forged.fields["given_names"] == "CHLOE"


def test_mallory_cannot_sign_for_the_issuer_nor_be_an_issuer() -> None:
    assert VERIFIER.read(sealed(key=MALLORY)).status is SealStatus.BAD_SIGNATURE
    assert VERIFIER.read(sealed(header=HEADER.replace("AL1C", "MALL"), key=MALLORY)).status is (
        SealStatus.UNTRUSTED_SIGNER
    )
    assert SealVerifier([]).read(sealed()).status is SealStatus.UNTRUSTED_SIGNER


def test_the_annex_after_the_signature_says_nothing() -> None:
    found = VERIFIER.read(sealed() + b"\x1d62DURAND")
    assert (found.status, found.fields) == (SealStatus.VALID, HER_FIELDS)


@pytest.mark.parametrize(
    ("version", "perimeter", "country"), [("01", "", ""), ("02", "", ""), ("03", "01", ""), ("04", "01", "FR")]
)
def test_each_version_has_its_header(version: str, perimeter: str, country: str) -> None:
    header = f"DC{version}FR03AL1C2168216807{perimeter}{country}"
    assert VERIFIER.read(sealed(header=header)).fields == HER_FIELDS


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_each_curve_has_its_digest(curve: ec.EllipticCurve) -> None:
    key = ec.derive_private_key(42, curve)
    verifier = SealVerifier([replace(SIGNER, public_key_der=key_octets(key.public_key()))])
    assert verifier.read(sealed(key=key)).status is SealStatus.VALID
    assert VERIFIER.read(sealed(key=key)).status is SealStatus.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("days", "status"),
    [
        ((date(2023, 1, 1), date(2026, 1, 1)), SealStatus.VALID),
        ((SIGNED_ON, SIGNED_ON), SealStatus.VALID),
        ((date(2023, 6, 2), date(2026, 1, 1)), SealStatus.UNTRUSTED_SIGNER),
        ((date(2020, 1, 1), date(2023, 5, 31)), SealStatus.UNTRUSTED_SIGNER),
    ],
)
def test_the_certificate_was_valid_on_the_day_of_signature(days: tuple[date, date], status: SealStatus) -> None:
    verifier = SealVerifier([replace(SIGNER, since=days[0], until=days[1])])
    assert verifier.read(sealed()).status is status
    # A seal that does not say its day cannot prove it; one that is forged is forged on any day.
    assert verifier.read(sealed(header=HEADER.replace("216821680", "2168FFFF0"))).status is SealStatus.UNTRUSTED_SIGNER
    assert verifier.read(sealed(key=MALLORY)).status is SealStatus.BAD_SIGNATURE


def test_a_cut_field_ends_where_it_is_cut_and_an_unknown_one_ends_the_reading() -> None:
    assert VERIFIER.read(sealed("62MARTI\x1e60ALICE\x1d")).fields == {"surname": "MARTI", "given_names": "ALICE"}
    found = VERIFIER.read(sealed("62MARTIN\x1dZZ??\x1d60ALICE"))
    assert (found.status, found.fields) == (SealStatus.VALID, {"surname": "MARTIN"})


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"", SealStatus.UNKNOWN_FORMAT),
        (b"https://alice.example/", SealStatus.UNKNOWN_FORMAT),
        # The French card since 2021 has a seal after ISO 20248, of which nothing is known here.
        (bytes.fromhex("a401") * 100, SealStatus.UNKNOWN_FORMAT),
        (sealed(header=HEADER.replace("DC04", "DC05")), SealStatus.UNKNOWN_FORMAT),
        (sealed("60" + "A" * 3000), SealStatus.UNKNOWN_FORMAT),
        (sealed().partition(b"\x1f")[0], SealStatus.UNREADABLE),
        (b"DC04FR03\x1fAAAA", SealStatus.UNREADABLE),
        (sealed().replace(b"ALICE", b"CHLO\xc9"), SealStatus.UNREADABLE),
        (sealed().partition(b"\x1f")[0] + b"\x1f", SealStatus.BAD_SIGNATURE),
        (sealed().partition(b"\x1f")[0] + b"\x1fA", SealStatus.BAD_SIGNATURE),
        (sealed().partition(b"\x1f")[0] + b"\x1f" + b"A" * 103, SealStatus.BAD_SIGNATURE),
        (sealed().partition(b"\x1f")[0] + b"\x1f\xff\xfe", SealStatus.BAD_SIGNATURE),
        (sealed().replace(b"\x1f", b"\x1f\x1f"), SealStatus.BAD_SIGNATURE),
    ],
)
def test_what_is_no_seal_or_half_of_one(octets: bytes, status: SealStatus) -> None:
    assert VERIFIER.read(octets).status is status


@given(st.binary(max_size=400), st.sampled_from([b"", b"DC", b"DC04", HEADER.encode(), HEADER.encode() + b"60A\x1f"]))
def test_no_octets_break_the_reading_or_become_valid(octets: bytes, start: bytes) -> None:
    assert VERIFIER.read(start + octets).status is not SealStatus.VALID


@given(st.data())
def test_no_change_of_her_seal_stays_valid_with_other_fields(data: st.DataObject) -> None:
    honest = sealed()
    place = data.draw(st.integers(0, len(honest) - 1))
    changed = honest[:place] + data.draw(st.binary(max_size=3)) + honest[place + data.draw(st.integers(0, 3)) :]
    found = VERIFIER.read(changed)
    assert found.status is not SealStatus.VALID or found.fields == HER_FIELDS


def certificate(key: CertificatePublicKeyTypes) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Issuer of Alice's card")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key)
        .serial_number(1)
        .not_valid_before(datetime(2023, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 1, 1, tzinfo=UTC))
    )
    return made.sign(ISSUER, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_the_operators_folder_makes_her_seal_valid(tmp_path: Path) -> None:
    (tmp_path / "FR03-AL1C.pem").write_bytes(certificate(ISSUER.public_key()))
    (tmp_path / "FR00-0001.pem").write_text(VECTOR["public_key_pem"])
    (tmp_path / "README.txt").write_text("where they come from")
    signers = signers_in(tmp_path)
    assert [(each.authority, each.certificate, each.since, each.until) for each in signers] == [
        ("FR00", "0001", None, None),
        ("FR03", "AL1C", date(2023, 1, 1), date(2026, 1, 1)),
    ]
    assert SealVerifier(signers).read(sealed()).status is SealStatus.VALID
    assert SealVerifier(signers).read(PUBLISHED).status is SealStatus.VALID


def _directory(path: Path) -> None:
    path.mkdir()


def _octets(octets: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(octets)


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("alice.pem", _octets(certificate(ISSUER.public_key())), "name"),
        ("FR03-AL1C.pem", _octets(b""), "content"),
        ("FR03-AL1C.pem", _octets(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "content"),
        ("FR03-AL1C.pem", _octets(b"\xff" * 100_000), "content"),
        ("FR03-AL1C.pem", _directory, "unreadable"),
        ("FR03-AL1C.pem", _octets(certificate(ed25519.Ed25519PrivateKey.generate().public_key())), "key"),
        ("FR03-AL1C.pem", _octets(certificate(ec.derive_private_key(7, ec.SECP256K1()).public_key())), "key"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_file_that_cannot_be_trusted_is_named(
    tmp_path: Path, name: str, make: Callable[[Path], object], reason: str
) -> None:
    make(tmp_path / name)
    with pytest.raises(SealTrustBroken) as refused:
        signers_in(tmp_path)
    assert refused.value.params == {"file": name, "reason": reason}


def test_a_folder_that_is_not_there_is_not_an_empty_one(tmp_path: Path) -> None:
    assert signers_in(tmp_path) == ()
    with pytest.raises(SealTrustBroken) as refused:
        signers_in(tmp_path / "seals")
    assert refused.value.params["reason"] == "no_folder"
