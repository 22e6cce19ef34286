"""The pages of those who are invited: by the link and no other way, from the first page to the thanks."""

import html
import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import links
from paraphe.platform.envelopes.boxes import data_of
from paraphe.platform.envelopes.models import Ceremony, Envelope, Field, Recipient
from paraphe.platform.evidence import api as evidence
from tests.platform.envelopes.support import desk
from tests.platform.envelopes.test_boxes import INK, contract
from tests.platform.envelopes.test_ceremony import launched, started, with_boxes
from tests.platform.web.test_every_address import registered
from tests.support import cast
from tests.support.outbox import last_message_to
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


def address(envelope_id: uuid.UUID, given_name: str) -> str:
    recipient = Recipient.objects.exclude(state="replaced").get(envelope_id=envelope_id, given_name=given_name)
    return f"/signer/{links.token_of(recipient)}/"


def arrive(client: Client, envelope_id: uuid.UUID, given_name: str = "Claire") -> str:
    """Open the link; return the address of the ceremony."""
    answer = client.get(address(envelope_id, given_name))
    assert answer.status_code == 302
    return str(answer["Location"])


def read(client: Client, here: str) -> None:
    """See both pages of the letter, as the firm wants it unless it says otherwise."""
    assert client.post(here, {"pages_seen": "1,2"}).status_code == 302


def sign(client: Client, trust: SmallTrust, here: str, *, image: str = "", strokes: str = "") -> Any:
    """Read, agree and type the code; return the page after it."""
    read(client, here)
    page = client.get(f"{here}signer/").content.decode()
    shown = re.findall(r'name="text_sha256" value="([0-9a-f]{64})"', page)[0]
    agreed = client.post(f"{here}signer/", {"agree": "on", "text_sha256": shown, "drawn": image, "strokes": strokes})
    assert agreed["Location"] == f"{here}attente/", agreed.content.decode()
    away = client.get(f"{here}attente/")
    assert away["Location"].startswith(trust.url), away.content.decode()[:3000]
    state, code = trust.state_of(away["Location"]), trust.approve(away["Location"])
    back = client.get("/signer/retour/", {"state": state, "code": code})
    assert back["Location"] == here
    return client.get(here)


def test_claire_signs_on_her_way_and_takes_it_away(client: Client, trust: SmallTrust) -> None:
    envelope_id = started(("claire",))
    here = arrive(client, envelope_id)
    assert links.token_of(Recipient.objects.get()) not in here
    page = client.get(here).content.decode()
    assert "Cabinet vérifié, SIREN" in page
    assert "Alice Martin vous demande de signer" in page
    (image, *_) = re.findall(rf'src="({here}page/[^"]+)"', page)
    assert client.get(image).content.startswith(b"\x89PNG")
    thanks = sign(client, trust, here).content.decode()
    assert "Merci, c&#x27;est signé" in thanks or "Merci, c'est signé" in thanks
    document = envelopes.get(**desk().where, envelope_id=envelope_id).documents[0]
    assert client.get(f"{here}document/{document.id}/").content.startswith(b"%PDF")
    told = [entry.tag for entry in evidence.history(envelope=str(envelope_id))]
    assert told.index("ceremony:consented") < told.index("ceremony:digest-shown") < told.index("ceremony:signed")


@pytest.mark.parametrize(
    "name",
    [
        "ceremony",
        "ceremony-sign",
        "ceremony-wait",
        "ceremony-refuse",
        "ceremony-fill",
        "ceremony-ask",
        "ceremony-forward",
        "ceremony-deny",
        "ceremony-approve",
        "ceremony-logo",
    ],
)
def test_without_the_link_there_is_nothing(client: Client, trust: SmallTrust, name: str) -> None:
    envelope_id = started()
    arrive(client, envelope_id)
    denis = Recipient.objects.get(given_name="Denis")
    for number in (denis.pk, uuid.uuid4()):
        answer = client.get(reverse(name, args=[number]))
        assert answer.status_code == 404
        assert "Ce lien ne s" in answer.content.decode()
    assert Client().get(reverse(name, args=[denis.pk])).status_code == 404


@pytest.mark.parametrize("token", ["x", "0" * 64, "%00", "é"])
def test_a_wrong_link_is_a_friendly_page(client: Client, token: str) -> None:
    answer = client.get(f"/signer/{token}/")
    assert answer.status_code == 404
    assert "Ce lien ne s" in answer.content.decode()


def test_several_documents_are_asked_for_as_several(client: Client) -> None:
    page = client.get(arrive(client, desk().launched("claire").id)).content.decode()
    assert "vous demande de signer ce document. Lisez-le" in page
    page = client.get(arrive(client, desk().launched("claire", documents=2).id)).content.decode()
    assert "vous demande de signer ces 2 documents. Lisez-les" in page


def test_boxes_are_asked_for_and_what_is_wrong_stands_beside_them(client: Client, trust: SmallTrust) -> None:
    envelope_id = launched(desk(), with_boxes(desk()))
    here = arrive(client, envelope_id)
    assert client.post(here, {"pages_seen": "1,2"})["Location"] == f"{here}remplir/"
    assert client.get(f"{here}signer/")["Location"] == f"{here}remplir/"
    boxes = {one.kind: str(one.pk) for one in Field.objects.exclude(kind="signature")}
    wrong = client.post(f"{here}remplir/", {boxes["mention"]: "Lu", boxes["date"]: "demain"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "Recopiez exactement la mention" in page
    assert "Donnez une date" in page
    assert "Remplissez cette case" in page
    good = {
        boxes["text"]: "Évry",
        boxes["date"]: "2026-11-28",
        boxes["checkbox"]: "on",
        boxes["initials"]: "CV",
        boxes["mention"]: "Lu et approuvé",
    }
    assert client.post(f"{here}remplir/", good)["Location"] == f"{here}signer/"
    assert "Merci" in sign_from_here(client, trust, here)


def sign_from_here(client: Client, trust: SmallTrust, here: str) -> str:
    return str(sign(client, trust, here).content.decode())


def test_every_page_must_be_seen_where_the_firm_wants_it(client: Client, trust: SmallTrust) -> None:
    here = arrive(client, started(("claire",), read_all_pages=True))
    assert client.post(here, {"pages_seen": "1"})["Location"] == f"{here}lire/2/"
    assert client.post(here, {"pages_seen": "99,x,-1"})["Location"] == f"{here}lire/2/"
    page = client.get(f"{here}lire/2/").content.decode()
    assert "Page 2 sur 2" in page
    assert client.get(f"{here}lire/3/").status_code == 404
    assert client.post(here, {})["Location"] == f"{here}signer/"


def test_without_the_box_nothing_begins(client: Client, trust: SmallTrust) -> None:
    here = arrive(client, started(("claire",)))
    read(client, here)
    answer = client.post(f"{here}signer/", {"text_sha256": "0" * 64})
    assert answer.status_code == 422
    assert "Cochez la case" in answer.content.decode()
    answer = client.post(f"{here}signer/", {"agree": "on", "text_sha256": "0" * 64})
    assert "Le texte a changé" in answer.content.decode()
    assert client.get(f"{here}attente/")["Location"] == f"{here}signer/"


def test_the_second_waits_and_goes_on_by_himself(client: Client, trust: SmallTrust) -> None:
    envelope_id = started(parallel=True)
    phone = Client()
    here, there = arrive(client, envelope_id), arrive(phone, envelope_id, "Denis")
    for browser, place in ((client, here), (phone, there)):
        read(browser, place)
        page = browser.get(f"{place}signer/").content.decode()
        shown = re.findall(r'name="text_sha256" value="([0-9a-f]{64})"', page)[0]
        browser.post(f"{place}signer/", {"agree": "on", "text_sha256": shown})
    away = client.get(f"{here}attente/")["Location"]
    waits = phone.get(f"{there}attente/")
    assert (waits.status_code, waits["Refresh"]) == (200, "4")
    assert "Une autre personne est en train de signer" in waits.content.decode()
    client.get("/signer/retour/", {"state": trust.state_of(away), "code": trust.approve(away)})
    assert phone.get(f"{there}attente/")["Location"].startswith(trust.url)


def test_saying_no_at_the_code_brings_back_to_the_button(client: Client, trust: SmallTrust) -> None:
    here = arrive(client, started(("claire",)))
    read(client, here)
    page = client.get(f"{here}signer/").content.decode()
    shown = re.findall(r'name="text_sha256" value="([0-9a-f]{64})"', page)[0]
    client.post(f"{here}signer/", {"agree": "on", "text_sha256": shown})
    away = client.get(f"{here}attente/")["Location"]
    back = client.get("/signer/retour/", {"state": trust.state_of(away), "error": "access_denied"})
    assert back["Location"] == f"{here}signer/"
    assert "Vous n" in client.get(back["Location"]).content.decode()


def test_what_comes_back_for_nobody_is_said(client: Client, trust: SmallTrust) -> None:
    assert client.get("/signer/retour/", {"state": "x", "code": "y"}).status_code == 404
    here = arrive(client, started(("claire",)))
    answer = client.get("/signer/retour/", {"state": "x", "code": "y"})
    assert answer.status_code == 409
    assert here in answer.content.decode()
    assert client.get("/signer/identite/retour/", {"request": "x", "state": "y"}).status_code == 409


def test_why_one_cannot_sign_is_said_with_what_to_do(client: Client, trust: SmallTrust) -> None:
    envelope_id = started(("claire",))
    here = arrive(client, envelope_id)
    read(client, here)
    page = client.get(f"{here}signer/").content.decode()
    shown = re.findall(r'name="text_sha256" value="([0-9a-f]{64})"', page)[0]
    client.post(f"{here}signer/", {"agree": "on", "text_sha256": shown})
    trust.faults["/enrolment/v1/one-shots"] = "down"
    away = client.get(f"{here}attente/")
    assert away.status_code == 503
    assert "Rien n&#x27;est perdu" in away.content.decode()
    trust.faults.clear()
    Recipient.objects.update(mobile=None)
    assert "numéro de mobile" in client.get(f"{here}attente/").content.decode()
    Recipient.objects.update(level="advanced", mobile="+33612345679")
    assert client.get(f"{here}attente/")["Location"] == f"{here}identite/"


def test_the_identity_page_says_how_far_it_is_and_what_to_do(client: Client, trust: SmallTrust) -> None:
    envelope_id = started(("claire",))
    Recipient.objects.update(level="advanced")
    here = arrive(client, envelope_id)
    link = f"/signer/{links.token_of(Recipient.objects.get())}/"
    assert "votre identité sera vérifiée, une seule fois" in client.get(here).content.decode()
    assert client.post(here, {"pages_seen": "1,2"})["Location"] == f"{here}identite/"
    assert client.get(f"{here}signer/")["Location"] == f"{here}identite/"

    def page() -> str:
        return client.get(f"{here}identite/").content.decode().replace("&#x27;", "'").replace("\N{NO-BREAK SPACE}", " ")

    assert "Présenter ma pièce d'identité" in page()
    assert client.get(link)["Location"] == f"{here}identite/"
    sent = client.post(f"{here}identite/")["Location"]
    assert sent.startswith(f"{trust.url}/enter/")
    number = sent.rsplit("/", 1)[1]
    request = trust.enrolments[number]
    back = client.get("/signer/identite/retour/", {"request": number, "state": request["state"]})
    assert back["Location"] == f"{here}identite/"
    for status, reason, words in (
        ("started", None, "Poursuivre ma demande"),
        ("review", None, "en cours de vérification"),
        ("documents", {"code": "blurred", "sentence_fr": "Elle est floue.", "sentence_en": ""}, "Elle est floue."),
        ("documents", {"code": "name_mismatch", "fields": ["surname"]}, "Dire mon nom exact"),
        ("agreement", None, "Votre identité est vérifiée"),
        ("refused", {"code": "other_person"}, "Dire mon nom exact"),
    ):
        request |= {"status": status, "reason": reason}
        assert words in page(), status
    again = client.post(f"{here}identite/")["Location"].rsplit("/", 1)[1]
    assert again != number
    trust.faults[f"/enrolment/v1/requests/{again}"] = "down"
    assert client.get(f"{here}identite/").status_code == 503
    trust.faults.clear()
    assert "comme sur ma pièce" in client.get(f"{here}question/?nom").content.decode()
    # The small provider issues it to Alice: the part of the name that differs is told.
    trust.issue(again)
    assert client.get(f"{here}identite/")["Location"] == f"{here}identite/"
    assert client.get(f"{here}signer/")["Location"] == f"{here}identite/"
    assert "Prénom de la demande" in page()
    assert Ceremony.objects.get().wait_fields == ["given_name", "family_name"]
    # With the name of the certificate there is nothing in the way.
    Recipient.objects.update(given_name="Alice", family_name="Martin")
    assert client.get(f"{here}identite/")["Location"] == f"{here}signer/"
    assert client.get(f"{here}signer/").status_code == 200


def test_a_browser_that_holds_two_ceremonies_gives_each_its_own_way_back(client: Client, trust: SmallTrust) -> None:
    first, second = started(("claire",)), started(("claire",))

    def signs(envelope_id: uuid.UUID, **answer: str) -> str:
        here = arrive(client, envelope_id)
        read(client, here)
        shown = re.findall(r'name="text_sha256" value="([0-9a-f]{64})"', client.get(f"{here}signer/").content.decode())
        client.post(f"{here}signer/", {"agree": "on", "text_sha256": shown[0]})
        address = client.get(f"{here}attente/")["Location"]
        brought = {"state": trust.state_of(address), **(answer or {"code": trust.approve(address)})}
        return str(client.get("/signer/retour/", brought)["Location"]).removeprefix(here)

    assert signs(first) == ""
    assert signs(second, error="access_denied") == "signer/"
    assert signs(second) == ""
    assert Recipient.objects.filter(state="signed").count() == 2


def test_a_provider_without_enrolment_is_named_to_who_has_no_certificate_there(
    client: Client, trust: SmallTrust, settings: Any, tmp_path: Any
) -> None:
    (tmp_path / "secret").write_text("secret")
    settings.ADVANCED_TRUST_URL, settings.ADVANCED_TRUST_CLIENT_ID = trust.url, "us"
    settings.ADVANCED_TRUST_CLIENT_SECRET_FILE = tmp_path / "secret"
    settings.ADVANCED_TRUST_ENROLMENT, settings.ADVANCED_TRUST_NAME = False, "Qualifié SA"
    envelope_id = started(("claire",))
    Recipient.objects.update(level="advanced")
    here = arrive(client, envelope_id)
    page = client.get(f"{here}identite/").content.decode()
    assert "chez Qualifié SA" in page
    assert "Présenter ma pièce" not in page
    assert Ceremony.objects.get().wait_code == "identity_elsewhere"
    assert client.post(f"{here}identite/").status_code == 409


def test_who_comes_back_in_another_browser_is_told_where_to_go_on(client: Client, trust: SmallTrust) -> None:
    answer = client.get("/signer/identite/retour/", {"request": "known-elsewhere", "state": "x"})
    assert answer.status_code == 200
    assert "le lien du message" in answer.content.decode()


def test_refusing_asking_and_not_being_the_one(client: Client, trust: SmallTrust) -> None:
    envelope_id = started(may_forward=True)
    here = arrive(client, envelope_id)
    assert client.post(f"{here}question/", {"text": "Quand ?"})["Location"] == here
    assert Ceremony.objects.get().question == "Quand ?"
    alice, _ = registered(cast.ALICE)
    asked = alice.get(reverse("envelope", args=[envelope_id])).content.decode()
    assert "Quand ?" in asked
    assert "mailto:claire@vidal.example" in asked
    assert client.post(f"{here}refuser/", {"text": " "}).status_code == 422
    assert (
        client.post(
            f"{here}transmettre/", {"given_name": "E", "family_name": "N", "email": "x", "mobile": "12"}
        ).status_code
        == 422
    )
    sent = {"given_name": "Elsa", "family_name": "Noël", "email": "elsa@noel.example", "mobile": "06 12 34 56 81"}
    assert "Elsa Noël reçoit la demande" in client.post(f"{here}transmettre/", sent).content.decode()
    assert client.get(here).status_code == 404
    here = arrive(client, envelope_id, "Elsa")
    assert "Merci de l" in client.post(f"{here}pas-moi/").content.decode()
    assert client.get(here).status_code == 404
    other = started()
    here = arrive(client, other)
    client.post(f"{here}refuser/", {"text": "Trop cher."})
    assert "Votre refus est transmis" in client.get(here).content.decode()
    assert Envelope.objects.get(pk=other).state == "refused"


@pytest.mark.parametrize(
    ("state", "words"),
    [("expired", "Le délai pour signer est passé"), ("cancelled", "annulée"), ("completed", "Tout est signé")],
)
def test_what_ended_says_how(client: Client, trust: SmallTrust, state: str, words: str) -> None:
    envelope_id = started(("claire",))
    here = arrive(client, envelope_id)
    Envelope.objects.update(state=state)
    page = client.get(here).content.decode()
    assert words in page
    assert ("Télécharger" in page) == (state == "completed")
    assert client.get(f"{here}signer/")["Location"] == here


def test_a_delay_that_ran_out_is_said_before_the_collection_is_closed_for_it(client: Client) -> None:
    envelope_id = started()
    here = arrive(client, envelope_id)
    assert "J'ai lu, continuer" in html.unescape(client.get(here).content.decode())
    Envelope.objects.filter(pk=envelope_id).update(expires_at=timezone.now())
    assert "Le délai pour signer est passé" in client.get(here).content.decode()
    assert client.get(f"{here}signer/")["Location"] == here
    assert Envelope.objects.get(pk=envelope_id).state == "running"


def test_english_for_who_reads_english(client: Client, trust: SmallTrust) -> None:
    envelope_id = started(("claire",))
    Recipient.objects.update(locale="en")
    here = arrive(client, envelope_id)
    page = client.get(here).content.decode()
    assert '<html lang="en"' in page
    assert "asks you to sign" in page


def test_a_drawn_signature_is_kept_and_a_broken_one_refused(client: Client, trust: SmallTrust) -> None:
    import base64
    import io

    from PIL import Image

    here = arrive(client, started(("claire",)))
    page = client.get(f"{here}signer/").content.decode()
    shown = re.findall(r'name="text_sha256" value="([0-9a-f]{64})"', page)[0]
    broken = "data:image/png;base64," + base64.b64encode(b"no picture").decode()
    answer = client.post(f"{here}signer/", {"agree": "on", "text_sha256": shown, "drawn": broken})
    assert answer.status_code == 422
    drawn = io.BytesIO()
    Image.new("RGB", (90, 30), "navy").save(drawn, "PNG")
    image = "data:image/png;base64," + base64.b64encode(drawn.getvalue()).decode()
    assert "Merci" in sign(client, trust, here, image=image).content.decode()
    assert Ceremony.objects.get().handwriting is not None


def test_the_pages_say_where_one_signs_until_it_is_done(client: Client, trust: SmallTrust) -> None:
    alice = desk()
    here = arrive(client, launched(alice, contract(alice).id))
    page = client.get(here).content.decode()
    assert page.count("<rect x=") == 4, "hers, not those of the other"
    assert 'alt="Page 1 sur 2. Vous signez ici. Votre paraphe"' in page
    assert "Signature rappelée ici" in client.get(f"{here}lire/2/").content.decode()
    read(client, here)
    typed = {str(one.pk): "CV" if one.kind == "initials" else one.label for one in Field.objects.all()}
    assert client.post(f"{here}remplir/", typed)["Location"] == f"{here}signer/"
    sign(client, trust, here)
    assert "<rect x=" not in client.get(f"{here}lire/1/").content.decode()


def test_initials_are_asked_once_for_every_page_and_drawn_with_the_mention(client: Client, trust: SmallTrust) -> None:
    alice = desk()
    draft = contract(alice)
    claire = draft.recipients[0].id
    fields = [data_of(one) for one in Field.objects.all()]
    fields += [replace(one, page=1, y=700.0) for one in fields if one.kind == "initials" and one.recipient == claire]
    envelopes.place(**alice.where, envelope_id=draft.id, document_id=draft.documents[0].id, fields=fields)
    here = arrive(client, launched(alice, draft.id))
    read(client, here)
    page = client.get(f"{here}remplir/").content.decode()
    names = re.findall(r'name="(ink-[0-9a-f-]+)"', page)
    assert len(names) == 2
    assert "pour 2 cases" in page
    initials, mention = (one.removeprefix("ink-") for one in names)
    refused = client.post(f"{here}remplir/", {initials: "CV", f"ink-{mention}": "M 0"})
    assert refused.status_code == 422
    assert "Ce dessin ne se lit pas" in refused.content.decode()
    assert client.post(f"{here}remplir/", {initials: "CV"}).status_code == 422, "neither typed nor drawn"
    again = client.post(f"{here}remplir/", {f"ink-{initials}": "no", f"ink-{mention}": INK}).content.decode()
    assert "Remplissez" not in again.split(f'name="ink-{mention}"')[0].split("Mention à recopier")[1]
    assert f'value="{INK}"' in again, "what is good of it comes back"
    # Claire drew the mention after she had typed it wrong: the words that stay above the drawing stop nothing.
    done = client.post(f"{here}remplir/", {f"ink-{initials}": INK, f"ink-{mention}": INK, mention: "lu"})
    assert done["Location"] == f"{here}signer/"
    kept = [(one.kind, one.value) for one in Field.objects.filter(ink__isnull=False).order_by("kind", "pk")]
    assert kept == [("initials", "CV"), ("initials", "CV"), ("mention", "lu et approuvé")]
    assert "Merci" in sign(client, trust, here, strokes=INK).content.decode()
    assert Ceremony.objects.get().ink


def test_the_sender_hands_over_his_tablet_and_is_signed_out(trust: SmallTrust) -> None:

    envelope_id = started()
    claire, denis = (Recipient.objects.get(given_name=name) for name in ("Claire", "Denis"))
    client, _ = registered(cast.ALICE)
    assert (
        Client().post(reverse("ceremony-hand-over", args=[envelope_id, claire.pk]))["Location"].startswith("/connexion")
    )
    assert client.post(reverse("ceremony-hand-over", args=[uuid.uuid4(), claire.pk])).status_code == 404
    early = client.post(reverse("ceremony-hand-over", args=[envelope_id, denis.pk]))
    assert early["Location"] == reverse("envelope", args=[envelope_id])
    here = client.post(reverse("ceremony-hand-over", args=[envelope_id, claire.pk]))["Location"]
    assert here == reverse("ceremony", args=[claire.pk])
    assert client.get(reverse("private-space"))["Location"].startswith("/connexion")
    assert "Vous pouvez rendre" in sign(client, trust, here).content.decode()


def test_what_was_signed_at_the_advanced_level_needs_a_code(client: Client, trust: SmallTrust) -> None:
    envelope_id = started(("claire",))
    here = arrive(client, envelope_id)
    Recipient.objects.update(level="advanced", state="signed")
    Envelope.objects.update(state="completed")
    document = envelopes.get(**desk().where, envelope_id=envelope_id).documents[0]
    wanted = f"{here}document/{document.id}/"
    assert client.get(wanted)["Location"] == f"{here}code/"
    assert client.post(f"{here}code/")["Location"] == f"{here}code/"
    assert client.post(f"{here}code/").status_code == 422, "not again at once"
    found = re.search(r"(\d{3}) (\d{3})", last_message_to("+33612345679").text)
    assert found is not None
    right = found[1] + found[2]
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    assert client.post(f"{here}code/", {"code": wrong}).status_code == 422
    assert client.get(wanted).status_code == 302
    assert client.post(f"{here}code/", {"code": f" {right[:3]} {right[3:]}"})["Location"] == here
    assert client.get(wanted).content.startswith(b"%PDF")
    other = Client()
    arrive(other, envelope_id)
    assert other.get(wanted)["Location"] == f"{here}code/", "another browser brings a code of its own"
    assert other.post(f"{here}code/", {"code": right}).status_code == 422, "a code serves once"
