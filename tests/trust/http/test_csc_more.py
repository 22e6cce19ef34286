"""Alice's signatures beyond signHash: in several calls, over byte ranges and files, by an application, in version 1."""

import base64
import io
import json
import re
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography import x509
from django.db import connections
from django.test import Client
from django.utils import timezone
from reportlab.pdfgen.canvas import Canvas

from paraphe.kernel.clock import FixedClock
from paraphe.kernel.digests import sha256
from paraphe.pdf import api as pdf
from paraphe.pki import tsp
from paraphe.trust.ca import api as ca
from paraphe.trust.clients import api as clients
from paraphe.trust.holders import api as holders
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.remote import api as remote
from paraphe.trust.remote.models import Activation, Credential
from paraphe.trust.vault import api as vault
from tests.pdf.hands import judged
from tests.support.outbox import last_message_to, messages_to
from tests.trust.http.conversation import (
    ECDSA_SHA256,
    SHA256_OID,
    b64,
    basic,
    bearer,
    details,
    opened,
    post_csc,
    query_of,
    redeemed,
    service_token,
    sign_hash,
)
from tests.trust.pages.test_holder_pages import application_code
from tests.trust.remote.holders import LETTER, MOBILE, REPORT, activated, code_on_telephone

pytestmark = pytest.mark.django_db
BALANCE = sha256(b"balance sheet")


def a_pdf(title: str = "Lettre de mission") -> bytes:
    buffer = io.BytesIO()
    page = Canvas(buffer)
    page.drawString(72, 720, title)
    page.save()
    return buffer.getvalue()


def sign_doc(credential: Credential, sad: str, **body: Any) -> Any:
    return post_csc("signatures/signDoc", {"credentialID": str(credential.pk), "SAD": sad, **body}, service_token())


def extended(credential: Credential, sad: str, digests: list[bytes]) -> Any:
    body = {"credentialID": str(credential.pk), "SAD": sad, "hashes": [b64(one) for one in digests]}
    return post_csc("credentials/extendTransaction", body, service_token())


def journaled_reason() -> str:
    entry = journal.JournalEntry.rows().filter(tag="signature:refused").order_by("-sequence").first()
    assert entry is not None
    return str(entry.data["reason"])


# In several calls


def test_one_authorisation_is_spent_in_several_calls(credential: Credential) -> None:
    sad = activated(credential, [LETTER, REPORT, BALANCE])
    assert sign_hash(credential, service_token(), [LETTER], SAD=sad).status_code == 200
    second = extended(credential, sad, [BALANCE]).json()["SAD"]
    assert sign_hash(credential, service_token(), [BALANCE], SAD=second, clientData="two").status_code == 200
    third = extended(credential, second, [REPORT]).json()["SAD"]
    assert sign_hash(credential, service_token(), [REPORT], SAD=third, clientData="three").status_code == 200
    assert extended(credential, third, [REPORT]).json()["error_description"] == "Hash is not authorized by the SAD"


def test_nothing_is_authorised_twice_by_extending(credential: Credential) -> None:
    sad = activated(credential, [LETTER, REPORT])
    assert sign_hash(credential, service_token(), [LETTER], SAD=sad).status_code == 200
    assert extended(credential, sad, [LETTER]).status_code == 400
    assert journaled_reason() == "digests"
    renewed = extended(credential, sad, [REPORT]).json()["SAD"]
    assert extended(credential, sad, [REPORT]).status_code == 400, "what was left went to the new one"
    assert sign_hash(credential, service_token(), [REPORT], SAD=sad, clientData="other").status_code == 400
    assert sign_hash(credential, service_token(), [REPORT], SAD=renewed, clientData="other").status_code == 200


def test_an_extension_of_what_was_not_used_takes_its_place(credential: Credential) -> None:
    sad = activated(credential, [LETTER])
    renewed = extended(credential, sad, [LETTER]).json()["SAD"]
    assert sign_hash(credential, service_token(), [LETTER], SAD=sad).status_code == 400
    assert sign_hash(credential, service_token(), [LETTER], SAD=renewed).status_code == 200


def test_extensions_end_half_an_hour_after_the_holders_yes(credential: Credential) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sad = activated(credential, [LETTER])
        for _each in range(7):
            clock.shift(timedelta(minutes=4))
            sad = extended(credential, sad, [LETTER]).json()["SAD"]
        clock.shift(timedelta(minutes=2))
        assert extended(credential, sad, [LETTER]).json()["error_description"] == "SAD expired"
        assert sign_hash(credential, service_token(), [LETTER], SAD=sad).json()["error_description"] == "SAD expired"


def test_another_client_extends_nothing(credential: Credential) -> None:
    sad = activated(credential, [LETTER])
    body = {"credentialID": str(credential.pk), "SAD": sad, "hashes": [b64(LETTER)]}
    mallory = service_token("mallory", "the-secret-of-mallory")
    assert post_csc("credentials/extendTransaction", body, mallory).status_code == 400
    assert journaled_reason() == "other-client"


# Somebody who can write the database


@pytest.mark.parametrize(
    "change",
    [
        {"digests": [REPORT.hex()]},
        {"client_id": "mallory"},
        {"expires_at": timezone.now() + timedelta(days=365)},
    ],
)
def test_a_row_that_was_changed_is_worth_nothing(credential: Credential, change: dict[str, Any]) -> None:
    sad = activated(credential, [LETTER])
    Activation.objects.update(**change)
    token = service_token("mallory", "the-secret-of-mallory") if "client_id" in change else service_token()
    wanted = [REPORT] if "digests" in change else [LETTER]
    assert sign_hash(credential, token, wanted, SAD=sad).status_code == 400
    assert journaled_reason() == "tampered"


def test_a_claim_that_was_made_up_signs_nothing_else(credential: Credential) -> None:
    """Who has the token and writes the row of an attempt that stopped still gets no other digest signed."""
    sad = activated(credential, [LETTER])
    made_up = {"state": "claimed", "attempt_id": "attempt-1", "algorithm": "ecdsa-sha256"}
    Activation.objects.update(**made_up, signing_order=[REPORT.hex()])
    assert sign_hash(credential, service_token(), [REPORT], SAD=sad).status_code == 400
    assert journaled_reason() == "digests"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"remaining": [REPORT.hex()]}, "digests"),
        ({"remaining": [REPORT.hex()], "authorised": [LETTER.hex(), REPORT.hex()]}, "tampered"),
        ({"begun_at": timezone.now() + timedelta(days=1)}, "tampered"),
    ],
)
def test_nothing_is_extended_to_what_the_holder_did_not_see(
    credential: Credential, change: dict[str, Any], reason: str
) -> None:
    sad = activated(credential, [LETTER])
    Activation.objects.update(**change)
    assert extended(credential, sad, [REPORT]).status_code == 400
    assert journaled_reason() == reason


@pytest.mark.django_db(transaction=True)
def test_two_redeem_at_once_and_one_signs(credential: Credential) -> None:
    sad = activated(credential, [LETTER])
    answers: list[int] = []

    def redeem(attempt: str) -> None:
        try:
            answers.append(sign_hash(credential, token, [LETTER], SAD=sad, clientData=attempt).status_code)
        finally:
            connections.close_all()

    token = service_token()
    threads = [threading.Thread(target=redeem, args=(str(number),)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [200, 400, 400, 400]
    assert journal.JournalEntry.rows().filter(tag="signature:made").count() == 1


# Documents


def test_a_byte_range_becomes_a_pades_signature(credential: Credential) -> None:
    data, certificate = a_pdf(), remote.certificate_of(credential)
    clock = FixedClock(timezone.now())
    prepared = pdf.prepare(data, pdf.SignatureSettings(), certificate, ca.chain_of(certificate), clock)
    sad = activated(credential, [prepared.document_digest])
    asked = {"hashes": [b64(prepared.document_digest)], "hashAlgorithmOID": SHA256_OID, "signAlgo": ECDSA_SHA256}
    level = {"conformance_level": "AdES-B-T", "signature_format": "P"}
    answer = sign_doc(credential, sad, documentDigests=[{**asked, **level}], returnValidationInfo=True)
    assert answer.status_code == 200, answer.content
    cms = base64.b64decode(answer.json()["SignatureObject"][0])
    whole = prepared.whole(data)
    start, end = whole.index(b"/Contents <") + 11, whole.index(b">", whole.index(b"/Contents <") + 11)
    whole = whole[:start] + cms.hex().encode().ljust(end - start, b"0") + whole[end:]
    report = judged(whole, [ca.root()], timezone.now())
    assert report.signatures[-1].intact
    assert report.signatures[-1].level == "B-T"
    told = answer.json()["validationInfo"]
    assert x509.load_der_x509_certificate(base64.b64decode(told["certificates"][-1])) == ca.root()
    assert told["ocsp"]
    assert told["crl"]


@pytest.mark.parametrize(
    ("level", "envelope"), [("AdES-B-B", "Revision"), ("AdES-B-T", "Certification"), ("Ades-B-LTA", "Certification")]
)
def test_a_file_comes_back_signed_at_its_level(credential: Credential, level: str, envelope: str) -> None:
    data = a_pdf()
    order = {
        "document": b64(data),
        "signature_format": "P",
        "conformance_level": level,
        "signAlgo": ECDSA_SHA256,
        "signed_envelope_property": envelope,
    }
    answer = sign_doc(credential, activated(credential, [sha256(data)]), documents=[order])
    assert answer.status_code == 200, answer.content
    signed = base64.b64decode(answer.json()["DocumentWithSignature"][0])
    assert signed.startswith(data)
    own = judged(signed, [ca.root()], timezone.now()).signatures[0]
    assert own.intact
    assert own.level == level[5:]


def test_what_the_holder_did_not_see_is_not_signed(credential: Credential) -> None:
    sad = activated(credential, [sha256(a_pdf())])
    order = {"document": b64(a_pdf("Une autre lettre")), "signAlgo": ECDSA_SHA256, "signature_format": "P"}
    answer = sign_doc(credential, sad, documents=[order])
    assert answer.json()["error_description"] == "documentDigests or documents are not authorized by the SAD"
    assert not journal.JournalEntry.rows().filter(tag="signature:made").exists()


def _file(**changes: Any) -> dict[str, Any]:
    return {"documents": [{"document": "", "signAlgo": ECDSA_SHA256, "signature_format": "P", **changes}]}


def _range(**changes: Any) -> dict[str, Any]:
    asked = {"hashes": [b64(LETTER)], "signAlgo": ECDSA_SHA256, "signature_format": "P"}
    return {"documentDigests": [{**asked, **changes}]}


@pytest.mark.parametrize(
    ("body", "description"),
    [
        ({}, "Empty documentDigests and documents objects"),
        (_file(document="?"), "Invalid Base64 documents string parameter"),
        (_file(document=b64(b"no PDF")), "Invalid parameter document (not_a_pdf)"),
        (_file(document=5), "Missing (or invalid type) string parameter document"),
        (_file(signAlgo="1.3.14.3.2.26"), "Invalid parameter signAlgo"),
        (_file(signature_format="X"), "Invalid parameter signature_format"),
        (_file(conformance_level="A"), "Invalid parameter conformance_level"),
        (_file(signed_envelope_property="Attached"), "Invalid parameter signed_envelope_property"),
        (_range(hashes=[]), "Empty hash array"),
        (_range(hashes=["AA=="]), "Invalid digest value length"),
        (_range(hashAlgorithmOID="1.3.14.3.2.26"), "Invalid parameter hashAlgorithmOID"),
        (_range(conformance_level="AdES-B-LT"), "Invalid parameter conformance_level"),
    ],
)
def test_a_document_request_that_is_wrong(credential: Credential, body: dict[str, Any], description: str) -> None:
    answer = sign_doc(credential, activated(credential, [LETTER]), **body)
    assert (answer.status_code, answer.json()["error_description"]) == (400, description)


NO_REQUESTS = (b"[]", b"{", b"\xff", b"[" * 50_000, b'{"credentialID": 1}')


@pytest.mark.parametrize("body", NO_REQUESTS, ids=range(len(NO_REQUESTS)))
def test_a_document_body_that_is_no_request(credential: Credential, body: bytes) -> None:
    headers = bearer(service_token())
    answer = Client().post("/csc/v2/signatures/signDoc", body, content_type="application/json", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"


def test_a_timestamp_over_the_api(credential: Credential) -> None:
    body = {"hash": b64(LETTER), "hashAlgo": SHA256_OID, "nonce": "0A1b"}
    token = base64.b64decode(post_csc("signatures/timestamp", body, service_token()).json()["timestamp"])
    info = tsp.verify_token(token, LETTER, [register.issuer("legal")[1], register.issuer("root")[1]])
    assert info.nonce == 0x0A1B
    for wrong, description in (
        ({"hashAlgo": "1.3.14.3.2.26"}, "Invalid parameter hashAlgo"),
        ({"hash": b64(b"short")}, "Invalid digest value length"),
        ({"hash": "?"}, "Invalid Base64 hash string parameter"),
        ({"nonce": "no"}, "Invalid parameter nonce"),
    ):
        answer = post_csc("signatures/timestamp", {**body, **wrong}, service_token())
        assert (answer.status_code, answer.json()["error_description"]) == (400, description)
    assert post_csc("signatures/timestamp", body, None).status_code in (400, 401)


# Factors


def test_the_code_of_an_application_authorises(credential: Credential) -> None:
    holder, secret = holders.holder_of(credential.subject), holders.new_secret()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        holders.add_application(holder, secret, application_code(secret), "Téléphone")
        clock.shift(timedelta(minutes=1))
        asked = {"credentialID": str(credential.pk), "authInfo": True}
        auth = post_csc("credentials/info", asked, service_token()).json()["auth"]
        assert auth["expression"] == "OTP OR TOTP"
        body = {
            "credentialID": str(credential.pk),
            "numSignatures": 1,
            "hashes": [b64(LETTER)],
            "hashAlgorithmOID": SHA256_OID,
            "authData": [{"id": "TOTP", "value": application_code(secret)}],
        }
        answer = post_csc("credentials/authorize", body, service_token())
        assert sign_hash(credential, service_token(), [LETTER], SAD=answer.json()["SAD"]).status_code == 200
        again = post_csc("credentials/authorize", body, service_token())
        assert again.json()["error"] == "invalid_authentication_data", "a code is taken once"
        holders.allow_codes(holder, False)
        challenge = {"credentialID": str(credential.pk), "authObjectID": "OTP"}
        assert post_csc("credentials/getChallenge", challenge, service_token()).status_code == 400
        assert messages_to(MOBILE) == []


# Of one occasion


def planned(reference: str = "ceremony-1", **changes: Any) -> Any:
    body = {
        "reference": reference,
        "subject": {"given_name": "Chloé", "surname": "Le Gall-Dubois", "email": "chloe@example.fr"},
        "mobile": "+33655555555",
        **changes,
    }
    token, _scopes = clients.issue_token(clients.find("platform"), ["enrolment"])
    return Client().post(
        "/enrolment/v1/one-shots", json.dumps(body), content_type="application/json", headers=bearer(token)
    )


def test_an_invited_signer_gets_a_certificate_for_one_occasion(credential: Credential) -> None:
    made = planned()
    assert made.status_code == 201, made.content
    assert planned().json() == made.json(), "asked again, it is the same"
    chloe = Credential.objects.get(pk=UUID(made.json()["credential_id"]))
    listed = post_csc("credentials/info", {"credentialID": str(chloe.pk)}, service_token())
    assert listed.status_code == 400, "there is no certificate before she says yes"

    browser = Client()
    page = opened(browser, chloe, authorization_details=details(chloe, [("Bail commercial", LETTER)]))
    shown = browser.get(page).content.decode()
    assert "Chloé Le Gall-Dubois" in shown
    answer = browser.post(page, {"way": "sms", "code": code_on_telephone("+33655555555")})
    token = redeemed(query_of(answer)["code"]).json()["access_token"]
    chloe.refresh_from_db()
    assert chloe.certificate is None

    order = {"hashes": [b64(REPORT)], "signAlgo": ECDSA_SHA256, "signature_format": "P"}
    assert post_csc("signatures/signDoc", _body(chloe, order), token).status_code == 400
    chloe.refresh_from_db()
    assert chloe.certificate is None, "nothing is issued for what she did not see"

    order |= {"hashes": [b64(LETTER)], "conformance_level": "AdES-B-T"}
    signed = post_csc("signatures/signDoc", _body(chloe, order), token)
    assert signed.status_code == 200, signed.content
    chloe.refresh_from_db()
    certificate = remote.certificate_of(chloe)
    assert "Chloé Le Gall-Dubois" in certificate.subject.rfc4514_string()
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=1)
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert policies[0].policy_identifier.dotted_string == ca.policy_of("one-shot")

    assert chloe.key_destroyed_at is not None
    with pytest.raises(vault.VaultError):
        vault.sign(chloe.key_id, "holder", [LETTER], "ecdsa-sha256")
    again = post_csc("signatures/signDoc", _body(chloe, order), token)
    assert again.json()["SignatureObject"] != [] or again.status_code == 400


def test_who_gave_no_number_gets_the_code_by_email_where_the_client_says_so(credential: Credential) -> None:
    assert planned(mobile="").json()["error_description"].endswith("Field: mobile.")
    assert planned(mobile="12", code_by="email").json()["error_description"].endswith("Field: mobile.")
    made = planned("ceremony-2", mobile="", code_by="email")
    chloe = Credential.objects.get(pk=UUID(made.json()["credential_id"]))
    browser = Client()
    page = opened(browser, chloe, authorization_details=details(chloe, [("Bail commercial", LETTER)]))
    shown = browser.get(page).content.decode()
    assert "c•••@example.fr" in shown
    assert "Code reçu par e-mail" in shown
    letter = last_message_to("chloe@example.fr")
    assert (letter.kind, letter.subject) == ("email", "Votre code pour signer")
    found = re.search(r"(\d{3}) (\d{3})", letter.text)
    assert found is not None
    answer = browser.post(page, {"way": "sms", "code": found[1] + found[2]})
    assert redeemed(query_of(answer)["code"]).status_code == 200


def _body(row: Credential, order: dict[str, Any]) -> dict[str, Any]:
    return {"credentialID": str(row.pk), "documentDigests": [order], "clientData": "attempt-1"}


def test_a_key_of_one_occasion_does_not_wait(credential: Credential) -> None:
    row = Credential.objects.get(pk=UUID(planned().json()["credential_id"]))
    assert remote.destroy_spent_keys() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert remote.destroy_spent_keys() == 1
    row.refresh_from_db()
    assert row.key_destroyed_at is not None
    assert planned(subject={"given_name": "Autre", "surname": "Nom", "email": "chloe@example.fr"}).status_code == 404
    assert planned(mobile="12").json()["error_description"].endswith("Field: mobile.")


def test_the_client_that_brought_alice_may_revoke_her_certificate(credential: Credential) -> None:
    token, _scopes = clients.issue_token(clients.find("platform"), ["enrolment"])
    address = f"/enrolment/v1/credentials/{credential.pk}/revoke"

    def post(address: str, reason: str) -> Any:
        body = json.dumps({"reason": reason})
        return Client().post(address, body, content_type="application/json", headers=bearer(token))

    assert post(address, "whim").status_code == 400
    assert post(f"/enrolment/v1/credentials/{uuid4()}/revoke", "death").status_code == 404
    assert post(address, "left_the_roll").json() == {"status": "revoked"}
    assert register.status_of(remote.certificate_of(credential).serial_number).reason == "privilege_withdrawn"


# Version 1


def v1(method: str, body: object, headers: dict[str, str]) -> Any:
    return Client().post(f"/csc/v1/{method}", json.dumps(body), content_type="application/json", headers=headers)


def test_a_program_of_version_1_signs(credential: Credential) -> None:
    assert v1("info", {}, {}).json()["specs"] == "1.0.4.0"
    token = bearer(v1("auth/login", {}, basic()).json()["access_token"])
    assert v1("auth/login", {}, basic(secret="wrong")).json()["error"] == "authentication_error"
    [name] = v1("credentials/list", {"userID": str(credential.subject_id)}, token).json()["credentialIDs"]
    told = v1("credentials/info", {"credentialID": name, "authInfo": True}, token).json()
    assert (told["authMode"], told["OTP"]["presence"]) == ("explicit", "true")
    assert v1("credentials/sendOTP", {"credentialID": name}, token).status_code == 204
    asked = {"credentialID": name, "numSignatures": 1, "hash": [b64(LETTER)], "OTP": code_on_telephone()}
    sad = v1("credentials/authorize", asked, token).json()["SAD"]
    order = {"credentialID": name, "SAD": sad, "hash": [b64(LETTER)], "signAlgo": ECDSA_SHA256}
    assert len(v1("signatures/signHash", order, token).json()["signatures"]) == 1
    assert v1("signatures/signHash", {**order, "hash": [b64(REPORT)]}, token).status_code == 400
    assert v1("auth/revoke", {"token": token["Authorization"].split()[1]}, token).status_code == 204
    assert v1("credentials/list", {"userID": str(credential.subject_id)}, token).status_code == 401


@pytest.mark.parametrize("method", ["credentials/list", "credentials/authorize", "signatures/signHash"])
@pytest.mark.parametrize("body", NO_REQUESTS, ids=range(len(NO_REQUESTS)))
def test_whatever_version_1_is_sent_the_answer_is_a_standard_error(db: None, method: str, body: bytes) -> None:
    answer = Client().post(f"/csc/v1/{method}", body, content_type="application/json", headers=bearer("x" * 43))
    assert answer.status_code in (400, 401)
    assert "error" in answer.json()
