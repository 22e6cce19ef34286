"""The sender's pages of collections, without script: the whole way, and what others are told."""

import io
import time
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paraphe.floor.jobs import worker
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import links
from paraphe.platform.envelopes.models import Bulk, Ceremony, Envelope, Recipient
from paraphe.platform.firms import api as firms
from tests.platform.conftest import ACTOR
from tests.platform.envelopes.support import CLIENTS, LETTER, Desk, pay, sign
from tests.platform.envelopes.test_templates import TABLE, template
from tests.platform.web.test_every_address import ENVELOPES, METHODS, registered
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(settings: Any, trust: SmallTrust) -> tuple[Client, Desk]:
    settings.PRICES = {**settings.PRICES, "signature": 50}
    client, person = registered(cast.ALICE)
    desk = Desk(person, cast.firm(cast.MARTIN))
    pay(desk, 500)
    return client, desk


def row(envelope: Envelope, **words: object) -> dict[str, object]:
    """Return one row of the form of boxes, as a browser sends it."""
    usual = {
        "kind": "signature", "recipient": envelope.recipients.get().pk, "page": 2, "x": "300", "y": "600,5",
        "width": 190, "height": 68, "required": 1, "label": "", "existing": "", "remove": "",
        "state": envelopes.state_of(envelope.documents.all()[0].fields.all()),
    }  # fmt: skip
    return {**usual, **words}


def test_the_whole_way_without_script(alice: tuple[Client, Desk]) -> None:
    client, _desk = alice
    begun = client.post(reverse("envelope-new"))
    envelope = Envelope.objects.get()
    assert begun["Location"] == reverse("envelope-documents", args=[envelope.pk])
    good, bad = SimpleUploadedFile("Mission.pdf", LETTER), SimpleUploadedFile("photo.pdf", b"\x89PNG")
    worse = SimpleUploadedFile("vide.pdf", b"")
    answer = client.post(begun["Location"], {"file": [good, bad, worse]})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert said.index("photo") < said.index("<br>") < said.index("vide"), "each refused file has a line of its own"
    document = envelope.documents.get()
    people = reverse("envelope-people", args=[envelope.pk])
    claire = {**CLIENTS["claire"], "role": "signer", "locale": "fr"}
    assert client.post(people, {**claire, "email": "no"}).status_code == 422
    assert client.post(people, claire).status_code == 302
    boxes = reverse("envelope-boxes", args=[envelope.pk])
    assert client.get(boxes).status_code == 200
    wrong = client.post(boxes, {"document": document.pk, **row(envelope, page=9)})
    assert wrong.status_code == 422
    assert client.post(boxes, {"document": document.pk, "next": 1, **row(envelope)}).status_code == 302
    message = reverse("envelope-message", args=[envelope.pk])
    typed = {"title": "Mission", "message": "Bonjour", "kind": "other", "locale": "fr", "expiry_days": 10}
    assert client.post(message, {**typed, "reminder_days": "12"}).status_code == 422
    assert client.post(message, {**typed, "reminder_days": "3, 7"}).status_code == 302
    check = reverse("envelope-check", args=[envelope.pk])
    assert "Tout est prêt" in client.get(check).content.decode()
    preview = client.get(reverse("envelope-preview", args=[envelope.pk, envelope.recipients.get().pk]))
    assert "<rect" in preview.content.decode()
    for _press in range(2):
        assert client.post(check)["Location"] == reverse("envelope", args=[envelope.pk])
    envelope.refresh_from_db()
    assert (envelope.state, envelope.reminder_days) == ("running", [3, 7])
    shown = client.get(reverse("envelope", args=[envelope.pk])).content.decode()
    assert "En cours" in shown
    assert "plus possible" not in shown


def test_two_tabs_do_not_overwrite_each_other(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    draft = desk.draft("claire")
    envelope, address = Envelope.objects.get(pk=draft.id), reverse("envelope-boxes", args=[draft.id])
    loaded = row(envelope, document=draft.documents[0].id)
    assert f'name="state" value="{loaded["state"]}"' in client.get(address).content.decode()
    script: dict[str, Any] = {"headers": {"X-Paraphe-Script": "1"}}
    first = client.post(address, loaded, **script)
    now = envelopes.state_of(desk.now(draft.id).documents[0].fields)
    assert (first.status_code, first.json()["state"]) == (200, now)
    assert client.post(address, loaded, **script).json() == {"error": "", "state": now}, "the same again is kept"
    again = client.post(address, {**loaded, "x": "10", "state": now}, **script)
    assert again.status_code == 200, "who got the new state goes on"
    for stale in (loaded, {**loaded, "state": ""}, {**loaded, "state": "9" * 300, "turn": "9" * 300}):
        refused = client.post(address, {**stale, "x": "200"}, **script)
        assert refused.status_code == 409
        assert "modifiées entre-temps" in refused.json()["error"]
    page = client.post(address, {**loaded, "x": "200"})
    assert page.status_code == 409
    assert "Vos dernières cases ne sont pas enregistrées" in page.content.decode()
    [field] = desk.now(draft.id).documents[0].fields
    assert field.x == 10.0, "nothing was overwritten"
    assert f'name="state" value="{again.json()["state"]}"' in page.content.decode()


def test_other_steps_do_not_make_a_page_of_boxes_stale(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    draft = desk.draft("claire", documents=2)
    envelope, address = Envelope.objects.get(pk=draft.id), reverse("envelope-boxes", args=[draft.id])
    loaded = row(envelope, document=draft.documents[0].id)
    envelopes.set_options(**desk.where, envelope_id=draft.id, typed={"title": "Autre", "kind": "other"})
    envelopes.add_recipient(**desk.where, envelope_id=draft.id, typed=CLIENTS["denis"])
    envelopes.place_by_default(**desk.where, envelope_id=draft.id, document_id=draft.documents[1].id)
    assert client.post(address, loaded, headers={"X-Paraphe-Script": "1"}).status_code == 200


def test_a_lost_answer_is_no_quarrel_with_oneself(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    draft = desk.draft("claire")
    address = reverse("envelope-boxes", args=[draft.id])
    loaded = row(Envelope.objects.get(pk=draft.id), document=draft.documents[0].id, writer="thispage")
    script: dict[str, Any] = {"headers": {"X-Paraphe-Script": "1"}}

    def sent(x: int, turn: int, writer: str = "thispage") -> int:
        return client.post(address, {**loaded, "x": x, "turn": turn, "writer": writer}, **script).status_code

    # Each of these still shows what it was opened with: no answer ever came back.
    assert [sent(1, 1), sent(2, 2), sent(3, 3)] == [200, 200, 200]
    assert sent(9, 2) == 409, "an older one that was on its way for long"
    assert sent(9, 4, "anotherpage") == 409
    assert [one.x for one in desk.now(draft.id).documents[0].fields] == [3.0]
    envelopes.place_under_text(
        **desk.where, envelope_id=draft.id, document_id=draft.documents[0].id,
        recipient_id=draft.recipients[0].id, kind="text", text="Lettre",
    )  # fmt: skip
    assert sent(9, 5) == 409, "somebody else wrote since"


def test_three_hundred_boxes_are_kept_at_once(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    draft = desk.draft("claire")
    address = reverse("envelope-boxes", args=[draft.id])
    one = row(Envelope.objects.get(pk=draft.id), kind="initials", page=1)
    state = one.pop("state")
    many = {name: [value] * 300 for name, value in one.items()}
    many["x"], many["y"] = [str(30 * (at % 18)) for at in range(300)], [str(30 * (at // 18)) for at in range(300)]
    begun = time.process_time()
    answer = client.post(address, {**many, "document": draft.documents[0].id, "state": state})
    assert answer.status_code == 302
    # Measured at about 0.1 s; a wall against what grows with the square.
    assert time.process_time() - begun < 2
    assert len(desk.now(draft.id).documents[0].fields) == 300
    assert client.get(address).status_code == 200
    many = {name: [values[0]] * 2_001 for name, values in many.items()}
    assert client.post(address, {**many, "document": draft.documents[0].id, "state": ""}).status_code == 422


def test_a_launch_with_something_in_the_way_says_what_and_where(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    draft = desk.draft("claire")
    envelopes.change_recipient(
        **desk.where, envelope_id=draft.id, recipient_id=draft.recipients[0].id, typed={"email": "claire@v.example"}
    )
    answer = client.post(reverse("envelope-check", args=[draft.id]))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Placez la signature de" in text
    assert reverse("envelope-person", args=[draft.id, draft.recipients[0].id]) in text


def test_people_are_added_moved_and_taken_out_by_buttons(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    registered(cast.BOB)
    draft = desk.draft("claire", "denis")
    member = cast.sign_in(cast.BOB).pk
    client.post(reverse("envelope-add-known", args=[draft.id]), {"member": member, "role": "signer"})
    claire, denis, bob = (one.id for one in desk.now(draft.id).recipients)
    for one, action in ((bob, "up"), (denis, "join"), (denis, "part"), (denis, "up"), (claire, "down")):
        assert client.post(reverse("envelope-person", args=[draft.id, one]), {"action": action}).status_code == 302
    client.post(reverse("envelope-person", args=[draft.id, bob]), {"action": "remove"})
    assert {one.given_name for one in desk.now(draft.id).recipients} == {"Claire", "Denis"}
    order = reverse("envelope-people-order", args=[draft.id])
    client.post(order, {"order": [f"{denis},{claire}"]})
    assert [one.step for one in desk.now(draft.id).recipients] == [1, 1]
    assert client.post(order, {"order": ["nonsense"]}, follow=True).status_code == 200
    assert [one.step for one in desk.now(draft.id).recipients] == [1, 1]


def test_a_running_collection_is_followed_and_steered(alice: tuple[Client, Desk], trust: SmallTrust) -> None:
    client, desk = alice
    found = desk.launched("claire", "denis")
    page = reverse("envelope", args=[found.id])

    def ask(name: str, **words: object) -> str:
        return client.post(reverse(name, args=[found.id]), words, follow=True).content.decode()

    assert "attendez 10 minutes" in ask("envelope-relaunch")
    assert "reportée" in ask("envelope-extend", days="30")
    assert "de 1 à 365" in ask("envelope-extend", days="x")
    ask("envelope-reorder", order=[str(found.recipients[1].id), str(found.recipients[0].id)])
    assert Recipient.objects.get(pk=found.recipients[1].id).state == "invited"
    correct = reverse("envelope-correct", args=[found.id, found.recipients[1].id])
    assert client.get(correct).status_code == 200
    assert client.post(correct, {**CLIENTS["denis"], "mobile": "01", "locale": "fr"}).status_code == 422
    assert client.post(correct, {**CLIENTS["denis"], "email": "d@r.example", "locale": "fr"})["Location"] == page
    replace = reverse("envelope-replace", args=[found.id, found.recipients[0].id])
    assert client.post(replace, {**CLIENTS["elsa"], "locale": "fr"})["Location"] == page
    sign(trust, found.id, "d@r.example")
    sign(trust, found.id, CLIENTS["elsa"]["email"])
    worker.drain()
    assert "Tout est signé" in client.get(page).content.decode()
    archive = client.get(reverse("envelope-bundle", args=[found.id]))
    names = zipfile.ZipFile(io.BytesIO(archive.getvalue())).namelist()
    assert "Lettre 1 (signé).pdf" in names
    assert "plus possible" in ask("envelope-cancel", reason="Trop tard")


def test_who_is_not_the_one_is_told_from_a_message_that_did_not_arrive(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    found = desk.launched("claire")
    page = reverse("envelope", args=[found.id])
    claire = Recipient.objects.get(envelope_id=found.id)
    who = envelopes.ceremony.open_link(links.token_of(claire))
    envelopes.ceremony.deny(who, ACTOR)
    said = client.get(page).content.decode()
    assert "dit ne pas être Claire Vidal" in said
    assert "n&#x27;a pas reçu" not in said
    assert "E-mail non remis" not in said
    Recipient.objects.update(opened_at=None)
    said = client.get(page).content.decode()
    assert "dit ne pas être" not in said
    assert "E-mail non remis" in said


def test_a_link_is_revoked_and_another_is_sent_after_the_end(alice: tuple[Client, Desk], trust: SmallTrust) -> None:
    client, desk = alice
    found = desk.launched("claire")
    sign(trust, found.id, CLIENTS["claire"]["email"])
    worker.drain()
    page, claire = reverse("envelope", args=[found.id]), str(found.recipients[0].id)

    def ask(name: str, recipient: str = claire) -> str:
        return client.post(reverse(name, args=[found.id]), {"recipient": recipient}, follow=True).content.decode()

    assert reverse("envelope-link-revoke", args=[found.id]) in client.get(page).content.decode()
    revoked = ask("envelope-link-revoke")
    assert "Le lien est révoqué" in revoked
    assert "Son lien est révoqué." in revoked
    assert reverse("envelope-link-revoke", args=[found.id]) not in revoked
    assert "Un nouveau lien est envoyé" in ask("envelope-link-send")
    assert "attendez 10 minutes" in ask("envelope-link-send")
    for nobody in ("", "x", str(found.id)):
        assert client.post(reverse("envelope-link-send", args=[found.id]), {"recipient": nobody}).status_code == 404


def test_cancelling_needs_a_reason(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    found = desk.launched("claire")
    cancel = reverse("envelope-cancel", args=[found.id])
    client.post(cancel, {"reason": " "})
    assert desk.now(found.id).state == "running"
    assert "Erreur de document" in client.post(cancel, {"reason": "Erreur de document"}, follow=True).content.decode()
    assert desk.now(found.id).state == "cancelled"


def test_a_template_is_made_used_and_launched_for_a_list(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    draft = desk.ready("claire")
    client.post(reverse("envelope-make-template", args=[draft.id]))
    template = Envelope.objects.get(state="template")
    person = reverse("envelope-person", args=[template.pk, template.recipients.get().pk])
    assert client.post(person, {"label": "Client", "role": "signer", "locale": "fr"}).status_code == 302
    assert client.get(reverse("envelope-templates")).status_code == 200
    used = client.post(reverse("envelope-template-use", args=[template.pk]))
    assert used["Location"].startswith("/collectes/")
    table = reverse("envelope-table", args=[template.pk])
    assert "Prénom;Nom;E-mail" in client.get(reverse("envelope-table-example", args=[template.pk])).content.decode()
    wrong = client.post(table, {"file": SimpleUploadedFile("l.csv", TABLE.replace("claire@", "claire").encode())})
    assert wrong.status_code == 422
    assert "Client, E-mail\u00a0: Cette adresse e-mail n&#x27;est pas valable." in wrong.content.decode()
    assert "clairevidal.example" in wrong.content.decode()
    shown = client.post(table, {"file": SimpleUploadedFile("l.csv", TABLE.encode("latin-1"))})
    sent = shown.context["sent"]
    assert not Bulk.objects.exists()
    started = client.post(table, {"sent": sent, "start": "1"})
    worker.drain()
    assert "Lancées" in client.get(started["Location"]).content.decode()
    assert Envelope.objects.filter(template_id=template.pk, state="running").count() == 2
    assert client.post(table, {"sent": "!!", "start": "1"}).status_code == 422


def test_chloe_prepares_and_hands_over_and_alice_launches(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    chloe, person = registered(cast.CHLOE)
    draft = Desk(person, desk.firm).ready("claire")
    check = reverse("envelope-check", args=[draft.id])
    assert "Peut la lancer : Alice Martin" in chloe.get(check).content.decode()
    refused = chloe.post(check, follow=True)
    assert refused.status_code == 200
    assert "pas le droit de lancer" in refused.content.decode()
    assert desk.person is not None
    with pytest.raises(NotFound):
        desk.now(draft.id)
    chloe.post(reverse("envelope-hand-over", args=[draft.id]))
    assert "Peut maintenant la lancer" in chloe.get(check).content.decode()
    home = client.get(reverse("private-space")).content.decode()
    assert "À lancer" in home
    assert str(draft.id) in home
    assert client.post(check)["Location"] == reverse("envelope", args=[draft.id])
    assert desk.now(draft.id).state == "running"


def test_pages_of_a_draft_that_nobody_may_change_do_not_open(
    alice: tuple[Client, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, desk = alice
    draft = desk.ready("claire")
    pages = ("envelope-documents", "envelope-people", "envelope-boxes", "envelope-message", "envelope-people-import")
    # Who may only launch comes to the page where he launches.
    with monkeypatch.context() as patch:
        patch.setattr(accounts, "rights", lambda *_: frozenset({"launch"}))
        for name in pages:
            shown = client.get(reverse(name, args=[draft.id]), follow=True)
            assert shown.redirect_chain[-1][0] == reverse("envelope-check", args=[draft.id])
            assert "droit" in shown.content.decode()
    monkeypatch.setattr(firms, "is_closed", lambda _: True)
    for name in (*pages, "envelope-check", "envelope"):
        shown = client.get(reverse(name, args=[draft.id]), follow=True)
        assert shown.status_code == 200
        assert "Lettre 1" not in str(shown.context.get("envelope", ""))
        assert reverse("envelopes") in [address for address, _ in shown.redirect_chain]


def test_a_reminder_that_would_lead_nowhere_says_what_to_do(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    running = desk.launched("claire")
    client.post(reverse("envelope-link-revoke", args=[running.id]), {"recipient": running.recipients[0].id})
    page = client.post(reverse("envelope-relaunch", args=[running.id]), follow=True).content.decode()
    assert "Envoyer un nouveau lien" in page
    assert "les liens de ceux qui doivent répondre sont révoqués" in page


def test_a_list_is_launched_in_part_followed_and_retried(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    made = template(desk)
    lines = TABLE.splitlines()
    data = "\r\n".join([lines[0], lines[1], ";Denis;Noël;denis@;0612345680", lines[2]]).encode("cp1252")
    shown = client.post(reverse("envelope-table", args=[made.id]), {"file": SimpleUploadedFile("l.csv", data)})
    assert "Lancer les 2 lignes sans erreur" in shown.content.decode()
    address = client.post(reverse("envelope-table", args=[made.id]), {"sent": shown.context["sent"], "start": "good"})[
        "Location"
    ]
    Envelope.objects.filter(pk=made.id).update(title="Mission")
    worker.drain()
    page = client.get(address).content.decode()
    assert "Lancées\u00a0: 2 sur 3" in page
    assert "Laissée de côté" in page
    # Many lines have the same title: each says to whom it goes.
    for one in Recipient.objects.filter(envelope__template_id=made.id):
        assert f"{one.given_name} {one.family_name}" in page
    csv = client.get(reverse("envelope-bulk-lines", args=[Bulk.objects.get().pk])).content.decode()
    assert "denis@;" in csv
    assert "claire@" not in csv
    # The documents of one line could not be prepared: it is retried, the line left out is not.
    stopped = Envelope.objects.filter(template_id=made.id).first()
    assert stopped is not None
    Envelope.objects.filter(pk=stopped.pk).update(state="draft", stuck_code="source_changed")
    assert "1 arrêtée" in client.get(reverse("envelope-bulks")).content.decode()
    assert str(stopped.pk) in client.get(address + "?lignes=arretees").content.decode()
    bob, _ = registered(cast.CHLOE)
    again = reverse("envelope-bulk-retry", args=[Bulk.objects.get().pk])
    assert bob.post(again).status_code == 404
    assert client.post(again).status_code == 302
    worker.drain()
    assert "Lancées\u00a0: 2 sur 3" in client.get(address).content.decode()
    assert Envelope.objects.filter(template_id=made.id, state="running").count() == 2


def test_the_list_filters_searches_and_goes_on(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    desk.launched("claire")
    for _ in range(31):
        desk.draft("denis")
    first = client.get(reverse("envelopes")).content.decode()
    assert first.count('class="envelope-row"') == 30
    more = client.get(reverse("envelopes"), {"apres": "x"})
    assert more.status_code == 200
    listing = envelopes.listing(desk.person, desk.firm)
    rest = client.get(reverse("envelopes"), {"apres": listing.after}).content.decode()
    assert rest.count('class="envelope-row"') == 2
    running = client.get(reverse("envelopes"), {"etat": "en-cours"}).content.decode()
    assert running.count('class="envelope-row"') == 1
    found = client.get(reverse("envelopes"), {"q": "vidal", "miennes": "1"}).content.decode()
    assert found.count('class="envelope-row"') == 1


def test_documents_are_renamed_moved_and_taken_out(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    draft = desk.draft("claire", documents=2)
    first, second = (one.id for one in draft.documents)
    one = reverse("envelope-document", args=[draft.id, first])
    client.post(one, {"title": "Annexe", "use": "attachment"})
    client.post(one, {"action": "down"})
    assert [(each.title, each.use) for each in desk.now(draft.id).documents] == [
        ("Lettre 2", "to_sign"),
        ("Annexe", "attachment"),
    ]
    client.post(reverse("envelope-documents-order", args=[draft.id]), {"order": [str(first), str(second)]})
    client.post(one, {"action": "remove"})
    assert [each.id for each in desk.now(draft.id).documents] == [second]
    image = client.get(reverse("envelope-page", args=[draft.id, second, 1, 180]))
    assert image["Content-Type"] == "image/png"
    client.post(reverse("envelope-boxes-default", args=[draft.id]), {"document": ""})
    client.post(
        reverse("envelope-boxes-text", args=[draft.id]),
        {"document": second, "recipient": draft.recipients[0].id, "kind": "date", "text": "Lettre de mission"},
    )
    assert {each.kind for each in desk.now(draft.id).documents[0].fields} == {"signature", "date"}
    assert client.post(reverse("envelope-delete", args=[draft.id])).status_code == 302
    assert not Envelope.objects.exists()


def test_what_is_not_theirs_is_not_there(alice: tuple[Client, Desk]) -> None:
    _client, desk = alice
    found = desk.launched("claire")
    numbers = {
        "envelope_id": found.id,
        "document_id": found.documents[0].id,
        "recipient_id": found.recipients[0].id,
    }
    other, _ = registered(cast.ETIENNE, cast.LE_GALL)
    for name in sorted(set(ENVELOPES) - {"envelopes", "envelope-new", "envelope-templates", "envelope-bulks"}):
        words = {key: numbers.get(key, value) for key, value in ENVELOPES[name].items()}
        method = METHODS.get(name, "GET")
        foreign = other.generic(method, reverse(name, kwargs=words))
        absent = other.generic(method, reverse(name, kwargs=ENVELOPES[name]))
        assert (foreign.status_code, absent.status_code) == (404, 404), name
    assert desk.now(found.id).state == "running"


def test_who_may_neither_prepare_nor_launch_is_told_whom_to_ask(alice: tuple[Client, Desk]) -> None:
    client = Client()
    ines, _ = registered(cast.INES)
    answer = ines.get(reverse("envelopes"))
    assert answer.status_code == 403
    assert "expert-comptable" in answer.content.decode()
    assert client.get(reverse("envelopes")).status_code == 302


def test_large_numbers_and_missing_rows_are_refused_without_a_traceback(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    draft = desk.draft("claire")
    boxes = reverse("envelope-boxes", args=[draft.id])
    envelope = Envelope.objects.get()
    document = draft.documents[0].id
    for change in ({"x": "1e400"}, {"x": "nan"}, {"page": "9" * 40}, {"recipient": "x"}, {"kind": "stamp"}, {"x": "a"}):
        answer = client.post(boxes, {"document": document, **row(envelope, **change)})
        assert answer.status_code == 422, change
    assert client.post(boxes, {"document": document, "kind": ["signature"], "x": ["1"]}).status_code == 422
    script = {"X-Paraphe-Script": "1"}
    for strange in ("9" * 400, "²", "", "\x00"):
        sent = {"document": document, "state": strange, "writer": strange, "turn": strange}
        assert client.post(boxes, {**sent, **row(envelope)}, headers=script).status_code in (200, 409)


def test_the_sender_reads_what_an_advanced_signature_costs_and_why_it_waits(
    alice: tuple[Client, Desk], settings: Any
) -> None:
    client, desk = alice
    settings.PRICES = {**settings.PRICES, "certificate": 400}
    made = desk.ready("claire")
    Recipient.objects.update(level="advanced")
    page = client.get(reverse("envelope-check", args=[made.id])).content.decode()
    assert "4,50" in page
    assert "et 1 certificat" in page
    assert "Identité à vérifier" in page
    firms.change(**desk.who, changes={"third_party_advanced": True}, seen_version=0)
    client.post(reverse("envelope-check", args=[made.id]))
    ceremony = Ceremony.objects.create(recipient=Recipient.objects.get(), changed_at=timezone.now())
    shown = reverse("envelope", args=[made.id])
    for code, fields, words in (
        ("identity_review", [], "en cours de vérification"),
        ("identity_name", ["family_name"], "porte un autre nom."),
        ("signer_differs", ["given_name"], "porte un autre prénom."),
        ("identity_name", [], "porte un autre nom ou prénom."),
        ("certificate_unpaid", [], "ne suffit pas pour son certificat"),
    ):
        Ceremony.objects.filter(pk=ceremony.pk).update(wait_code=code, wait_fields=fields)
        assert words in client.get(shown).content.decode(), code
