"""Clients sign by their links: in any order, one at a time, what was frozen, once, and never lower than asked for."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.files.models import StoredFile
from paraphe.floor.jobs import worker
from paraphe.kernel.actor import Actor
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.kernel.links import commitment
from paraphe.pdf import api as pdf
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import ceremony, ceremony_signing, links, messages, running, timing
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument, Field, Recipient
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing
from tests.platform.envelopes.support import Desk, desk
from tests.support import cast
from tests.support.outbox import last_message_to
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
SIGN_DOC = "/csc/v2/signatures/signDoc"


class PowerCut(BaseException):
    """What no program catches."""


class Guest:
    """Somebody at his link, with the words of the room for him."""

    def __init__(self, trust: SmallTrust, envelope_id: uuid.UUID, given_name: str) -> None:
        self.trust, self.envelope_id, self.given_name = trust, envelope_id, given_name
        self.who = ceremony.open_link(links.token_of(self.row))
        self.actor = Actor("recipient", str(self.row.pk), "203.0.113.9", "a phone")

    @property
    def row(self) -> Recipient:
        return Recipient.objects.get(envelope_id=self.envelope_id, given_name=self.given_name, state__in=LIVE)

    @property
    def view(self) -> ceremony.CeremonyView:
        return ceremony.look(self.who)

    def reads(self) -> None:
        ceremony.note_opened(self.who, self.actor)
        for document in self.view.documents:
            ceremony.note_pages_seen(self.who, self.actor, document.id, range(len(document.pages)))

    def agrees(self, language: str = "fr") -> None:
        text = self.view.consents[language]
        ceremony.consent(self.who, self.actor, language, sha256_hex(text.encode()))

    def goes(self) -> str:
        return ceremony.begin_signature(self.who, self.actor, "fr")

    def types_code(self, address: str) -> ceremony.Signed:
        state, code = self.trust.state_of(address), self.trust.approve(address)
        return ceremony.complete_signature(self.who, self.actor, state=state, code=code)

    def signs(self) -> ceremony.Signed:
        self.reads()
        self.agrees()
        return self.types_code(self.goes())


LIVE = ["waiting", "invited", "opened", "read", "signed", "approved", "refused", "bounced"]


def started(names: tuple[str, ...] = ("claire", "denis"), *, parallel: bool = False, **options: Any) -> uuid.UUID:
    """Return a collection that runs."""
    alice = desk()
    made = alice.ready(*names)
    return launched(alice, made.id, parallel=parallel, **options)


def launched(alice: Desk, envelope_id: uuid.UUID, *, parallel: bool = False, **options: Any) -> uuid.UUID:
    Envelope.objects.filter(pk=envelope_id).update(**options)
    if parallel:
        Recipient.objects.filter(envelope_id=envelope_id).update(step=1)
    envelopes.launch(**alice.who, envelope_id=envelope_id)
    return envelope_id


def document_of(envelope_id: uuid.UUID) -> EnvelopeDocument:
    return EnvelopeDocument.objects.get(envelope_id=envelope_id)


def signers(trust: SmallTrust, envelope_id: uuid.UUID) -> list[str]:
    """Return who signed, all signatures being valid."""
    document = document_of(envelope_id)
    assert document.current_file is not None
    data = files.read(document.current_file)
    assert sha256_hex(data) == document.sha256
    anchors = tuple(pdf.Anchor(one) for one in trust.pki.roots)
    report = pdf.validate(data, pdf.ValidationSettings(anchors, timezone.now(), compare_pages=False))
    assert report.ok, [(one.signer, one.problems) for one in report.signatures]
    return [one.signer for one in report.signatures]


def written(envelope_id: uuid.UUID, tag: str) -> dict[str, object]:
    """Return what somebody wrote, as the log commits to it and without its being there."""
    entry = evidence.history(envelope=str(envelope_id)).get(tag=tag)
    told = evidence.disclosed([entry.sequence])[entry.sequence]
    assert entry.data["committed"] == commitment(told["salt"], told["values"])
    found = {name: value for name, value in told["values"].items() if name not in ("address", "agent")}
    assert all(str(value) not in str(entry.data) for value in found.values())
    return found


def tags(guest: Guest) -> list[str]:
    return [
        entry.tag for entry in evidence.history(envelope=str(guest.envelope_id), recipient=str(guest.who.recipient))
    ]


def test_two_clients_sign_one_after_the_other(trust: SmallTrust) -> None:
    envelope_id = started()
    claire = Guest(trust, envelope_id, "Claire")
    assert claire.view.recipient_state == "invited"
    assert Recipient.objects.get(given_name="Denis").token_hash is None
    assert claire.signs().state == "signed"
    assert claire.view.phase == "done"
    assert signers(trust, envelope_id) == ["Claire Vidal"]
    denis = Guest(trust, envelope_id, "Denis")
    assert denis.signs().state == "signed"
    assert signers(trust, envelope_id) == ["Claire Vidal", "Denis Roux"]
    assert Envelope.objects.get(pk=envelope_id).state == "completing"
    assert tags(claire) == [
        "recipient:invited", "ceremony:opened", "ceremony:page-seen", "ceremony:read", "ceremony:consented",
        "signature:prepared", "ceremony:digest-shown", "signature:authorised", "signature:received",
        "signature:completed", "ceremony:code-verified", "ceremony:signed",
    ]  # fmt: skip
    assert evidence.verify_envelope(str(envelope_id)) is None


def test_parallel_signers_wait_for_each_other_and_break_nothing(trust: SmallTrust) -> None:
    envelope_id = started(("claire", "denis", "elsa"), parallel=True)
    people = [Guest(trust, envelope_id, name) for name in ("Claire", "Denis", "Elsa")]
    for guest in people:
        guest.reads()
        guest.agrees()
    address = people[0].goes()
    with pytest.raises(signing.AnotherSigns):
        people[1].goes()
    assert people[1].view.wait_code == "another_signs"
    assert people[0].types_code(address).state == "signed"
    for guest in people[1:]:
        assert guest.types_code(guest.goes()).state == "signed"
    assert signers(trust, envelope_id) == ["Claire Vidal", "Denis Roux", "Elsa Noël"]


def test_who_left_at_the_code_is_taken_over_from_and_asked_again(trust: SmallTrust) -> None:
    envelope_id = started(parallel=True)
    claire, denis = (Guest(trust, envelope_id, name) for name in ("Claire", "Denis"))
    for guest in (claire, denis):
        guest.reads()
        guest.agrees()
    left = claire.goes()
    with time_machine.travel(timezone.now() + signing.LEASE + timedelta(seconds=1), tick=True):
        assert denis.types_code(denis.goes()).state == "signed"
        with pytest.raises(signing.AuthorisationMismatch):
            claire.types_code(left)
        assert ceremony.where(claire.who).state == "failed"
        assert claire.types_code(claire.goes()).state == "signed"
        assert signers(trust, envelope_id) == ["Denis Roux", "Claire Vidal"]


def test_a_version_that_another_signed_meanwhile_is_not_signed(
    trust: SmallTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Denis signs between the preparation of Claire and her request: she is sent round again, nothing is lost."""
    envelope_id = started(parallel=True)
    claire, denis = (Guest(trust, envelope_id, name) for name in ("Claire", "Denis"))
    for guest in (claire, denis):
        guest.reads()
        guest.agrees()
    prepare, uses = ceremony_signing._to_sign, trust.uses_of_the_key

    def slowly(*words: Any) -> Any:
        found = prepare(*words)
        monkeypatch.undo()
        denis.types_code(denis.goes())
        return found

    monkeypatch.setattr(ceremony_signing, "_to_sign", slowly)
    with pytest.raises(signing.AnotherSigns):
        claire.goes()
    assert claire.types_code(claire.goes()).state == "signed"
    assert trust.uses_of_the_key == uses + 2
    assert signers(trust, envelope_id) == ["Denis Roux", "Claire Vidal"]


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "../", "\x00", "é" * 70])
def test_a_link_that_opens_nothing_says_nothing(token: str) -> None:
    with pytest.raises(envelopes.LinkDead):
        ceremony.open_link(token)


def test_a_replaced_signer_is_out_while_he_reads(trust: SmallTrust) -> None:
    envelope_id = started()
    claire = Guest(trust, envelope_id, "Claire")
    claire.reads()
    claire.agrees()
    address, alice, who = claire.goes(), desk(), claire.who
    typed = {"given_name": "Elsa", "family_name": "Noël", "email": "elsa@noel.example", "mobile": "0612345681"}
    envelopes.replace(**alice.who, envelope_id=envelope_id, recipient_id=claire.row.pk, typed=typed)
    for act in (
        lambda: ceremony.look(who),
        lambda: ceremony.fill(who, claire.actor, {}),
        lambda: ceremony.begin_signature(who, claire.actor, "fr"),
        lambda: claire.types_code(address),
        lambda: ceremony.refuse(who, claire.actor, "non"),
    ):
        with pytest.raises(envelopes.LinkDead):
            act()
    assert not document_of(envelope_id).current_file
    assert Guest(trust, envelope_id, "Elsa").signs().state == "signed"
    assert signers(trust, envelope_id) == ["Elsa Noël"]


def test_a_revoked_link_opens_nothing_until_another_is_sent(trust: SmallTrust) -> None:
    envelope_id = started()
    claire = Guest(trust, envelope_id, "Claire")
    claire.reads()
    claire.agrees()
    address, alice = claire.goes(), desk()
    about: dict[str, Any] = {"envelope_id": envelope_id, "recipient_id": claire.row.pk}
    envelopes.revoke_link(**alice.who, **about)
    envelopes.revoke_link(**alice.who, **about)
    with pytest.raises(envelopes.LinkDead):
        ceremony.look(claire.who)
    with pytest.raises(envelopes.LinksRevoked):
        envelopes.relaunch(**alice.who, envelope_id=envelope_id)
    with time_machine.travel(timezone.now() + timedelta(days=13), tick=True):
        timing.remind_due()
        assert claire.row.reminded_at is None, "nobody is reminded of what he cannot open"
    envelopes.send_link(**alice.who, **about)
    with pytest.raises(envelopes.TooSoon):
        envelopes.send_link(**alice.who, **about)
    again = Guest(trust, envelope_id, "Claire")
    assert again.who.link != claire.who.link
    assert again.types_code(address).state == "failed", "what was begun by the old link is over"
    assert again.signs().state == "signed"
    assert [tag for tag in tags(again) if "link" in tag] == ["recipient:link-revoked", "recipient:link-sent"]


def test_after_the_end_a_revoked_link_stays_dead_and_no_message_brings_it_back(trust: SmallTrust) -> None:
    envelope_id = started(("claire", "denis"))
    claire, alice = Guest(trust, envelope_id, "Claire"), desk()
    claire.signs()
    about: dict[str, Any] = {"envelope_id": envelope_id, "recipient_id": claire.row.pk}
    envelopes.revoke_link(**alice.who, **about)
    Guest(trust, envelope_id, "Denis").signs()
    worker.drain()
    assert Envelope.objects.get(pk=envelope_id).state == "completed"
    assert claire.row.token_hash is None
    assert "/signer/" not in last_message_to("claire@vidal.example").text
    envelopes.send_link(**alice.who, **about)
    assert messages.link_of(claire.row) in last_message_to("claire@vidal.example").text
    assert ceremony.look(Guest(trust, envelope_id, "Claire").who).available
    chloe = Desk(desk(cast.CHLOE).person, alice.firm)
    with pytest.raises(NotFound):
        envelopes.revoke_link(**chloe.who, **about)
    envelopes.revoke_link(**alice.who, **about)
    with pytest.raises(envelopes.LinkDead):
        ceremony.open_link(links.token_of(claire.row))


def test_a_collection_cancelled_at_the_last_moment_signs_nothing(trust: SmallTrust) -> None:
    envelope_id = started()
    claire = Guest(trust, envelope_id, "Claire")
    claire.reads()
    claire.agrees()
    address, uses = claire.goes(), trust.uses_of_the_key
    envelopes.cancel(**desk().who, envelope_id=envelope_id, reason="Erreur")
    assert claire.types_code(address).state == "failed"
    assert trust.uses_of_the_key == uses
    assert claire.view.phase == "ended"


def test_the_code_of_another_ceremony_is_refused(trust: SmallTrust) -> None:
    envelope_id = started(parallel=True)
    claire, denis = (Guest(trust, envelope_id, name) for name in ("Claire", "Denis"))
    for guest in (claire, denis):
        guest.reads()
        guest.agrees()
    address = claire.goes()
    with pytest.raises(signing.AuthorisationMismatch):
        denis.types_code(address)
    assert claire.types_code(address).state == "signed"
    assert claire.types_code(address).state == "signed", "the way back again shows what became of it"


def test_a_document_changed_in_the_store_is_found_before_signing(trust: SmallTrust) -> None:
    envelope_id = started()
    claire = Guest(trust, envelope_id, "Claire")
    claire.reads()
    claire.agrees()
    frozen = document_of(envelope_id).frozen_file
    assert frozen is not None
    other = files.store(files.read(frozen) + b"\n", purpose="envelope")
    # The row was changed with it: only the evidence still knows better.
    EnvelopeDocument.objects.update(frozen_file=other.id, frozen_sha256=other.sha256, sha256=other.sha256)
    for _ in range(2):
        with pytest.raises(DomainError) as refused:
            claire.goes()
        assert refused.value.code == "document_tampered"
    assert Envelope.objects.get(pk=envelope_id).stuck_code == "document_tampered"
    assert "envelope:tampered" in tags(claire)
    assert "signature:prepared" not in tags(claire)


def test_pages_must_be_seen_and_the_text_agreed_to(trust: SmallTrust) -> None:
    envelope_id = started(read_all_pages=True)
    claire = Guest(trust, envelope_id, "Claire")
    document = claire.view.documents[0]
    with pytest.raises(envelopes.PagesUnseen):
        claire.agrees()
    assert ceremony.note_pages_seen(claire.who, claire.actor, document.id, [0]) == 1
    with pytest.raises(envelopes.PagesUnseen):
        claire.agrees()
    for wrong in (uuid.uuid4(), document.id):
        with pytest.raises(NotFound):
            ceremony.note_pages_seen(claire.who, claire.actor, wrong, [7])
    assert ceremony.note_pages_seen(claire.who, claire.actor, document.id, [1, 0]) == 0
    assert claire.row.state == "read"
    with pytest.raises(envelopes.NotConsented):
        claire.goes()
    with pytest.raises(envelopes.NotConsented):
        ceremony.consent(claire.who, claire.actor, "fr", sha256_hex(b"another text"))
    claire.agrees("en")
    assert claire.goes()


def with_boxes(alice: Desk) -> uuid.UUID:
    """Return a draft for Claire with a box of each kind."""
    made = alice.ready("claire")
    document, claire = made.documents[0], made.recipients[0].id
    kinds: list[tuple[envelopes.FieldKind, str]] = [
        ("text", "Ville"), ("date", "Date"), ("checkbox", "Option"), ("initials", "Paraphe"),
        ("mention", "Lu et approuvé"),
    ]  # fmt: skip
    boxes = [
        envelopes.FieldData(claire, one.kind, one.page, one.x, one.y, one.width, one.height, label=one.label)
        for one in document.fields
    ]
    boxes += [
        envelopes.FieldData(claire, kind, 0, 60.0, 60.0 + 50 * number, 200.0, 24.0, label=label)
        for number, (kind, label) in enumerate(kinds)
    ]
    envelopes.place(**alice.where, envelope_id=made.id, document_id=document.id, fields=boxes)
    return made.id


def test_boxes_are_filled_under_the_signature(trust: SmallTrust) -> None:
    envelope_id = launched(desk(), with_boxes(desk()))
    claire = Guest(trust, envelope_id, "Claire")
    boxes = {one.kind: str(one.id) for one in claire.view.to_fill}
    claire.reads()
    with pytest.raises(envelopes.FieldsInvalid):
        claire.agrees()
    wrong = {boxes["text"]: "x" * 501, boxes["date"]: "2026-02-30", boxes["mention"]: "Lu", boxes["initials"]: " "}
    with pytest.raises(envelopes.FieldsInvalid) as refused:
        ceremony.fill(claire.who, claire.actor, wrong)
    assert refused.value.problems == {
        boxes["text"]: "too_long", boxes["date"]: "date", boxes["mention"]: "mention", boxes["initials"]: "empty",
        boxes["checkbox"]: "empty",
    }  # fmt: skip
    good: Mapping[str, str] = {
        boxes["text"]: "Évry", boxes["date"]: "2026-11-28", boxes["mention"]: "lu et APPROUVE", boxes["initials"]: "CV",
        boxes["checkbox"]: "on",
    }  # fmt: skip
    ceremony.fill(claire.who, claire.actor, good)
    claire.agrees()
    assert claire.types_code(claire.goes()).state == "signed"
    assert signers(trust, envelope_id) == ["Claire Vidal"]
    assert Field.objects.exclude(filled_at=None).count() == 6
    with pytest.raises(envelopes.WrongState):
        ceremony.fill(claire.who, claire.actor, good)


def test_refusing_ends_it_and_says_why(trust: SmallTrust) -> None:
    envelope_id = started()
    claire = Guest(trust, envelope_id, "Claire")
    claire.reads()
    claire.agrees()
    address = claire.goes()
    with pytest.raises(envelopes.BadOptions):
        ceremony.refuse(claire.who, claire.actor, "  ")
    ceremony.refuse(claire.who, claire.actor, "Le montant est faux.")
    ceremony.refuse(claire.who, claire.actor, "Le montant est faux.")
    envelope = Envelope.objects.get(pk=envelope_id)
    assert (envelope.state, claire.row.refusal) == ("refused", "Le montant est faux.")
    assert claire.types_code(address).state == "failed", "what was begun is over"
    assert written(envelope_id, "recipient:refused") == {"reason": "Le montant est faux."}


def test_asking_denying_and_forwarding(trust: SmallTrust) -> None:
    envelope_id = started(may_forward=True)
    claire = Guest(trust, envelope_id, "Claire")
    ceremony.ask(claire.who, claire.actor, "Pourquoi deux pages ?")
    assert claire.row.ceremony.question == "Pourquoi deux pages ?"
    assert written(envelope_id, "recipient:asked") == {"question": "Pourquoi deux pages ?"}
    typed = {"given_name": "Elsa", "family_name": "Noël", "email": "elsa@noel.example", "mobile": "0612345681"}
    with pytest.raises(envelopes.BadRecipient):
        ceremony.forward(claire.who, claire.actor, {**typed, "mobile": ""})
    ceremony.forward(claire.who, claire.actor, typed)
    with pytest.raises(envelopes.LinkDead):
        ceremony.look(claire.who)
    elsa = Guest(trust, envelope_id, "Elsa")
    ceremony.deny(elsa.who, elsa.actor)
    with pytest.raises(envelopes.LinkDead):
        ceremony.look(elsa.who)
    assert elsa.row.state == "bounced"
    Envelope.objects.update(may_forward=False)
    envelopes.correct(
        **desk().who, envelope_id=envelope_id, recipient_id=elsa.row.pk, typed=typed | {"email": "e@noel.example"}
    )
    again = Guest(trust, envelope_id, "Elsa")
    with pytest.raises(envelopes.MayNot):
        ceremony.forward(again.who, again.actor, typed)
    assert again.signs().state == "signed"


def test_an_approver_approves_without_signing(trust: SmallTrust) -> None:
    alice = desk()
    made = alice.ready("claire", "denis")
    denis = made.recipients[1].id
    Recipient.objects.filter(pk=denis).update(role="approver", step=1)
    Field.objects.filter(recipient_id=denis).delete()
    launched(alice, made.id, parallel=True, read_all_pages=True)
    guest, claire = Guest(trust, made.id, "Denis"), Guest(trust, made.id, "Claire")
    with pytest.raises(envelopes.PagesUnseen):
        ceremony.approve(guest.who, guest.actor)
    guest.reads()
    ceremony.approve(guest.who, guest.actor)
    ceremony.approve(guest.who, guest.actor)
    with pytest.raises(envelopes.MayNot):
        ceremony.approve(claire.who, claire.actor)
    assert claire.signs().state == "signed"
    assert Envelope.objects.get(pk=made.id).state == "completing"


def test_a_level_that_cannot_be_had_waits_and_says_why(trust: SmallTrust) -> None:
    envelope_id = started(("claire",))
    Recipient.objects.update(level="advanced")
    claire = Guest(trust, envelope_id, "Claire")
    claire.reads()
    claire.agrees()
    with pytest.raises(signing.IdentityNeeded):
        claire.goes()
    assert claire.view.wait_code == "identity_needed"
    assert ceremony.where(claire.who).state == "none"
    address = ceremony.identity_address(claire.who, claire.actor, "fr")
    number = address.rsplit("/", 1)[1]
    with pytest.raises(signing.AuthorisationMismatch):
        ceremony.identity_returned(claire.who, claire.actor, request=number, state="wrong")
    state = trust.enrolments[number]["state"]
    assert ceremony.identity_returned(claire.who, claire.actor, request=number, state=state).status == "started"
    trust.issue(number)
    assert ceremony.identity_status(claire.who, claire.actor).status == "issued"
    # The small provider issued it to Alice: the field that differs is named.
    with pytest.raises(signing.SignerDiffers):
        claire.goes()
    assert claire.view.wait_code == "signer_differs"


@pytest.mark.parametrize(
    ("room", "act"),
    [(signing, "complete_authorisation"), (ceremony_signing, "_taken"), (running, "after_signature")],
    ids=["signed", "taken", "gone on"],
)
def test_a_power_cut_leaves_it_done_once(
    trust: SmallTrust, monkeypatch: pytest.MonkeyPatch, room: Any, act: str
) -> None:
    envelope_id = started()
    claire = Guest(trust, envelope_id, "Claire")
    claire.reads()
    claire.agrees()
    address, uses, does = claire.goes(), trust.uses_of_the_key, getattr(room, act)

    def dying(*words: Any, **names: Any) -> Any:
        does(*words, **names)
        raise PowerCut

    with monkeypatch.context() as blow:
        blow.setattr(room, act, dying)
        with pytest.raises(PowerCut):
            claire.types_code(address)
    ceremony.settle_ended()
    ceremony.settle_ended()
    assert trust.uses_of_the_key == uses + 1
    assert signers(trust, envelope_id) == ["Claire Vidal"]
    assert tags(claire).count("ceremony:signed") == 1
    assert Guest(trust, envelope_id, "Denis").view.phase == "turn"
    assert StoredFile.objects.count() == 3, "source, frozen, signed"


def test_two_browsers_at_one_link_sign_once(trust: SmallTrust) -> None:
    envelope_id = started()
    phone, desktop = Guest(trust, envelope_id, "Claire"), Guest(trust, envelope_id, "Claire")
    phone.reads()
    desktop.agrees()
    first, uses = phone.goes(), trust.uses_of_the_key
    second = desktop.goes()
    with pytest.raises(signing.AuthorisationMismatch):
        phone.types_code(first)
    assert desktop.types_code(second).state == "signed"
    with pytest.raises(envelopes.NotDone):
        phone.goes()
    assert trust.uses_of_the_key == uses + 1
    assert signers(trust, envelope_id) == ["Claire Vidal"]


def test_face_to_face_the_sender_hands_over_his_tablet(trust: SmallTrust) -> None:
    envelope_id = started()
    alice = desk()
    claire, denis = (Recipient.objects.get(given_name=name) for name in ("Claire", "Denis"))
    who = ceremony.hand_over(**alice.who, envelope_id=envelope_id, recipient_id=claire.pk)
    assert ceremony.look(who).face_to_face
    with pytest.raises(envelopes.NotYourTurn):
        ceremony.hand_over(**alice.who, envelope_id=envelope_id, recipient_id=denis.pk)


def test_without_a_mobile_the_code_goes_by_email_only_where_the_firm_allows_it(trust: SmallTrust) -> None:
    envelope_id = started(("claire",))
    Recipient.objects.update(mobile=None)
    claire = Guest(trust, envelope_id, "Claire")
    claire.reads()
    claire.agrees()
    with pytest.raises(envelopes.MobileMissing):
        claire.goes()
    alice = desk()
    seen = firms.options(alice.firm).version
    firms.change(**alice.who, changes={"code_by_email": True}, seen_version=seen)
    assert claire.view.code_by_email
    assert claire.types_code(claire.goes()).state == "signed"
