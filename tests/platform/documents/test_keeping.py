"""How long documents stay: warned, prolonged, held, deleted one by one or many at once."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.documents.actions import destroy
from paraphe.platform.documents.models import Document
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing
from paraphe.platform.signing.models import SigningRequest
from tests.platform.conftest import give_certificate
from tests.platform.documents.people import actor, here, keeps, sets
from tests.platform.documents.test_documents import as_person
from tests.support import cast
from tests.support.outbox import last_message_to, messages_to
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


def in_days(days: int) -> Any:
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=True)


def test_one_mail_names_everything_that_goes_within_a_week_and_once() -> None:
    alice, bob = here(cast.ALICE), here(cast.BOB)
    firm = cast.firm(cast.MARTIN)
    for n in range(25):
        keeps(alice, firm, f"Bulletin {n}")
    keeps(bob, firm, "Attestation")
    assert documents.warn_due() == 0
    with in_days(24):
        assert documents.warn_due() == 2
        assert documents.warn_due() == 0
        to_alice = last_message_to(alice.email)
        assert "25 documents" in to_alice.subject
        assert "et 5 autres" in to_alice.text
        assert "Bulletin" in to_alice.text
        assert "Attestation" not in to_alice.text
        one = Document.objects.filter(owner=bob).get()
        documents.prolong(actor=actor(bob), person=bob, firm=firm, document_id=one.pk)
        assert documents.warn_due() == 0
    with in_days(24 + 24):
        assert documents.warn_due() == 1


def test_who_wants_no_such_mail_gets_none_and_who_reads_english_gets_it_in_english() -> None:
    alice, bob = here(cast.ALICE), here(cast.BOB)
    firm = cast.firm(cast.MARTIN)
    for who in (alice, bob):
        keeps(who, firm, "Lettre")
    kinds = [kind for kind in accounts.NOTICES if kind != "deleted_soon"]
    accounts.choose_notices(actor=actor(alice), person=alice, kinds=kinds)
    accounts.choose_language(actor=actor(bob), person=bob, language="en")
    with in_days(30):
        assert documents.warn_due() == 1
        assert documents.warn_due() == 0
    assert "A document will be deleted" in last_message_to(bob.email).subject
    assert messages_to(alice.email) == []


def test_who_prolongs_gets_as_long_again_and_no_longer_than_the_operator_allows(
    settings: Any, trust: SmallTrust
) -> None:
    settings.DOCUMENT_MOST_DAYS = 40
    alice = here(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    found = keeps(alice, firm)
    first = found.delete_on
    with in_days(5):
        client, _ = as_person(cast.ALICE)
        client.post(reverse("document-prolong", args=[found.id]))
        assert documents.get(alice, firm, found.id).delete_on == first + timedelta(days=5)
    with in_days(30):
        client, _ = as_person(cast.ALICE)
        client.post(reverse("document-prolong", args=[found.id]))
        assert documents.get(alice, firm, found.id).delete_on == first + timedelta(days=9)
        page = client.get(reverse("document", args=[found.id])).content.decode()
        assert "Prolonger" not in page
    sets(alice, firm, retention_days=3)
    # A shorter stay of new documents never brings the day nearer.
    documents.prolong(actor=actor(alice), person=alice, firm=firm, document_id=found.id)
    assert documents.get(alice, firm, found.id).delete_on == first + timedelta(days=9)
    firms.close(actor=actor(alice), person=alice, firm=firm, typed_siren=firm.siren)
    with pytest.raises(firms.FirmClosed):
        documents.prolong(actor=actor(alice), person=alice, firm=firm, document_id=found.id)


def test_under_legal_hold_nobody_deletes_and_the_evidence_says_who_and_why(trust: SmallTrust) -> None:
    client, alice = as_person(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    found = keeps(alice, firm)
    assert client.post(reverse("document-hold", args=[found.id]), {"reason": " "}).status_code == 422
    client.post(reverse("document-hold", args=[found.id]), {"reason": "Contrôle  fiscal 2025"})
    held = documents.get(alice, firm, found.id).hold
    assert held is not None
    assert (held.by, held.reason) == ("Alice Martin", "Contrôle fiscal 2025")
    entry = evidence.history(document=str(found.id)).filter(tag="document:held").get()
    assert (entry.actor_id, entry.data) == (str(alice.pk), {"reason": "Contrôle fiscal 2025"})
    answer = client.post(reverse("document-delete", args=[found.id]), follow=True)
    assert "gelé" in answer.content.decode()
    with pytest.raises(documents.Held):
        documents.delete(actor=actor(alice), person=alice, firm=firm, document_id=found.id)
    with in_days(400):
        assert documents.delete_due() == 0
        assert documents.warn_due() == 0
        documents.release(actor=actor(alice), person=alice, firm=firm, document_id=found.id)
        # Nobody is surprised on the same night.
        assert documents.delete_due() == 0
    with in_days(408):
        assert documents.delete_due() == 1


def test_only_accountants_hold(trust: SmallTrust) -> None:
    bob, firm = here(cast.BOB), cast.firm(cast.MARTIN)
    found = keeps(bob, firm)
    with pytest.raises(documents.MayNot):
        documents.hold(actor=actor(bob), person=bob, firm=firm, document_id=found.id, reason="Pour rire")
    client, _ = as_person(cast.BOB)
    assert "Geler" not in client.get(reverse("document", args=[found.id])).content.decode()


def test_a_hold_and_a_deletion_at_the_same_moment_leave_a_whole_document_or_none() -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    first, second = keeps(alice, firm, "Un"), keeps(alice, firm, "Deux")
    row = Document.objects.get(pk=first.id)
    documents.hold(actor=actor(alice), person=alice, firm=firm, document_id=first.id, reason="Litige")
    # The deletion had read the row before it was held.
    with pytest.raises(documents.Held):
        destroy(row, actor(alice))
    assert documents.content(alice, firm, first.id).startswith(b"%PDF")
    gone = Document.objects.get(pk=second.id)
    destroy(gone, actor(alice))
    destroy(gone, actor(alice))
    with pytest.raises(NotFound):
        documents.hold(actor=actor(alice), person=alice, firm=firm, document_id=second.id, reason="Litige")
    assert evidence.history(document=str(second.id)).filter(tag="document:deleted").count() == 1


def test_on_its_day_a_document_waits_while_its_signature_is_made(trust: SmallTrust) -> None:
    client, alice = as_person(cast.ALICE)
    give_certificate(alice.pk, trust)
    firm = cast.firm(cast.MARTIN)
    signed, left = keeps(alice, firm, "Signé"), keeps(alice, firm, "Laissé")
    Document.objects.update(delete_on=timezone.localdate())
    address = client.post(reverse("document-sign", args=[signed.id]), {"visible": "on"})["Location"]
    client.post(reverse("document-sign", args=[left.id]), {"visible": "on"})
    trust.faults["/csc/v2/signatures/signHash"] = "down"
    client.get(reverse("signature-return"), {"state": trust.state_of(address), "code": trust.approve(address)})
    assert documents.delete_due() == 1
    assert documents.get(alice, firm, signed.id).title == "Signé"
    trust.faults.clear()
    signing.complete(SigningRequest.objects.get(reference=str(signed.id)).pk)
    documents.settle_recent()
    assert documents.get(alice, firm, signed.id).signed
    assert SigningRequest.objects.get(reference=str(left.id)).state == "failed"
    assert documents.delete_due() == 1


def test_many_are_deleted_after_a_question_and_the_held_one_stays() -> None:
    client, alice = as_person(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    found = [keeps(alice, firm, f"Bulletin {n}") for n in range(4)]
    documents.hold(actor=actor(alice), person=alice, firm=firm, document_id=found[0].id, reason="Litige")
    chosen = [str(one.id) for one in found[:3]] + ["no number", str(uuid.uuid4())]
    asked = client.get(reverse("documents-together"), {"do": "delete", "document": chosen})
    assert Document.objects.count() == 4
    assert "Supprimer 3 documents" in asked.content.decode()
    told = client.post(
        reverse("documents-together"), {"do": "delete", "document": chosen}, follow=True
    ).content.decode()
    assert set(Document.objects.values_list("pk", flat=True)) == {found[0].id, found[3].id}
    assert "2 documents sont supprimés" in told
    assert "gelé" in told
    assert client.get(reverse("documents-together"), {"do": "delete"})["Location"] == reverse("documents")
    assert client.get(reverse("documents-together"), {"do": "burn", "document": chosen}).status_code == 404
    client.post(reverse("documents-together"), {"do": "prolong", "document": [str(found[3].id)]})


def test_alice_holds_what_bob_brought_without_seeing_it_and_what_he_brings_after_that(trust: SmallTrust) -> None:
    """Everybody sees his own: she is told how many, Bob cannot delete, and neither does the night."""
    client, alice = as_person(cast.ALICE)
    bob, firm = here(cast.BOB), cast.firm(cast.MARTIN)
    before, own = keeps(bob, firm, "Bilan secret"), keeps(alice, firm)
    given = {"owner_id": bob.pk, "text": "", "reason": "Litige  Roux"}
    page = client.post(reverse("firm-holds"), given, follow=True).content.decode()
    for words in ("Tout de Bob Petit", "1 document gelé", "Litige Roux"):
        assert words in page
    assert "Bilan secret" not in page
    assert client.get(reverse("document", args=[before.id])).status_code == 404
    after = keeps(bob, firm, "Nouveau")
    for found in (before, after):
        with pytest.raises(documents.Held):
            documents.delete(actor=actor(bob), person=bob, firm=firm, document_id=found.id)
    held = documents.get(bob, firm, after.id).hold
    assert held is not None
    assert (held.by, held.reason) == ("Alice Martin", "Litige Roux")
    [order] = documents.hold_orders(alice, firm)
    entry = evidence.history(firm=str(firm.pk), hold=str(order.id)).get()
    assert (entry.tag, entry.data["held"], entry.data["reason"]) == ("hold:ordered", 1, "Litige Roux")
    third = keeps(bob, firm, "Encore un")
    with in_days(400):
        assert documents.delete_due() == 1, "only her own"
        assert {row.pk for row in Document.objects.all()} == {before.id, after.id, third.id}
        client, _ = as_person(cast.ALICE)
        client.post(reverse("firm-hold-lift", args=[order.id]))
        client.post(reverse("firm-hold-lift", args=[order.id]))
        assert documents.delete_due() == 0, "nobody is surprised on the same night"
    assert own.id not in {row.pk for row in Document.objects.all()}
    with in_days(408):
        assert documents.delete_due() == 3
    tags = [one.tag for one in evidence.history(firm=str(firm.pk), hold=str(order.id))]
    assert tags == ["hold:ordered", "hold:lifted"]


def test_a_hold_by_title_covers_collections_too_and_what_another_order_holds_stays(trust: SmallTrust) -> None:
    alice, bob, firm = here(cast.ALICE), here(cast.BOB), cast.firm(cast.MARTIN)

    def order(**words: Any) -> uuid.UUID:
        given = {"reason": "Contrôle", "owner_id": None, "text": "", **words}
        return documents.order_hold(actor=actor(alice), person=alice, firm=firm, **given)

    both, one = keeps(bob, firm, "Bilan de l'Étoile"), keeps(bob, firm, "Lettre")
    titled, everybody = order(text="l'ETOILE"), order()
    assert [(row.words, row.held) for row in documents.hold_orders(alice, firm)] == [("", 2), ("l'ETOILE", 1)]
    assert documents.is_held(firm.pk, bob.pk, "Collecte de l'étoile")
    cast.sign_in(cast.ETIENNE)
    assert not documents.is_held(cast.firm(cast.OCEAN).pk, bob.pk, "Collecte de l'étoile")
    documents.lift_hold(actor=actor(alice), person=alice, firm=firm, order_id=titled)
    assert documents.get(bob, firm, both.id).hold is not None, "the order for everything holds it now"
    mine = keeps(alice, firm)
    documents.delete_due()
    with pytest.raises(documents.HeldTogether):
        documents.release(actor=actor(alice), person=alice, firm=firm, document_id=mine.id)
    documents.lift_hold(actor=actor(alice), person=alice, firm=firm, order_id=everybody)
    assert documents.get(bob, firm, one.id).hold is None


@pytest.mark.parametrize(
    ("words", "status"), [({"reason": " "}, 422), ({"text": "ab"}, 422), ({"owner_id": 99_999}, 422)]
)
def test_a_hold_that_makes_no_sense_holds_nothing(trust: SmallTrust, words: dict[str, object], status: int) -> None:
    client, alice = as_person(cast.ALICE)
    keeps(alice, cast.firm(cast.MARTIN))
    given = {"owner_id": "", "text": "", "reason": "Litige", **words}
    assert client.post(reverse("firm-holds"), given).status_code == 422
    assert not Document.objects.exclude(held_at=None).exists()
    assert documents.hold_orders(alice, cast.firm(cast.MARTIN)) == []


def test_who_does_not_administer_the_firm_orders_no_hold(trust: SmallTrust) -> None:
    client, bob = as_person(cast.BOB)
    assert client.get(reverse("firm-holds")).status_code == 404
    assert client.post(reverse("firm-holds"), {"reason": "Pour rire"}).status_code == 404
    with pytest.raises(firms.MayNotChange):
        documents.order_hold(
            actor=actor(bob), person=bob, firm=cast.firm(cast.MARTIN), reason="x", owner_id=None, text=""
        )
