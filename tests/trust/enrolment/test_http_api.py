"""The platform brings Alice, and learns what became of her request."""

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from paraphe.trust.enrolment.models import Enrolment
from paraphe.trust.ra import api as ra
from tests.trust.pages.holder import Holder, Platform, asked, decide

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform() -> Platform:
    return Platform()


def test_a_request_is_made_once(platform: Platform) -> None:
    first = platform.enrol()
    again = platform.enrol(state="another, since the first answer was lost")
    assert (again["id"], again["subject_id"]) == (first["id"], first["subject_id"])
    assert again["url"] != first["url"]
    assert first["status"] == "started"
    assert Enrolment.objects.get().client_state.startswith("another")


def test_a_reference_means_one_person(platform: Platform) -> None:
    platform.enrol()
    answer = platform.post("/enrolment/v1/requests", asked(mobile="+33700000000"))
    assert answer.status_code == 409
    assert json.loads(answer.content)["error"] == "reference_reused"


def test_a_birth_date_and_a_name_in_use_are_compared_with_the_document(platform: Platform) -> None:
    subject = {**asked()["subject"], "birth_date": "1990-07-13", "usage_name": "Bernard"}
    platform.enrol(subject=subject)
    platform.enrol(subject=subject)
    person = Enrolment.objects.get().subject
    assert (person.birth_date, person.usage_name) == (date(1990, 7, 13), "Bernard")


def test_two_clients_may_use_the_same_reference(platform: Platform) -> None:
    assert platform.enrol()["id"] != Platform("another").enrol()["id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "president"},
        {"mobile": "06 12 34 56 78"},
        {"mobile": None},
        {"reference": ""},
        {"reference": "x" * 121},
        {"subject": "Alice"},
        {"subject": {"given_name": "Alice"}},
        {"return_uri": "https://elsewhere.example/"},
        {"state": "x" * 501},
        {"subject": {**asked()["subject"], "organisation": {"name": "Cabinet", "siren": "123456789"}}},
        {"subject": {**asked()["subject"], "surname": "x" * 65}},
        {"subject": {**asked()["subject"], "email": "not an address"}},
        {"subject": {**asked()["subject"], "birth_date": "13/07/1990"}},
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(platform: Platform, changes: dict[str, Any]) -> None:
    answer = platform.post("/enrolment/v1/requests", asked(**changes))
    assert answer.status_code == 400
    assert set(json.loads(answer.content)) == {"error", "error_description"}
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff\xfe", b'"x"', b"[" * 50_000, b"{}" + b" " * 70_000],
    ids=["empty", "cut", "list", "not UTF-8", "text", "deep", "long"],
)
def test_what_is_not_json_is_refused(platform: Platform, body: bytes) -> None:
    assert platform.post("/enrolment/v1/requests", body).status_code == 400


def test_without_a_token_nothing_is_told(platform: Platform) -> None:
    found = platform.enrol()
    path = f"/enrolment/v1/requests/{found['id']}"
    for token in ("", "Bearer nonsense", "Basic eDp5"):
        answer = platform.http.get(path, headers={"Authorization": token} if token else {})
        assert answer.status_code == 401
        assert "WWW-Authenticate" in answer


def test_a_foreign_request_does_not_exist(platform: Platform) -> None:
    found = platform.enrol()
    foreign = Platform("another")
    for path in (found["id"], f"{found['id']}/agreement", str(uuid4())):
        assert foreign.get(f"/enrolment/v1/requests/{path}").status_code == 404
    assert foreign.post(f"/enrolment/v1/requests/{found['id']}/link").status_code == 404
    assert platform.get(f"/enrolment/v1/requests/{found['id']}").status_code == 200


def test_the_platform_reads_why_alice_was_refused(platform: Platform) -> None:
    found = platform.enrol()
    alice = Holder()
    alice.enter(found["url"])
    alice.up_to_review()
    assert platform.status(found["id"])["status"] == "review"
    decide(found["id"], ra.Verdict.REFUSE, "expired")
    told = platform.status(found["id"])
    assert told["status"] == "refused"
    assert told["reason"] == {
        "code": "expired",
        "sentence_fr": "Le document présenté n'est plus en cours de validité.",
        "sentence_en": "The document is no longer valid.",
        "fields": [],
    }
    assert (told["certificate"], told["credential_id"]) == (None, None)
    assert platform.get(f"/enrolment/v1/requests/{found['id']}/agreement").status_code == 409


def test_answers_are_not_cached(platform: Platform) -> None:
    found = platform.enrol()
    assert platform.get(f"/enrolment/v1/requests/{found['id']}")["Cache-Control"] == "no-store"
