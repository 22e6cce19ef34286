"""The parapheur: many documents, one list, one code, and what came of each."""

import io
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from reportlab.pdfgen.canvas import Canvas

from paraphe.floor.files import api as files
from paraphe.floor.jobs import worker
from paraphe.kernel.errors import NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.documents.models import Document
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing
from paraphe.platform.signing.models import SigningItem, SigningRequest
from tests.journeys.visitor import pdf_of
from tests.pdf.hands import judged
from tests.platform.conftest import ACTOR, give_certificate
from tests.platform.documents.test_documents import as_person, bring
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


def letter(number: int, pages: int = 1) -> bytes:
    return pdf_of(f"Lettre {number}", pages=pages)


def with_words(*words: tuple[int, float, float, str], pages: int = 2, turned: int = 0) -> bytes:
    """Return a PDF with words at (page, x, y), as they are seen from its lower left."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842))
    for page in range(pages):
        canvas.setPageRotation(turned)
        for number, x, y, text in words:
            if number == page:
                canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


@pytest.fixture
def alice(trust: SmallTrust) -> Client:
    """Return the browser of Alice, who has a certificate and five letters of one to three pages."""
    client, person = as_person(cast.ALICE)
    give_certificate(person.pk, trust)
    for number in range(5):
        bring(client, letter(number, 1 + number % 3), f"Lettre {number}.pdf")
    return client


def numbers() -> list[str]:
    return [str(one.pk) for one in Document.objects.order_by("added_at")]


def ask(client: Client, ticked: list[str], **place: str) -> Any:
    return client.post(reverse("sign-many"), {"document": ticked, "place": "last", **place})


def come_back(client: Client, trust: SmallTrust, asked: Any) -> Any:
    address = asked["Location"]
    words = {"state": trust.state_of(address), "code": trust.approve(address)}
    return client.get(reverse("signature-return"), words, follow=True)


def test_alice_signs_five_letters_with_one_code(alice: Client, trust: SmallTrust) -> None:
    page = alice.get(reverse("sign-many")).content.decode()
    assert page.count("pas encore ouvert") == 5
    uses = trust.uses_of_the_key
    asked = ask(alice, numbers())
    pushed = trust.pushed[list(trust.pushed)[-1]]["details"]["documentDigests"]
    assert [one["label"] for one in pushed] == [f"Lettre {n} ({1 + n % 3} page{'s' * (n % 3 > 0)})" for n in range(5)]
    waiting = come_back(alice, trust, asked).content.decode()
    assert "0 sur 5 terminés" in waiting
    worker.drain()
    assert trust.uses_of_the_key == uses + 1
    done = alice.get(reverse("signature-progress", args=[SigningRequest.objects.get().pk])).content.decode()
    assert "5 documents signés" in done
    for document in Document.objects.all():
        version = document.versions.get(number=1)
        report = judged(files.read(version.file_id), signing.trusted_roots(), timezone.now())
        assert report.ok
        assert report.signatures[0].level == "B-LT"
        tags = [entry.tag for entry in evidence.history(document=str(document.pk))]
        assert tags == ["document:added", "document:signed"]
    assert "Rien à signer" in alice.get(reverse("sign-many")).content.decode()
    assert evidence.verify() is None


def test_what_she_opened_is_shown_as_opened(alice: Client) -> None:
    first = numbers()[0]
    alice.get(reverse("document", args=[first]))
    alice.get(reverse("document", args=[first]))
    assert alice.get(reverse("sign-many")).content.decode().count("pas encore ouvert") == 4
    assert [entry.tag for entry in evidence.history(document=first)] == ["document:added", "document:opened"]


def test_nothing_is_signed_that_she_did_not_tick(alice: Client, trust: SmallTrust) -> None:
    assert "checked" not in alice.get(reverse("sign-many")).content.decode()
    answer = ask(alice, [])
    assert answer.status_code == 422
    assert "Choisissez au moins un document." in answer.content.decode()
    chosen = numbers()[1:3]
    come_back(alice, trust, ask(alice, chosen))
    assert [str(one.pk) for one in Document.objects.filter(versions__number=1).order_by("added_at")] == chosen


def test_nobody_signs_documents_of_another(alice: Client, trust: SmallTrust) -> None:
    theirs = numbers()
    etienne, person = as_person(cast.ETIENNE)
    give_certificate(person.pk, trust)
    etienne.post(reverse("choose-firm"), {"firm": cast.firm(cast.LE_GALL).pk})
    assert ask(etienne, theirs[:1]).status_code == 404
    assert ask(alice, [theirs[0], str(uuid.uuid4())]).status_code == 404
    assert ask(alice, ["nonsense"]).status_code == 422
    assert not SigningRequest.objects.exists()


def test_chloe_who_prepares_sees_no_parapheur() -> None:
    chloe, person = as_person(cast.CHLOE)
    assert chloe.get(reverse("sign-many")).status_code == 403
    with pytest.raises(documents.MayNot):
        documents.begin_signatures(
            actor=ACTOR, person=person, firm=cast.firm(cast.MARTIN), document_ids=[], rule=documents.Rule(),
            appearance=pdf.SignatureSettings(), label=lambda one: one.title, reasons=lambda by: "", locale="fr",
        )  # fmt: skip


def test_a_document_that_cannot_be_signed_so_is_named_and_nothing_is_begun(alice: Client, trust: SmallTrust) -> None:
    bring(alice, with_words((1, 300, 200, "L'expert-comptable")), "Bilan.pdf")
    everything = numbers()
    answer = ask(alice, everything, place="text", text="l'expert-comptable")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Le texte demandé ne se trouve pas dans ce document") == 5
    assert page.count(" checked") == 6, "what was ticked stays ticked"
    assert not SigningRequest.objects.exists()
    assert ask(alice, everything, place="field").content.decode().count("pas de champ de signature vide") == 6
    assert ask(alice, everything, place="text").content.decode().count("Écrivez le texte sous lequel") == 1
    assert ask(alice, everything, place="elsewhere").status_code == 422
    alone = ask(alice, everything[-1:], place="text", text="l'expert-comptable")
    come_back(alice, trust, alone)
    report = documents.signatures(*_owner(everything[-1]), uuid.UUID(everything[-1]))
    assert [one.valid for one in report] == [True]


def _owner(number: str) -> tuple[accounts.Person, accounts.Firm]:
    row = Document.objects.select_related("owner", "firm").get(pk=number)
    return row.owner, row.firm


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_text_is_found_where_it_is_seen(turned: int) -> None:
    data = with_words((0, 100, 700, "Signature"), (1, 300, 200, "Signature du client"), turned=turned)
    found = pdf.find_text(data, "signature")
    assert found is not None
    assert found.page == 1
    x, y = found.x, found.y
    # Where the lower left of the word lies on the page as it is turned, from the top left. A page turned by a quarter
    # is made 842 wide, and seen 595 wide.
    seen = {0: (300, 842 - 200), 90: (200, 300), 180: (595 - 300, 200), 270: (595 - 200, 842 - 300)}[turned]
    corners = [(x, y + found.height), (x, y), (x + found.width, y), (x + found.width, y + found.height)]
    lower_left = corners[turned // 90]
    assert lower_left == pytest.approx(seen, abs=4)
    assert pdf.find_text(data, "cachet") is None
    assert pdf.find_text(data, "  ") is None


def test_one_that_fails_leaves_the_others_signed_and_is_told(
    alice: Client, trust: SmallTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(alice, numbers())
    broken = SigningItem.objects.get(position=2)
    files.destroy(broken.prepared_file)
    come_back(alice, trust, asked)
    worker.drain()
    request = SigningRequest.objects.get()
    page = alice.get(reverse("signature-progress", args=[request.pk])).content.decode()
    assert "Tous les documents ne sont pas signés" in page
    assert page.count("Non signé") == 1
    assert Document.objects.filter(versions__number=1).count() == 4
    outcome = signing.outcome(request.pk)
    assert [one.reference for one in outcome.failures] == [numbers()[2]]
    # The one that is left is signed with a new code; the others are not touched.
    come_back(alice, trust, ask(alice, numbers()[2:3]))
    assert Document.objects.filter(versions__number=1).count() == 5
    assert not Document.objects.filter(versions__number=2).exists()


def test_a_worker_killed_in_the_middle_goes_on_and_asks_for_no_new_code(
    alice: Client, trust: SmallTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_back(alice, trust, ask(alice, numbers()))
    finish, calls = pdf.finish, []

    def dies_at_the_third(*words: Any, **names: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return finish(*words, **names)

    uses = trust.uses_of_the_key
    with monkeypatch.context() as blow:
        blow.setattr(pdf, "finish", dies_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            signing.complete(SigningRequest.objects.get().pk)
    assert trust.uses_of_the_key == uses + 1
    half = signing.outcome(SigningRequest.objects.get().pk)
    assert (half.state, half.done, half.count) == ("signed", 2, 5)
    worker.drain()
    assert signing.outcome(half.id).state == "completed"
    assert trust.uses_of_the_key == uses + 1
    documents.settle_recent()
    assert Document.objects.filter(versions__number=1).count() == 5


def test_a_document_deleted_or_signed_meanwhile_is_told(alice: Client, trust: SmallTrust) -> None:
    listed = numbers()
    asked = ask(alice, listed)
    request = SigningRequest.objects.get()
    assert alice.post(reverse("document-delete", args=[listed[0]]))["Location"] == reverse("documents")
    # Deleting one ends what was prepared and not authorised: the list is not the one she saw any more.
    assert signing.outcome(request.pk).state == "failed"
    come_back(alice, trust, asked)
    assert not Document.objects.filter(versions__number=1).exists()
    asked = ask(alice, listed[1:])
    come_back(alice, trust, asked)
    assert alice.post(reverse("document-delete", args=[listed[1]]))["Location"] == reverse("document", args=[listed[1]])
    answer = ask(alice, listed[1:3])
    assert "est en cours de signature" in answer.content.decode()
    worker.drain()
    assert Document.objects.filter(versions__number=1).count() == 0, "not settled before anybody looks"
    documents.settle_recent()
    assert Document.objects.filter(versions__number=1).count() == 4


def test_two_hundred_at_most(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from paraphe.platform.documents import signature

    monkeypatch.setattr(signature, "MOST_AT_ONCE", 4)
    answer = ask(alice, numbers())
    assert answer.status_code == 422
    assert "au plus 4 documents" in answer.content.decode()
    with pytest.raises(NotFound):
        documents.get(*_owner(numbers()[0]), uuid.uuid4())
