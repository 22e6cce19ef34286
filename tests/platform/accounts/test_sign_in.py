"""Signing in over the wire: at the real Comptexpert, and what is refused of a provider that does wrong."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from joserfc.jwk import RSAKey

from paraphe.platform.accounts import openid
from paraphe.platform.accounts.models import Person
from paraphe.platform.evidence import api as evidence
from paraphe.platform.web.account.access import PERSON_KEY
from tests.platform.accounts.conftest import OtherProvider, SiteSettings
from tests.support.cast import ALICE, BOB, JEANNE, MALLORY, PAUL
from tests.support.live_comptexpert import Browser, LiveComptexpert

pytestmark = pytest.mark.django_db


def begin(client: Client, target: str = "") -> str:
    answer = client.post("/connexion/comptexpert/", {"next": target})
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def words_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def nobody_is_signed_in(client: Client) -> bool:
    return PERSON_KEY not in client.session and not Person.objects.exists()


def test_alice_signs_in_at_comptexpert_and_arrives_where_she_was_going(
    client: Client, comptexpert: LiveComptexpert
) -> None:
    address = begin(client, "/documents/ajouter/")
    words = words_of(address)
    assert words["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= words.keys()
    assert words["ui_locales"] == "fr"
    back = Browser(comptexpert).sign_in(address, ALICE)
    answer = client.get(back)
    assert answer["Location"] == "/documents/ajouter/"
    person = Person.objects.get()
    assert (person.iss, person.given_name, person.email) == (comptexpert.url, "Alice", ALICE.email)
    assert person.sub != ALICE.identifier
    session = client.session
    assert session[PERSON_KEY] == person.pk
    assert session["proof"]["amr"] == ["pwd"]
    assert session["proof"].keys() == {"acr", "amr", "auth_time", "sid"}
    (entry,) = evidence.history(person=str(person.pk))
    assert entry.data["sid"] == session["proof"]["sid"]


def test_the_session_before_sign_in_is_not_the_one_after(client: Client, comptexpert: LiveComptexpert) -> None:
    address = begin(client)
    before = client.session.session_key
    client.get(Browser(comptexpert).sign_in(address, ALICE))
    assert client.session.session_key != before


def test_a_correction_of_the_council_arrives_at_the_next_sign_in(comptexpert: LiveComptexpert) -> None:
    client = Client()
    client.get(Browser(comptexpert).sign_in(begin(client), PAUL))
    assert Person.objects.get().email == PAUL.email
    council = Browser(comptexpert)
    council.sign_in(begin(Client()), JEANNE)
    listing = council.session.get(f"{comptexpert.url}/conseil/", timeout=10).text
    form = listing.split("Paul Garnier")[1].split('href="')[1].split('"')[0]
    page = council.session.get(comptexpert.url + form, timeout=10).text
    token = page.split('name="csrfmiddlewaretoken" value="')[-1].split('"')[0]
    right = {"given_name": "Paul", "family_name": "Garnier", "email": "paul.garnier@garnier-expertise.example"}
    answer = council.session.post(comptexpert.url + form, {**right, "csrfmiddlewaretoken": token}, timeout=10)
    assert "prochaine connexion" in answer.text
    again = Client()
    again.get(Browser(comptexpert).sign_in(begin(again), PAUL))
    assert Person.objects.get().email == right["email"]


def test_who_is_signed_in_at_comptexpert_types_nothing_again(comptexpert: LiveComptexpert) -> None:
    browser = Browser(comptexpert)
    first, second = Client(), Client()
    first.get(browser.sign_in(begin(first), BOB))
    answer = browser.go(begin(second))
    assert answer.is_redirect
    second.get(answer.headers["Location"].removeprefix("http://localhost:8000"))
    assert second.session[PERSON_KEY] == first.session[PERSON_KEY]


def test_signing_out_ends_both_sessions(client: Client, comptexpert: LiveComptexpert) -> None:
    browser = Browser(comptexpert)
    client.get(browser.sign_in(begin(client), ALICE))
    answer = client.post("/deconnexion/")
    assert PERSON_KEY not in client.session
    assert answer["Location"].startswith(f"{comptexpert.url}/logout?")
    assert browser.go(answer["Location"]).headers["Location"] == "http://localhost:8000/"
    assert not browser.go(begin(client)).is_redirect
    assert [entry.tag for entry in evidence.history(person=str(Person.objects.get().pk))] == [
        "person:signed-in",
        "person:signed-out",
    ]


def test_a_replayed_return_changes_nothing(client: Client, comptexpert: LiveComptexpert) -> None:
    back = Browser(comptexpert).sign_in(begin(client), ALICE)
    client.get(back)
    alice = client.session[PERSON_KEY]
    assert client.get(back).status_code == 302
    assert client.session[PERSON_KEY] == alice
    stranger = Client()
    answer = stranger.get(back)
    assert answer.status_code == 409
    assert "plus valable" in answer.content.decode()
    assert PERSON_KEY not in stranger.session


def test_mallorys_return_address_does_not_sign_alice_in_as_mallory(comptexpert: LiveComptexpert) -> None:
    mallory, alice = Client(), Client()
    back = Browser(comptexpert).sign_in(begin(mallory), MALLORY)
    begin(alice)
    assert alice.get(back).status_code == 409
    assert nobody_is_signed_in(alice)


def test_two_tabs_end_with_one_person(client: Client, comptexpert: LiveComptexpert) -> None:
    browser = Browser(comptexpert)
    one, two = begin(client, "/espace/"), begin(client, "/cabinets/")
    first, second = browser.sign_in(one, ALICE), browser.sign_in(two, ALICE)
    assert client.get(second)["Location"] == "/cabinets/"
    assert client.get(first)["Location"] == "/espace/"
    assert Person.objects.count() == 1


def test_another_person_in_the_same_browser_inherits_nothing(client: Client, comptexpert: LiveComptexpert) -> None:
    client.get(Browser(comptexpert).sign_in(begin(client), ALICE))
    session = client.session
    session["firm"] = 7
    session.save()
    client.get(Browser(comptexpert).sign_in(begin(client), BOB))
    assert "firm" not in client.session
    assert Person.objects.get(pk=client.session[PERSON_KEY]).given_name == "Bob"


def come_back(client: Client, other: OtherProvider, target: str = "", **words: str) -> Any:
    """Begin a sign-in at the other provider and come back with a code; ``words`` change the address."""
    asked = words_of(begin(client, target))
    other.nonce = asked["nonce"]
    return client.get("/connexion/retour/", {"code": "c", "state": asked["state"], **words})


def test_another_provider_can_be_set_by_its_discovery_document(client: Client, other: OtherProvider) -> None:
    answer = come_back(client, other, "/espace/")
    assert answer["Location"] == "/espace/"
    assert Person.objects.get().given_name == "Alice"
    (asked,) = other.asked
    assert asked["Authorization"].startswith("Basic ")
    assert "code_verifier=" in asked["body"]


def test_claims_may_all_be_in_the_id_token(client: Client, other: OtherProvider) -> None:
    other.metadata = {"userinfo_endpoint": None}
    other.id_claims = other.person
    come_back(client, other)
    assert Person.objects.get().family_name == "Martin"


def test_a_provider_that_wants_the_secret_in_the_body_gets_it_there(client: Client, other: OtherProvider) -> None:
    other.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    come_back(client, other)
    assert Person.objects.exists()
    assert "client_secret=" in other.asked[0]["body"]


def test_claims_under_other_names(client: Client, other: OtherProvider, provider_settings: SiteSettings) -> None:
    provider_settings.OIDC_CLAIM_NAMES = {"given_name": "prenom"}
    other.person["prenom"] = other.person.pop("given_name")
    come_back(client, other)
    assert Person.objects.get().given_name == "Alice"


def test_a_provider_that_knows_nothing_of_firms(client: Client, other: OtherProvider) -> None:
    other.person = {name: value for name, value in other.person.items() if not name.startswith("paraphe_")}
    come_back(client, other)
    answer = client.get("/sans-acces/")
    assert answer.status_code == 403
    assert "conseil régional" in answer.content.decode()


@pytest.mark.parametrize(
    ("bend", "reason"),
    [
        (lambda other: other.token.update(id_token=None), "no id token"),
        (lambda other: setattr(other, "wrong_nonce", "n" * 30), "wrong nonce"),
        (lambda other: setattr(other, "without", ("nonce",)), "no nonce"),
        (lambda other: other.id_claims.update(iss="https://evil.example"), "foreign issuer"),
        (lambda other: other.id_claims.update(aud="another"), "foreign audience"),
        (lambda other: other.id_claims.update(aud=["another"], azp="paraphe"), "foreign audience, our party"),
        (lambda other: other.id_claims.update(aud=["paraphe", "another"]), "no authorised party"),
        (lambda other: other.id_claims.update(aud=["paraphe", "x"], azp="x"), "other authorised party"),
        (lambda other: other.id_claims.update(exp=1_700_000_000), "expired"),
        (lambda other: other.id_claims.update(nbf=4_000_000_000), "not yet valid"),
        (lambda other: setattr(other, "without", ("exp",)), "no expiry"),
        (lambda other: setattr(other, "without", ("sub",)), "no subject"),
        (lambda other: other.id_claims.update(sub=""), "empty subject"),
        (lambda other: other.id_claims.update(at_hash="x"), "hash of another access token"),
        (lambda other: setattr(other, "signer", RSAKey.generate_key(2048)), "another key"),
        (lambda other: other.sign_with_the_client_secret(), "signed by the shared secret"),
        (lambda other: setattr(other, "algorithm", "none"), "unsigned"),
        (lambda other: other.token.update(id_token="a.b.c"), "garbage"),
        (lambda other: other.token.update(id_token=7), "not even text"),
        (lambda other: other.person.update(sub="mallory"), "userinfo of somebody else"),
        (lambda other: other.person.pop("sub"), "userinfo of nobody"),
        (lambda other: other.answers.update({"/token": (400, "application/json", b'{"error":"invalid_grant"}')}), ""),
    ],
)  # fmt: skip
def test_what_does_not_prove_who_signed_in_signs_nobody_in(
    client: Client, other: OtherProvider, bend: Any, reason: str
) -> None:
    if "unsigned" in reason or "shared" in reason:
        other.metadata = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
    bend(other)
    answer = come_back(client, other)
    assert answer.status_code in (403, 503), reason
    assert "Recommencer" in answer.content.decode() or "Réessayer" in answer.content.decode()
    assert nobody_is_signed_in(client)


def test_an_answer_that_names_another_issuer_is_refused(client: Client, other: OtherProvider) -> None:
    assert come_back(client, other, iss="https://evil.example").status_code == 403
    other.metadata = {"authorization_response_iss_parameter_supported": True}
    openid._discovered.clear()
    assert come_back(client, other).status_code == 403
    assert nobody_is_signed_in(client)
    assert come_back(client, other, iss=other.url).status_code == 302


@pytest.mark.parametrize("words", [{}, {"code": "c"}, {"code": "c", "state": ""}, {"code": "c", "state": "foreign"}])
def test_a_foreign_state_signs_nobody_in(client: Client, other: OtherProvider, words: dict[str, str]) -> None:
    begin(client)
    assert client.get("/connexion/retour/", words).status_code == 409
    assert nobody_is_signed_in(client)
    assert other.asked == []


def test_who_gives_up_at_the_provider_can_begin_again(client: Client, other: OtherProvider) -> None:
    state = words_of(begin(client))["state"]
    words = {"error": "access_denied", "error_description": "<script>alert(1)</script>", "state": state}
    answer = client.get("/connexion/retour/", words)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "abandonnée" in page
    assert "alert(1)" not in page
    assert other.asked == []


def test_an_error_with_a_foreign_state_is_stale(client: Client, other: OtherProvider) -> None:
    begin(client)
    assert client.get("/connexion/retour/", {"error": "access_denied", "state": "x"}).status_code == 409


@pytest.mark.parametrize(
    "answer",
    [
        (500, "text/html", b"<h1>Oops</h1>"),
        (200, "text/html", b"<h1>A proxy</h1>"),
        (200, "application/json", b"[]"),
        (200, "application/json", b'{"issuer": "https://evil.example"}'),
        (404, "text/plain", b""),
    ],
)
def test_a_provider_that_does_not_answer_as_one(client: Client, other: OtherProvider, answer: Any) -> None:
    other.answers["/.well-known/openid-configuration"] = answer
    page = client.post("/connexion/comptexpert/", {"next": "/espace/"})
    assert page.status_code == 503
    assert "ne répond pas" in page.content.decode()
    assert 'value="/espace/"' in page.content.decode()
    other.answers.clear()
    assert client.post("/connexion/comptexpert/").status_code == 302


@pytest.mark.parametrize("path", ["/token", "/jwks", "/userinfo"])
@pytest.mark.parametrize("body", [(500, "text/html", b"x"), (200, "text/html", b"x"), (200, "application/json", b"[]")])
def test_a_provider_that_breaks_half_way(client: Client, other: OtherProvider, path: str, body: Any) -> None:
    other.answers[path] = body
    assert come_back(client, other).status_code in (403, 503)
    assert nobody_is_signed_in(client)


def test_a_provider_that_is_down(client: Client, provider_settings: SiteSettings) -> None:
    provider_settings.OIDC_ISSUER = "http://localhost:9"
    answer = client.post("/connexion/comptexpert/")
    assert answer.status_code == 503
    assert "Réessayer" in answer.content.decode()


def test_signing_out_here_works_while_the_provider_is_down(
    client: Client, other: OtherProvider, provider_settings: SiteSettings
) -> None:
    come_back(client, other)
    provider_settings.OIDC_ISSUER = "http://localhost:9"
    assert client.post("/deconnexion/")["Location"] == "/"
    assert PERSON_KEY not in client.session


@pytest.mark.parametrize(
    ("name", "value"), [("email", ""), ("given_name", None), ("paraphe_firms", "x"), ("paraphe_roll", [])]
)
def test_claims_that_cannot_be_used_are_named(client: Client, other: OtherProvider, name: str, value: object) -> None:
    other.person[name] = value
    answer = come_back(client, other)
    assert answer.status_code == 403
    assert name in answer.content.decode()
    assert nobody_is_signed_in(client)


def test_no_token_reaches_a_page_or_an_address(client: Client, other: OtherProvider) -> None:
    answer = come_back(client, other, "/cabinets/")
    assert "token" not in answer["Location"]
    assert requests.codes.found == answer.status_code
