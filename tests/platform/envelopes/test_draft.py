"""Drafting a collection: documents, people, boxes; what is wrong is refused and nothing is kept of it."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraphe.floor.files.models import StoredFile
from paraphe.kernel.errors import NotFound
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import rules
from paraphe.platform.envelopes.values import FIELD_KINDS, FieldData
from paraphe.platform.evidence import api as evidence
from tests.platform.conftest import ACTOR
from tests.platform.envelopes.support import CLIENTS, LETTER, Desk, desk
from tests.support import cast

pytestmark = pytest.mark.django_db
OPTIONS = {"title": "Mission 2026", "kind": "engagement_letter", "expiry_days": 20, "reminder_days": [10, 3]}


def test_alice_drafts_a_collection_and_everything_is_there() -> None:
    alice = desk()
    draft = alice.draft("claire", "denis", documents=2)
    envelopes.set_options(**alice.where, envelope_id=draft.id, typed={**OPTIONS, "message": "Bonjour,\r\nMerci."})
    found = alice.now(draft.id)
    assert (found.state, found.title, found.message) == ("draft", "Mission 2026", "Bonjour,\nMerci.")
    assert found.reminder_days == (3, 10)
    assert [one.title for one in found.documents] == ["Lettre 1", "Lettre 2"]
    assert [(one.name, one.step, one.mobile) for one in found.recipients] == [
        ("Claire Vidal", 1, "+33612345679"),
        ("Denis Roux", 2, "+33612345680"),
    ]
    assert [one.tag for one in evidence.history(envelope=str(draft.id))] == ["envelope:created"]


def test_a_document_of_hers_is_copied_into_the_draft() -> None:
    alice = desk()
    draft = alice.draft()
    kept = documents.add(**alice.who, filename="Bilan.pdf", chunks=[LETTER])
    envelopes.add_from_documents(**alice.where, envelope_id=draft.id, document_ids=[kept.id], use="attachment")
    documents.delete(**alice.who, document_id=kept.id)
    found = alice.now(draft.id).documents[-1]
    assert (found.title, found.use) == ("Bilan", "attachment")
    assert envelopes.content(alice.person, alice.firm, draft.id, found.id) == LETTER


def test_nobody_without_right_can_tell_that_it_exists() -> None:
    alice = desk()
    draft = alice.draft("claire")
    bob, chloe, etienne = desk(cast.BOB), desk(cast.CHLOE), desk(cast.ETIENNE, cast.LE_GALL)
    for other in (bob, chloe, etienne, Desk(etienne.person, alice.firm)):
        with pytest.raises(NotFound):
            other.now(draft.id)
        with pytest.raises(NotFound):
            envelopes.add_recipient(**other.where, envelope_id=draft.id, typed=CLIENTS["elsa"])
    assert [one.name for one in alice.now(draft.id).recipients] == ["Claire Vidal"]


def test_who_may_not_prepare_cannot_begin() -> None:
    desk()
    mallory = cast.sign_in(cast.MALLORY)
    with pytest.raises(envelopes.MayNot):
        envelopes.create(actor=ACTOR, person=mallory, firm=cast.firm(cast.MARTIN))


def test_everything_wrong_with_a_recipient_is_told_at_once() -> None:
    alice = desk()
    draft = alice.draft()
    with pytest.raises(envelopes.BadRecipient) as caught:
        envelopes.add_recipient(
            **alice.where,
            envelope_id=draft.id,
            typed={"given_name": "x" * 101, "email": "no", "mobile": "01 23 45 67 89", "role": "king"},
        )
    assert caught.value.problems == {
        "given_name": "too_long",
        "email": "bad_email",
        "mobile": "not_mobile",
        "role": "unknown",
    }
    assert alice.now(draft.id).recipients == ()


def test_a_colleague_is_recognised_by_his_address() -> None:
    alice, bob = desk(), desk(cast.BOB)
    draft = alice.draft()
    typed = {"given_name": "Bob", "family_name": "Petit", "email": bob.person.email.upper()}
    envelopes.add_recipient(**alice.where, envelope_id=draft.id, typed=typed)
    assert alice.now(draft.id).recipients[0].person_id == bob.person.pk


def test_people_are_put_in_order_some_of_them_side_by_side() -> None:
    alice = desk()
    draft = alice.draft("claire", "denis", "elsa")
    claire, denis, elsa = (one.id for one in draft.recipients)
    envelopes.arrange_recipients(**alice.where, envelope_id=draft.id, steps=[[elsa], [denis, claire]])
    assert [[one.given_name for one in step] for step in alice.now(draft.id).steps] == [["Elsa"], ["Denis", "Claire"]]
    for wrong in ([[claire]], [[claire, denis], [elsa, claire]], [[claire, denis, elsa, uuid.uuid4()]]):
        with pytest.raises(envelopes.BadOrder):
            envelopes.arrange_recipients(**alice.where, envelope_id=draft.id, steps=wrong)
    envelopes.remove_recipient(**alice.where, envelope_id=draft.id, recipient_id=elsa)
    assert [one.step for one in alice.now(draft.id).recipients] == [1, 1]


def test_boxes_are_moved_onto_their_page_and_replaced_as_a_whole() -> None:
    alice = desk()
    draft = alice.draft("claire")
    [document], [claire] = draft.documents, draft.recipients
    asked = [
        FieldData(claire.id, "signature", 1, 9000, -5, 10, 10),
        FieldData(claire.id, "mention", 0, 50, 50, 200, 30, label="lu et approuvé"),
    ]
    for _again in range(2):
        envelopes.place(**alice.where, envelope_id=draft.id, document_id=document.id, fields=asked)
    mention, signature = alice.now(draft.id).documents[0].fields
    width, height = document.pages[1]
    assert signature.x + signature.width == pytest.approx(width, abs=0.1)
    assert signature.y == 0
    assert (signature.width, signature.height) == rules.SMALLEST["signature"]
    assert (mention.kind, mention.label) == ("mention", "lu et approuvé")
    assert height > 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "stamp"}, "kind"),
        ({"page": 7}, "page"),
        ({"page": -1}, "page"),
        ({"x": float("nan")}, "size"),
        ({"width": float("inf")}, "size"),
        ({"recipient": uuid.UUID(int=1)}, "recipient"),
        ({"existing": "Nowhere"}, "name"),
        ({"label": "x" * 201}, "label"),
    ],
)
def test_a_box_that_makes_no_sense_is_refused_and_the_others_stay(change: dict[str, object], reason: str) -> None:
    alice = desk()
    draft = alice.draft("claire")
    [document], [claire] = draft.documents, draft.recipients
    good = FieldData(claire.id, "signature", 0, 10, 10, 200, 70)
    envelopes.place(**alice.where, envelope_id=draft.id, document_id=document.id, fields=[good])
    bad = FieldData(**{**vars(good), **change})
    with pytest.raises(envelopes.BadField) as caught:
        envelopes.place(**alice.where, envelope_id=draft.id, document_id=document.id, fields=[bad])
    assert caught.value.params["reason"] == reason
    assert [one.kind for one in alice.now(draft.id).documents[0].fields] == ["signature"]


def test_approvers_people_in_copy_and_attachments_have_no_boxes() -> None:
    alice = desk()
    draft = alice.draft("claire")
    [document], [claire] = draft.documents, draft.recipients
    box = FieldData(claire.id, "signature", 0, 10, 10, 200, 70)
    envelopes.place(**alice.where, envelope_id=draft.id, document_id=document.id, fields=[box])
    envelopes.change_recipient(
        **alice.where, envelope_id=draft.id, recipient_id=claire.id, typed={**CLIENTS["claire"], "role": "approver"}
    )
    assert alice.now(draft.id).documents[0].fields == ()
    with pytest.raises(envelopes.BadField):
        envelopes.place(**alice.where, envelope_id=draft.id, document_id=document.id, fields=[box])


def test_boxes_stand_under_a_text_and_by_default_at_the_foot() -> None:
    alice = desk()
    draft = alice.draft("claire", "denis")
    [document], [claire, _denis] = draft.documents, draft.recipients
    here = {**alice.where, "envelope_id": draft.id, "document_id": document.id}
    envelopes.place_under_text(**here, recipient_id=claire.id, kind="signature", text="Lettre de mission")
    assert envelopes.place_by_default(**here) == 1
    assert envelopes.place_by_default(**here) == 0
    signed = alice.now(draft.id).documents[0].fields
    assert {one.recipient_id for one in signed} == {one.id for one in draft.recipients}
    with pytest.raises(envelopes.TextMissing):
        envelopes.place_under_text(**here, recipient_id=claire.id, kind="text", text="Ne s'y trouve pas")


def test_a_deleted_draft_leaves_no_file() -> None:
    alice = desk()
    draft = alice.draft("claire", documents=2)
    assert StoredFile.objects.filter(purpose="envelope").count() == 2
    envelopes.remove_document(**alice.where, envelope_id=draft.id, document_id=draft.documents[0].id)
    envelopes.delete(**alice.who, envelope_id=draft.id)
    assert not StoredFile.objects.filter(purpose="envelope").exists()
    assert [one.tag for one in evidence.history(envelope=str(draft.id))] == ["envelope:created", "envelope:deleted"]


def test_more_than_fifty_documents_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_DOCUMENTS", 2)
    alice = desk()
    draft = alice.draft(documents=2)
    with pytest.raises(envelopes.TooMany):
        envelopes.add_document(**alice.where, envelope_id=draft.id, filename="3.pdf", chunks=[LETTER])
    envelopes.remove_document(**alice.where, envelope_id=draft.id, document_id=draft.documents[0].id)
    with pytest.raises(envelopes.PdfRefused):
        envelopes.add_document(**alice.where, envelope_id=draft.id, filename="3.pdf", chunks=[b"hello"])
    assert len(alice.now(draft.id).documents) == 1


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        ({"expiry_days": 0}, {"expiry_days": "days"}),
        ({"expiry_days": 3, "reminder_days": [3]}, {"reminder_days": "reminders"}),
        ({"kind": "novel", "locale": "de"}, {"kind": "unknown", "locale": "unknown"}),
        ({"title": "x" * 201}, {"title": "too_long"}),
        ({"consent": "Je signe tout."}, {"consent": "unknown"}),
        ({"level": "advanced"}, {"level": "not_offered"}),
    ],
)
def test_options_out_of_bounds_are_refused(typed: dict[str, object], problems: dict[str, str]) -> None:
    alice = desk()
    draft = alice.draft()
    with pytest.raises(envelopes.BadOptions) as caught:
        envelopes.set_options(**alice.where, envelope_id=draft.id, typed={**OPTIONS, **typed})
    assert caught.value.problems == problems


@given(
    kind=st.sampled_from(FIELD_KINDS),
    numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=4, max_size=4),
    size=st.tuples(st.floats(20, 3000), st.floats(20, 3000)),
)
def test_whatever_was_asked_the_box_lies_on_its_page(
    kind: envelopes.FieldKind, numbers: list[float], size: tuple[float, float]
) -> None:
    x, y, width, height = numbers
    box = rules.field_of(FieldData(uuid.UUID(int=1), kind, 0, x, y, width, height), [size])
    assert 0 <= box.x <= size[0]
    assert 0 <= box.y <= size[1]
    assert box.x + box.width <= size[0] + 0.02
    assert box.y + box.height <= size[1] + 0.02


@given(st.lists(st.integers(0, 9)))
def test_steps_rise_by_one_from_one(groups: list[int]) -> None:
    steps = rules.steps_of(groups)
    assert steps == sorted(steps)
    assert set(steps) == set(range(1, len(set(steps)) + 1))


@given(st.dictionaries(st.sampled_from([*rules.NAME_LENGTHS, "role", "locale", "level"]), st.text()))
def test_a_recipient_is_kept_clean_or_refused(typed: dict[str, str]) -> None:
    try:
        data = rules.recipient_of(typed)
    except envelopes.BadRecipient:
        return
    assert data.name.isprintable()
    assert data == rules.recipient_of({name: str(value) for name, value in vars(data).items()})
