import hashlib
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms as asn1_cms
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


def _token(pki: TestPki) -> bytes:
    return tsp.parse_response(_answer(pki, tsp.build_request(sha256(LETTER), 1)), sha256(LETTER), 1)


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


def _damaged(data: st.DataObject, der: bytes) -> bytes:
    damaged = bytearray(der)
    for _ in range(data.draw(st.integers(1, 3))):
        # The length of an ECDSA signature differs from one run to the next; what is drawn must not depend on it.
        damaged[data.draw(st.integers(0, 1 << 16)) % len(der)] = data.draw(st.integers(0, 255))
    return bytes(damaged)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_request_is_malformed_refused_or_stamped(small_pki: TestPki, data: st.DataObject) -> None:
    try:
        request = tsp.parse_request(_damaged(data, tsp.build_request(sha256(LETTER), 1 << 60)))
    except MalformedRequest:
        return
    if tsp.refusal_of(request, TSA_POLICY) is None:
        answer = tsp.build_response(request, small_pki.signer("tsu"), serial=7, gen_time=NOW, policy=TSA_POLICY)
        token = asn1_tsp.TimeStampResp.load(answer)["time_stamp_token"].dump()
        said = asn1_cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
        assert said["message_imprint"].dump() == request.imprint
        assert said["nonce"].native == request.nonce


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_token_is_refused_and_nothing_else(small_pki: TestPki, data: st.DataObject) -> None:
    digest = sha256(LETTER)
    issuers = [small_pki.authorities["legal"].signer.certificate]
    token = _token(small_pki)
    damaged = _damaged(data, token)
    try:
        info = tsp.verify_token(damaged, digest, issuers)
    except TimestampInvalid:
        return
    # What is not signed may change without harm: other certificates beside that of the unit, for example.
    assert info == tsp.verify_token(token, digest, issuers)


def test_an_algorithm_with_parameters_of_ones_choice_is_malformed() -> None:
    algorithm = b"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
    request = tsp.build_request(sha256(LETTER), 1)
    assert algorithm + b"\x05\x00" in request
    with pytest.raises(MalformedRequest):
        tsp.parse_request(request.replace(algorithm + b"\x05\x00", algorithm + b"\x04\x00"))


def test_a_token_after_the_life_of_its_unit_is_refused(small_pki: TestPki) -> None:
    digest = sha256(LETTER)
    late = small_pki.signer("tsu").certificate.not_valid_after_utc + timedelta(seconds=1)
    request = tsp.parse_request(tsp.build_request(digest, 1))
    answer = tsp.build_response(request, small_pki.signer("tsu"), serial=1, gen_time=late, policy=TSA_POLICY)
    with pytest.raises(TimestampInvalid, match="not valid at this time"):
        tsp.verify_token(
            tsp.parse_response(answer, digest, 1), digest, [small_pki.authorities["legal"].signer.certificate]
        )


def test_a_unit_that_names_another_certificate_as_its_own_is_refused(small_pki: TestPki) -> None:
    # The signature is of the unit's key, the reference inside of another certificate (ESS, RFC 5035 §1).
    unit = small_pki.signer("tsu")
    other = replace(unit, certificate=small_pki.signer("seal").certificate)
    request = tsp.parse_request(tsp.build_request(sha256(LETTER), 1))
    signed = asn1_tsp.TimeStampResp.load(tsp.build_response(request, other, serial=1, gen_time=NOW, policy=TSA_POLICY))[
        "time_stamp_token"
    ]
    right = asn1_cms.ContentInfo.load(_token(small_pki))["content"]
    signed["content"]["certificates"] = right["certificates"]
    signed["content"]["signer_infos"][0]["sid"] = right["signer_infos"][0]["sid"]
    with pytest.raises(TimestampInvalid, match="signing certificate"):
        tsp.verify_token(signed.dump(force=True), sha256(LETTER), [small_pki.authorities["legal"].signer.certificate])


def test_a_refusal_is_read_by_a_client_of_others(tmp_path: Path) -> None:
    (tmp_path / "refusal.der").write_bytes(tsp.build_refusal("bad_alg", "SHA-256, SHA-384 or SHA-512"))
    said = subprocess.run(
        ["openssl", "ts", "-reply", "-in", "refusal.der", "-text"], cwd=tmp_path, capture_output=True, check=False
    )
    assert b"Rejected" in said.stdout
    assert b"unrecognized or unsupported algorithm" in said.stdout


def test_a_request_of_openssl_is_answered_without_certificate(small_pki: TestPki, tmp_path: Path) -> None:
    made = subprocess.run(
        ["openssl", "ts", "-query", "-digest", sha256(LETTER).hex(), "-sha256"], capture_output=True, check=True
    )
    request = tsp.parse_request(made.stdout)
    assert request.nonce is not None
    assert not request.certificate_wanted
    answer = tsp.build_response(request, small_pki.signer("tsu"), serial=1, gen_time=NOW, policy=TSA_POLICY)
    assert small_pki.signer("tsu").certificate.public_bytes(Encoding.DER) not in answer
    token = tsp.parse_response(answer, sha256(LETTER), request.nonce)
    with pytest.raises(TimestampInvalid, match="no certificate"):
        tsp.verify_token(token, sha256(LETTER), [small_pki.authorities["legal"].signer.certificate])
