"""Keys in a PKCS#11 token: SoftHSM, with keys made inside it that it does not show."""

import hashlib
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from paraphe.pki.algorithms import digest_of
from paraphe.pki.errors import TokenUnavailable
from paraphe.pki.keys import checked_key, verify_signature
from paraphe.pki.pkcs11 import open_token
from tests.support.pki import TestPki

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "2468"
KEYS = ("P-256", "P-384", "RSA-2048")


@dataclass(frozen=True)
class Token:
    """A token with one key of each kind, certified by the test PKI."""

    folder: Path
    house: TestPki
    certificates: dict[str, x509.Certificate]


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        words = ["softhsm2-util", "--init-token", "--free", "--label", "paraphe", "--so-pin", "1357", "--pin", PIN]
        subprocess.run(words, check=True, capture_output=True)
        house = TestPki.create(NOW)
        session = pkcs11.lib(MODULE).get_token(token_label="paraphe").open(user_pin=PIN, rw=True)
        certificates = {kind: _made(session, kind, house) for kind in KEYS}
        above = house.authorities["natural"].signer.certificate
        _stored(session, above, "issuer")
        session.close()
        yield Token(folder, house, certificates)


def _made(session: Any, kind: str, house: TestPki) -> x509.Certificate:
    """Make a key inside the token that it does not show, and certify it for Alice."""
    identifier = kind.encode()
    hidden = {
        pkcs11.Attribute.SENSITIVE: True,
        pkcs11.Attribute.EXTRACTABLE: False,
    }
    if kind == "RSA-2048":
        public, _ = session.generate_keypair(
            pkcs11.KeyType.RSA, 2048, id=identifier, label=kind, store=True, private_template=hidden
        )
        key = load_der_public_key(_spki_of_rsa(encode_rsa_public_key(public)))
    else:
        curve = "secp256r1" if kind == "P-256" else "secp384r1"
        parameters = session.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}, local=True
        )
        public, _ = parameters.generate_keypair(id=identifier, label=kind, store=True, private_template=hidden)
        key = load_der_public_key(encode_ec_public_key(public))
    alice = house.signer("alice").certificate
    builder = (
        x509.CertificateBuilder()
        .subject_name(alice.subject)
        .issuer_name(alice.issuer)
        .public_key(checked_key(key))
        .serial_number(x509.random_serial_number())
        .not_valid_before(alice.not_valid_before_utc)
        .not_valid_after(alice.not_valid_after_utc)
    )
    certificate = builder.sign(house.authorities["natural"].signer.private_key, hashes.SHA256())
    _stored(session, certificate, kind, identifier)
    return certificate


def _spki_of_rsa(pkcs1: bytes) -> bytes:
    from asn1crypto import keys

    der: bytes = keys.PublicKeyInfo.wrap(keys.RSAPublicKey.load(pkcs1), "rsa").dump()
    return der


def _stored(session: Any, certificate: x509.Certificate, label: str, identifier: bytes = b"") -> None:
    session.create_object(
        {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
            pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            pkcs11.Attribute.TOKEN: True,
            pkcs11.Attribute.LABEL: label,
            pkcs11.Attribute.ID: identifier,
            pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
            pkcs11.Attribute.VALUE: certificate.public_bytes(Encoding.DER),
        }
    )


@pytest.mark.parametrize("pss", [False, True])
@pytest.mark.parametrize("kind", KEYS)
def test_the_token_signs_by_its_certificate(kind: str, pss: bool, token: Token) -> None:
    signer = open_token(MODULE, "paraphe", PIN, kind, pss=pss)
    assert signer.certificate == token.certificates[kind]
    assert signer.chain[0] == token.house.authorities["natural"].signer.certificate
    digests = [hashlib.new(digest_of(signer.algorithm), bytes([one])).digest() for one in range(3)]
    for digest, value in zip(digests, signer.sign_digests(digests), strict=True):
        verify_signature(checked_key(signer.certificate.public_key()), signer.algorithm, digest, value)
    signer.close()


def test_a_certificate_from_elsewhere_may_be_given(token: Token) -> None:
    root = token.house.roots[0]
    signer = open_token(MODULE, "paraphe", PIN, "P-256", certificates=[root])
    assert list(signer.chain) == [token.house.authorities["natural"].signer.certificate, root]
    signer.close()


def test_threads_take_turns(token: Token) -> None:
    signer = open_token(MODULE, "paraphe", PIN, "P-256")
    broken: list[Exception] = []

    def work() -> None:
        try:
            for one in range(30):
                digest = hashlib.sha256(bytes([one])).digest()
                (value,) = signer.sign_digests([digest])
                verify_signature(checked_key(signer.certificate.public_key()), signer.algorithm, digest, value)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells
            broken.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not broken
    signer.close()


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        (("/nowhere/libtoken.so", "paraphe", PIN, "P-256"), "module"),
        ((MODULE, "another", PIN, "P-256"), "token"),
        ((MODULE, "paraphe", "0000", "P-256"), "pin"),
        ((MODULE, "paraphe", PIN, "P-521"), "key"),
        ((MODULE, "paraphe", PIN, None), "several keys"),
    ],
)
def test_what_is_not_there_is_named(where: tuple[str, str, str, str | None], reason: str, token: Token) -> None:
    with pytest.raises(TokenUnavailable) as refused:
        open_token(*where)
    assert refused.value.params["reason"] == reason


@pytest.mark.usefixtures("token")
def test_a_session_that_has_ended_signs_nothing_and_a_new_one_does() -> None:
    signer = open_token(MODULE, "paraphe", PIN, "P-256")
    signer.close()
    with pytest.raises(TokenUnavailable):
        signer.sign_digests([bytes(32)])
    again = open_token(MODULE, "paraphe", PIN, "P-256")
    assert again.sign_digests([bytes(32)])
    again.close()
