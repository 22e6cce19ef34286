"""Timestamps, OCSP answers and lists over HTTP, from a server of the test PKI."""

import base64
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.kernel.digests import sha256
from paraphe.pki import crl, tsp
from paraphe.pki.errors import RevocationUnavailable, TimestampUnavailable
from paraphe.wire.guard import Guard
from paraphe.wire.revocation import Fetched, Fetcher
from paraphe.wire.timestamps import HttpTimestamps
from tests.support.pki import TSA_POLICY, LocalRevocation, TestPki
from tests.wire.serving import Server, send, serving

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DIGEST = sha256(b"letter")
GUARD = Guard(frozenset({"confiance.test"}), resolve=lambda *_: ["127.0.0.1"])


def stamped(pki: TestPki, question: bytes) -> bytes:
    request = tsp.parse_request(question)
    return tsp.build_response(request, pki.signer("tsu"), serial=7, gen_time=pki.now, policy=TSA_POLICY)


@cache
def plain() -> TestPki:
    return TestPki.create(NOW)


def test_a_token_is_about_what_was_asked() -> None:
    with serving(lambda handler, body: send(handler, stamped(plain(), body))) as server:
        with closing(HttpTimestamps(server.url("/tsa"))) as source:
            for _ in range(3):
                tsp.verify_token(source.timestamp(DIGEST), DIGEST, [plain().authorities["legal"].signer.certificate])
        assert server.asked == [("POST", "/tsa")] * 3


def test_an_authority_that_stumbles_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paraphe.wire.timestamps.FIRST_PAUSE", 0.0)
    left = [503, 500]

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if left:
            send(handler, b"", left.pop())
        else:
            send(handler, stamped(plain(), body))

    with serving(answer) as server, closing(HttpTimestamps(server.url("/"))) as source:
        assert source.timestamp(DIGEST)
        assert len(server.asked) == 3


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda handler, _: send(handler, b"", 404), id="not there"),
        pytest.param(lambda handler, _: send(handler, b"", 503), id="always down"),
        pytest.param(lambda handler, _: send(handler, b"hello"), id="no token"),
        pytest.param(lambda handler, _: send(handler, tsp.build_refusal("bad_alg", "no")), id="refused"),
        pytest.param(
            lambda handler, _: send(handler, stamped(plain(), tsp.build_request(DIGEST, 1))), id="another nonce"
        ),
    ],
)
def test_without_a_good_token_there_is_none(answer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paraphe.wire.timestamps.FIRST_PAUSE", 0.0)
    with serving(answer) as server, closing(HttpTimestamps(server.url("/"))) as source:  # type: ignore[arg-type]  # noqa: SIM117
        with pytest.raises(TimestampUnavailable):
            source.timestamp(DIGEST)


@pytest.mark.parametrize("url", ["", "tsa.example", "ftp://tsa.example/", "https://a:b@tsa.example/"])
def test_what_is_no_address_of_an_authority_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        HttpTimestamps(url)


@contextmanager
def provider(*, ocsp: bool = True) -> Iterator[tuple[TestPki, Server]]:
    """A PKI whose certificates name a server that really answers."""
    made: list[TestPki] = []

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        pki = made[0]
        kind, _, rest = handler.path.strip("/").partition("/")
        if kind == "ca":
            slug = rest.removesuffix(".cer")
            send(handler, pki.authorities[slug].signer.certificate.public_bytes(Encoding.DER))
        elif kind == "crl":
            send(handler, LocalRevocation(pki).crl(pki.authorities[rest.removesuffix(".crl")]))
        elif kind == "ocsp" and ocsp:
            question = body or base64.b64decode(unquote(rest.partition("/")[2]))
            assert question
            alice = pki.signer("alice")
            send(handler, pki.revocation.revocation_info(alice.certificate, alice.chain[0]).ocsp or b"")
        else:
            send(handler, b"", 404)

    with serving(answer) as server:
        made.append(TestPki.create(NOW, base=f"http://confiance.test:{server.port}"))
        yield made[0], server


def test_a_responder_is_asked_once_and_a_list_where_it_does_not_answer() -> None:
    with provider() as (pki, server):
        alice = pki.signer("alice")
        fetcher = Fetcher(GUARD)
        first = fetcher.revocation_info(alice.certificate, alice.chain[0])
        assert first.ocsp
        assert fetcher.revocation_info(alice.certificate, alice.chain[0]) == first
        assert server.asked == [("POST", "/ocsp/natural")]
    with provider(ocsp=False) as (pki, server):
        alice = pki.signer("alice")
        found = Fetcher(GUARD).revocation_info(alice.certificate, alice.chain[0])
        assert found.crl
        assert x509.load_der_x509_crl(found.crl).issuer == alice.certificate.issuer
        assert [path.split("/")[1] for _, path in server.asked] == ["ocsp", "ocsp", "crl"]


def test_what_a_verdict_lacked_is_fetched_and_the_rest_left_out() -> None:
    with provider() as (pki, _):
        alice = pki.signer("alice")
        der = alice.certificate.public_bytes(Encoding.DER)
        above = alice.chain[0].public_bytes(Encoding.DER)
        elsewhere = plain().signer("bob").certificate.public_bytes(Encoding.DER)
        found = Fetcher(GUARD).answer([(der, above), (der, None), (elsewhere, None), (b"nothing", None)])
        assert found.certificates == (above,)
        assert len(found.ocsps) == 1
        assert found.crls == ()


def test_a_certificate_that_names_the_local_network_is_not_followed() -> None:
    with provider() as (pki, server):
        alice = pki.signer("alice")
        fetcher = Fetcher(Guard(resolve=lambda *_: ["127.0.0.1"]))
        with pytest.raises(RevocationUnavailable):
            fetcher.revocation_info(alice.certificate, alice.chain[0])
        assert fetcher.answer([(alice.certificate.public_bytes(Encoding.DER), None)]) == Fetched()
        assert server.asked == []


def test_a_list_may_come_as_text() -> None:
    root = plain().authorities["root"].signer
    pem = x509.load_der_x509_crl(
        crl.build_crl(root.certificate, root.private_key, 1, NOW, NOW + timedelta(days=1), [])
    ).public_bytes(Encoding.PEM)
    with serving(lambda handler, _: send(handler, pem if handler.path.startswith("/crl") else b"", 200)) as server:
        pki = TestPki.create(NOW, base=f"http://confiance.test:{server.port}")
        alice = pki.signer("alice")
        assert Fetcher(GUARD).revocation_info(alice.certificate, alice.chain[0]).crl
