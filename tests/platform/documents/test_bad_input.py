"""Every bad file that people bring: one sentence at once, nothing kept, nothing broken."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from paraphe.floor.files import api as files
from paraphe.floor.files.models import StoredFile
from paraphe.pdf.errors import PdfRefused
from paraphe.platform.documents.models import Document
from paraphe.platform.evidence import api as evidence
from paraphe.platform.web.documents.sentences import REFUSALS
from tests.journeys.visitor import pdf_of
from tests.pdf.test_kinds import encrypted
from tests.platform.web.test_every_address import registered
from tests.support import cast

pytestmark = pytest.mark.django_db
REFUSED = Path(__file__).parents[2] / "vectors" / "pdf" / "refused"
LETTER = pdf_of("Lettre", pages=2)
NO_PAGES = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
xref
0 3
0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \ntrailer<</Size 3/Root 1 0 R>>
startxref
96
%%EOF
"""
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "vide"),
    "a text": (lambda: b"Bonjour\n" * 100, "pas un PDF"),
    "a Word file": (lambda: b"PK\x03\x04" + bytes(4000), "pas un PDF"),
    "an image named .pdf": (lambda: b"\xff\xd8\xff\xe0" + bytes(4000), "pas un PDF"),
    "half a file": (lambda: LETTER[: len(LETTER) // 2], "incomplet"),
    "no pages": (lambda: NO_PAGES, "aucune page"),
    "a password": ((REFUSED / "encrypted-user.pdf").read_bytes, "mot de passe"),
    "an owner's protection": (lambda: encrypted(LETTER, "", "--modify=none"), "interdit de le signer"),
}


def bring(client: Client, data: bytes, name: str = "Lettre.pdf") -> Any:
    return client.post(reverse("document-add"), {"file": SimpleUploadedFile(name, data, "application/pdf")})


def nothing_kept() -> bool:
    noted = evidence.EvidenceEntry.rows().filter(tag__startswith="document:")
    return not (Document.objects.exists() or StoredFile.objects.exists() or noted.exists())


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_answered_beside_the_field_and_not_kept(kind: str) -> None:
    data, told = BAD[kind]
    alice, _ = registered(cast.ALICE)
    answer = bring(alice, data())
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "aria-invalid" in answer.content.decode()
    assert nothing_kept()
    assert bring(alice, LETTER).status_code == 302, "a good one is taken afterwards"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_refusal_of_a_pdf_has_its_sentence(language: str) -> None:
    def codes(kind: type[PdfRefused]) -> set[str]:
        return {kind.code}.union(*(codes(one) for one in kind.__subclasses__()))

    from django.utils import translation

    from paraphe.platform.web.documents.sentences import sentence

    refusals = codes(PdfRefused) - {"pdf_refused", "no_such_page", "field_taken", "render_failed"}
    assert refusals - {"too_large"} <= set(REFUSALS)
    with translation.override(language):
        for code in refusals:
            error = PdfRefused(limit=5_000_000)
            error.__class__ = type("Refused", (PdfRefused,), {"code": code})
            assert f"({code})" not in sentence(error), "the fallback names the code; a known refusal has its own words"


def test_the_limit_is_told_in_megabytes(settings: Any) -> None:
    settings.MAX_PDF_BYTES = 1_000_000
    alice, _ = registered(cast.ALICE)
    answer = bring(alice, LETTER + bytes(1_000_000))
    assert answer.status_code == 422
    assert "la limite est de 1 Mo" in answer.content.decode()
    assert nothing_kept()


def test_reading_stops_at_the_limit(settings: Any) -> None:
    from paraphe.platform.documents import api as documents
    from tests.platform.conftest import ACTOR

    settings.MAX_PDF_BYTES = 10_000
    _, alice = registered(cast.ALICE)
    read = 0

    def endless() -> Any:
        nonlocal read
        while True:
            read += 1
            yield b"%PDF-1.7" + bytes(1000)

    with pytest.raises(documents.FileTooLarge):
        documents.add(actor=ACTOR, person=alice, firm=cast.firm(cast.MARTIN), filename="a.pdf", chunks=endless())
    assert read == 10


def test_a_full_disk_is_said_and_nothing_is_half_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    alice, _ = registered(cast.ALICE)

    def full(*_: object, **__: object) -> None:
        raise files.StorageFull

    with monkeypatch.context() as blow:
        blow.setattr(files, "store", full)
        answer = bring(alice, LETTER)
    assert answer.status_code == 422
    assert "plus de place" in answer.content.decode()
    assert nothing_kept()


def test_what_cannot_be_noted_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The row, the file and the event are written together or not at all."""
    alice, _ = registered(cast.ALICE)
    alice.raise_request_exception = False

    def die(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as blow:
        blow.setattr(evidence, "record", die)
        assert bring(alice, LETTER).status_code == 500
    assert nothing_kept()


@pytest.mark.parametrize(
    "name", ["photo.jpg", "Lettre", "été — v2 (final).PDF", "../../etc/passwd", "a\x00b.pdf", "x" * 300]
)
def test_a_good_file_is_taken_under_any_name(name: str) -> None:
    alice, _ = registered(cast.ALICE)
    assert bring(alice, LETTER, name).status_code == 302
    title = Document.objects.get().title
    assert 0 < len(title) <= 120
    assert "/" not in title
    assert title.isprintable()


def test_a_name_with_markup_stays_text() -> None:
    alice, _ = registered(cast.ALICE)
    bring(alice, LETTER, "<script>alert(1)<|script>.pdf")
    page = alice.get(reverse("private-space")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
