"""Between two sign-ins: the daily check at the directory, sign-outs that the provider tells, rights that rest."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc import jwt

from paraphe.floor.jobs import worker
from paraphe.platform.accounts import api as accounts
from paraphe.platform.accounts.jobs import check_memberships
from paraphe.platform.accounts.models import Person, Session
from paraphe.platform.evidence import api as evidence
from paraphe.platform.web.account.access import PERSON_KEY
from tests.platform.accounts.conftest import OtherProvider, SiteSettings
from tests.platform.accounts.test_sign_in import begin
from tests.support import cast
from tests.support.live_comptexpert import Browser, LiveComptexpert

pytestmark = pytest.mark.django_db

EVENT = "http://schemas.openid.net/event/backchannel-logout"
EXTENSION = "urn:paraphe:params:scim:schemas:extension:1.0:Accountant"
ERROR = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404"}


def yesterday(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(confirmed_at=timezone.now() - timedelta(days=1))


def user(**changes: Any) -> dict[str, Any]:
    """Return Alice as a directory tells her."""
    claims = cast.ALICE.claims()
    return {
        "id": "alice",
        "active": True,
        "name": {"givenName": "Alice", "familyName": "Martin"},
        "emails": [{"value": "old@cabinet-martin.example"}, {"value": cast.ALICE.email, "primary": True}],
        EXTENSION: {name: claims[f"paraphe_{name}"] for name in ("firms", "roll", "delegations")},
        **changes,
    }


@pytest.fixture
def alice(other: OtherProvider, settings: SiteSettings) -> Person:
    """Return Alice, whom another provider with a directory knows, a day after she was last confirmed."""
    settings.OIDC_DIRECTORY = f"{other.url}/scim"
    person = cast.sign_in(cast.ALICE, iss=other.url, sub="alice")
    yesterday(person)
    return person


def told(other: OtherProvider, status: int, body: Any) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    other.answers["/scim/Users/alice"] = (status, "application/scim+json", data)


@pytest.fixture
def another(provider_settings: SiteSettings) -> Iterator[LiveComptexpert]:
    """Return a Comptexpert of this test alone: who is struck off there stays so."""
    process = LiveComptexpert()
    provider_settings.OIDC_ISSUER = process.url
    yield process
    process.stop()


def test_whoever_is_struck_off_at_comptexpert_has_no_rights_after_the_daily_check(
    another: LiveComptexpert, settings: SiteSettings
) -> None:
    comptexpert = another
    settings.OIDC_DIRECTORY = f"{comptexpert.url}/scim/v2"
    paul, ines = Client(), Client()
    paul.get(Browser(comptexpert).sign_in(begin(paul), cast.PAUL))
    ines.get(Browser(comptexpert).sign_in(begin(ines), cast.INES))
    person = Person.objects.get(given_name="Paul")
    firm = cast.firm(cast.GARNIER)
    assert accounts.rights(person, firm) == set(accounts.RIGHTS)
    council = Browser(comptexpert)
    council.sign_in(begin(Client()), cast.JEANNE)
    listing = council.session.get(f"{comptexpert.url}/conseil/", timeout=10).text
    form = listing.split("Paul Garnier")[1].split('href="')[1].split('"')[0]
    token = council.session.get(comptexpert.url + form, timeout=10).text
    token = token.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    council.session.post(f"{comptexpert.url}{form}radiation/", {"csrfmiddlewaretoken": token}, timeout=10)
    with time_machine.travel(timezone.now() + timedelta(hours=21)):
        check_memberships.call()
        worker.drain()
    person.refresh_from_db()
    assert accounts.rights(person, firm) == frozenset()
    assert [one.pk for one in accounts.departures()] == [person.pk]
    tags = [entry.tag for entry in evidence.history(person=str(person.pk))]
    assert tags == ["person:signed-in", "person:rights-ended"]
    assert accounts.rights(Person.objects.get(given_name="Inès"), cast.firm(cast.MARTIN)) == {"seal"}


def test_who_is_still_what_he_was_keeps_it_and_is_asked_about_once_a_day(other: OtherProvider, alice: Person) -> None:
    told(other, 200, user())
    assert accounts.check_people() == alice.pk
    alice.refresh_from_db()
    assert timezone.now() - alice.confirmed_at < timedelta(minutes=1)
    assert (alice.left_at, alice.email) == (None, cast.ALICE.email)
    asked = len(other.asked)
    assert accounts.check_people() == 0
    assert len(other.asked) == asked


@pytest.mark.parametrize("answer", [(404, ERROR), (200, user(active=False))], ids=["unknown", "inactive"])
def test_whom_the_directory_knows_no_more_has_no_rights(other: OtherProvider, alice: Person, answer: Any) -> None:
    told(other, *answer)
    accounts.check_people()
    alice.refresh_from_db()
    assert accounts.firms_of(alice) == []
    assert not accounts.is_on_roll(alice)
    assert alice.full_name == "Alice Martin"


@pytest.mark.parametrize(
    "answer",
    [
        (404, b"<html>a wrong address"),
        (500, {}),
        (200, b"["),
        (200, user(id="mallory")),
        (200, user(active="yes")),
        (200, user(name="Alice")),
        (200, user(emails=[])),
        (200, {**user(), EXTENSION: None}),
        (200, {**user(), EXTENSION: {"firms": [{"siren": "1"}]}}),
        (200, b" " * 1_000_001),
    ],
)
def test_an_answer_that_cannot_be_read_takes_nothing_away(other: OtherProvider, alice: Person, answer: Any) -> None:
    told(other, *answer)
    with suppress(accounts.DirectoryUnreadable):
        accounts.check_people()
    alice.refresh_from_db()
    assert accounts.rights(alice, cast.firm(cast.MARTIN)) == set(accounts.RIGHTS)
    assert timezone.now() - alice.confirmed_at > timedelta(hours=23), "and confirms nothing"


def test_without_a_directory_nobody_is_asked_about(other: OtherProvider, alice: Person, settings: SiteSettings) -> None:
    settings.OIDC_DIRECTORY = ""
    assert accounts.check_people() == 0
    assert other.asked == []


def logout_token(other: OtherProvider, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": other.url, "aud": "paraphe", "iat": now, "exp": now + 120, "jti": "once", "sub": "alice", "sid": "s-1",
        "events": {EVENT: {}}, **changes,
    }  # fmt: skip
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": other.algorithm, "kid": "one"}, kept, other.signer, algorithms=[other.algorithm])


def signed_in_at(other: OtherProvider, client: Client, person: Person, sid: str) -> None:
    session = client.session
    session[PERSON_KEY] = person.pk
    session["session"] = str(accounts.open_session(person, address="", agent="", provider_session=sid))
    session.save()


def test_the_provider_ends_the_session_that_is_over_there(other: OtherProvider, alice: Person, client: Client) -> None:
    elsewhere = Client()
    signed_in_at(other, client, alice, "s-1")
    signed_in_at(other, elsewhere, alice, "s-2")
    answer = client.post("/connexion/fin/", {"logout_token": logout_token(other)})
    assert answer.status_code == 204
    assert "no-store" in answer["Cache-Control"]
    assert client.get(reverse("account")).status_code == 302
    assert elsewhere.get(reverse("account")).status_code == 200
    client = Client()
    signed_in_at(other, client, alice, "s-1")
    again = client.post("/connexion/fin/", {"logout_token": logout_token(other)})
    assert again.status_code == 204
    assert client.get(reverse("account")).status_code == 200, "the same token ends nothing again"
    client.post("/connexion/fin/", {"logout_token": logout_token(other, sid=None, jti="all")})
    assert [each.get(reverse("account")).status_code for each in (client, elsewhere)] == [302, 302]


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://mallory.example"},
        {"aud": "another"},
        {"nonce": "n"},
        {"events": {}},
        {"events": [EVENT]},
        {"sub": None, "sid": None},
        {"jti": None},
        {"exp": 1},
        {"iat": 1},
        {"iat": "now"},
        {"sid": 7},
    ],
    ids=str,
)
def test_a_token_that_proves_nothing_ends_nothing(
    other: OtherProvider, alice: Person, client: Client, changes: dict[str, Any]
) -> None:
    signed_in_at(other, client, alice, "s-1")
    assert client.post("/connexion/fin/", {"logout_token": logout_token(other, **changes)}).status_code == 400
    assert Session.objects.filter(ended_at=None).count() == 1


def test_nor_does_one_that_is_not_signed_by_the_provider(other: OtherProvider, alice: Person, client: Client) -> None:
    signed_in_at(other, client, alice, "s-1")
    other.sign_with_the_client_secret()
    for token in (logout_token(other), "", "a.b.c"):
        assert client.post("/connexion/fin/", {"logout_token": token}).status_code == 400
    assert client.get("/connexion/fin/").status_code == 405
    assert Session.objects.filter(ended_at=None).count() == 1
