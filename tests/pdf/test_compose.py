"""Documents of text: the same bytes for the same input, everything in them that was given."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.api import (
    Bullets,
    Heading,
    KeyValues,
    Paragraph,
    SignaturePlace,
    Table,
    TextDocument,
    compose,
    inspect,
    render_page,
    signature_place,
)
from tests.pdf.hands import NOW

AGREEMENT = TextDocument(
    "Accord de souscription",
    "Certificat de signature de Łukasz Dvořák",
    "fr",
    "2026-11",
    NOW,
    (
        Heading("1. Objet"),
        Paragraph("Le titulaire demande un certificat & en accepte l'émission <sans réserve>."),
        Bullets(("garder son téléphone", "prévenir dès qu'il est perdu")),
        KeyValues((("Nom", "Dvořák"), ("Cabinet", "Œuvre & Fils"))),
        Table(("Prestation", "Prix"), (("Signature", "1,00 €"), ("Cachet", "0,50 €"))),
        SignaturePlace("Signature du titulaire"),
    ),
)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert compose(AGREEMENT) == compose(AGREEMENT)
    assert compose(AGREEMENT) != compose(replace(AGREEMENT, version="2026-12"))


def test_title_language_and_date_are_in_the_file() -> None:
    reader = PdfFileReader(BytesIO(compose(AGREEMENT)))
    info = reader.trailer["/Info"]
    assert info["/Title"] == "Accord de souscription"
    assert info["/Author"] == "Paraphe"
    assert info["/CreationDate"] == "D:20261123080000+00'00'"
    assert reader.root["/Lang"] == "fr"
    east = NOW.astimezone(timezone(timedelta(hours=9)))
    assert compose(replace(AGREEMENT, created=east)) == compose(AGREEMENT)


@pytest.mark.skipif(which("pdftotext") is None, reason="poppler is not on this machine")
def test_every_word_can_be_read_and_every_font_is_inside(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(compose(AGREEMENT))
    text = subprocess.run(["pdftotext", tmp_path / "a.pdf", "-"], capture_output=True, text=True, check=True).stdout
    for words in (
        "Łukasz Dvořák",
        "demande un certificat & en accepte",
        "<sans réserve>",
        "prévenir dès",
        "Œuvre & Fils",
        "0,50 €",
        "Signature du titulaire",
        "Page 1 · version 2026-11",
    ):
        assert words in text
    fonts = subprocess.run(["pdffonts", tmp_path / "a.pdf"], capture_output=True, text=True, check=True).stdout
    assert all("Noto" in line and " yes " in line for line in fonts.splitlines()[2:]), fonts


def test_the_place_of_the_signature_is_found_where_it_is_drawn() -> None:
    many = (*(Paragraph(f"Article {number}. " + "Le client paie. " * 40) for number in range(40)), AGREEMENT.blocks[-1])
    data = compose(replace(AGREEMENT, blocks=many))
    place = signature_place(data)
    pages = inspect(data).pages
    assert place is not None
    assert place.page == len(pages) - 1 > 0
    assert 0 < place.x < place.x + place.width < pages[-1].width_pt
    assert 0 < place.y < place.y + place.height < pages[-1].height_pt


def test_without_a_place_none_is_found() -> None:
    assert signature_place(compose(replace(AGREEMENT, blocks=AGREEMENT.blocks[:-1]))) is None


def test_a_table_longer_than_a_page_goes_on() -> None:
    rows = tuple((f"Prestation {number}", "1,00 €") for number in range(200))
    data = compose(replace(AGREEMENT, blocks=(Table(("Prestation", "Prix"), rows),)))
    assert len(inspect(data).pages) > 3
    assert render_page(data, 1, 200)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300), st.text(min_size=1, max_size=60))
def test_any_text_gives_a_document(text: str, name: str) -> None:
    blocks = (Paragraph(text), Bullets((text,)), KeyValues(((name, text),)), Table((name,), ((text,),)), Heading(name))
    document = TextDocument(name, text, "en", "1", datetime(2026, 1, 1, tzinfo=UTC), blocks)
    assert compose(document).startswith(b"%PDF")
