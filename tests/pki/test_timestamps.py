import hashlib
import subprocess
from pathlib import Path

import pytest
from asn1crypto import tsp as asn1_tsp
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from paraphe.kernel.digests import sha256
from paraphe.pki import tsp
from paraphe.pki.errors import MalformedRequest, TimestampInvalid
from tests.pki.conftest import NOW
from tests.support.pki import TSA_POLICY, TestPki

LETTER = b"Lettre de mission"


def _answer(pki: TestPki, request: bytes, serial: int = 7) -> bytes:
    return tsp.build_response(
        tsp.parse_request(request), pki.signer("tsu"), serial=serial, gen_time=NOW, policy=TSA_POLICY
    )


def test_openssl_accepts_the_token(pki: TestPki, tmp_path: Path) -> None:
    token = pki.timestamps.timestamp(sha256(LETTER))
    (tmp_path / "token.der").write_bytes(token)
    (tmp_path / "root.pem").write_bytes(pki.roots[0].public_bytes(Encoding.PEM))
    (tmp_path / "between.pem").write_bytes(pki.signer("tsu").chain[0].public_bytes(Encoding.PEM))
    command = [
        "openssl",
        "ts",
        "-verify",
        "-in",
        "token.der",
        "-token_in",
        "-CAfile",
        "root.pem",
        "-untrusted",
        "between.pem",
    ]
    for digest, expected in ((sha256(LETTER).hex(), 0), (sha256(b"other").hex(), 1)):
        said = subprocess.run([*command, "-digest", digest], cwd=tmp_path, capture_output=True, check=False)
        assert said.returncode == expected


def test_a_client_of_others_accepts_the_answer(pki: TestPki) -> None:
    answer = decode_timestamp_response(_answer(pki, tsp.build_request(sha256(LETTER), 99)))
    verifier = VerifierBuilder().add_root_certificate(pki.roots[0]).nonce(99)
    verifier = verifier.add_intermediate_certificate(pki.signer("tsu").chain[0]).tsa_certificate(
        pki.signer("tsu").certificate
    )
    assert verifier.build().verify_message(answer, LETTER)


def test_a_token_says_what_was_asked(small_pki: TestPki) -> None:
    digest = sha256(LETTER)
    token = tsp.parse_response(_answer(small_pki, tsp.build_request(digest, 5), serial=31), digest, 5)
    info = tsp.verify_token(token, digest, [small_pki.authorities["legal"].signer.certificate])
    assert (info.gen_time, info.serial, info.digest, info.policy, info.nonce) == (NOW, 31, digest, TSA_POLICY, 5)


@pytest.mark.parametrize(("digest", "nonce"), [(sha256(b"other"), 5), (sha256(LETTER), 6), (sha256(LETTER), None)])
def test_an_answer_to_another_question_is_refused(small_pki: TestPki, digest: bytes, nonce: int | None) -> None:
    with pytest.raises(TimestampInvalid):
        tsp.parse_response(_answer(small_pki, tsp.build_request(sha256(LETTER), 5)), digest, nonce)


def test_a_token_of_a_foreign_authority_or_of_somebody_else_is_refused(small_pki: TestPki) -> None:
    digest = sha256(LETTER)
    token = small_pki.timestamps.timestamp(digest)
    for issuers in ([small_pki.authorities["natural"].signer.certificate], []):
        with pytest.raises(TimestampInvalid):
            tsp.verify_token(token, digest, issuers)
    forged = tsp.build_response(
        tsp.parse_request(tsp.build_request(digest, 1)),
        small_pki.signer("alice"),
        serial=1,
        gen_time=NOW,
        policy=TSA_POLICY,
    )
    with pytest.raises(TimestampInvalid, match="time-stamping unit"):
        tsp.verify_token(
            tsp.parse_response(forged, digest, 1), digest, [small_pki.authorities["natural"].signer.certificate]
        )


def test_a_changed_token_is_refused(small_pki: TestPki) -> None:
    digest = sha256(LETTER)
    token = small_pki.timestamps.timestamp(digest)
    year = NOW.strftime("%Y%m%d").encode()
    with pytest.raises(TimestampInvalid):
        tsp.verify_token(
            token.replace(year, b"20200101", 1), digest, [small_pki.authorities["legal"].signer.certificate]
        )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"message_imprint": {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": b"1" * 20}}, "bad_alg"),
        (
            {"message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": b"1" * 20}},
            "bad_data_format",
        ),
        ({"req_policy": "1.2.3.4"}, "unaccepted_policy"),
    ],
)
def test_what_cannot_be_stamped_is_refused_with_the_right_failure(change: dict[str, object], why: str) -> None:
    request = asn1_tsp.TimeStampReq.load(tsp.build_request(hashlib.sha256(LETTER).digest(), 1))
    for name, value in change.items():
        request[name] = value
    found = tsp.parse_request(request.dump(force=True))
    assert tsp.refusal_of(found, TSA_POLICY) == why


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_request_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedRequest):
        tsp.parse_request(data)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_token_are_refused(data: bytes) -> None:
    with pytest.raises(TimestampInvalid):
        tsp.token_info(data)
    with pytest.raises(TimestampInvalid):
        tsp.parse_response(data, sha256(LETTER), 1)
