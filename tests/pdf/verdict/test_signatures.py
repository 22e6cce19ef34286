"""Tricks inside the CMS of a signature, each beside the honest one that passes on the same set-up."""

import hashlib
from collections.abc import Callable
from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from paraphe.pdf.api import SignatureReport, finish, prepare
from paraphe.pdf.verdict.message import parse
from paraphe.pdf.verdict.slices import read
from paraphe.pki.der import sequence, set_of, tlv
from tests.pdf.hands import ALICE, CLOCK, LATER, judged, letter, pki

CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
DATA = bytes.fromhex("06092a864886f70d010701")
TOKEN = bytes.fromhex("060b2a864886f70d010910020e")


@cache
def parts() -> tuple[bytes, int, int, bytes]:
    """Return a document signed at B-T, where its hexadecimal lies, and its CMS."""
    alice = pki().signer("alice")
    prepared = prepare(letter(), ALICE, alice.certificate, alice.chain, CLOCK)
    signed = finish(letter(), prepared, alice.sign_digests([prepared.digest_to_sign])[0], pki().timestamps)
    whole = signed.whole(letter())
    start, end = prepared.start + 1, prepared.end - 1
    return whole, start, end, read(bytes.fromhex(whole[start:end].decode())).octets


def verdict(cms: bytes) -> SignatureReport:
    whole, start, end, _ = parts()
    text = cms.hex().encode().ljust(end - start, b"0")
    (found,) = judged(whole[:start] + text + whole[end:], pki().roots, LATER).signatures
    return found


def rebuilt(
    attributes: Callable[[list[bytes]], list[bytes]] = list,
    *,
    signers: int = 1,
    token: bytes | None = None,
    content: bytes = b"",
    algorithm: bytes | None = None,
) -> bytes:
    """Return the CMS of ``parts`` with other signed attributes, signed again by Alice, as a forger with her key might.

    Her key is only borrowed so that nothing but the trick is wrong.
    """
    data = read(parts()[3]).children()[1].only().children()
    signer = data[-1].only().children()
    own = attributes([one.octets for one in signer[3].children()])
    key = pki().signer("alice").private_key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    value = key.sign(set_of(*own), ec.ECDSA(hashes.SHA256()))
    unsigned = tlv(0xA1, sequence(TOKEN, tlv(0x31, token))) if token else b""
    made = sequence(
        *(one.octets for one in signer[:3]),
        tlv(0xA0, *sorted(own)),
        algorithm or signer[4].octets,
        tlv(4, value),
        unsigned,
    )
    inner = sequence(DATA, tlv(0xA0, tlv(4, content))) if content else data[2].octets
    body = sequence(
        data[0].octets, data[1].octets, inner, *(one.octets for one in data[3:-1]), tlv(0x31, *[made] * signers)
    )
    return sequence(read(parts()[3]).children()[0].octets, tlv(0xA0, body))


def digest(value: bytes) -> bytes:
    return sequence(MESSAGE_DIGEST, tlv(0x31, tlv(4, value)))


def without(kind: bytes) -> Callable[[list[bytes]], list[bytes]]:
    return lambda found: [one for one in found if kind not in one]


BINDING = bytes.fromhex("060b2a864886f70d010910022f")


def test_what_is_rebuilt_without_a_trick_is_as_good() -> None:
    for cms in (parts()[3], rebuilt()):
        found = verdict(cms)
        assert found.intact
        assert found.problems == ("revocation_unknown",)


@pytest.mark.parametrize(
    ("cms", "code", "sub"),
    [
        (lambda: rebuilt(lambda one: [*one, digest(bytes(32))]), "duplicate_attribute", "FORMAT_FAILURE"),
        (lambda: rebuilt(without(MESSAGE_DIGEST)), "message_digest_missing", "FORMAT_FAILURE"),
        (lambda: rebuilt(without(CONTENT_TYPE)), "content_type_missing", "FORMAT_FAILURE"),
        (lambda: rebuilt(without(BINDING)), "signing_certificate_missing", "SIG_CONSTRAINTS_FAILURE"),
        (lambda: rebuilt(signers=2), "several_signers", "FORMAT_FAILURE"),
        (lambda: rebuilt(signers=0), "no_signer", "FORMAT_FAILURE"),
        (lambda: rebuilt(content=b"something else"), "content_inside", "FORMAT_FAILURE"),
        (
            lambda: rebuilt(lambda one: [*without(MESSAGE_DIGEST)(one), digest(bytes(32))]),
            "digest_mismatch",
            "HASH_FAILURE",
        ),
        (
            # ecdsa-with-SHA384 beside a SHA-256 digest.
            lambda: rebuilt(algorithm=sequence(bytes.fromhex("06082a8648ce3d040303"))),
            "mixed_algorithms",
            "FORMAT_FAILURE",
        ),
    ],
)
def test_each_trick_is_named(cms: Callable[[], bytes], code: str, sub: str) -> None:
    found = verdict(cms())
    assert code in found.problems
    assert found.sub_indication == sub
    assert found.indication != "TOTAL-PASSED"


def test_a_token_of_another_signature_never_counts() -> None:
    value = parse(parts()[3]).signature
    own = pki().timestamps.timestamp(hashlib.sha256(value).digest())
    foreign = pki().timestamps.timestamp(hashlib.sha256(b"another signature").digest())
    cms = parts()[3]
    message = parse(cms)
    assert len(message.tokens) == 1
    copied = verdict(rebuilt(token=own))
    # The value is new, so that even her own earlier token is a copied one.
    for found in (copied, verdict(rebuilt(token=foreign))):
        assert "timestamp_invalid" in found.problems
        assert found.time_source == "claimed"
        assert found.level == "B-B"
    assert verdict(cms).time_source == "timestamp"
