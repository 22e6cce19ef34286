"""Chloé has no certificate: Alice's standing mandate names her, and she lets batches go with a code by SMS."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from paraphe.trust.journal import api as journal
from paraphe.trust.remote.models import Credential
from paraphe.trust.seals import api as seals
from paraphe.trust.seals.models import Mandate, Release, Releaser
from tests.trust.http.conversation import SHA256_OID, b64, post_csc, service_token, sign_hash
from tests.trust.remote.holders import RETURN, code_on_telephone, wrong_code
from tests.trust.seals.test_seals import PAYSLIPS, alice, authorised, call, mandated, refusals, sealed

__all__ = ["alice"]
pytestmark = pytest.mark.django_db
CHLOE = "+33698765432"
LIST = "ab" * 32


@pytest.fixture
def standing(alice: Credential) -> tuple[Credential, str, str]:
    """Return the seal, the token and the deed of a mandate for 50 documents that names Chloé."""
    seal = sealed(alice)
    named = [{"reference": "person:3", "name": "Chloé Durand", "mobile": "06 98 76 54 32"}]
    token, deed = mandated(alice, seal, count=50, releasers=named)
    return seal, token, deed


def ask(deed: str, **changes: Any) -> Any:
    body = {
        "reference": "batch-1", "releaser": "person:3", "purpose": "Paie de novembre", "count": 20,
        "list_sha256": LIST, "return_uri": RETURN, "state": "s", **changes,
    }  # fmt: skip
    return call(f"/enrolment/v1/mandates/{deed}/releases", body)


def path_of(url: str) -> str:
    return url.split("8001", 1)[1]


def confirmed(url: str) -> Any:
    browser, path = Client(), path_of(url)
    browser.post(path + "code/")
    return browser.post(path, {"code": code_on_telephone(CHLOE)})


def attempted(seal: Credential, digests: list[bytes], token: str, attempt: str) -> Any:
    body = {
        "credentialID": str(seal.pk), "numSignatures": len(digests), "hashes": [b64(one) for one in digests],
        "hashAlgorithmOID": SHA256_OID, "authData": [{"id": "MANDATE", "value": token}], "clientData": attempt,
    }  # fmt: skip
    return post_csc("credentials/authorize", body, service_token())


def test_the_deed_names_chloe_and_the_mobile_is_sealed(alice: Credential) -> None:
    seal = sealed(alice)
    later = (timezone.now() + timedelta(days=2)).isoformat()
    terms = {
        "seal_id": str(seal.pk), "purpose": "Paies", "count": 2, "ends_at": later, "reference": "m",
        "return_uri": RETURN, "responsible_id": str(alice.pk), "state": "s",
        "releasers": [{"reference": "person:3", "name": "Chloé Durand", "mobile": "06 98 76 54 32"}],
    }  # fmt: skip
    made = call("/enrolment/v1/mandates", terms).json()
    page = Client().get(path_of(made["url"])).content.decode()
    assert "Chloé Durand (+33 ••••••• 32)" in page
    assert Releaser.objects.get().mobile == CHLOE


def test_a_code_lets_twenty_go_and_not_one_more(standing: tuple[Credential, str, str]) -> None:
    seal, mandate_token, deed = standing
    made = ask(deed).json()
    assert authorised(seal, PAYSLIPS[:1], made["mandate"]).status_code == 400, "before the code it is worth nothing"
    page = Client().get(path_of(made["url"])).content.decode()
    assert LIST in page
    assert "20 cachets" in page
    answer = confirmed(made["url"])
    assert "Le lot est libéré" in answer.content.decode()
    assert f"request={made['id']}" in answer.content.decode()
    assert Mandate.objects.get().used == 20
    sad = authorised(seal, PAYSLIPS[:20], made["mandate"]).json()["SAD"]
    assert len(sign_hash(seal, service_token(), PAYSLIPS[:20], SAD=sad).json()["signatures"]) == 20
    assert authorised(seal, PAYSLIPS[20:], made["mandate"]).status_code == 400
    assert authorised(seal, PAYSLIPS[20:], mandate_token).status_code == 400
    assert refusals() == ["not-given", "exhausted", "needs-release"]
    given = journal.JournalEntry.rows().get(tag="release:given")
    assert (given.data["list_sha256"], given.data["count"]) == (LIST, 20)


def test_the_same_attempt_is_counted_once(standing: tuple[Credential, str, str]) -> None:
    seal, _token, deed = standing
    made = ask(deed, count=5).json()
    confirmed(made["url"])
    attempted(seal, PAYSLIPS[:5], made["mandate"], "chunk-1")
    again = attempted(seal, PAYSLIPS[:5], made["mandate"], "chunk-1")
    assert again.status_code == 200, "the program was killed before it kept the first answer"
    assert len(sign_hash(seal, service_token(), PAYSLIPS[:5], SAD=again.json()["SAD"]).json()["signatures"]) == 5
    assert Release.objects.get().used == 5
    assert attempted(seal, PAYSLIPS[:5], made["mandate"], "chunk-1").status_code == 400, "it is signed"
    assert attempted(seal, PAYSLIPS[:4], made["mandate"], "chunk-1").status_code == 400


def test_a_closed_release_gives_back_what_it_did_not_use(standing: tuple[Credential, str, str]) -> None:
    seal, _token, deed = standing
    made = ask(deed).json()
    confirmed(made["url"])
    sad = authorised(seal, PAYSLIPS[:3], made["mandate"]).json()["SAD"]
    sign_hash(seal, service_token(), PAYSLIPS[:3], SAD=sad)
    unused = authorised(seal, PAYSLIPS[3:6], made["mandate"]).json()["SAD"]
    assert call(f"/enrolment/v1/releases/{made['id']}/withdraw", {}).json()["status"] == "closed"
    assert call(f"/enrolment/v1/releases/{made['id']}/withdraw", {}).json()["used"] == 3
    assert Mandate.objects.get().used == 3
    assert sign_hash(seal, service_token(), PAYSLIPS[3:6], SAD=unused).status_code == 400
    assert authorised(seal, PAYSLIPS[6:7], made["mandate"]).status_code == 400


def test_wrong_codes_other_people_and_too_many(standing: tuple[Credential, str, str]) -> None:
    _seal, _token, deed = standing
    assert ask(deed, releaser="person:9").json()["error_description"].endswith("releaser.")
    assert ask(deed, list_sha256="x").json()["error_description"].endswith("list_sha256.")
    assert ask(deed, count=51).status_code == 409
    made = ask(deed).json()
    assert ask(deed, count=19).status_code == 400, "one reference, one release"
    browser, path = Client(), path_of(made["url"])
    browser.post(path + "code/")
    assert browser.post(path, {"code": wrong_code(CHLOE)}).status_code == 422
    assert Client().get(f"/seals/releases/{made['id']}/enter/guessed/").status_code == 404
    assert Release.objects.get().state == "open"
    assert call(f"/enrolment/v1/releases/{made['id']}", client_id="mallory").status_code == 404


def test_a_withdrawn_mandate_stops_its_releases(standing: tuple[Credential, str, str]) -> None:
    seal, _token, deed = standing
    given, open_one = ask(deed).json(), ask(deed, reference="batch-2", count=4).json()
    confirmed(given["url"])
    call(f"/enrolment/v1/deeds/{deed}/withdraw", {})
    assert authorised(seal, PAYSLIPS[:1], given["mandate"]).status_code == 400
    browser = Client()
    browser.post(path_of(open_one["url"]) + "code/")
    assert seals.release_of("platform", UUID(open_one["id"])).challenge is None


def test_what_nobody_confirmed_is_closed_after_a_day(standing: tuple[Credential, str, str]) -> None:
    _seal, _token, deed = standing
    made = ask(deed).json()
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False):
        seals.sweep()
    assert call(f"/enrolment/v1/releases/{made['id']}").json()["status"] == "closed"
    assert Mandate.objects.get().used == 0
