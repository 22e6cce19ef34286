"""What people are told of a collection: who asks, for which firm, by one link, in their own language, once."""

from typing import Any

import pytest
from django.utils import timezone

from paraphe.floor.messaging.models import Message
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import arrivals, ceremony, colleagues, links, messages, timing
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.proof import api as proof
from paraphe.platform.proof import checking
from tests.platform.conftest import ACTOR
from tests.platform.envelopes.support import Desk, desk
from tests.platform.envelopes.test_ceremony import Guest, launched, started
from tests.support import cast
from tests.support.outbox import last_message_to, messages_to
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
CLAIRE, DENIS, ALICE = "claire@vidal.example", "denis@roux.example", "alice.martin@cabinet-martin.example"


def sender_of(envelope_id: Any) -> str:
    return Envelope.objects.get(pk=envelope_id).sender.email


def subjects_to(address: str) -> list[str]:
    return [one.subject for one in messages_to(address)]


def test_an_invitation_says_who_asks_for_what_by_one_link(trust: SmallTrust) -> None:
    running = started(("claire",))
    row = Recipient.objects.get(envelope_id=running, email=CLAIRE)
    siren = row.envelope.firm.siren
    [found] = messages_to(CLAIRE)
    assert "Cabinet Martin" in found.subject
    for part in (found.text, found.html):
        assert f"SIREN {siren[:3]} {siren[3:6]} {siren[6:]}" in part
        assert "Alice Martin" in part
        assert part.count(messages.link_of(row)) == 1
        assert messages.report_link_of(row) in part
    assert ceremony.open_link(links.token_of(row)).recipient == row.pk
    assert messages.HERE not in found.text


def test_the_sms_names_firm_and_document_and_holds_no_link(trust: SmallTrust) -> None:
    running = started(("claire",))
    found = last_message_to("+33612345679")
    assert "Cabinet Martin" in found.text
    assert Envelope.objects.get(pk=running).title in found.text
    assert "http" not in found.text


def test_the_sms_carries_the_link_where_the_firm_wants_it_and_the_evidence_says_so(trust: SmallTrust) -> None:
    alice = desk()
    firms.change(**alice.who, changes={"link_by_sms": True}, seen_version=firms.options(alice.firm).version)
    running = started(("claire",))
    [claire] = Recipient.objects.filter(envelope_id=running)
    found = last_message_to("+33612345679")
    assert found.text.endswith(messages.link_of(claire))
    assert "\u00a0" not in found.text
    [invited] = evidence.history(envelope=str(running)).filter(tag="recipient:invited")
    assert invited.data["link_by_sms"] is True


def test_everybody_is_written_to_in_his_own_language(trust: SmallTrust) -> None:
    alice = desk()
    made = alice.ready("claire", "denis")
    Recipient.objects.filter(envelope_id=made.id, email=DENIS).update(locale="en", step=1)
    envelopes.launch(**alice.who, envelope_id=made.id)
    assert "invite à signer" in last_message_to(CLAIRE).subject
    assert "invites you to sign" in last_message_to(DENIS).subject
    assert "identified by the Order" in last_message_to(DENIS).html


#: What a sender is told, with the beginning of its subject in French and in English.
TOLD: list[tuple[str, str, Any]] = [
    ("Question sur", "Question about", lambda one, who: messages.asked(one, who, "Quand ?", "1")),
    ("Mauvais destinataire", "Wrong recipient", messages.denied),
    ("Invitation non remise", "Invitation not delivered", messages.bounced),
    ("Signé par Claire Vidal", "Signed by Claire Vidal", messages.signed),
    ("Échéance proche", "Deadline near", lambda one, who: messages.expires_soon(one)),
    ("Signé par tous", "Signed by all", lambda one, who: messages.completed(one)),
    ("Refus de signer", "Refusal to sign", lambda one, who: messages.refused(one)),
    ("Échéance passée", "Deadline past", lambda one, who: messages.expired(one)),
    ("Collecte arrêtée", "Collection stopped", lambda one, who: messages.cancelled(one)),
    ("Lancement arrêté", "Launch stopped", lambda one, who: colleagues.launch_failed(one, "Lettre")),
]


@pytest.mark.parametrize(("own", "of_the_collection"), [("en", "fr"), ("fr", "en")])
def test_the_sender_reads_his_own_language_whatever_that_of_the_collection(
    trust: SmallTrust, own: str, of_the_collection: str
) -> None:
    alice = desk()
    accounts.choose_language(actor=ACTOR, person=alice.person, language=own)
    running = started(("claire", "denis"), locale=of_the_collection)
    envelope = Envelope.objects.get(pk=running)
    claire = Recipient.objects.get(envelope_id=running, email=CLAIRE)
    for french, english, tells in TOLD:
        tells(envelope, claire)
        told = last_message_to(alice.person.email)
        assert told.subject.startswith(english if own == "en" else french)
        assert ("See the collection" if own == "en" else "Voir la collecte") in told.text
    over = [one.subject for one in messages_to(CLAIRE)]
    assert claire.locale == "fr"
    assert any(one.startswith("Demande close") for one in over)


def test_who_may_launch_is_told_what_waits_for_him(trust: SmallTrust) -> None:
    alice, chloe = desk(), desk(cast.CHLOE)
    accounts.choose_language(actor=ACTOR, person=alice.person, language="en")
    draft = chloe.ready("claire")
    for _ in range(2):
        envelopes.hand_over(**chloe.who, envelope_id=draft.id)
    [told] = [one for one in messages_to(alice.person.email) if one.subject.startswith("To launch")]
    assert "Chloé Durand" in told.text
    assert f"/collectes/{draft.id}/" in told.text
    assert not messages_to(chloe.person.email)
    unwanted("to_launch")
    envelopes.hand_over(**chloe.who, envelope_id=chloe.ready("denis").id)
    assert len([one for one in messages_to(alice.person.email) if one.subject.startswith("To launch")]) == 1


def test_whoever_answers_writes_to_the_sender(trust: SmallTrust) -> None:
    from paraphe.floor.messaging.parcel import Content

    running = started(("claire",))
    [row] = Message.objects.filter(key__startswith="envelope-invited:", kind="email")
    content = Content.unseal(bytes(row.sealed or b""))
    assert (content.reply_to, content.sender_name) == (sender_of(running), "Cabinet Martin")


def test_the_same_is_never_written_twice(trust: SmallTrust) -> None:
    running = started(("claire",))
    envelope, row = Envelope.objects.get(pk=running), Recipient.objects.get(envelope_id=running)
    for _ in range(2):
        messages.invited(envelope, row)
    assert len(messages_to(CLAIRE)) == 1


def test_a_reminder_leads_by_the_same_link(trust: SmallTrust) -> None:
    running = started(("claire",))
    envelope, row = Envelope.objects.get(pk=running), Recipient.objects.get(envelope_id=running)
    timing.remind(envelope, row)
    assert last_message_to(CLAIRE).subject.startswith("Rappel")
    assert messages.link_of(row) in last_message_to(CLAIRE).text


def test_a_refusal_is_told_to_the_sender_with_its_reason(trust: SmallTrust) -> None:
    running = started(("claire", "denis"), parallel=True)
    claire = Guest(trust, running, "Claire")
    claire.reads()
    ceremony.refuse(claire.who, claire.actor, "Le montant <b>n'est pas</b> le bon {title}")
    told = last_message_to(sender_of(running))
    assert "Claire Vidal" in told.text
    assert "Le montant <b>n'est pas</b> le bon {title}" in told.text
    assert "<b>" not in told.html
    assert subjects_to(DENIS)[-1].startswith("Demande close")
    assert not any("Demande close" in one for one in subjects_to(CLAIRE))


def test_a_question_reaches_the_sender_who_answers_by_e_mail(trust: SmallTrust) -> None:
    running = started(("claire",))
    claire = Guest(trust, running, "Claire")
    ceremony.ask(claire.who, claire.actor, "Quelle est la durée ?")
    assert "Quelle est la durée ?" in last_message_to(sender_of(running)).text


def test_the_deadline_and_the_end_are_told(trust: SmallTrust) -> None:
    running = started(("claire",))
    Envelope.objects.filter(pk=running).update(expires_at=timezone.now() + timing.NOTICE / 2)
    timing.notice_due()
    assert subjects_to(CLAIRE)[-1].startswith("Bientôt trop tard")
    assert subjects_to(sender_of(running))[-1].startswith("Échéance proche")
    Envelope.objects.filter(pk=running).update(expires_at=timezone.now())
    timing.expire_due()
    assert subjects_to(CLAIRE)[-1].startswith("Demande close")
    assert subjects_to(sender_of(running))[-1].startswith("Échéance passée")


def test_cancelling_says_why(trust: SmallTrust) -> None:
    running = started(("claire",))
    alice: Desk = desk()
    envelopes.cancel(**alice.who, envelope_id=running, reason="Doublon")
    assert "Doublon" in last_message_to(CLAIRE).text


def test_an_invitation_that_came_back_is_shown_and_told_once(trust: SmallTrust) -> None:
    running = started(("claire", "denis"), parallel=True)
    for row in Message.objects.filter(key__startswith="envelope-invited:", kind="email"):
        recipient = Recipient.objects.get(pk=(row.key or "").split(":")[1])
        lost = {"delivery": "bounced", "delivery_code": "5.1.1"} if recipient.email == CLAIRE else {}
        Message.objects.filter(pk=row.pk).update(state="sent", sealed=None, **lost)
    assert [arrivals.note_lost(), arrivals.note_lost()] == [1, 0]
    states = dict(Recipient.objects.filter(envelope_id=running).values_list("email", "state"))
    assert (states[CLAIRE], states[DENIS]) == ("bounced", "invited")
    assert subjects_to(sender_of(running))[-1].startswith("Invitation non remise")


def test_whoever_opened_his_link_received_it(trust: SmallTrust) -> None:
    running = started(("claire",))
    Guest(trust, running, "Claire").reads()
    Message.objects.filter(kind="email").update(state="sent", sealed=None, delivery="bounced")
    assert arrivals.note_lost() == 0


def test_at_the_end_everybody_gets_a_link_and_there_is_evidence(trust: SmallTrust, tmp_path: Any) -> None:
    running = started(("claire", "denis"))
    for name in ("Claire", "Denis"):
        Guest(trust, running, name).signs()
    from paraphe.platform.envelopes import completion

    completion.complete(running)
    for address in (CLAIRE, DENIS):
        assert subjects_to(address)[-1].startswith("Signé par tous")
    assert all(not one.text.count("%PDF") for one in messages_to(CLAIRE))
    made = proof.of_collection(running)
    assert sorted(one.kind for one in made) == ["attestation", "attestation", "evidence"]
    path = tmp_path / "proof.pdf"
    for one in made:
        assert proof.advance(one.id)
        path.write_bytes(proof.content(one.id))
        found = checking.check(path, trust.pki.roots, timezone.now())
        assert (found.indication, found.faults) == ("PASSED", ())
    evidence = next(one for one in made if one.kind == "evidence")
    path.write_bytes(proof.content(evidence.id))
    record = checking.check(path, trust.pki.roots, timezone.now()).record
    assert [one["made"] for one in record["documents"][0]["versions"]] == [
        "source",
        "frozen",
        "signed",
        "signed",
        "archived",
    ]


def test_the_evidence_is_found_by_the_firm_and_the_attestation_by_its_signer(trust: SmallTrust) -> None:
    from django.test import Client
    from django.urls import reverse

    from paraphe.kernel.errors import NotFound
    from paraphe.platform.envelopes import completion
    from tests.platform.web.test_every_address import registered

    running = started(("claire",))
    claire = Guest(trust, running, "Claire")
    claire.signs()
    completion.complete(running)
    [document] = claire.view.documents
    with pytest.raises(NotFound):
        ceremony.attestation(claire.who, document.id)
    assert desk().now(running).evidence_file is None
    for one in proof.of_collection(running):
        proof.advance(one.id)
    assert ceremony.attested(claire.who) == {document.id}
    assert ceremony.attestation(claire.who, document.id).startswith(b"%PDF")
    assert desk().now(running).evidence_file is not None
    alice, _person = registered(cast.ALICE)
    page = alice.get(reverse("proofs")).content.decode()
    [found] = proof.of_firm(Envelope.objects.get(pk=running).firm_id)
    address = reverse("proof", args=[found.id])
    assert address in page
    assert alice.get(address)["Content-Type"] == "application/pdf"
    bob, _person = registered(cast.BOB)
    assert (bob.get(address).status_code, Client().get(address).status_code) == (404, 302)
    guest = Client()
    guest.get(f"/signer/{links.token_of(claire.row)}/", follow=True)
    assert guest.get(f"/signer/c/{claire.row.pk}/attestation/{document.id}/")["Content-Type"] == "application/pdf"


def unwanted(*kinds: str) -> None:
    """Let Alice want every notice but these."""
    alice = desk().person
    accounts.choose_notices(actor=ACTOR, person=alice, kinds=[one for one in accounts.NOTICES if one not in kinds])


def came_back(running: Any) -> None:
    [row] = Recipient.objects.filter(envelope_id=running)
    Message.objects.filter(key=messages.invitation_key(row)).update(
        state="sent", sealed=None, delivery="bounced", delivery_code="5.1.1"
    )
    arrivals.note_lost()


def expires(running: Any) -> None:
    Envelope.objects.filter(pk=running).update(expires_at=timezone.now())
    timing.expire_due()


def comes_to_its_end(running: Any) -> None:
    Envelope.objects.filter(pk=running).update(expires_at=timezone.now() + timing.NOTICE / 2)
    timing.notice_due()


#: What happens to a collection of Claire and Denis, by the kind of notice and how its subject begins.
HAPPENS: list[tuple[str, str, Any]] = [
    ("completed", "Signé par tous", lambda running: messages.completed(Envelope.objects.get(pk=running))),
    ("expiring", "Échéance proche", comes_to_its_end),
    ("expiring", "Échéance passée", expires),
    ("undelivered", "Invitation non remise", came_back),
]


@pytest.mark.parametrize(("kind", "subject", "happens"), HAPPENS)
def test_the_sender_is_written_to_about_what_he_wants(trust: SmallTrust, kind: str, subject: str, happens: Any) -> None:
    wanted, not_wanted = started(("claire",)), started(("denis",))
    address = sender_of(wanted)
    before = len(messages_to(address))
    for running, kinds in ((not_wanted, [kind]), (wanted, [])):
        unwanted(*kinds)
        happens(running)
        told = [one.startswith(subject) for one in subjects_to(address)[before:]]
        assert told == ([] if kinds else [True])


@pytest.mark.parametrize(("kind", "subject"), [("refused", "Refus de signer"), ("question", "Question sur")])
def test_what_a_signer_says_reaches_who_wants_to_hear_it(trust: SmallTrust, kind: str, subject: str) -> None:
    act = {"refused": ceremony.refuse, "question": ceremony.ask}[kind]
    told: list[str] = []
    for name, kinds in (("claire", ()), ("denis", (kind,))):
        running = started((name,))
        unwanted(*kinds)
        guest = Guest(trust, running, name.capitalize())
        guest.reads()
        act(guest.who, guest.actor, f"Parole de {name}")
        told = [one.text for one in messages_to(sender_of(running)) if one.subject.startswith(subject)]
    assert len(told) == 1
    assert "Parole de claire" in told[0]


def test_a_signature_is_told_once_while_others_are_asked(trust: SmallTrust) -> None:
    running = started(("claire", "denis", "elsa"))
    claire = Guest(trust, running, "Claire")
    claire.signs()
    envelopes.after_signature(running)
    [told] = [one for one in messages_to(sender_of(running)) if one.subject.startswith("Signé par Claire Vidal")]
    assert "1 sur 3" in told.text
    unwanted("progress")
    Guest(trust, running, "Denis").signs()
    unwanted()
    Guest(trust, running, "Elsa").signs()
    told_of = {one.split(" : ")[0] for one in subjects_to(sender_of(running)) if one.startswith("Signé par ")}
    assert told_of <= {"Signé par Claire Vidal", "Signé par tous"}


def test_an_approval_is_told_too(trust: SmallTrust) -> None:
    alice = desk()
    made = alice.ready("claire")
    approver = {"given_name": "Denis", "family_name": "Roux", "email": DENIS, "role": "approver"}
    envelopes.add_recipient(**alice.where, envelope_id=made.id, typed=approver)
    running = launched(alice, made.id, parallel=True)
    denis = Guest(trust, running, "Denis")
    denis.reads()
    ceremony.approve(denis.who, denis.actor)
    assert subjects_to(sender_of(running))[-1].startswith("Approuvé par Denis Roux")
