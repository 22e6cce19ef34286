"""The pages people see at Comptexpert."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from paraphe.comptexpert.identity.models import Account, Attempt
from tests.comptexpert.conftest import App
from tests.support.cast import ALICE, BOB, CHLOE, ETIENNE, JEANNE, MALLORY, MARC, PAUL

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def number_of(identifier: str) -> int:
    return Account.objects.get(identifier=identifier).pk


def test_alice_sees_what_is_known_of_her(app: App) -> None:
    assert app.browser.get("/")["Location"] == "/connexion/?next=%2F"
    assert app.sign_in(ALICE).status_code == 302
    page = app.browser.get("/").content.decode()
    for seen in (ALICE.email, ALICE.roll_number, "Cabinet Martin", "DÉMONSTRATION"):
        assert seen in page
    assert "Membres de ma région" not in page


def test_bob_sees_his_delegations(app: App) -> None:
    app.sign_in(BOB)
    page = app.browser.get("/").content.decode()
    assert "signer, préparer (par Alice Martin)" in " ".join(page.split())


def test_a_wrong_password_says_neither_what_was_wrong_nor_who_exists(app: App) -> None:
    wrong = app.sign_in(ALICE, password="guess")
    nobody = app.browser.post("/connexion/", {"identifier": "nobody", "password": "guess", "next": "/"})
    for answer in (wrong, nobody):
        assert answer.status_code == 422
        assert "Identifiant ou mot de passe incorrect." in answer.content.decode()
    assert "guess" not in wrong.content.decode()


def test_the_identifier_may_be_typed_with_capitals_and_blanks(app: App) -> None:
    answer = app.browser.post(
        "/connexion/", {"identifier": " Alice.Martin ", "password": app.passwords["alice.martin"], "next": "/"}
    )
    assert answer.status_code == 302


def test_guessing_is_slowed_down_even_with_the_right_password_at_last(app: App) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(5):
            assert app.sign_in(ALICE, password="guess").status_code == 422
        answer = app.sign_in(ALICE)
        assert answer.status_code == 429
        assert "15 minutes" in answer.content.decode()
        assert app.sign_in(BOB).status_code == 302
        clock.shift(timedelta(minutes=15))
        assert app.sign_in(ALICE).status_code == 302


def test_an_address_that_tries_everybody_is_slowed_down_too(app: App) -> None:
    with time_machine.travel(NOW, tick=False):
        for number in range(50):
            app.browser.post("/connexion/", {"identifier": f"person{number}", "password": "guess", "next": "/"})
        assert app.sign_in(ALICE).status_code == 429
        elsewhere = Client(REMOTE_ADDR="192.0.2.9")
        words = {"identifier": "alice.martin", "password": app.passwords["alice.martin"], "next": "/"}
        assert elsewhere.post("/connexion/", words).status_code == 302


def test_a_successful_sign_in_clears_the_slate(app: App) -> None:
    for _ in range(4):
        app.sign_in(ALICE, password="guess")
    app.sign_in(ALICE)
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "evil"]
)
def test_sign_in_leads_to_no_other_site(app: App, target: str) -> None:
    assert app.sign_in(ALICE, target)["Location"] == "/"


def test_the_session_is_a_new_one_after_sign_in(app: App) -> None:
    app.sign_in(ALICE)
    before = app.browser.cookies["paraphe_comptexpert_session"].value
    app.sign_in(BOB)
    assert app.browser.cookies["paraphe_comptexpert_session"].value != before


def test_signing_out_ends_it(app: App) -> None:
    app.sign_in(ALICE)
    assert app.browser.get("/deconnexion/").status_code == 405
    app.browser.post("/deconnexion/")
    assert app.browser.get("/").status_code == 302
    assert "Vous êtes déconnecté" in app.browser.get("/au-revoir/").content.decode()


def test_forms_need_their_token(app: App) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/connexion/", {"identifier": "a", "password": "b"}).status_code == 403
    assert strict.post("/deconnexion/").status_code == 403


@pytest.mark.parametrize("council", [JEANNE, MARC], ids=lambda person: person.identifier)
def test_the_council_corrects_pauls_email(app: App, council: object) -> None:
    app.sign_in(council)  # type: ignore[arg-type]
    listing = app.browser.get("/conseil/").content.decode()
    assert PAUL.email in listing
    assert ETIENNE.family_name in listing
    assert CHLOE.family_name not in listing
    address = f"/conseil/{number_of(PAUL.identifier)}/"
    assert PAUL.email in app.browser.get(address).content.decode()
    right = {"given_name": "Paul", "family_name": "Garnier", "email": "paul.garnier@garnier-expertise.example"}
    answer = app.browser.post(address, right, follow=True)
    assert "Paul Garnier le verra à sa prochaine connexion" in answer.content.decode()
    assert Account.objects.get(identifier=PAUL.identifier).email == right["email"]
    assert "Dernière correction" in app.browser.get(address).content.decode()
    assert "Rien n&#x27;a changé" in app.browser.post(address, right, follow=True).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "paul"), ("email", ""), ("given_name", "   "), ("family_name", "G" * 101), ("given_name", "Pa\x07ul")],
)
def test_a_correction_must_make_sense(app: App, field: str, value: str) -> None:
    app.sign_in(JEANNE)
    words = {"given_name": "Paul", "family_name": "Garnier", "email": "p@garnier.example", field: value}
    assert app.browser.post(f"/conseil/{number_of(PAUL.identifier)}/", words).status_code == 422
    assert Account.objects.get(identifier=PAUL.identifier).email == PAUL.email


@pytest.mark.parametrize("person", [ALICE, BOB, MALLORY, PAUL], ids=lambda person: person.identifier)
def test_only_a_council_corrects(app: App, person: object) -> None:
    app.sign_in(person)  # type: ignore[arg-type]
    address = f"/conseil/{number_of(PAUL.identifier)}/"
    right = {"given_name": "Paul", "family_name": "Garnier", "email": "mallory@evil.example"}
    assert app.browser.get("/conseil/").status_code == 404
    assert app.browser.get(address).status_code == 404
    assert app.browser.post(address, right).status_code == 404
    assert Account.objects.get(identifier=PAUL.identifier).email == PAUL.email


def test_a_council_corrects_members_of_its_region_only(app: App) -> None:
    Account.objects.filter(identifier=PAUL.identifier).update(roll_region="Bretagne")
    app.sign_in(JEANNE)
    for identifier in (PAUL.identifier, BOB.identifier):
        assert app.browser.get(f"/conseil/{number_of(identifier)}/").status_code == 404


def test_pages_speak_english_too(app: App) -> None:
    app.browser.post("/i18n/setlang/", {"language": "en", "next": "/connexion/"})
    page = app.browser.get("/connexion/").content.decode()
    assert "Sign in" in page
    assert "Mot de passe" not in page


def test_pages_of_a_person_are_kept_by_no_cache(app: App) -> None:
    app.sign_in(ALICE)
    assert "no-store" in app.browser.get("/")["Cache-Control"]
