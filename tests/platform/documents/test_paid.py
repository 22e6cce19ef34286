"""Signatures are paid from the firm's credit: reserved when begun, debited when done, given back when not."""

import html
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from paraphe.floor.files import api as files
from paraphe.floor.jobs import worker
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.documents import api as documents
from paraphe.platform.documents import signature
from paraphe.platform.documents.models import Document
from paraphe.platform.signing.models import SigningItem, SigningRequest
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import ACTOR, give_certificate
from tests.platform.documents.test_documents import as_person, bring
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(trust: SmallTrust, settings: Any) -> accounts.Firm:
    """Return Alice's firm, which has two euros; a signature costs fifty cents."""
    settings.PRICES = {**settings.PRICES, "signature": 50}
    _, person = as_person(cast.ALICE)
    give_certificate(person.pk, trust)
    found = cast.firm(cast.MARTIN)
    credit.top_up(firm=found, cents=200, reference="VIR-2026-11-24-001", actor=ACTOR)
    return found


def has(firm: accounts.Firm) -> tuple[int, int]:
    balance = credit.balance(firm)
    return balance.available_cents, balance.reserved_cents


def bring_letters(client: Client, count: int) -> list[str]:
    for number in range(count):
        bring(client, pdf_of(f"Lettre {number}"), f"Lettre {number}.pdf")
    return [str(one.pk) for one in Document.objects.order_by("added_at")]


def begin(client: Client, number: str) -> Any:
    return client.post(reverse("document-sign", args=[number]), {"visible": "on"})


def come_back(client: Client, trust: SmallTrust, address: str, **words: str) -> Any:
    words = words or {"state": trust.state_of(address), "code": trust.approve(address)}
    return client.get(reverse("signature-return"), words, follow=True)


def test_a_signature_is_reserved_then_debited_once(trust: SmallTrust, firm: accounts.Firm) -> None:
    alice, _ = as_person(cast.ALICE)
    [number] = bring_letters(alice, 1)
    address = begin(alice, number)["Location"]
    assert has(firm) == (150, 50)
    come_back(alice, trust, address)
    documents.settle_recent()
    signature.settle_stale()
    assert has(firm) == (150, 0)


def test_what_she_refuses_or_leaves_is_given_back(trust: SmallTrust, firm: accounts.Firm) -> None:
    alice, _ = as_person(cast.ALICE)
    first, second = bring_letters(alice, 2)
    address = begin(alice, first)["Location"]
    come_back(alice, trust, address, state=trust.state_of(address), error="access_denied")
    assert has(firm) == (200, 0)
    begin(alice, second)
    begin(alice, second)
    documents.settle_recent()
    assert has(firm) == (150, 50), "beginning anew costs once"
    alice.post(reverse("document-delete", args=[second]))
    documents.settle_recent()
    assert has(firm) == (200, 0)


def test_nothing_is_signed_that_the_firm_cannot_pay(trust: SmallTrust, firm: accounts.Firm) -> None:
    alice, _ = as_person(cast.ALICE)
    numbers = bring_letters(alice, 5)
    answer = alice.post(reverse("sign-many"), {"document": numbers, "place": "last"})
    assert answer.status_code == 422
    assert "il manque 0,50" in html.unescape(answer.content.decode()).replace("\xa0", " ")
    assert not SigningRequest.objects.exclude(state="failed").exists()
    assert has(firm) == (200, 0)
    address = alice.post(reverse("sign-many"), {"document": numbers[:4], "place": "last"})["Location"]
    assert has(firm) == (0, 200)
    assert begin(alice, numbers[4]).status_code == 422, "the last euro is not spent twice"
    come_back(alice, trust, address)
    worker.drain()
    documents.settle_recent()
    assert has(firm) == (0, 0)
    assert Document.objects.filter(versions__number=1).count() == 4


def test_only_what_was_signed_is_paid(trust: SmallTrust, firm: accounts.Firm) -> None:
    alice, _ = as_person(cast.ALICE)
    numbers = bring_letters(alice, 4)
    address = alice.post(reverse("sign-many"), {"document": numbers, "place": "last"})["Location"]
    files.destroy(SigningItem.objects.get(position=1).prepared_file)
    come_back(alice, trust, address)
    worker.drain()
    documents.settle_recent()
    assert has(firm) == (50, 0)


def test_one_letter_left_and_begun_again_with_the_last_euro(trust: SmallTrust, firm: accounts.Firm) -> None:
    alice, _ = as_person(cast.ALICE)
    numbers = bring_letters(alice, 4)
    alice.post(reverse("sign-many"), {"document": numbers, "place": "last"})
    again = alice.post(reverse("sign-many"), {"document": numbers, "place": "first"})
    assert again.status_code == 302
    assert has(firm) == (0, 200)
