"""What Alice and the officers see of the machine's reading."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from paraphe.proofing.api import Difference, Finding, Reason, Verdict
from paraphe.trust.enrolment.models import Enrolment
from paraphe.trust.ra import api as ra
from paraphe.trust.ra import reading
from tests.support import readers
from tests.support.outbox import messages_to
from tests.trust.conftest import SiteSettings
from tests.trust.pages.holder import EMAIL, Holder, Platform, side

pytestmark = pytest.mark.django_db
PASSWORD = "a long password for tests"


@pytest.fixture(autouse=True)
def read_by_machine(settings: SiteSettings) -> None:
    settings.IDENTITY_READER = readers.READER


@pytest.fixture
def alice() -> Holder:
    holder = Holder()
    holder.enter(Platform().enrol()["url"])
    holder.post("kind/", kind="identity_card")
    for name in ("front", "back"):
        holder.send(name, side(name))
    holder.post("check/")
    return holder


def officer(name: str, *roles: str) -> Client:
    made = ra.create_officer(f"{name.lower()}@confiance.example", name, PASSWORD, roles=list(roles))
    browser = Client()
    browser.post("/officer/account/login/", {"login": made.email, "password": PASSWORD})
    return browser


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("&#x27;", "'").replace("\N{NO-BREAK SPACE}", " ").split())


def case() -> ra.IdentityCase:
    found = ra.case_of(Enrolment.objects.get().subject)
    assert found is not None
    return found


def machine_reads(verdict: Verdict) -> None:
    readers.says(verdict)
    waiting = case()
    reading.read_document.func(str(waiting.id), waiting.round)


def test_the_page_waits_for_the_machine_and_goes_on_to_the_officers(alice: Holder) -> None:
    assert alice.here() == "reading"
    assert "Nous lisons votre document" in text(alice.get("reading/"))
    assert alice.get("progress/?at=reading").status_code == 204
    machine_reads(readers.ACCEPTED)
    assert "/review/" in alice.get("progress/?at=reading")["HX-Redirect"]
    assert alice.here() == "review"
    assert alice.get("progress/?at=review").status_code == 204
    assert alice.get("reading/")["Location"].endswith("/review/")


def test_alice_is_asked_for_the_back_again_and_told_why_without_an_email(alice: Holder) -> None:
    before = len(messages_to(EMAIL))
    machine_reads(readers.CUT_BACK)
    assert "/back/" in alice.get("progress/?at=reading")["HX-Redirect"]
    page = text(alice.get("back/"))
    assert "Une partie du document est hors du cadre" in page
    assert "hors du cadre" not in text(alice.get("front/"))
    assert len(messages_to(EMAIL)) == before
    alice.send("back", side("back"))
    alice.post("check/")
    assert alice.here() == "reading"


def test_somebody_who_closed_the_page_gets_an_email(alice: Holder) -> None:
    from paraphe.trust.enrolment import api as enrolment

    before = len(messages_to(EMAIL))
    machine_reads(readers.EXPIRED)
    enrolment.sweep()
    assert len(messages_to(EMAIL)) == before + 1


def test_an_invited_client_whose_name_was_misspelt_is_led_back_to_have_it_corrected() -> None:
    platform, subject = Platform(), {"given_name": "Alice", "surname": "Martine", "email": EMAIL}
    made = platform.enrol(kind="invited", subject=subject)
    client = Holder()
    client.enter(made["url"])
    assert "Ce nom n'est pas exactement le vôtre ?" in text(client.get("kind/"))
    client.post("kind/", kind="identity_card")
    for name in ("front", "back"):
        client.send(name, side(name))
    client.post("check/")
    values = {"seen": "MARTIN ALICE", "expected": "Martine Alice"}
    machine_reads(readers.ACCEPTED.with_findings([Finding(Reason.NAME_MISMATCH, "back", values=values)]))
    page = text(client.get("front/"))
    assert "« MARTIN ALICE » au lieu de « Martine Alice »" in page
    assert f"request={made['id']}&amp;state=opaque" in page
    assert "Revenir au document et faire corriger mon nom" in page
    told = platform.status(made["id"])
    # Which part it is, and nothing of what stands on the card.
    assert (told["status"], told["reason"]["code"], told["reason"]["fields"]) == (
        "documents",
        "name_mismatch",
        ["surname"],
    )
    assert "MARTIN ALICE" not in str(told)


def test_alice_may_choose_another_kind_when_hers_was_not_the_one_she_said(alice: Holder) -> None:
    machine_reads(readers.ACCEPTED.with_findings([Finding(Reason.KIND_MISMATCH, "back")]))
    assert alice.here() == "front"
    assert "n'est pas celui que vous avez annoncé" in text(alice.get("front/"))
    alice.post("kind/", kind="passport")
    assert alice.here() == "front"


def test_the_officer_sees_what_was_read_and_two_clicks_are_enough(alice: Holder) -> None:
    odile = officer("Odile", "registration")
    machine_reads(readers.ACCEPTED)
    assert "Tout concorde" in text(odile.get("/officer/"))
    path = f"/officer/cases/{case().id}/"
    page = odile.get(path)
    shown = text(page)
    for expected in (
        "Lecture automatique",
        "C81GL5KC4",
        "IDFRAC81GL5KC49",
        "Nom imprimé" if False else "Clé du numéro",
    ):
        assert expected in shown
    form = page.context["form"]
    assert set(form.initial["checklist"]) == {"same_name", "sides_match"}
    assert "looks_genuine" not in form.initial["checklist"]
    assert odile.get(f"{path}front-flat.jpg").status_code in (200, 404)


def test_differences_are_marked_and_said_in_words(alice: Holder) -> None:
    odile = officer("Odile", "registration")
    doubtful = replace(
        readers.ACCEPTED,
        data=replace(readers.CARD, surname="MARTEN"),
        confidences=((0.99,) * 8 + (0.5,) + (0.99,) * 21,),
        differences=(Difference(0, 5, "C", "G", 0.71),),
    ).with_findings([Finding(Reason.READERS_DISAGREE, "back", ((0, 0), (1, 0), (1, 1), (0, 1)), {"count": "1"})])
    machine_reads(doubtful)
    shown = text(odile.get(f"/officer/cases/{case().id}/"))
    assert "Ligne 1, position 6 : « C », et « G » pour le second lecteur" in shown
    assert "<mark>E</mark>" in shown
    assert "confiance 0,50" in shown or "confiance 0.50" in shown
    assert "1 caractère(s) à comparer" in shown
    assert '<polygon points="0.00,0.00 100.00,0.00' in shown
    assert "1 réserve" in text(odile.get("/officer/"))


def test_after_a_decision_the_next_case_opens(alice: Holder) -> None:
    odile = officer("Odile", "registration")
    machine_reads(readers.ACCEPTED)
    first = case()
    second = Holder()
    second.enter(Platform().enrol(reference="another")["url"])
    second.post("kind/", kind="passport")
    second.send("front", side("front"))
    second.post("check/")
    other = ra.IdentityCase.objects.exclude(id=first.id).get()
    reading.read_document.func(str(other.id), other.round)
    answer = odile.post(f"/officer/cases/{first.id}/", {"verdict": "approve", "checklist": list(ra.CHECKLIST)})
    assert answer["Location"] == f"/officer/cases/{other.id}/"


def test_the_figures_and_the_switch(alice: Holder) -> None:
    odile, carl, dora = officer("Odile", "registration"), officer("Carl", "operator"), officer("Dora", "operator")
    aude = officer("Aude", "auditor")
    machine_reads(readers.ACCEPTED)
    odile.post(f"/officer/cases/{case().id}/", {"verdict": "approve", "checklist": list(ra.CHECKLIST)})
    for reader in (odile, aude):
        assert "Proposer l'acceptation" not in text(reader.get("/officer/figures/"))
    page = text(carl.get("/officer/figures/"))
    assert "97,5 %" in page  # upper bound of no error in one case
    assert "Les chiffres ne suffisent pas encore" in page
    path = "/officer/figures/fr_identity_card_2021/"
    assert carl.post(path, {"verb": "on", "share": "25"})["Location"] == "/officer/proposals/"
    assert "Accepter par machine" in text(dora.get("/officer/proposals/"))
    (proposal,) = ra.waiting()
    dora.post(f"/officer/proposals/{proposal.id}/", {"verdict": "confirm"})
    assert ra.acceptance()["fr_identity_card_2021"].enabled
    assert "acceptation automatique, 25 % aux agents" in text(aude.get("/officer/figures/"))
    assert carl.post(path, {"verb": "off"})["Location"] == "/officer/figures/"
    assert not ra.acceptance()["fr_identity_card_2021"].enabled


@pytest.mark.parametrize(("profile", "share"), [("driving_licence", "20"), ("passport", "5"), ("passport", "all")])
def test_a_switch_that_cannot_be_is_explained(profile: str, share: str) -> None:
    carl = officer("Carl", "operator")
    answer = carl.post(f"/officer/figures/{profile}/", {"verb": "on", "share": share}, follow=True)
    assert "toujours examiné" in text(answer)
    assert ra.waiting() == []


def test_the_camera_may_be_used_on_the_page_of_the_photograph_only(alice: Holder) -> None:
    machine_reads(readers.CUT_BACK)
    alice.get("progress/?at=reading")
    assert alice.get("back/")["Permissions-Policy"].startswith("camera=(self)")
