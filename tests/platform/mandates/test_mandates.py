"""Alice lets Chloé sign for her firm: the deed, what it allows, its limits, its end."""

import html
import io
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdfium2 import PdfDocument

from paraphe.floor.files import api as files
from paraphe.floor.jobs import worker
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.documents.models import Document
from paraphe.platform.evidence import api as evidence
from paraphe.platform.mandates import api as mandates
from paraphe.platform.mandates.models import Mandate
from paraphe.platform.signing import api as signing
from paraphe.platform.signing.models import SigningRequest
from tests.journeys.visitor import pdf_of
from tests.pdf.hands import judged
from tests.platform.conftest import ACTOR, give_certificate
from tests.platform.documents.test_documents import as_person, bring
from tests.support import cast
from tests.support.outbox import messages_to
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(trust: SmallTrust) -> accounts.Firm:
    """Return the firm in which Alice is the accountant and Chloé prepares; both have a certificate."""
    for person in (cast.ALICE, cast.CHLOE, cast.BOB):
        give_certificate(as_person(person)[1].pk, trust)
    return cast.firm(cast.MARTIN)


def given(to: cast.CastPerson, **changes: Any) -> dict[str, Any]:
    """Return the form as Alice fills it in."""
    person = cast.sign_in(to)
    return {"delegate": person.pk, "rights": ["sign"], "starts_on": timezone.localdate().isoformat(), **changes}


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def granted(trust: SmallTrust, delegate: cast.CastPerson = cast.CHLOE, **changes: Any) -> Mandate:
    """Have Alice grant and sign a mandate in her browser."""
    alice, _ = as_person(cast.ALICE)
    drafted = alice.post(reverse("mandate-new"), given(delegate, **changes))
    assert drafted.status_code == 302, text(drafted)
    mandate = Mandate.objects.latest("created_at")
    address = alice.post(reverse("mandate-sign", args=[mandate.pk]))["Location"]
    words = {"state": trust.state_of(address), "code": trust.approve(address)}
    page = text(alice.get(reverse("signature-return"), words, follow=True))
    assert "Le mandat est signé" in page
    mandate.refresh_from_db()
    return mandate


def sign(client: Client, trust: SmallTrust, number: uuid.UUID) -> Any:
    begun = client.post(reverse("document-sign", args=[number]), {"visible": "on"})
    if begun.status_code != 302 or "request_uri" not in begun["Location"]:
        return begun
    address = begun["Location"]
    words = {"state": trust.state_of(address), "code": trust.approve(address)}
    return client.get(reverse("signature-return"), words, follow=True)


def letter(client: Client, name: str = "Lettre") -> uuid.UUID:
    bring(client, pdf_of(name), f"{name}.pdf")
    return Document.objects.latest("added_at").pk


def test_chloe_signs_under_the_mandate_and_every_reader_can_see_it(trust: SmallTrust, firm: accounts.Firm) -> None:
    chloe, person = as_person(cast.CHLOE)
    number = letter(chloe)
    assert sign(chloe, trust, number)["Location"] == reverse("document", args=[number]), "not without"
    mandate = granted(trust)
    assert "sign" in accounts.rights(person, firm)
    assert "Votre document est signé." in text(sign(chloe, trust, number))
    data = documents.content(person, firm, number)
    report = judged(data, signing.trusted_roots(), timezone.now())
    assert report.ok
    reason = PdfFileReader(io.BytesIO(data)).embedded_signatures[0].sig_object["/Reason"]
    assert str(mandate.pk) in reason
    assert "Alice Martin" in reason
    assert mandates.get(person, firm, mandate.pk).used == 1
    tags = [entry.tag for entry in evidence.history(mandate=str(mandate.pk)) if entry.tag.startswith("mandate:")]
    assert tags == ["mandate:drafted", "mandate:signed", "mandate:used"]


def test_the_deed_is_signed_by_alice_and_says_what_is_granted(trust: SmallTrust, firm: accounts.Firm) -> None:
    mandate = granted(trust, kinds=["payslip"], most=3, ends_on=(timezone.localdate() + timedelta(days=30)).isoformat())
    data = files.read(mandate.deed)
    report = judged(data, signing.trusted_roots(), timezone.now())
    assert report.ok
    alice, _ = as_person(cast.ALICE)
    shown = alice.get(reverse("mandate-deed", args=[mandate.pk]))
    assert shown.content == data
    printed = " ".join(PdfDocument(data)[0].get_textpage().get_text_bounded().split())
    for words in ("Chloé Durand", "bulletins de paie", str(mandate.pk), "SIREN"):
        assert words in printed
    page = text(alice.get(reverse("delegations")))
    assert "0 sur 3 actes" in page
    assert "En vigueur" in page


def test_only_the_kinds_and_the_number_it_names(trust: SmallTrust, firm: accounts.Firm) -> None:
    granted(trust, kinds=["payslip"], most=2)
    chloe, _ = as_person(cast.CHLOE)
    other, first, second, third = (letter(chloe, f"Bulletin {n}") for n in range(4))
    for number in (first, second, third):
        chloe.post(reverse("document-change", args=[number]), {"kind": "payslip"})
    refused = sign(chloe, trust, other)
    assert refused.status_code == 422
    assert "Vous n'avez pas ce droit" in text(refused)
    for number in (first, second):
        assert "Votre document est signé." in text(sign(chloe, trust, number))
    assert sign(chloe, trust, third).status_code == 422
    assert not SigningRequest.objects.filter(items__reference=str(third)).exists()


def test_what_she_began_and_left_does_not_count(trust: SmallTrust, firm: accounts.Firm) -> None:
    granted(trust, most=1)
    chloe, _ = as_person(cast.CHLOE)
    number, other = letter(chloe), letter(chloe, "Autre")
    chloe.post(reverse("document-sign", args=[number]), {"visible": "on"})
    assert chloe.post(reverse("document-sign", args=[other]), {"visible": "on"}).status_code == 422, (
        "the only one is begun"
    )
    again = sign(chloe, trust, number)
    assert "Votre document est signé." in text(again), "beginning anew withdraws what was begun"


def test_a_batch_is_counted_whole(trust: SmallTrust, firm: accounts.Firm) -> None:
    mandate = granted(trust, most=5)
    chloe, person = as_person(cast.CHLOE)
    numbers = [str(letter(chloe, f"L{n}")) for n in range(6)]
    too_many = chloe.post(reverse("sign-many"), {"document": numbers, "place": "last"})
    assert too_many.status_code == 422
    begun = chloe.post(reverse("sign-many"), {"document": numbers[:5], "place": "last"})
    address = begun["Location"]
    chloe.get(reverse("signature-return"), {"state": trust.state_of(address), "code": trust.approve(address)})
    worker.drain()
    documents.settle_recent()
    assert Document.objects.filter(versions__number=1).count() == 5
    assert mandates.get(person, firm, mandate.pk).used == 5


def test_withdrawn_means_at_once_also_for_what_is_under_way(trust: SmallTrust, firm: accounts.Firm) -> None:
    mandate = granted(trust)
    chloe, person = as_person(cast.CHLOE)
    number = letter(chloe)
    address = chloe.post(reverse("document-sign", args=[number]), {"visible": "on"})["Location"]
    alice, _ = as_person(cast.ALICE)
    answer = alice.post(reverse("mandate-withdraw", args=[mandate.pk]), follow=True)
    assert "Le mandat est retiré" in text(answer)
    assert "sign" not in accounts.rights(person, firm)
    uses = trust.uses_of_the_key
    words = {"state": trust.state_of(address), "code": trust.approve(address)}
    assert "rien n'a été signé" in text(chloe.get(reverse("signature-return"), words, follow=True))
    assert trust.uses_of_the_key == uses
    assert not Document.objects.filter(versions__number=1).exists()
    twice = alice.post(reverse("mandate-withdraw", args=[mandate.pk]), follow=True)
    assert "déjà terminé" in text(twice)


def test_what_was_signed_before_stays_signed(trust: SmallTrust, firm: accounts.Firm) -> None:
    mandate = granted(trust)
    chloe, person = as_person(cast.CHLOE)
    number = letter(chloe)
    sign(chloe, trust, number)
    as_person(cast.ALICE)[0].post(reverse("mandate-withdraw", args=[mandate.pk]))
    assert [one.valid for one in documents.signatures(person, firm, number)] == [True]


def test_a_mandate_begins_and_ends_on_its_days(trust: SmallTrust, firm: accounts.Firm) -> None:
    today = timezone.localdate()
    first, last = today + timedelta(days=10), today + timedelta(days=20)
    granted(trust, starts_on=first.isoformat(), ends_on=last.isoformat())
    person = cast.sign_in(cast.CHLOE)
    for days, allowed in ((0, False), (9, False), (10, True), (20, True), (21, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            assert ("sign" in accounts.rights(person, firm)) is allowed, days


def test_who_left_the_firm_has_nothing_whatever_was_granted(trust: SmallTrust, firm: accounts.Firm) -> None:
    granted(trust)
    person = cast.sign_in(cast.CHLOE, paraphe_firms=[], paraphe_delegations=[])
    assert accounts.rights(person, firm) == frozenset()
    with pytest.raises(accounts.NotAllowed):
        accounts.authority(person, firm, "sign", kinds=["other"])


def test_nora_whom_nobody_delegated_anything_gets_in_by_a_mandate(trust: SmallTrust, firm: accounts.Firm) -> None:
    nora = Client()
    person = cast.sign_in_client(nora, cast.NORA)
    assert nora.get(reverse("private-space"))["Location"] == reverse("no-access")
    granted(trust, cast.NORA, rights=["prepare"])
    assert accounts.track(person) == "collaborator"
    assert nora.get(reverse("private-space"))["Location"] == reverse("registration")


@pytest.mark.parametrize("who", [cast.BOB, cast.CHLOE, cast.ETIENNE], ids=["Bob", "Chloé", "Étienne"])
def test_nobody_but_the_firms_accountant_grants_or_withdraws(
    trust: SmallTrust, firm: accounts.Firm, who: cast.CastPerson
) -> None:
    mandate = granted(trust)
    client, person = as_person(who)
    if who is cast.ETIENNE:
        client.post(reverse("choose-firm"), {"firm": cast.firm(cast.LE_GALL).pk})
        assert client.get(reverse("mandate", args=[mandate.pk])).status_code == 404
    else:
        assert client.get(reverse("mandate-new")).status_code == 404
        assert client.post(reverse("mandate-new"), given(cast.HUGO)).status_code == 404
    if who is not cast.CHLOE:
        for name in ("mandate", "mandate-deed"):
            assert client.get(reverse(name, args=[mandate.pk])).status_code == 404
            assert Client().get(reverse(name, args=[mandate.pk]))["Location"].startswith(reverse("sign-in"))
    assert client.post(reverse("mandate-withdraw", args=[mandate.pk])).status_code == 404
    assert client.post(reverse("mandate-sign", args=[mandate.pk])).status_code == 404
    with pytest.raises(mandates.MayNotGrant):
        mandates.require_grantor(person, firm)
    if who is cast.BOB:
        with pytest.raises(NotFound):
            mandates.get(person, firm, mandate.pk)
    if who is cast.CHLOE:
        assert mandates.get(person, firm, mandate.pk).phase == "in_force"
    assert Mandate.objects.get(pk=mandate.pk).state == "signed"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"delegate": ""}, "Choisissez une personne du cabinet."),
        ({"delegate": "999999"}, "Sélectionnez un choix valide"),
        ({"rights": []}, "Choisissez au moins un droit."),
        ({"rights": ["reign"]}, "Sélectionnez un choix valide"),
        ({"most": "0"}, "supérieure ou égale à 1"),
        ({"most": "many"}, "Saisissez un nombre entier"),
        ({"starts_on": "tomorrow"}, "date valide"),
        ({"ends_on": "2020-01-01"}, "La fin vient avant le début"),
    ],
)
def test_a_mandate_that_cannot_be_is_told_beside_the_field(firm: accounts.Firm, changes: Any, told: str) -> None:
    alice, _ = as_person(cast.ALICE)
    answer = alice.post(reverse("mandate-new"), given(cast.CHLOE, **changes))
    assert answer.status_code == 422
    assert told in text(answer)
    assert not Mandate.objects.exists()


def test_alice_cannot_grant_to_herself(firm: accounts.Firm) -> None:
    alice, person = as_person(cast.ALICE)
    scope = mandates.scope_of(
        rights=["sign"], kinds=[], most=None, starts_on=timezone.localdate(), ends_on=None, today=date(2026, 1, 1)
    )
    with pytest.raises(mandates.NoSuchDelegate):
        mandates.draft(actor=ACTOR, person=person, firm=firm, delegate_id=person.pk, scope=scope, locale="fr")
    assert alice.post(reverse("mandate-new"), given(cast.ALICE)).status_code == 422


def test_a_draft_is_in_force_only_once_signed_and_can_be_dropped(trust: SmallTrust, firm: accounts.Firm) -> None:
    alice, _ = as_person(cast.ALICE)
    alice.post(reverse("mandate-new"), given(cast.CHLOE))
    mandate = Mandate.objects.get()
    person = cast.sign_in(cast.CHLOE)
    assert "sign" not in accounts.rights(person, firm)
    assert mandates.listing(person, firm) == [], "she learns of it when it is signed"
    address = alice.post(reverse("mandate-sign", args=[mandate.pk]))["Location"]
    alice.post(reverse("mandate-withdraw", args=[mandate.pk]))
    words = {"state": trust.state_of(address), "code": trust.approve(address)}
    alice.get(reverse("signature-return"), words, follow=True)
    mandates.settle_recent()
    assert Mandate.objects.get().state == "dropped"
    assert "sign" not in accounts.rights(person, firm)


def test_a_browser_that_never_came_back_still_puts_it_in_force(trust: SmallTrust, firm: accounts.Firm) -> None:
    alice, person = as_person(cast.ALICE)
    alice.post(reverse("mandate-new"), given(cast.CHLOE))
    mandate = Mandate.objects.get()
    address = alice.post(reverse("mandate-sign", args=[mandate.pk]))["Location"]
    signing.complete_authorisation(
        state=trust.state_of(address), code=trust.approve(address), person_id=person.pk, actor=ACTOR
    )
    mandates.settle_recent()
    mandates.settle_recent()
    assert Mandate.objects.get().state == "signed"
    assert evidence.verify() is None


def test_a_mandate_ends_with_the_grantor_who_left_the_roll(trust: SmallTrust, firm: accounts.Firm) -> None:
    mandate = granted(trust)
    chloe, person = as_person(cast.CHLOE)
    number = letter(chloe)
    begun = chloe.post(reverse("document-sign", args=[number]), {"visible": "on"})["Location"]
    alice = cast.sign_in(cast.ALICE)
    accounts.confirm(alice, cast.claims_of(cast.ALICE, paraphe_roll=None))
    assert "sign" not in accounts.rights(person, firm), "at once"
    mandates.settle_recent()
    mandate.refresh_from_db()
    assert mandate.state == "withdrawn"
    words = {"state": trust.state_of(begun), "code": trust.approve(begun)}
    chloe.get(reverse("signature-return"), words, follow=True)
    assert not Document.objects.get(pk=number).versions.filter(number=1).exists(), "also what was under way"
    tags = [entry.tag for entry in evidence.history(mandate=str(mandate.pk))]
    assert tags.count("mandate:withdrawn") == 1
    cast.sign_in(cast.ALICE)
    assert "sign" not in accounts.rights(person, firm), "it does not come back with her"


def test_a_mandate_ends_with_the_delegate_who_left_the_firm(trust: SmallTrust, firm: accounts.Firm) -> None:
    mandate = granted(trust)
    person = cast.sign_in(cast.CHLOE, paraphe_firms=[], paraphe_delegations=[])
    mandates.settle_recent()
    mandate.refresh_from_db()
    assert mandate.state == "withdrawn"
    cast.sign_in(cast.CHLOE)
    assert "sign" not in accounts.rights(person, firm)


def test_rights_that_ended_are_listed_with_what_still_gives_them(trust: SmallTrust, firm: accounts.Firm) -> None:
    """Bob's rights at Comptexpert go, a mandate still gives one; one of Chloé's is withdrawn, another expires."""
    bob, alice = cast.sign_in(cast.BOB), cast.sign_in(cast.ALICE)
    granted(trust, cast.BOB)
    withdrawn = granted(trust, rights=["launch"])
    mandates.withdraw(actor=ACTOR, person=alice, firm=firm, mandate_id=withdrawn.pk)
    granted(trust, rights=["seal"], ends_on=(timezone.localdate() + timedelta(days=1)).isoformat())
    assert [(one.right, one.end, one.held) for one in accounts.ended_rights(firm)] == [("launch", "withdrawn", False)]
    cast.sign_in(cast.BOB, paraphe_delegations=[])
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        found = {one.right: one for one in accounts.ended_rights(firm)}
        assert {right: (one.end, one.held) for right, one in found.items()} == {
            "sign": ("withdrawn", True), "launch": ("withdrawn", False), "seal": ("expired", False),
            "prepare": ("withdrawn", False),
        }  # fmt: skip
        assert (found["sign"].person.pk, found["sign"].mandate, found["launch"].mandate) == (bob.pk, None, withdrawn.pk)
        page = text(as_person(cast.ALICE)[0].get(reverse("delegations")))
    for words in ("Droits terminés", "Retiré chez", "Arrivé à son terme", "Le droit reste acquis autrement"):
        assert words in page
    assert "Droits terminés" not in text(as_person(cast.CHLOE)[0].get(reverse("delegations")))
    cast.sign_in(cast.BOB, paraphe_firms=[], paraphe_delegations=[])
    assert next(one for one in accounts.ended_rights(firm) if one.right == "sign").end == "left"


def test_a_mandate_rests_while_nobody_confirms_its_grantor(trust: SmallTrust, firm: accounts.Firm) -> None:
    granted(trust)
    _, person = as_person(cast.CHLOE)
    with time_machine.travel(timezone.now() + timedelta(days=99)):
        assert "sign" in accounts.rights(person, firm)
    with time_machine.travel(timezone.now() + timedelta(days=101)):
        assert "sign" not in accounts.rights(person, firm)
        mandates.settle_recent()
        cast.sign_in(cast.ALICE)
        assert "sign" in accounts.rights(person, firm), "until she is seen again"


def test_the_secretary_general_sees_the_mandates_of_the_council_and_grants_none(trust: SmallTrust) -> None:
    cast.sign_in(cast.JEANNE)
    marc, _ = as_person(cast.MARC)
    page = text(marc.get(reverse("delegations")))
    assert "Jeanne Rivière" in page
    assert "Donner un mandat" not in page
    assert marc.get(reverse("mandate-new")).status_code == 404
    assert marc.get(reverse("firm-settings")).status_code == 200
    assert marc.get(reverse("history")).status_code == 200
    assert marc.get(reverse("firm-leave")).status_code == 404


def test_a_verifier_sees_the_mandate_that_a_signature_names(trust: SmallTrust, firm: accounts.Firm) -> None:
    mandate = granted(trust)
    chloe, person = as_person(cast.CHLOE)
    number = letter(chloe)
    sign(chloe, trust, number)
    data = documents.content(person, firm, number)
    assert list(mandates.named_in(data)) == [mandate.pk]
    stranger = Client()
    verdict = text(stranger.post(reverse("verify"), {"file": SimpleUploadedFile("signed.pdf", data)}))
    assert reverse("mandate-public", args=[mandate.pk]) in verdict
    page = text(stranger.get(reverse("mandate-public", args=[mandate.pk])))
    for words in ("Alice Martin", "14-75-01042", "En vigueur", mandate.deed_sha256):
        assert words in page
    assert cast.CHLOE.email not in page
    assert stranger.get(reverse("mandate-public-deed", args=[mandate.pk])).content == files.read(mandate.deed)
    alice, _ = as_person(cast.ALICE)
    alice.post(reverse("mandate-withdraw", args=[mandate.pk]))
    assert "Retiré" in text(stranger.get(reverse("mandate-public", args=[mandate.pk])))


def test_a_draft_and_a_number_of_nothing_show_nothing(trust: SmallTrust, firm: accounts.Firm) -> None:
    alice, _ = as_person(cast.ALICE)
    alice.post(reverse("mandate-new"), given(cast.CHLOE))
    for number in (Mandate.objects.get().pk, uuid.uuid4()):
        for name in ("mandate-public", "mandate-public-deed"):
            assert Client().get(reverse(name, args=[number])).status_code == 404
        assert mandates.named_in(f"/Reason (Par mandat {number})".encode()) == []


def test_a_reason_is_read_however_it_is_written(trust: SmallTrust, firm: accounts.Firm) -> None:
    number = granted(trust).pk
    plain = f"/Reason (Par mandat {number} du 1er août)"
    wide = b"/Reason (\xfe\xff" + f"Par mandat {number}".encode("utf-16-be") + b")"
    escaped = plain.replace("-", "\\055").encode("latin-1")
    for data in (plain.encode("latin-1"), wide, escaped, b"/Reason" * 50 + wide):
        assert list(mandates.named_in(b"%PDF-1.7 " + data)) == [number]


@pytest.mark.parametrize("wanted", [True, False])
def test_chloe_is_told_of_a_mandate_given_and_withdrawn_if_she_wants(
    trust: SmallTrust, firm: accounts.Firm, wanted: bool
) -> None:
    chloe, alice = cast.sign_in(cast.CHLOE), cast.sign_in(cast.ALICE)
    kinds = [one for one in accounts.NOTICES if wanted or one != "mandate"]
    accounts.choose_notices(actor=ACTOR, person=chloe, kinds=kinds)
    accounts.choose_language(actor=ACTOR, person=chloe, language="en")
    before = len(messages_to(chloe.email))
    mandate = granted(trust)
    mandates.settle_recent()
    given = messages_to(chloe.email)[before:]
    mandates.withdraw(actor=ACTOR, person=alice, firm=firm, mandate_id=mandate.pk)
    told = messages_to(chloe.email)[before:]
    assert (len(given), len(told)) == ((1, 2) if wanted else (0, 0))
    if wanted:
        assert "sign documents with their own certificate" in given[0].text
        assert "has ended" in told[1].subject
        assert all(f"/espace/delegations/{mandate.pk}/" in one.text for one in told)
