"""How the own signature looks: role, date, logo, handwriting that is kept sealed, initials on every page."""

import base64
import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw

from paraphe.floor.files.models import StoredFile
from paraphe.floor.jobs import worker
from paraphe.pdf import api as pdf
from paraphe.platform.documents import api as documents
from paraphe.platform.documents.models import Document, Look
from paraphe.platform.signing.models import Holder
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import give_certificate
from tests.platform.documents.people import actor, keeps
from tests.platform.documents.test_documents import _sign, as_person, bring
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


def stroke() -> bytes:
    """Return a picture of a handwritten signature."""
    image = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(20, 150), (200, 30), (320, 170), (580, 60)], fill=(20, 33, 61, 255), width=6)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def alice(trust: SmallTrust) -> tuple[Client, Any]:
    client, person = as_person(cast.ALICE)
    give_certificate(person.pk, trust)
    return client, person


def test_what_is_drawn_or_brought_is_kept_sealed_for_oneself(alice: tuple[Client, Any]) -> None:
    client, person = alice
    address = reverse("my-signature")
    assert client.get(reverse("my-signature-image")).status_code == 404
    drawn = "data:image/png;base64," + base64.b64encode(stroke()).decode()
    client.post(address, {"role": "Expert-comptable associée", "initials": "AM", "drawn": drawn})
    look = documents.look_of(person)
    assert (look.role, look.initials, look.has_handwriting) == ("Expert-comptable associée", "AM", True)
    shown = client.get(reverse("my-signature-image"))
    assert Image.open(io.BytesIO(shown.content)).size == (600, 200)
    assert "no-store" in shown["Cache-Control"]
    other, bob = as_person(cast.BOB)
    assert other.get(reverse("my-signature-image")).status_code == 404
    assert not documents.look_of(bob).has_handwriting
    first = Look.objects.get(person=person).handwriting_file
    assert first is not None
    client.post(address, {"role": "", "initials": "", "handwriting": SimpleUploadedFile("s.png", stroke())})
    assert Look.objects.get(person=person).handwriting_file != first
    assert not StoredFile.objects.filter(pk=first).exists()
    client.post(address, {"remove": "1"})
    client.post(address, {"remove": "1"})
    assert not StoredFile.objects.filter(purpose="documents.handwriting").exists()


@pytest.mark.parametrize(
    "given",
    [
        {"handwriting": SimpleUploadedFile("s.png", b"no picture")},
        {"handwriting": SimpleUploadedFile("s.png", b"\x89PNG" + bytes(2_000_000))},
        {"drawn": "data:image/png;base64,????"},
        {"drawn": "data:image/png;base64," + base64.b64encode(b"no picture").decode()},
        {"role": "x" * 100},
        {"initials": "ABCDEFGH"},
    ],
)
def test_what_is_no_picture_is_refused_beside_the_field(alice: tuple[Client, Any], given: dict[str, Any]) -> None:
    client, person = alice
    assert client.post(reverse("my-signature"), {"role": "", "initials": "", **given}).status_code == 422
    assert not documents.look_of(person).has_handwriting


@pytest.mark.parametrize(
    ("given", "family", "initials"),
    [("Alice", "Martin", "AM"), ("Jean-Marie", "d'Arvor", "JMDA"), ("Ο", "Ψ", "ΟΨ"), ("", "", "")],
)
def test_initials_are_made_of_the_name(given: str, family: str, initials: str) -> None:
    assert documents.initials_of(given, family) == initials


def test_a_signature_with_everything_is_valid_and_seen(alice: tuple[Client, Any], trust: SmallTrust) -> None:
    client, person = alice
    documents.set_look(person=person, role="Expert-comptable", initials="AM")
    documents.set_handwriting(person=person, image=stroke())
    source = pdf_of("Comptes", pages=3)
    bring(client, source)
    number = Document.objects.get().pk
    page = _sign(client, trust, number, handwriting="on", initials="on").content.decode()
    assert "Votre document est signé." in page
    done = client.get(reverse("document-download", args=[number])).content
    seen = pdf.differences(done, len(source))
    assert [one.page for one in seen.differences] == [0, 1, 2]
    (found,) = documents.signatures(person, Document.objects.get().firm, number)
    assert (found.valid, found.level) == (True, "B-LT")
    # Signed once, a second signature may not put initials under the first.
    answer = client.post(reverse("document-sign", args=[number]), {"visible": "on", "initials": "on"})
    assert answer.status_code == 422
    assert "sans paraphes" in answer.content.decode()


def test_a_certificate_that_ended_is_said_with_its_day_and_the_way_on(alice: tuple[Client, Any]) -> None:
    client, person = alice
    keeps(person, cast.firm(cast.MARTIN))
    number = Document.objects.get().pk
    end = Holder.objects.get(person_id=person.pk).not_after
    with time_machine.travel(end + timedelta(minutes=1), tick=True):
        client, _ = as_person(cast.ALICE)
        answer = client.post(reverse("document-sign", args=[number]), {"visible": "on"})
    assert answer.status_code == 409
    told = answer.content.decode()
    assert "a expiré le" in told
    assert reverse("account") in told


def test_a_certificate_that_ends_while_its_holder_types_the_code_signs_nothing(
    alice: tuple[Client, Any], trust: SmallTrust
) -> None:
    """On its last day: asked a minute before its end, the code typed a minute after it."""
    client, person = alice
    keeps(person, cast.firm(cast.MARTIN))
    number = Document.objects.get().pk
    end = Holder.objects.get(person_id=person.pk).not_after
    with time_machine.travel(end - timedelta(minutes=1), tick=False) as clock:
        client, _ = as_person(cast.ALICE)
        address = client.post(reverse("document-sign", args=[number]), {"visible": "on"})["Location"]
        clock.shift(timedelta(minutes=2))
        words = {"state": trust.state_of(address), "code": trust.approve(address)}
        told = client.get(reverse("signature-return"), words, follow=True).content.decode()
        worker.drain()
        assert "Votre document est signé" not in told
        assert Document.objects.get().current == 0
        again = client.post(reverse("document-sign", args=[number]), {"visible": "on"})
    assert again.status_code == 409
    assert "a expiré le" in again.content.decode()


def test_signing_what_is_deleted_at_this_moment_signs_nothing(alice: tuple[Client, Any], trust: SmallTrust) -> None:
    client, person = alice
    bring(client, pdf_of("Lettre"))
    document = Document.objects.get()
    address = client.post(reverse("document-sign", args=[document.pk]), {"visible": "on"})["Location"]
    words = {"state": trust.state_of(address), "code": trust.approve(address)}
    documents.delete(actor=actor(person), person=person, firm=document.firm, document_id=document.pk)
    told = client.get(reverse("signature-return"), words, follow=True)
    assert told.status_code == 200
    assert "Votre document est signé" not in told.content.decode()
    assert client.post(reverse("document-sign", args=[uuid.uuid4()]), {"visible": "on"}).status_code == 404
    assert not StoredFile.objects.filter(purpose="document").exists()
