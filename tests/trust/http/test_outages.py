"""The clock, the signer or the SMS gateway of the trust site are away: what programs are told; nothing is lost."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from paraphe.floor.messaging import api as messaging
from paraphe.floor.messaging.models import Message
from paraphe.trust.clients import api as clients
from paraphe.trust.journal import api as journal
from paraphe.trust.remote.models import Credential
from paraphe.trust.tsa import clock
from tests.trust.http.conversation import ECDSA_SHA256, b64, bearer, details, opened, post_csc, query_of, redeemed
from tests.trust.http.test_csc_more import planned
from tests.trust.remote.holders import LETTER, code_on_telephone

pytestmark = pytest.mark.django_db
CHLOE = "+33655555555"


def told() -> dict[str, Any]:
    """Return what the trust site says of itself to a program that may ask."""
    token, _scopes = clients.issue_token(clients.find("platform"), ["enrolment"])
    answer = Client().get("/enrolment/v1/service", headers=bearer(token))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def authorised(credential: Credential) -> tuple[Credential, str]:
    """Return Chloé's credential of one occasion and the token that her code gave."""
    chloe = Credential.objects.get(pk=UUID(planned().json()["credential_id"]))
    browser = Client()
    page = opened(browser, chloe, authorization_details=details(chloe, [("Bail commercial", LETTER)]))
    browser.get(page)
    answer = browser.post(page, {"way": "sms", "code": code_on_telephone(CHLOE)})
    return chloe, redeemed(query_of(answer)["code"]).json()["access_token"]


def sign_doc(row: Credential, token: str) -> Any:
    order = {
        "hashes": [b64(LETTER)],
        "signAlgo": ECDSA_SHA256,
        "signature_format": "P",
        "conformance_level": "AdES-B-T",
    }
    body = {"credentialID": str(row.pk), "documentDigests": [order], "clientData": "attempt-1"}
    return post_csc("signatures/signDoc", body, token)


def test_without_a_sound_clock_the_same_attempt_is_finished_later(
    authorised: tuple[Credential, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chloe, token = authorised
    with monkeypatch.context() as patch:
        patch.setattr(clock, "_wrong", lambda *_: "behind")
        for _try in range(2):
            answer = sign_doc(chloe, token)
            assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
            assert "timestamp" in answer.json()["error_description"]
        assert told()["timestamps"] == {"available": False}
    signed = sign_doc(chloe, token)
    assert signed.status_code == 200, signed.content
    assert len(signed.json()["SignatureObject"]) == 1
    assert told()["timestamps"] == {"available": True}
    made = [entry.tag for entry in journal.about(credential=chloe.pk)]
    assert made.count("signature:made") == 1, "the key was used once, and is gone: what it made was kept"
    chloe.refresh_from_db()
    assert chloe.key_destroyed_at is not None


def test_without_the_signer_nothing_is_used_up(
    authorised: tuple[Credential, str], settings: Any, tmp_path: Path
) -> None:
    chloe, token = authorised
    socket = settings.SIGNER_SOCKET
    settings.SIGNER_SOCKET = tmp_path / "nobody"
    assert sign_doc(chloe, token).status_code == 503
    assert told()["keys"] == {"available": False}
    settings.SIGNER_SOCKET = socket
    assert sign_doc(chloe, token).status_code == 200


def test_programs_learn_since_when_codes_do_not_leave(credential: Credential) -> None:
    assert told()["codes"] == {"delayed_since": None}
    assert Client().get("/enrolment/v1/service").status_code == 401
    messaging.send_sms(CHLOE, "123 456", key="code:1", urgent=True)
    assert told()["codes"] == {"delayed_since": None}, "it was written a moment ago"
    since = timezone.now() - timedelta(seconds=40)
    Message.objects.update(created_at=since)
    assert told()["codes"] == {"delayed_since": since.isoformat()}
    Message.objects.update(state="sent", sealed=None, ended_at=timezone.now())
    assert told()["codes"] == {"delayed_since": None}
