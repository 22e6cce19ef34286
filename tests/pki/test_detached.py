"""CMS signatures that come from outside: a good one is taken, anything else is refused by name."""

from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from paraphe.kernel.digests import sha256
from paraphe.pki.cms import CmsTemplate
from paraphe.pki.detached import read_detached
from paraphe.pki.errors import SignatureInvalid
from tests.support.pki import TestPki

DIGEST = sha256(b"a document")


@cache
def pki() -> TestPki:
    return TestPki.create(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))


@cache
def signature(name: str = "alice", *, certificate: str = "", stamped_for: bytes = b"") -> bytes:
    signer = pki().signer(name)
    named = pki().signer(certificate or name).certificate.public_bytes(Encoding.DER)
    template = CmsTemplate(named, [signer.chain[0].public_bytes(Encoding.DER)], signer.algorithm)
    (value,) = signer.sign_digests([template.digest_to_sign(DIGEST)])
    return template.assemble(DIGEST, value, pki().timestamps.timestamp(sha256(stamped_for or value)))


def test_a_good_one_is_read() -> None:
    found = read_detached(signature(), DIGEST)
    assert found.certificate == pki().signer("alice").certificate
    assert found.token is not None
    assert len(found.certificates) == 2


def test_another_digest_another_key_and_a_foreign_timestamp_are_refused() -> None:
    for der, digest in (
        (signature(), sha256(b"another document")),
        (signature("bob", certificate="alice"), DIGEST),
        (signature(stamped_for=b"something else"), DIGEST),
        (pki().timestamps.timestamp(DIGEST), DIGEST),
    ):
        with pytest.raises(SignatureInvalid):
            read_detached(der, digest)


@given(place=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.integers(0, 10_000))
def test_whatever_the_bytes_nothing_else_is_raised(place: int, value: int, cut: int) -> None:
    der = bytearray(signature())
    der[place % len(der)] = value
    try:
        read_detached(bytes(der[: cut % len(der)]), DIGEST)
        read_detached(bytes(der), DIGEST)
    except SignatureInvalid:
        return
