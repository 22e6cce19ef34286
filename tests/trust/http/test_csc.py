"""CSC API v2: what it answers, and that nothing wrong gets through or breaks it."""

import base64
import itertools
import json
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paraphe.kernel.actor import SYSTEM
from paraphe.trust.ca import api as ca
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.remote import api as remote
from tests.support.outbox import messages_to
from tests.trust.conftest import SignerProcess
from tests.trust.http.conversation import ECDSA_SHA256, SHA256_OID, b64, bearer, post_csc, service_token, sign_hash
from tests.trust.remote.holders import LETTER, MOBILE, REPORT, activated, code_on_telephone, wrong_code

pytestmark = pytest.mark.django_db

METHODS = (
    "credentials/list",
    "credentials/info",
    "credentials/getChallenge",
    "credentials/authorize",
    "credentials/authorizeCheck",
    "signatures/signHash",
)


def _authorize(credential: remote.Credential, digests: list[bytes], **changes: Any) -> Any:
    body = {
        "credentialID": str(credential.pk),
        "numSignatures": len(digests),
        "hashes": [b64(digest) for digest in digests],
        "hashAlgorithmOID": SHA256_OID,
        "authData": [{"id": "OTP", "value": code_on_telephone()}] if messages_to(MOBILE) else [],
    }
    return post_csc("credentials/authorize", {**body, **changes}, service_token())


def _challenge(credential: remote.Credential) -> Any:
    return post_csc(
        "credentials/getChallenge", {"credentialID": str(credential.pk), "authObjectID": "OTP"}, service_token()
    )


def test_the_service_describes_itself_without_a_token(db: None) -> None:
    for body in ("", "{}", '{"lang": "en-GB"}'):
        answer = Client().post("/csc/v2/info", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        assert {"specs", "name", "logo", "region", "lang", "authType", "methods"} <= set(answer.json())
    assert answer.json()["description"].startswith("Remote signature")


def test_alices_credential_is_listed_for_the_client_that_brought_her(credential: remote.Credential) -> None:
    body = {"userID": str(credential.subject_id), "credentialInfo": True, "certificates": "none", "onlyValid": True}
    answer = post_csc("credentials/list", body, service_token()).json()
    assert answer["credentialIDs"] == [str(credential.pk)]
    assert answer["credentialInfos"][0]["key"]["status"] == "enabled"
    assert "certificates" not in answer["credentialInfos"][0]["cert"]
    mallory = service_token("mallory", "the-secret-of-mallory")
    assert post_csc("credentials/list", body, mallory).json()["credentialIDs"] == []
    assert post_csc("credentials/list", {"userID": str(uuid4())}, service_token()).json() == {"credentialIDs": []}


def test_a_credential_with_its_chain(credential: remote.Credential) -> None:
    body = {"credentialID": str(credential.pk), "certificates": "chain", "certInfo": True, "authInfo": True}
    answer = post_csc("credentials/info", body, service_token()).json()
    chain = [x509.load_der_x509_certificate(base64.b64decode(one)) for one in answer["cert"]["certificates"]]
    assert chain[0] == remote.certificate_of(credential)
    assert chain[-1] == ca.root()
    for certificate, issuer in itertools.pairwise(chain):
        certificate.verify_directly_issued_by(issuer)
    assert answer["key"] == {"status": "enabled", "algo": [ECDSA_SHA256], "len": 256, "curve": "1.2.840.10045.3.1.7"}
    assert (answer["SCAL"], answer["multisign"], answer["auth"]["mode"]) == ("2", 500, "explicit")
    assert "Alice Martin" in answer["cert"]["subjectDN"]
    assert answer["cert"]["status"] == "valid"


def test_a_revoked_credential_is_disabled(credential: remote.Credential) -> None:
    register.revoke(remote.certificate_of(credential).serial_number, "superseded", SYSTEM)
    answer = post_csc("credentials/info", {"credentialID": str(credential.pk)}, service_token()).json()
    assert (answer["key"]["status"], answer["cert"]["status"]) == ("disabled", "revoked")
    listed = {"userID": str(credential.subject_id), "onlyValid": True}
    assert post_csc("credentials/list", listed, service_token()).json()["credentialIDs"] == []
    assert _challenge(credential).status_code == 400


def test_explicit_authorisation_with_the_code_of_a_challenge(credential: remote.Credential) -> None:
    assert _challenge(credential).status_code == 204
    assert "ce que Paraphe vous présente" in messages_to(MOBILE)[-1].text
    answer = _authorize(credential, [LETTER, REPORT])
    assert answer.status_code == 200
    assert answer.json()["expiresIn"] == 300
    signed = sign_hash(credential, service_token(), [LETTER, REPORT], SAD=answer.json()["SAD"])
    assert len(signed.json()["signatures"]) == 2
    again = _authorize(credential, [LETTER])
    assert again.json()["error"] == "invalid_authentication_data"


def test_explicit_authorisation_by_handle_names_the_document(credential: remote.Credential) -> None:
    asked = _authorize(credential, [LETTER], authData=[], description="Lettre de mission")
    assert asked.status_code == 202
    assert "« Lettre de mission »" in messages_to(MOBILE)[-1].text
    handle = asked.json()["handle"]
    token = service_token()
    waiting = post_csc("credentials/authorizeCheck", {"handle": handle}, token)
    assert (waiting.status_code, waiting.json()) == (202, {"handle": handle})
    wrong = {"handle": handle, "authData": [{"id": "OTP", "value": wrong_code()}]}
    assert post_csc("credentials/authorizeCheck", wrong, token).json()["error"] == "invalid_authentication_data"
    right = {"handle": handle, "authData": [{"id": "OTP", "value": code_on_telephone()}]}
    mallory = service_token("mallory", "the-secret-of-mallory")
    assert post_csc("credentials/authorizeCheck", right, mallory).json()["error_description"] == (
        "Invalid parameter handle"
    )
    answer = post_csc("credentials/authorizeCheck", right, token)
    assert answer.status_code == 200
    assert sign_hash(credential, token, [LETTER], SAD=answer.json()["SAD"]).status_code == 200
    assert post_csc("credentials/authorizeCheck", right, token).status_code == 400


def test_five_wrong_codes_lock(credential: remote.Credential) -> None:
    _challenge(credential)
    errors = [
        _authorize(credential, [LETTER], authData=[{"id": "OTP", "value": wrong_code()}]).json() for _time in range(5)
    ]
    assert [error["error"] for error in errors] == ["invalid_authentication_data"] * 4 + ["invalid_request"]
    assert errors[4]["error_description"] == "Credential locked"
    assert _authorize(credential, [LETTER]).status_code == 400


def test_codes_are_not_sent_in_a_row(credential: remote.Credential) -> None:
    assert _challenge(credential).status_code == 204
    answer = _challenge(credential)
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")
    assert len(messages_to(MOBILE)) == 1


def test_another_client_learns_nothing_of_alices_credential(credential: remote.Credential) -> None:
    mallory = service_token("mallory", "the-secret-of-mallory")
    unknown = str(uuid4())
    for method, body in (
        ("credentials/info", {}),
        ("credentials/getChallenge", {"authObjectID": "OTP"}),
        ("credentials/authorize", {"numSignatures": 1, "hashes": [b64(LETTER)], "hashAlgorithmOID": SHA256_OID}),
    ):
        foreign = post_csc(method, {"credentialID": str(credential.pk), **body}, mallory)
        absent = post_csc(method, {"credentialID": unknown, **body}, mallory)
        assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content)
        assert foreign.json()["error_description"] == "Invalid parameter credentialID"
    sad = activated(credential, [LETTER])
    answer = sign_hash(credential, mallory, [LETTER], SAD=sad)
    assert answer.json()["error_description"] == "Invalid parameter SAD"
    assert journal.about(credential=credential.pk).get(tag="signature:refused").data["reason"] == "other-client"
    assert messages_to(MOBILE) == messages_to(MOBILE)[:1]


@pytest.mark.parametrize("method", METHODS)
def test_without_a_good_token_there_is_no_answer(credential: remote.Credential, method: str) -> None:
    for headers, status in (
        ({}, 401),
        (bearer("guessed"), 401),
        ({"Authorization": "Bearer"}, 400),
        ({"Authorization": "Basic abc"}, 400),
        ({"Authorization": "Bearer \u00e9"}, 400),
    ):
        body = {
            "userID": "x",
            "credentialID": "x",
            "authObjectID": "OTP",
            "handle": "x",
            "numSignatures": 1,
            "hashes": ["x"],
            "hashAlgorithmOID": "x",
            "signAlgo": "x",
        }
        answer = Client().post(f"/csc/v2/{method}", json.dumps(body), "application/json", headers=headers)
        assert answer.status_code == status, (headers, answer.content)
        assert set(answer.json()) == {"error", "error_description"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"12",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"credentialID": 12}',
        b'{"credentialID": null, "hashes": {}}',
        b'{"credentialID": "\\ud800", "userID": "\\ud800", "handle": "\\ud800"}',
        b'{"x": "' + b"y" * 3_000_000 + b'"}',
    ],
    ids=lambda body: str(body[:20]),
)
def test_a_body_that_is_wrong_gets_a_standard_error(credential: remote.Credential, method: str, body: bytes) -> None:
    answer = Client().post(f"/csc/v2/{method}", body, "application/json", headers=bearer(service_token()))
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"hashes": []}, "Empty hash array"),
        ({"hashes": "x"}, "Missing (or invalid type) array parameter hashes"),
        ({"hashes": [12]}, "Missing (or invalid type) array parameter hashes"),
        ({"hashes": ["not base64"]}, "Invalid Base64 hash string parameter"),
        ({"hashes": [b64(b"short")]}, "Invalid digest value length"),
        ({"hashes": [b64(LETTER)] * 501}, "Numbers of signatures is too high"),
        ({"hashAlgorithmOID": "1.3.14.3.2.26"}, "Invalid parameter hashAlgorithmOID"),
        ({"signAlgo": "1.2.3"}, "Invalid parameter signAlgo"),
        ({"signAlgo": "1.2.840.113549.1.1.11"}, "Invalid parameter signAlgo"),
        (
            {"signAlgo": "1.2.840.113549.1.1.1", "hashAlgorithmOID": ""},
            "Missing (or invalid type) string parameter hashAlgorithmOID",
        ),
        ({"operationMode": "A"}, "Invalid parameter operationMode"),
        ({"credentialID": "x"}, "Invalid parameter credentialID"),
        ({"clientData": 12}, "Missing (or invalid type) string parameter clientData"),
        ({"clientData": "x" * 201}, "Invalid parameter clientData"),
        ({"SAD": ""}, "Missing (or invalid type) string parameter SAD"),
        ({"SAD": "guessed"}, "Invalid parameter SAD"),
    ],
)
def test_a_request_to_sign_that_is_wrong(credential: remote.Credential, changes: dict, description: str) -> None:
    sad = activated(credential, [LETTER])
    answer = sign_hash(credential, service_token(), [LETTER], **{"SAD": sad, **changes})
    assert (answer.status_code, answer.json()["error_description"]) == (400, description)
    assert sign_hash(credential, service_token(), [LETTER], SAD=sad).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"numSignatures": 0},
        {"numSignatures": 2},
        {"numSignatures": "1"},
        {"numSignatures": True},
        {"hashAlgorithmOID": "x"},
        {"authData": [{"id": "PIN", "value": "1234"}]},
        {"authData": [{"id": "OTP", "value": "1"}, {"id": "OTP", "value": "2"}]},
        {"authData": "123456"},
        {"authData": [{"value": "123456"}]},
    ],
)
def test_an_authorisation_that_is_wrong(credential: remote.Credential, changes: dict) -> None:
    _challenge(credential)
    answer = _authorize(credential, [LETTER], **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_signer_that_is_away_is_an_error_that_passes(credential: remote.Credential, signer: SignerProcess) -> None:
    sad = activated(credential, [LETTER])
    signer.kill()
    answer = sign_hash(credential, sad, [LETTER])
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    signer.start()
    assert sign_hash(credential, sad, [LETTER]).status_code == 200


def test_an_unknown_method_is_not_found(db: None) -> None:
    answer = post_csc("credentials/sendOTP", {}, None)
    assert answer.status_code == 404


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_NAMES = st.sampled_from(
    ["credentialID", "hashes", "SAD", "signAlgo", "hashAlgorithmOID", "clientData", "numSignatures", "authData", "lang",
     "userID", "handle", "authObjectID", "certificates", "operationMode"]
)  # fmt: skip


@given(method=st.sampled_from(METHODS), body=st.dictionaries(_NAMES, _JSON, max_size=6))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_the_answer_is_json_and_no_failure(
    credential: remote.Credential, method: str, body: dict
) -> None:
    answer = Client(raise_request_exception=False).post(
        f"/csc/v2/{method}", json.dumps(body), "application/json", headers=bearer(service_token())
    )
    assert answer.status_code in (200, 202, 204, 400, 401, 429), answer.content
    if answer.status_code != 204:
        assert isinstance(answer.json(), dict)
