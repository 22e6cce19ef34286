"""Who may come in, for which firm, and where others are led."""

import pytest
from django.test import Client

from paraphe.platform.accounts.models import Person
from paraphe.platform.web.account.access import PERSON_KEY
from tests.support.cast import ALICE, BOB, ETIENNE, LE_GALL, MALLORY, MARTIN, NORA, OCEAN, firm, sign_in, sign_in_client

pytestmark = pytest.mark.django_db


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(client: Client) -> None:
    answer = client.get("/cabinets/?next=/espace/")
    assert answer["Location"] == "/connexion/?next=%2Fcabinets%2F%3Fnext%3D%2Fespace%2F"
    assert 'value="/cabinets/?next=/espace/"' in client.get(answer["Location"]).content.decode()


def test_a_form_that_was_sent_too_late_leads_to_sign_in_without_being_repeated(client: Client) -> None:
    assert client.post("/cabinets/", {"firm": "1"})["Location"] == "/connexion/"


def test_htmx_is_led_to_sign_in_as_a_whole_page(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/espace/"}
    answer = client.get("/cabinets/", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/connexion/?next=%2Fespace%2F")
    foreign = client.get("/cabinets/", headers={**headers, "HX-Current-URL": "https://evil.example/x"})
    assert foreign["HX-Redirect"] == "/connexion/"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_other_site_is_gone_to_after_sign_in(client: Client, target: str) -> None:
    assert 'name="next" value=""' in client.get("/connexion/", {"next": target}).content.decode()
    sign_in_client(client, ALICE)
    assert client.get("/connexion/", {"next": target})["Location"] == "/espace/"


def test_the_sign_in_page_explains_and_speaks_english(client: Client) -> None:
    page = client.get("/connexion/").content.decode()
    assert "Continuer avec Comptexpert" in page
    assert "CROEC" in page
    english = client.get("/connexion/", headers={"Accept-Language": "en"}).content.decode()
    assert "Continue with Comptexpert" in english


def test_a_person_who_is_gone_is_signed_out(client: Client) -> None:
    sign_in_client(client, NORA)
    Person.objects.all().delete()
    assert client.get("/cabinets/").status_code == 302
    assert PERSON_KEY not in client.session


def test_pages_of_a_person_are_kept_by_no_cache(client: Client) -> None:
    sign_in_client(client, ETIENNE)
    assert "no-store" in client.get("/cabinets/")["Cache-Control"]


def test_etienne_chooses_one_of_his_three_firms(client: Client) -> None:
    sign_in_client(client, ETIENNE)
    page = client.get("/cabinets/").content.decode()
    assert page.count('name="firm"') == 3
    answer = client.post("/cabinets/", {"firm": str(firm(OCEAN).pk), "next": "/documents/ajouter/"})
    assert answer["Location"] == "/documents/ajouter/"
    assert client.session["firm"] == firm(OCEAN).pk
    assert "Cabinet actuel" in client.get("/cabinets/").content.decode()


@pytest.mark.parametrize("wrong", ["", "0", "x", "-1", "99999999999999999999"])
def test_a_choice_that_is_none_is_asked_again(client: Client, wrong: str) -> None:
    sign_in_client(client, ETIENNE)
    answer = client.post("/cabinets/", {"firm": wrong})
    assert answer.status_code == 422
    assert "firm" not in client.session


def test_nobody_chooses_the_firm_of_somebody_else(client: Client) -> None:
    sign_in(ALICE)
    sign_in_client(client, ETIENNE)
    assert client.post("/cabinets/", {"firm": str(firm(MARTIN).pk)}).status_code == 422
    session = client.session
    session["firm"] = firm(MARTIN).pk
    session.save()
    assert "Cabinet actuel" not in client.get("/cabinets/").content.decode()


def test_a_choice_ends_with_the_right(client: Client) -> None:
    sign_in_client(client, ETIENNE)
    client.post("/cabinets/", {"firm": str(firm(LE_GALL).pk)})
    sign_in(ETIENNE, paraphe_firms=[OCEAN.claim("accountant")])
    page = client.get("/cabinets/").content.decode()
    assert page.count('name="firm"') == 1
    assert "Océan Audit" in page


def test_nora_is_told_why_and_whom_to_ask(client: Client) -> None:
    sign_in_client(client, NORA)
    answer = client.get("/sans-acces/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "aucune délégation" in page
    assert "expert-comptable de votre cabinet" in page
    assert "Cabinet Martin" in page
    assert client.get("/cabinets/")["Location"] == "/sans-acces/"


def test_mallory_is_told_why_and_whom_to_ask(client: Client) -> None:
    sign_in_client(client, MALLORY)
    page = client.get("/sans-acces/").content.decode()
    assert "inscrits au tableau" in page
    assert "conseil régional" in page
    assert "Cabinet" not in page.split("<main")[1].split("</main")[0]


def test_alice_without_a_firm_is_told_whom_to_ask(client: Client) -> None:
    sign_in_client(client, ALICE, paraphe_firms=[])
    assert "rattache votre cabinet" in client.get("/sans-acces/").content.decode()


def test_who_has_access_is_not_told_otherwise(client: Client) -> None:
    sign_in_client(client, BOB)
    assert client.get("/sans-acces/")["Location"] == "/espace/"


def test_signing_out_needs_a_form_with_its_token(client: Client) -> None:
    sign_in_client(client, ALICE)
    assert client.get("/deconnexion/").status_code == 405
    assert client.post("/deconnexion/")["Location"] == "/"
    strict = Client(enforce_csrf_checks=True)
    sign_in_client(strict, ALICE)
    assert strict.post("/deconnexion/").status_code == 403
    assert PERSON_KEY in strict.session
    assert strict.post("/connexion/comptexpert/").status_code == 403
