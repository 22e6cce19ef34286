"""The post office: who may hand in, what is shown."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from paraphe.comptexpert.inbox import api as inbox
from paraphe.comptexpert.inbox.models import Letter

pytestmark = pytest.mark.django_db

SMS = {"kind": "sms", "to": "+33612345678", "text": "Code 123456 pour signer", "sent_at": "2026-11-23T09:00:00+00:00"}
EMAIL = {
    "kind": "email",
    "to": "alice.martin@cabinet-martin.example",
    "subject": "Votre enregistrement",
    "text": "Bonjour Alice,\nhttp://localhost:8000/espace/\n<b>gras</b>",
    "html": "<p>Bonjour <script>alert(1)</script></p>",
    "sent_at": "2026-11-23T09:01:00+00:00",
    "site": "platform",
}


@pytest.fixture
def secret() -> str:
    return str(settings.INBOX_SECRET_FILE.read_text(encoding="ascii").strip())


def hand_in(client: Client, body: object, secret: str, **headers: str) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    headers = {"Authorization": f"Bearer {secret}", **headers}
    return client.post("/messages/deliver", text, content_type="application/json", headers=headers)


def test_a_letter_arrives_and_is_shown(client: Client, secret: str) -> None:
    assert hand_in(client, SMS, secret).status_code == 201
    answer = hand_in(client, EMAIL, secret)
    assert answer.status_code == 201
    listing = client.get("/messages/").content.decode()
    assert listing.index("Votre enregistrement") < listing.index("Code 123456 pour signer")
    page = client.get(f"/messages/{answer.json()['id']}/").content.decode()
    assert '<a href="http://localhost:8000/espace/"' in page
    assert "&lt;b&gt;gras&lt;/b&gt;" in page
    assert "alert(1)" not in page


def test_the_same_letter_again_after_a_lost_answer_is_kept_once(client: Client, secret: str) -> None:
    first = hand_in(client, SMS, secret, **{"Idempotency-Key": "a1"})
    again = hand_in(client, SMS, secret, **{"Idempotency-Key": "a1"})
    other = hand_in(client, SMS, secret, **{"Idempotency-Key": "a2"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 201)
    assert first.json() == again.json() != other.json()
    assert Letter.objects.count() == 2


def test_an_email_without_text_is_shown_without_its_tags(client: Client, secret: str) -> None:
    number = hand_in(client, {**EMAIL, "text": "", "html": "<p>Bonjour <b>Alice</b></p>"}, secret).json()["id"]
    page = client.get(f"/messages/{number}/").content.decode()
    assert "Bonjour Alice" in page
    assert "<b>Alice" not in page


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic {secret}", "{secret}", "Bearer é"])
def test_only_who_knows_the_secret_hands_in(client: Client, secret: str, authorization: str) -> None:
    answer = client.post(
        "/messages/deliver",
        json.dumps(SMS),
        content_type="application/json",
        headers={"Authorization": authorization.format(secret=secret)},
    )
    assert answer.status_code == 401
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        (b"\xff\xfe", 400),
        ("[" * 100_000, 400),
        ([], 422),
        ({}, 422),
        ({**SMS, "kind": "fax"}, 422),
        ({**SMS, "to": ""}, 422),
        ({**SMS, "to": ["+33612345678"]}, 422),
        ({**SMS, "to": "x" * 255}, 422),
        ({**SMS, "text": ""}, 422),
        ({**SMS, "text": "a\x00b"}, 422),
        ({**SMS, "sent_at": "yesterday"}, 422),
        ({**SMS, "sent_at": "2026-11-23T09:00:00"}, 422),
        ({**SMS, "sent_at": "2026-99-23T09:00:00+00:00"}, 422),
        ({**EMAIL, "subject": "s" * 301}, 422),
        ({**EMAIL, "html": "h" * 1_600_000}, 413),
        ("x" * 3_000_000, 413),
    ],
)
def test_what_is_not_a_letter_is_refused(client: Client, secret: str, body: object, status: int) -> None:
    assert hand_in(client, body, secret).status_code == status
    assert not Letter.objects.exists()


def test_letters_can_be_filtered_by_recipient(client: Client, secret: str) -> None:
    hand_in(client, SMS, secret)
    hand_in(client, EMAIL, secret)
    page = client.get("/messages/", {"to": "+33612345678"}).content.decode()
    assert "Code 123456" in page
    assert "Votre enregistrement" not in page
    assert "Aucun message" in client.get("/messages/", {"to": "nobody"}).content.decode()


def test_the_page_asks_again_and_changes_only_when_something_came(client: Client, secret: str) -> None:
    number = hand_in(client, SMS, secret).json()["id"]
    page = client.get("/messages/").content.decode()
    assert f"seen={number}" in page
    assert client.get("/messages/", {"seen": number}, headers={"HX-Request": "true"}).status_code == 204
    hand_in(client, EMAIL, secret)
    again = client.get("/messages/", {"seen": number}, headers={"HX-Request": "true"})
    assert again.status_code == 200
    assert "Votre enregistrement" in again.content.decode()


def test_the_newest_five_hundred_are_kept() -> None:
    for number in range(505):
        inbox.deliver({**SMS, "text": f"letter {number}"})
    assert Letter.objects.count() == 500
    assert set(Letter.objects.values_list("text", flat=True)) == {f"letter {number}" for number in range(5, 505)}


def test_an_unknown_letter_is_not_found(client: Client) -> None:
    assert client.get("/messages/4711/").status_code == 404
    assert client.get("/messages/deliver").status_code == 405
    assert client.get("/messages/", {"page": "nonsense"}).status_code == 200
