"""Bringing, signing, taking away and deleting documents; nobody else can tell that they exist."""

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from paraphe.floor.files import api as files
from paraphe.platform.documents import api as documents
from paraphe.platform.documents.models import Document
from paraphe.platform.documents.rules import download_name, title_of
from paraphe.platform.enrolment.models import Enrolment, OpenFirm
from paraphe.platform.signing import api as signing
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import ACTOR, give_certificate
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
LETTER = pdf_of("Lettre de mission", pages=2)


def open_service(person: Any) -> None:
    """Let ``person`` be registered and the service be open for his firms."""
    from paraphe.platform.accounts import api as accounts

    now = timezone.now()
    done = {"track": accounts.track(person), "step": "done", "started_at": now, "changed_at": now}
    enrolment, _ = Enrolment.objects.get_or_create(person_id=person.pk, defaults=done)
    for firm in accounts.firms_of(person):
        OpenFirm.objects.get_or_create(firm=firm, defaults={"enrolment": enrolment, "opened_at": now})


def bring(client: Client, data: bytes, name: str = "Lettre.pdf") -> Any:
    """Send a file as the form does."""
    return client.post(reverse("document-add"), {"file": SimpleUploadedFile(name, data)})


def as_person(person: cast.CastPerson) -> tuple[Client, Any]:
    """Return a browser in which ``person`` is signed in, registered, with the service open."""
    client = Client()
    found = cast.sign_in_client(client, person)
    open_service(found)
    return client, found


def test_alice_brings_a_letter_and_sees_its_pages() -> None:
    alice, _ = as_person(cast.ALICE)
    answer = bring(alice, LETTER, "C:\\Bureau\\Lettre de mission – été.PDF")
    document = Document.objects.get()
    assert document.title == "Lettre de mission – été"
    assert answer["Location"] == reverse("document-sign", args=[document.pk])
    image = alice.get(reverse("document-page", args=[document.pk, 2, 900]))
    assert Image.open(io.BytesIO(image.content)).width == 900
    assert alice.get(reverse("document-page", args=[document.pk, 3, 900])).status_code == 404
    assert alice.get(reverse("document-page", args=[document.pk, 1, 901])).status_code == 404
    taken = alice.get(reverse("document-download", args=[document.pk]))
    assert taken.content == LETTER
    assert "no-store" in taken["Cache-Control"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "vide"),
        (b"hello", "pas un PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 500, "pas un PDF"),
        (LETTER[: len(LETTER) // 2], "incomplet"),
        (b"%PDF-1.7\n" + b"x" * 300 + b"startxref\n5\n%%EOF", "abîmé"),
    ],
    ids=["empty", "text", "image", "truncated", "damaged"],
)
def test_what_is_no_good_pdf_is_refused_with_a_sentence_and_not_kept(data: bytes, told: str) -> None:
    alice, _ = as_person(cast.ALICE)
    answer = bring(alice, data)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Document.objects.exists()


def test_a_file_over_the_limit_is_refused(settings: Any) -> None:
    settings.MAX_PDF_BYTES = 1000
    alice, _ = as_person(cast.ALICE)
    answer = bring(alice, LETTER)
    assert answer.status_code == 422
    assert "trop lourd" in answer.content.decode()
    assert not Document.objects.exists()


def test_no_file_at_all_is_told_beside_the_field() -> None:
    alice, _ = as_person(cast.ALICE)
    assert alice.post(reverse("document-add"), {}).status_code == 422


def test_a_pdf_is_judged_by_its_content_not_by_its_name() -> None:
    alice, _ = as_person(cast.ALICE)
    assert bring(alice, LETTER, "photo.jpg").status_code == 302


def test_nobody_else_can_tell_that_a_document_exists() -> None:
    alice, _ = as_person(cast.ALICE)
    bring(alice, LETTER)
    number = Document.objects.get().pk
    others = [as_person(person)[0] for person in (cast.ETIENNE, cast.BOB, cast.CHLOE)]
    others[0].post(reverse("choose-firm"), {"firm": cast.firm(cast.LE_GALL).pk})
    addresses = [
        reverse("document", args=[number]),
        reverse("document-page", args=[number, 1, 900]),
        reverse("document-download", args=[number]),
        reverse("document-sign", args=[number]),
    ]
    for other in others:
        for address in addresses:
            assert other.get(address).status_code == 404, address
        assert other.post(reverse("document-delete", args=[number])).status_code == 404
    assert Document.objects.filter(pk=number).exists()
    assert Client().get(addresses[0])["Location"].startswith(reverse("sign-in"))
    assert others[0].get(reverse("document", args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize("person", [cast.NORA, cast.MALLORY], ids=["Nora", "Mallory"])
def test_who_has_no_right_sees_no_private_space(person: cast.CastPerson) -> None:
    client = Client()
    cast.sign_in_client(client, person)
    assert client.get(reverse("private-space"))["Location"] == reverse("no-access")
    assert bring(client, LETTER)["Location"] == reverse("no-access")


def test_chloe_prepares_but_does_not_sign() -> None:
    chloe, _ = as_person(cast.CHLOE)
    bring(chloe, LETTER)
    number = Document.objects.get().pk
    assert chloe.get(reverse("document-sign", args=[number]))["Location"] == reverse("document", args=[number])
    assert "Signer" not in chloe.get(reverse("private-space")).content.decode().split("<main")[1].split("</main")[0]


def test_hugo_may_launch_only_and_brings_nothing() -> None:
    hugo, _ = as_person(cast.HUGO)
    answer = bring(hugo, LETTER)
    assert answer.status_code == 422
    assert "droit" in answer.content.decode()


def _sign(client: Client, trust: SmallTrust, number: uuid.UUID, **place: Any) -> Any:
    address = client.post(reverse("document-sign", args=[number]), {"visible": "on", **place})["Location"]
    words = {"state": trust.state_of(address), "code": trust.approve(address)}
    return client.get(reverse("signature-return"), words, follow=True)


@pytest.mark.parametrize(
    "place",
    [{}, {"page": 1, "x": 50, "y": 50, "w": 200, "h": 72}, {"page": 99, "x": -5, "y": 1e9, "w": 0, "h": 1e9}],
    ids=["default", "chosen", "outside"],
)
def test_alice_signs_in_the_browser(trust: SmallTrust, place: dict[str, Any]) -> None:
    alice, person = as_person(cast.ALICE)
    give_certificate(person.pk, trust)
    bring(alice, LETTER)
    number = Document.objects.get().pk
    page = _sign(alice, trust, number, **place).content.decode()
    assert "Votre document est signé." in page
    assert "PAdES B-LT" in page
    assert Document.objects.get().versions.count() == 2
    taken = alice.get(reverse("document-download", args=[number]))
    assert taken.content.startswith(LETTER)


def test_a_second_signature_leaves_the_first_one_valid(trust: SmallTrust) -> None:
    alice, person = as_person(cast.ALICE)
    give_certificate(person.pk, trust)
    bring(alice, LETTER)
    document = Document.objects.get()
    _sign(alice, trust, document.pk)
    _sign(alice, trust, document.pk)
    found = documents.signatures(person, document.firm, document.pk)
    assert [one.valid for one in found] == [True, True]


def test_a_result_is_taken_once_and_only_for_the_bytes_it_was_made_from(trust: SmallTrust) -> None:
    alice, person = as_person(cast.ALICE)
    give_certificate(person.pk, trust)
    bring(alice, LETTER)
    document = Document.objects.get()
    _sign(alice, trust, document.pk)
    version = document.versions.get(number=1)
    assert version.signing_request_id is not None
    outcome = signing.outcome(version.signing_request_id)
    documents.settle(outcome)
    documents.settle_recent()
    assert document.versions.count() == 2


def test_the_trust_site_away_is_told_and_nothing_is_lost(trust: SmallTrust) -> None:
    alice, person = as_person(cast.ALICE)
    give_certificate(person.pk, trust)
    bring(alice, LETTER)
    number = Document.objects.get().pk
    trust.faults["/csc/v2/credentials/list"] = "down"
    answer = alice.post(reverse("document-sign", args=[number]), {"visible": "on"})
    assert answer.status_code == 503
    assert "Rien n'est perdu" in answer.content.decode()
    trust.faults.clear()
    assert "signé" in _sign(alice, trust, number).content.decode()


def test_a_foreign_return_leads_home_and_signs_nothing() -> None:
    alice, _ = as_person(cast.ALICE)
    answer = alice.get(reverse("signature-return"), {"state": "foreign", "code": "x"})
    assert answer["Location"] == reverse("documents")
    assert alice.get(reverse("signature-progress", args=[uuid.uuid4()])).status_code == 404


def test_a_document_goes_on_its_day_with_all_its_versions() -> None:
    alice, _ = as_person(cast.ALICE)
    bring(alice, LETTER)
    file_id = Document.objects.get().versions.get().file_id
    assert documents.delete_due() == 0
    with time_machine.travel(timezone.now() + timedelta(days=32), tick=True):
        assert documents.delete_due() == 1
    assert not Document.objects.exists()
    with pytest.raises(files.FileUnknown):
        files.read(file_id)


def test_alice_deletes_a_document_at_once() -> None:
    alice, _ = as_person(cast.ALICE)
    bring(alice, LETTER)
    number = Document.objects.get().pk
    assert alice.get(reverse("document-delete", args=[number])).status_code == 405
    alice.post(reverse("document-delete", args=[number]))
    assert not Document.objects.exists()
    assert alice.post(reverse("document-delete", args=[number])).status_code == 404


def test_a_firm_without_open_service_lets_nobody_in() -> None:
    client = Client()
    person = cast.sign_in_client(client, cast.BOB)
    open_service(person)
    OpenFirm.objects.all().delete()
    assert client.get(reverse("private-space")).status_code == 403


@pytest.mark.parametrize(
    ("filename", "title"),
    [("a/b/c.pdf", "c"), ("", "Document"), (".pdf", "Document"), ("x\x00y.pdf", "x y"), ("  Ψ .PDF", "Ψ")],
)
def test_a_file_name_becomes_a_title(filename: str, title: str) -> None:
    assert title_of(filename) == title


def test_a_download_has_a_name_that_every_system_takes() -> None:
    assert download_name('a/b: "c"?', signed=True, suffix="signé") == "a-b- -c (signé).pdf"
    assert download_name("...", signed=False, suffix="signé") == "document.pdf"
    assert ACTOR.kind == "person"
