"""The errors of the CSC API v2.0.0.2, method by method, in the words of its tables; those of version 1 for a login.

What has to do with an activation that is used, expired or for something else is in ``test_csc`` and ``test_csc_more``;
so are the codes. What belongs to asynchronous operation is not offered.
"""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM
from paraphe.trust.remote import api as remote
from tests.trust.http.conversation import SHA256_OID, b64, basic, bearer, post_csc, service_token, sign_hash
from tests.trust.http.test_hostile_bodies import good_bodies
from tests.trust.remote.holders import LETTER, activated

pytestmark = pytest.mark.django_db

LEFT_OUT = object()
SHA1, SHA384 = "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.2"
FILE = {"document": b64(b"%PDF-1.7"), "signAlgo": "1.2.840.10045.4.3.2", "signature_format": "P"}
RANGE = {"hashes": [b64(LETTER)], "signAlgo": "1.2.840.10045.4.3.2", "signature_format": "P"}


def missing(name: str, word: str = "string") -> str:
    return f"Missing (or invalid type) {word} parameter {name}"


def file(**changes: Any) -> list[dict[str, Any]]:
    return [{name: value for name, value in {**FILE, **changes}.items() if value is not LEFT_OUT}]


def byte_range(**changes: Any) -> list[dict[str, Any]]:
    return [{name: value for name, value in {**RANGE, **changes}.items() if value is not LEFT_OUT}]


ERRORS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("credentials/list", {"userID": "x"}, "Invalid parameter userID"),
    ("credentials/list", {"certificates": "all"}, "Invalid parameter certificates"),
    ("credentials/list", {"onlyValid": "yes"}, missing("onlyValid", "boolean")),
    ("credentials/info", {"credentialID": LEFT_OUT}, missing("credentialID")),
    ("credentials/info", {"credentialID": 12}, missing("credentialID")),
    ("credentials/info", {"credentialID": "x"}, "Invalid parameter credentialID"),
    ("credentials/info", {"certificates": "all"}, "Invalid parameter certificates"),
    ("credentials/authorize", {"credentialID": LEFT_OUT}, missing("credentialID")),
    ("credentials/authorize", {"credentialID": "x"}, "Invalid parameter credentialID"),
    ("credentials/authorize", {"numSignatures": LEFT_OUT}, missing("numSignatures", "integer")),
    ("credentials/authorize", {"numSignatures": "1"}, missing("numSignatures", "integer")),
    ("credentials/authorize", {"numSignatures": 0}, "Invalid value for parameter numSignatures"),
    ("credentials/authorize", {"numSignatures": 501}, "Numbers of signatures is too high"),
    ("credentials/authorizeCheck", {}, "Invalid parameter handle"),
    ("credentials/getChallenge", {"credentialID": "x", "authObjectID": "OTP"}, "Invalid parameter credentialID"),
    ("credentials/getChallenge", {"authObjectID": "PIN"}, "Invalid parameter authObjectID"),
    ("credentials/extendTransaction", {"SAD": LEFT_OUT}, missing("SAD")),
    ("credentials/extendTransaction", {}, "Invalid parameter SAD"),
    ("signatures/signHash", {"SAD": 12}, missing("SAD")),
    ("signatures/signHash", {"SAD": LEFT_OUT}, missing("SAD")),
    ("signatures/signHash", {}, "Invalid parameter SAD"),
    ("signatures/signHash", {"credentialID": LEFT_OUT}, missing("credentialID")),
    ("signatures/signHash", {"credentialID": "x"}, "Invalid parameter credentialID"),
    ("signatures/signHash", {"hashes": LEFT_OUT}, missing("hashes", "array")),
    ("signatures/signHash", {"hashes": b64(LETTER)}, missing("hashes", "array")),
    ("signatures/signHash", {"hashes": []}, "Empty hash array"),
    ("signatures/signHash", {"hashes": ["?"]}, "Invalid Base64 hash string parameter"),
    ("signatures/signHash", {"hashes": ["AA=="]}, "Invalid digest value length"),
    ("signatures/signHash", {"signAlgo": LEFT_OUT}, missing("signAlgo")),
    ("signatures/signHash", {"signAlgo": "1.2.3"}, "Invalid parameter signAlgo"),
    ("signatures/signHash", {"signAlgo": "1.2.840.113549.1.1.1", "hashAlgorithmOID": ""}, missing("hashAlgorithmOID")),
    ("signatures/signHash", {"hashAlgorithmOID": SHA1}, "Invalid parameter hashAlgorithmOID"),
    ("signatures/signHash", {"operationMode": "A"}, "Invalid parameter operationMode"),
    ("signatures/signDoc", {"SAD": LEFT_OUT}, missing("SAD")),
    ("signatures/signDoc", {"credentialID": LEFT_OUT}, missing("credentialID")),
    ("signatures/signDoc", {"credentialID": "x"}, "Invalid parameter credentialID"),
    ("signatures/signDoc", {"documentDigests": "x"}, "Invalid object parameter documentDigests"),
    ("signatures/signDoc", {"documents": "x"}, "Invalid array parameter documents"),
    ("signatures/signDoc", {"documents": LEFT_OUT}, "Empty documentDigests and documents objects"),
    (
        "signatures/signDoc",
        {"documentDigests": byte_range()},
        "Both documentDigests and documents parameters passed",
    ),
    ("signatures/signDoc", {"documents": file(document="?")}, "Invalid Base64 documents string parameter"),
    ("signatures/signDoc", {"documents": file(signAlgo=LEFT_OUT)}, missing("signAlgo")),
    ("signatures/signDoc", {"documents": file(signAlgo="1.2.3")}, "Invalid parameter signAlgo"),
    ("signatures/signDoc", {"documents": file(signature_format=LEFT_OUT)}, missing("signature_format")),
    ("signatures/signDoc", {"documents": file(signature_format="X")}, "Invalid parameter signature_format"),
    ("signatures/signDoc", {"documents": file(conformance_level="A")}, "Invalid parameter conformance_level"),
    (
        "signatures/signDoc",
        {"documents": file(signed_envelope_property="Detached")},
        "Invalid parameter signed_envelope_property",
    ),
    (
        "signatures/signDoc",
        {"documents": file(signed_props=[{"attribute_name": "Reason"}])},
        "Invalid parameter signed_props",
    ),
    (
        "signatures/signDoc",
        {"documents": LEFT_OUT, "documentDigests": byte_range(hashes=["?"])},
        "Invalid Base64 hash string parameter",
    ),
    (
        "signatures/signDoc",
        {"documents": LEFT_OUT, "documentDigests": byte_range(hashAlgorithmOID=SHA384)},
        "Invalid parameter hashAlgorithmOID",
    ),
    ("signatures/signDoc", {"operationMode": "A"}, "Invalid parameter operationMode"),
    ("signatures/timestamp", {"hash": LEFT_OUT}, missing("hash")),
    ("signatures/timestamp", {"hash": 12}, missing("hash")),
    ("signatures/timestamp", {"hash": ""}, "Empty hash parameter"),
    ("signatures/timestamp", {"hash": "AA=="}, "Invalid digest value length"),
    ("signatures/timestamp", {"hashAlgo": SHA384}, "Invalid digest value length"),
    ("signatures/timestamp", {"hash": "?"}, "Invalid Base64 hash string parameter"),
    ("signatures/timestamp", {"hashAlgo": SHA1}, "Invalid parameter hashAlgo"),
    ("signatures/timestamp", {"nonce": "no"}, "Invalid parameter nonce"),
)


def test_each_error_has_the_words_of_the_standard(credential: remote.Credential) -> None:
    token, bodies, said = service_token(), good_bodies(credential), []
    for method, changes, _description in ERRORS:
        body = {name: value for name, value in {**bodies[f"v2/{method}"], **changes}.items() if value is not LEFT_OUT}
        answer = post_csc(method, body, token)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), (method, changes)
        said.append((method, changes, answer.json()["error_description"]))
    assert said == list(ERRORS)


def test_a_header_that_nobody_can_read_and_a_token_that_is_none(credential: remote.Credential) -> None:
    bodies, browser = good_bodies(credential), Client()
    for method in sorted({method for method, _changes, _description in ERRORS}):
        for headers, status, error in (
            ({"Authorization": "Bearer"}, 400, "invalid_request"),
            (bearer("none"), 401, "invalid_token"),
        ):
            answer = browser.post(
                f"/csc/v2/{method}", bodies[f"v2/{method}"], content_type="application/json", headers=headers
            )
            assert (answer.status_code, answer.json()["error"]) == (status, error), method


def test_a_certificate_that_does_not_hold(credential: remote.Credential) -> None:
    sad = activated(credential, [LETTER])
    remote.suspend(credential, SYSTEM)
    told = post_csc("credentials/info", {"credentialID": str(credential.pk)}, service_token()).json()
    assert (told["key"]["status"], told["cert"]["status"]) == ("disabled", "suspended")
    answer = sign_hash(credential, service_token(), [LETTER], SAD=sad)
    assert answer.json()["error_description"] == "The credential identified by credentialID is disabled"
    remote.reinstate(credential, SYSTEM)
    with time_machine.travel(timezone.now() + timedelta(days=3 * 366)):
        body = {**good_bodies(credential)["v2/credentials/authorize"], "hashAlgorithmOID": SHA256_OID}
        answer = post_csc("credentials/authorize", body, service_token())
    assert answer.json()["error_description"] == "Signing certificate is expired"


@pytest.mark.parametrize(
    ("headers", "error", "description"),
    [
        ({}, "authentication_error", "An error occurred during authentication process"),
        (basic(secret="wrong"), "authentication_error", "An error occurred during authentication process"),
        ({"Authorization": "Basic !!!"}, "invalid_request", "Malformed username-password"),
    ],
)
def test_a_login_of_version_1_that_fails(
    credential: remote.Credential, headers: dict[str, str], error: str, description: str
) -> None:
    answer = Client().post("/csc/v1/auth/login", "{}", content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()) == (400, {"error": error, "error_description": description})
