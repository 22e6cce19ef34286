"""The pages of the firm: settings, logo, membership, leaving; who sees and who changes."""

import io
import uuid
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from paraphe.floor.jobs import worker
from paraphe.platform.documents.models import Document
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.enrolment.models import ChosenFirm, Enrolment, OpenFirm
from paraphe.platform.firms import api as firms
from tests.platform.conftest import ACTOR, give_certificate
from tests.platform.firms.test_logo import picture
from tests.platform.web.test_every_address import add_letter, registered
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
ACCOUNTANTS = ["firm-membership", "firm-terms", "firm-leave"]
CHANGING = ["firm-settings", "firm-mail-preview", "firm-logo", "firm-export-begin", "firm-leave", "firm-terms"]


def text_of(answer: Any) -> str:
    return str(answer.content.decode().replace("&#x27;", "'").replace("&quot;", '"'))


def typed(firm: Any, **changes: Any) -> dict[str, Any]:
    """Return what a browser sends from the page of the settings, with ``changes`` to it."""
    options = firms.options(firm)
    given = {name: getattr(options, name) for name in firms.CHANGEABLE}
    given |= {
        "version": options.version,
        "reminder_days": ", ".join(str(day) for day in options.reminder_days),
        "custom_consents": "\r\n".join(options.custom_consents),
        **changes,
    }
    # A box that is not ticked is not sent; lines end as a form ends them.
    sent = {name: value for name, value in given.items() if value is not False}
    return {name: value.replace("\n", "\r\n") if isinstance(value, str) else value for name, value in sent.items()}


def alice_and_firm() -> tuple[Client, Any]:
    client, _alice = registered(cast.ALICE)
    return client, cast.firm(cast.MARTIN)


def save(client: Client, firm: Any, **changes: Any) -> Any:
    return client.post(reverse("firm-settings"), typed(firm, **changes))


def test_alice_reads_and_changes_the_settings() -> None:
    client, firm = alice_and_firm()
    page = client.get(reverse("firm-settings"))
    assert page.status_code == 200
    assert "pas encore proposées" not in text_of(page), "these settings are at work"
    answer = save(client, firm, collection_days=30, custom_consents="Lu.\r\n\r\nApprouvé.", reminder_days="5 ; 3")
    assert answer.status_code == 302, text_of(answer)
    found = firms.options(firm)
    assert (found.collection_days, found.custom_consents, found.reminder_days) == (30, ("Lu.", "Approuvé."), (3, 5))
    assert found.invitation_body_fr == firms.Options(1, 1).invitation_body_fr
    assert save(client, firm).status_code == 302
    assert firms.options(firm).version == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"collection_days": 91}, "Donnez un nombre de 1 à 90."),
        ({"collection_days": ""}, "Donnez un nombre entier."),
        ({"collection_days": "9" * 5000}, "Donnez un nombre entier."),
        ({"reminder_days": "trois"}, "séparés par des virgules"),
        ({"reminder_days": "20"}, "moins de 15 jours"),
        ({"third_party_level": "advanced"}, "Permettez d'abord"),
        ({"third_party_level": "x"}, "Choisissez une possibilité"),
        ({"visibility": ""}, "Choisissez une possibilité"),
        ({"consent_fr": ""}, "ne peut pas être vide"),
        ({"sender_name": "a@b"}, "nom d'expéditeur"),
        ({"seal_text": "x" * 81}, "81 caractères"),
        ({"invitation_subject_fr": "{prenom}"}, "{prenom} n'existe pas"),
        ({"reminder_body_en": "Hello"}, "doit contenir {lien}"),
        ({"reminder_body_en": "{lien} {"}, "accolade"),
        ({"custom_consents": "\n".join(str(n) for n in range(11))}, "10 au plus"),
        ({"version": "x"}, ""),
        ({"seal_text": "a\x00b"}, ""),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(changes: dict[str, Any], said: str) -> None:
    client, firm = alice_and_firm()
    answer = save(client, firm, **changes)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert firms.options(firm).version == 0
    assert client.post(reverse("firm-settings"), {}).status_code == 422
    assert save(client, firm, collection_days=30).status_code == 302


def test_two_tabs_the_second_is_told_who_saved_and_what_differs() -> None:
    client, firm = alice_and_firm()
    second = typed(firm, collection_days=60)
    assert save(client, firm, collection_days=30).status_code == 302
    answer = client.post(reverse("firm-settings"), second)
    assert answer.status_code == 409
    assert "Alice Martin a enregistré" in text_of(answer)
    assert [field.name for field in answer.context["conflict"]["fields"]] == ["collection_days"]
    assert firms.options(firm).collection_days == 30
    second["version"] = answer.context["form"]["version"].value()
    assert client.post(reverse("firm-settings"), second).status_code == 302
    assert firms.options(firm).collection_days == 60


def test_colleagues_read_and_do_not_change() -> None:
    alice, firm = alice_and_firm()
    bob, _ = registered(cast.BOB)
    page = text_of(bob.get(reverse("firm-settings")))
    assert "Seul un expert-comptable" in page
    assert "Enregistrer" not in page
    assert save(bob, firm, collection_days=30).status_code == 404
    assert bob.post(reverse("firm-logo"), {"logo": SimpleUploadedFile("l.png", picture())}).status_code == 404
    assert firms.options(firm).version == 0
    assert save(alice, firm, collection_days=30).status_code == 302


@pytest.mark.parametrize("name", ACCOUNTANTS)
def test_a_colleague_has_no_page_of_the_membership(name: str) -> None:
    alice, _firm = alice_and_firm()
    for person in (cast.BOB, cast.CHLOE):
        assert registered(person)[0].get(reverse(name)).status_code == 404
    assert alice.get(reverse(name)).status_code == 200


def test_what_belongs_to_another_firm_is_not_there() -> None:
    alice, firm = alice_and_firm()
    export, _ = firms.ask_export(actor=ACTOR, person=cast.sign_in(cast.ALICE), firm=firm)
    etienne, _ = registered(cast.ETIENNE, cast.OCEAN)
    for client in (etienne, registered(cast.BOB)[0]):
        for name in ("firm-export", "firm-export-download"):
            assert client.get(reverse(name, args=[export.id])).status_code == 404
            assert client.get(reverse(name, args=[uuid.uuid4()])).status_code == 404
        assert client.get(reverse("firm-signed-terms", args=[uuid.uuid4()])).status_code == 404
    assert alice.get(reverse("firm-export", args=[export.id])).status_code == 200
    assert alice.get(reverse("firm-export-download", args=[export.id])).status_code == 404
    assert save(etienne, cast.firm(cast.OCEAN), collection_days=30).status_code == 302
    assert firms.options(firm).version == 0


def test_a_preview_shows_what_is_typed_and_keeps_nothing() -> None:
    client, firm = alice_and_firm()
    address = reverse("firm-mail-preview")
    words = typed(firm, invitation_subject_fr="<b>{cabinet}</b>", preview="invitation-fr")
    page = text_of(client.post(address, words))
    assert "&lt;b&gt;Cabinet Martin&lt;/b&gt;" in page
    assert "<!doctype html>" in page
    part = text_of(client.post(address, words, headers={"HX-Request": "true"}))
    assert "<!doctype html>" not in part
    assert "{nom} n'existe pas" in text_of(client.post(address, {**words, "invitation_subject_fr": "{nom}"}))
    assert client.post(address, {**words, "preview": "password-fr"}).status_code == 404
    assert client.post(address, {"preview": "reminder-en"}).status_code == 200
    assert registered(cast.BOB)[0].post(address, words).status_code == 404
    assert firms.options(firm).version == 0


def test_the_logo_is_taken_shown_refused_and_removed() -> None:
    client, firm = alice_and_firm()
    address = reverse("firm-logo")
    assert client.get(reverse("firm-logo-image")).status_code == 404
    assert client.post(address, {"logo": SimpleUploadedFile("l.jpg", picture("JPEG"))}).status_code == 302
    shown = client.get(reverse("firm-logo-image"))
    assert shown["Content-Type"] == "image/png"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert registered(cast.BOB)[0].get(reverse("firm-logo-image")).status_code == 200
    for data, said in (
        (b"", "vide"),
        (b"<svg/>", "lisible"),
        (picture() + b"0" * 2_000_000, "trop lourde"),
    ):
        answer = client.post(address, {"logo": SimpleUploadedFile("l.png", data)})
        assert answer.status_code == 422
        assert said in text_of(answer)
    assert client.post(address, {}).status_code == 422
    assert firms.options(firm).has_logo
    assert client.post(address, {"remove": "1"}).status_code == 302
    assert not firms.options(firm).has_logo


def test_new_terms_are_announced_then_block_then_are_signed(trust: SmallTrust, settings: Any) -> None:
    settings.TERMS_GRACE_DAYS = 30
    with time_machine.travel(datetime(2027, 3, 10, tzinfo=UTC), tick=False) as clock:
        alice, person = registered(cast.ALICE)
        bob, _ = registered(cast.BOB)
        Enrolment.objects.update(terms_version="2025-01")
        enrolment.sweep()
        assert "Les conditions ont changé" in text_of(alice.get(reverse("private-space")))
        assert "Les conditions ont changé" not in text_of(bob.get(reverse("private-space")))
        clock.move_to(datetime(2027, 4, 11, tzinfo=UTC))
        alice, bob = Client(), Client()
        cast.sign_in_client(alice, cast.ALICE)
        cast.sign_in_client(bob, cast.BOB)
        for client, said in ((alice, "Lire et signer"), (bob, "Demandez-le à un expert-comptable")):
            answer = client.get(reverse("private-space"))
            assert answer.status_code == 403
            assert said in text_of(answer)
        for name in ACCOUNTANTS:
            assert alice.get(reverse(name)).status_code == 200
    give_certificate(person.pk, trust)
    alice = Client()
    cast.sign_in_client(alice, cast.ALICE)
    form = {"terms": "on", "privacy": "on", "firms": [str(cast.firm(cast.MARTIN).pk)]}
    assert alice.post(reverse("firm-terms"), {**form, "privacy": ""}).status_code == 422
    address = alice.post(reverse("firm-terms"), form)["Location"]
    back = {"state": trust.state_of(address), "code": trust.approve(address)}
    answer = alice.get(reverse("signature-return"), back, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("firm-membership")
    state = enrolment.terms_state(cast.firm(cast.MARTIN))
    assert not state.to_accept
    assert state.signed[0].adhesion
    pdf = alice.get(reverse("firm-signed-terms", args=[state.signed[0].adhesion]))
    assert pdf["Content-Type"] == "application/pdf"
    assert alice.get(reverse("private-space")).status_code == 200


def test_who_gives_up_at_the_trust_site_comes_back_to_the_terms(trust: SmallTrust) -> None:
    alice, person = registered(cast.ALICE)
    give_certificate(person.pk, trust)
    form = {"terms": "on", "privacy": "on", "firms": [str(cast.firm(cast.MARTIN).pk)]}
    address = alice.post(reverse("firm-terms"), form)["Location"]
    back = {"state": trust.state_of(address), "error": "access_denied"}
    answer = alice.get(reverse("signature-return"), back, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("firm-terms")
    trust.faults["/csc/v2/credentials/list"] = "down"
    assert alice.post(reverse("firm-terms"), form).status_code == 503


def test_a_firm_that_is_not_open_is_offered_to_its_accountant() -> None:
    etienne, _ = registered(cast.ETIENNE, cast.OCEAN)
    OpenFirm.objects.filter(firm=cast.firm(cast.OCEAN)).delete()
    answer = etienne.get(reverse("private-space"))
    assert answer.status_code == 403
    assert reverse("firm-terms") in text_of(answer)
    page = text_of(etienne.get(reverse("firm-membership")))
    assert "Pas encore ouvert" in page
    assert etienne.get(reverse("firm-leave")).status_code == 302
    other = cast.firm(cast.LE_GALL)
    chosen = etienne.get(reverse("firm-terms"), {"cabinet": "x'"})
    assert chosen.status_code == 200
    assert f'value="{other.pk}"' in text_of(chosen)


def test_the_membership_names_who_signed_and_links_only_ones_own() -> None:
    alice, _ = registered(cast.ALICE)
    mine = Enrolment.objects.get()
    Enrolment.objects.update(
        terms_version="2026-11", signed_terms_file=uuid.uuid4(), completed_at=datetime(2026, 11, 20, tzinfo=UTC)
    )
    ChosenFirm.objects.create(enrolment=mine, firm=cast.firm(cast.MARTIN))
    page = text_of(alice.get(reverse("firm-membership")))
    assert "20 nov. 2026" in page
    assert reverse("signed-terms") in page


def test_alice_takes_everything_and_leaves(trust: SmallTrust) -> None:
    alice, firm = alice_and_firm()
    bob, _ = registered(cast.BOB)
    letter, of_bob, gone = add_letter(alice), add_letter(bob), add_letter(alice)
    alice.post(reverse("document-delete", args=[gone.pk]))
    answer = alice.post(reverse("firm-export-begin"))
    assert "se prépare" in text_of(alice.get(answer["Location"]))
    assert alice.post(reverse("firm-export-begin"))["Location"] == answer["Location"]
    worker.drain()
    assert "est prêt" in text_of(alice.get(answer["Location"]))
    view = firms.exports(cast.sign_in(cast.ALICE), firm)[0]
    download = alice.get(reverse("firm-export-download", args=[view.id]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(download.streaming_content)))  # type: ignore[attr-defined]
    brought = [name for name in archive.namelist() if name.startswith("documents/")]
    assert {name.split("/")[1] for name in brought} == {"Alice Martin", "Bob Petit"}
    assert len(brought) == 2
    assert archive.read(brought[0]).startswith(b"%PDF")
    assert "contacts.csv" in archive.namelist()

    assert alice.post(reverse("firm-leave"), {"siren": "123456789"}).status_code == 422
    assert alice.post(reverse("firm-leave"), {}).status_code == 422
    assert bob.post(reverse("firm-leave"), {"siren": firm.siren}).status_code == 404
    assert not firms.is_closed(firm)
    assert alice.post(reverse("firm-leave"), {"siren": "000 104 216"}).status_code == 302
    assert firms.is_closed(firm)

    for client, one in ((alice, letter), (bob, of_bob)):
        assert "a quitté le service" in text_of(client.get(reverse("private-space")))
        assert client.get(reverse("document", args=[one.pk])).status_code == 200
        assert client.get(reverse("document-download", args=[one.pk])).status_code == 200
        added = client.post(reverse("document-add"), {"file": SimpleUploadedFile("a.pdf", b"%PDF")})
        assert added.status_code == 403
        assert client.get(reverse("document-sign", args=[one.pk])).status_code == 403
    assert save(alice, firm, collection_days=3).status_code == 403
    assert alice.post(reverse("firm-logo"), {"remove": "1"}).status_code == 403
    assert alice.get(reverse("firm-settings")).status_code == 200
    assert "Rouvrir" in text_of(alice.get(reverse("firm-membership")))
    assert alice.post(reverse("firm-leave"), {"siren": firm.siren}).status_code == 302
    assert alice.post(reverse("document-delete", args=[letter.pk])).status_code == 302
    assert Document.objects.count() == 1
