"""Several boxes for one person and document: he signs once, is shown where the sender wants him, in every validator."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.pdf import api as pdf
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import ceremony, rules
from paraphe.platform.envelopes.models import Ceremony, Envelope, EnvelopeDocument, Field
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from tests.platform.conftest import ACTOR
from tests.platform.envelopes.support import Desk, desk
from tests.platform.envelopes.test_ceremony import Guest, launched, signers
from tests.support import cast
from tests.support.forms import FORM, form
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
INK = "0,40 30,0 60,40;10,60 110,60"


def box(recipient: uuid.UUID, kind: envelopes.FieldKind, page: int, y: float, **more: Any) -> envelopes.FieldData:
    return envelopes.FieldData(recipient, kind, page, 60.0, y, 190.0, 68.0, **more)


def where(one: Desk, draft: envelopes.EnvelopeView, at: int = 0) -> dict[str, Any]:
    return {**one.where, "envelope_id": draft.id, "document_id": draft.documents[at].id}


def contract(alice: Desk) -> envelopes.EnvelopeView:
    """Return a draft whose two signers are shown on both pages, each with initials and a mention."""
    draft = alice.draft("claire", "denis")
    fields = []
    for number, one in enumerate(draft.recipients):
        for page in (1, 0):
            fields.append(box(one.id, "signature", page, 200 + 100 * number))
        fields.append(box(one.id, "initials", 0, 500 + 100 * number))
        fields.append(box(one.id, "mention", 1, 500 + 100 * number, label="lu et approuvé"))
    envelopes.place(**where(alice, draft), fields=fields)
    return alice.now(draft.id)


def test_two_people_are_shown_twice_and_sign_once(trust: SmallTrust) -> None:
    alice = desk()
    envelope_id = launched(alice, contract(alice).id)
    for name, drawn in (("Claire", INK), ("Denis", "")):
        guest = Guest(trust, envelope_id, name)
        asked = {one.kind: one for one in guest.view.to_fill}
        assert set(asked) == {"initials", "mention"}, "nobody is asked to fill in a signature that is shown again"
        guest.reads()
        typed = {} if drawn else {str(asked["initials"].id): "DR", str(asked["mention"].id): "Lu et approuvé"}
        ceremony.fill(guest.who, guest.actor, typed, {str(one.id): drawn for one in asked.values()})
        if drawn:
            ceremony.draw(guest.who, guest.actor, b"", drawn)
        guest.agrees()
        guest.types_code(guest.goes())
    # Two signatures, both valid, nothing that was changed after the first of them.
    assert signers(trust, envelope_id) == ["Claire Vidal", "Denis Roux"]
    document = EnvelopeDocument.objects.get(envelope_id=envelope_id)
    assert document.current_file is not None
    data = files.read(document.current_file)
    # The signature of each is on page 1, where he comes to first; page 2 shows it again, as text.
    assert [one.page for one in pdf.inspect(data).signatures] == [0, 0]
    bare = files.read(document.frozen_file) if document.frozen_file else b""
    for page in (0, 1):
        assert pdf.render_page(bare, page, 300) != pdf.render_page(data, page, 300)
    values = {one.kind: one.value for one in Field.objects.filter(recipient__given_name="Claire", value__isnull=False)}
    assert values == {"initials": "CV", "mention": "lu et approuvé"}, "what was drawn stands beside what it says"
    assert not Field.objects.filter(filled_at=None).exists()
    [claire, denis] = evidence.history(envelope=str(envelope_id)).filter(tag="ceremony:filled").order_by("sequence")
    assert (len(claire.data["drawn"]), denis.data["drawn"]) == (2, [])


def test_the_first_is_the_signature_and_a_field_of_the_document_comes_before() -> None:
    alice = desk()
    draft = alice.draft("claire", data=FORM)
    claire = draft.recipients[0].id
    one, other = box(claire, "signature", 0, 50), box(claire, "signature", 0, 400)
    assert rules.repeated([other, one]) == [True, False]
    assert rules.repeated([one, replace(other, existing="Client")]) == [True, False]
    envelopes.place(**where(alice, draft), fields=[one, replace(other, x=5, width=9, existing="Client")])
    kept = {bool(found.name): found for found in alice.now(draft.id).documents[0].fields}
    assert (kept[True].x, kept[True].width, kept[True].repeats, kept[False].repeats) == (60.0, 190.0, False, True)
    unseen = replace(one, width=0, height=0)
    for wrong in ([one, unseen], [unseen, unseen]):
        with pytest.raises(envelopes.BadField) as caught:
            envelopes.place(**where(alice, draft), fields=wrong)
        assert caught.value.params["reason"] == "many"


@pytest.mark.parametrize(
    ("kind", "name"), [("checkbox", "Ville"), ("text", "Client"), ("text", "Accord"), ("text", "Nulle part")]
)
def test_a_field_of_the_document_takes_only_what_fits(kind: envelopes.FieldKind, name: str) -> None:
    alice = desk()
    draft = alice.draft("claire", data=FORM)
    with pytest.raises(envelopes.BadField) as caught:
        envelopes.place(**where(alice, draft), fields=[box(draft.recipients[0].id, kind, 0, 50, existing=name)])
    assert caught.value.params["reason"] == "name"


@pytest.mark.parametrize("name", [b"x" * 121, b"a\\000b", b"a\\007b"])
def test_a_field_whose_name_cannot_be_kept_is_left_alone(name: bytes) -> None:
    data = form(name)
    assert len(pdf.inspect(data).open_fields) == 3
    [document] = desk().draft("claire", data=data).documents
    assert {one.name for one in document.open_fields} == {"Ville", "Accord"}
    assert document.empty_fields == ()


def test_fields_of_the_document_are_filled_by_whom_they_were_given_to(trust: SmallTrust) -> None:
    alice = desk()
    draft = alice.draft("claire", data=FORM)
    claire = draft.recipients[0].id
    given = [("signature", "Client"), ("text", "Ville"), ("checkbox", "Accord")]
    fields = [box(claire, kind, 0, 0, existing=name) for kind, name in given]  # type: ignore[arg-type] # as sent
    envelopes.place(**where(alice, draft), fields=fields)
    guest = Guest(trust, launched(alice, draft.id), "Claire")
    asked = {one.name: str(one.id) for one in guest.view.to_fill}
    ceremony.fill(guest.who, guest.actor, {asked["Ville"]: "Évry", asked["Accord"]: "on"})
    assert guest.signs().state == "signed"
    assert signers(trust, draft.id) == ["Claire Vidal"]


def test_a_document_that_is_signed_shows_no_signature_again() -> None:
    alice = desk()
    draft = contract(alice)
    EnvelopeDocument.objects.update(warnings=["signed"])
    Field.objects.exclude(kind="signature").delete()
    assert "signed_already" in {one.code for one in envelopes.problems(alice.person, alice.firm, draft.id)}
    Field.objects.filter(repeats=True).delete()
    assert "signed_already" not in {one.code for one in envelopes.problems(alice.person, alice.firm, draft.id)}


def test_boxes_stand_under_each_place_of_a_text_and_in_every_document() -> None:
    alice = desk()
    draft = alice.draft("claire", documents=3)
    claire = draft.recipients[0].id
    under = {**where(alice, draft), "recipient_id": claire, "kind": "signature", "text": "Lettre de mission"}
    assert envelopes.place_under_text(**under, everywhere=True) == 2
    assert envelopes.place_under_text(**under, everywhere=True) == 0, "there already"
    assert envelopes.copy_to_others(**where(alice, draft)) == 4
    assert envelopes.copy_to_others(**where(alice, draft)) == 0
    shown = [[(one.page, one.repeats) for one in found.fields] for found in alice.now(draft.id).documents]
    assert shown == [[(0, False), (1, True)]] * 3
    beyond = box(claire, "initials", 9, 50)
    with pytest.raises(envelopes.BadField):
        envelopes.copy_to_others(**where(alice, draft), fields=[beyond])


def test_a_template_keeps_what_is_shown_again() -> None:
    alice = desk()
    made = envelopes.make_template(**alice.who, envelope_id=contract(alice).id, role="Rôle")
    used = envelopes.use_template(**alice.who, template_id=made.id)
    assert sum(one.repeats for one in used.documents[0].fields) == 2


def test_a_drawing_that_is_none_is_refused_and_nothing_is_kept(trust: SmallTrust) -> None:
    alice = desk()
    guest = Guest(trust, launched(alice, contract(alice).id), "Claire")
    asked = {one.kind: str(one.id) for one in guest.view.to_fill}
    with pytest.raises(envelopes.FieldsInvalid) as caught:
        ceremony.fill(guest.who, guest.actor, {asked["mention"]: "Lu et approuvé"}, {asked["initials"]: "M0 0L9 9"})
    assert caught.value.problems == {asked["initials"]: "drawing"}
    assert not Field.objects.filter(value__isnull=False).exists()
    with pytest.raises(envelopes.PdfRefused):
        ceremony.draw(guest.who, guest.actor, b"", "1,1")


def test_what_was_drawn_goes_with_the_person(trust: SmallTrust) -> None:
    alice = desk()
    draft = contract(alice)
    guest = Guest(trust, launched(alice, draft.id), "Claire")
    asked = {one.kind: str(one.id) for one in guest.view.to_fill}
    ceremony.fill(guest.who, guest.actor, {}, dict.fromkeys(asked.values(), INK))
    ceremony.draw(guest.who, guest.actor, b"", INK)
    assert set(guest.view.inks) == {uuid.UUID(one) for one in asked.values()}
    Envelope.objects.update(state="cancelled", ended_at=timezone.now())
    envelopes.erase(guest.who.recipient, ACTOR)
    assert not Field.objects.filter(ink__isnull=False).exists()
    assert not Ceremony.objects.filter(ink__isnull=False).exists()


@pytest.mark.parametrize("shown", [True, False])
def test_the_logo_of_the_firm_is_in_the_signature_unless_it_is_left_out(
    trust: SmallTrust, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = desk()
    monkeypatch.setattr(firms, "logo", lambda _firm: LOGO)
    own = replace(firms.options(alice.firm), has_logo=True, logo_in_signatures=shown)
    monkeypatch.setattr(firms, "options", lambda _firm: own)
    seen: list[pdf.SignatureSettings] = []
    prepare = pdf.prepare_range

    def prepared(data: pdf.Source, settings: pdf.SignatureSettings, *more: Any, **named: Any) -> pdf.PreparedRange:
        seen.append(settings)
        return prepare(data, settings, *more, **named)

    monkeypatch.setattr(pdf, "prepare_range", prepared)
    envelope_id = launched(alice, alice.ready("claire").id)
    assert Guest(trust, envelope_id, "Claire").signs().state == "signed"
    assert [one.logo for one in seen] == [LOGO if shown else None]


def test_the_preview_shows_what_will_be_there(trust: SmallTrust) -> None:
    alice = desk()
    draft = contract(alice)
    claire, denis = (one.id for one in draft.recipients)
    document = draft.documents[0].id

    def seen(recipient: uuid.UUID, page: int) -> bytes:
        return envelopes.preview_image(alice.person, alice.firm, draft.id, recipient, document, page, 900)

    plain = [envelopes.page_image(alice.person, alice.firm, draft.id, document, page, 900) for page in (0, 1)]
    assert len({*plain, *(seen(one, page) for one in (claire, denis) for page in (0, 1))}) == 6
    Field.objects.filter(recipient=denis).delete()
    assert seen(denis, 0) == plain[0], "who has no box there leaves the page as it is"
    Field.objects.filter(recipient=claire, kind="signature").delete()
    assert seen(claire, 0) != plain[0], "what he fills is shown before his signature is placed"
    for wrong in ((uuid.uuid4(), 0), (claire, 9)):
        with pytest.raises(envelopes.NotFound):
            seen(*wrong)
    mallory = desk(cast.ETIENNE, cast.LE_GALL)
    with pytest.raises(envelopes.NotFound):
        envelopes.preview_image(mallory.person, mallory.firm, draft.id, claire, document, 0, 900)
    # The page that is there once she signed is the one that was promised.
    signed = contract(alice)
    guest = Guest(trust, launched(alice, signed.id), "Claire")
    with time_machine.travel(timezone.now(), tick=False):
        ceremony.fill(guest.who, guest.actor, {}, {str(one.id): INK for one in guest.view.to_fill})
        ceremony.fill(guest.who, guest.actor, dict.fromkeys(map(str, guest.view.values), "CV") | {
            str(one.id): "lu et approuvé" for one in guest.view.to_fill if one.kind == "mention"
        })  # fmt: skip
        Envelope.objects.filter(pk=signed.id).update(state="draft")
        promised = envelopes.preview_image(
            alice.person, alice.firm, signed.id, guest.who.recipient, signed.documents[0].id, 1, 900
        )
        Envelope.objects.filter(pk=signed.id).update(state="running")
        assert guest.signs().state == "signed"
        kept = envelopes.page_image(alice.person, alice.firm, signed.id, signed.documents[0].id, 1, 900)
    assert kept == promised


def _logo() -> bytes:
    import io

    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (80, 40), (20, 90, 160)).save(target, "PNG")
    return target.getvalue()


LOGO = _logo()
