"""What comes in one piece: a ZIP with bounds and no way out of its folder, a PDF of many payslips that is split."""

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from paraphe.floor.files.models import StoredFile
from paraphe.floor.jobs import worker
from paraphe.platform.sealing import api as sealing
from paraphe.platform.sealing import parcels, rules
from paraphe.platform.sealing.models import Item, Parcel
from tests.platform.sealing.hands import a_batch, payslip, person
from tests.support import cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> Any:
    """Return Alice, her firm, and an empty batch."""
    alice = person(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    return alice, firm, a_batch(alice, firm)


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    target.seek(0)
    return target


def bring(house: Any, stream: io.BytesIO) -> Parcel:
    alice, firm, batch = house
    number = sealing.bring_zip(person=alice, firm=firm, batch_id=batch, name="paies.zip", stream=stream)
    worker.drain()
    return Parcel.objects.get(pk=number)


def test_a_zip_is_unpacked_with_its_folders_and_without_its_litter(house: Any) -> None:
    parcel = bring(
        house,
        zipped(
            ("Paies/novembre/Dupont.pdf", payslip(1)),
            ("Paies/novembre/Été.pdf", payslip(2)),
            ("__MACOSX/Paies/._Dupont.pdf", b"x"),
            ("Paies/.DS_Store", b"x"),
            ("Paies/lisez-moi.txt", b"x"),
        ),
    )
    assert (parcel.state, parcel.taken) == ("done", 2)
    assert parcel.left_out == [{"name": "Paies/lisez-moi.txt", "code": "bad_name:not_pdf"}]
    assert list(Item.objects.order_by("path").values_list("path", "state")) == [
        ("Paies/novembre/Dupont.pdf", "ready"),
        ("Paies/novembre/Été.pdf", "ready"),
    ]
    assert not StoredFile.objects.filter(purpose="sealing.parcel").exists()
    parcels.unpack(parcel.pk)
    assert Item.objects.count() == 2


def test_paths_that_lead_elsewhere_are_left_out(house: Any) -> None:
    parcel = bring(house, zipped(("../../etc/a.pdf", payslip(1)), ("/abs.pdf", payslip(2)), ("C:\\x.pdf", payslip(3))))
    assert parcel.taken == 0
    assert {one["code"] for one in parcel.left_out} == {"bad_name:path"}


def test_bombs_and_what_is_no_zip_end_with_their_reason(house: Any, settings: Any) -> None:
    settings.MAX_PDF_BYTES = 1_000_000
    bomb = zipped(*((f"{number}.pdf", bytes(900_000)) for number in range(60)))
    parcel = bring(house, bomb)
    assert (parcel.state, parcel.code) == ("failed", "archive_refused:too_large")
    assert (bring(house, io.BytesIO(b"PK no zip")).code) == "archive_refused:damaged"
    assert (bring(house, zipped()).code) == "archive_refused:empty"
    large = bring(house, zipped(("groß.pdf", bytes(1_000_001)), method=zipfile.ZIP_STORED))
    assert large.left_out == [{"name": "groß.pdf", "code": "file_too_large"}]
    settings.SEALING_ZIP_BYTES = 100
    with pytest.raises(sealing.FileTooLarge):
        bring(house, zipped(("a.pdf", payslip(1))))


def test_a_pdf_of_payslips_is_split_and_each_part_named(house: Any) -> None:
    alice, firm, batch = house
    target = io.BytesIO()
    canvas = Canvas(target)
    for name in ("Durand Chloé", "Lefèvre Hugo", "Lefèvre Hugo", "Moreau Inès"):
        canvas.drawString(60, 760, f"Salarié : {name}")
        canvas.showPage()
    canvas.save()
    target.seek(0)
    sealing.bring_to_split(
        person=alice, firm=firm, batch_id=batch, name="Paies 11.pdf", stream=target, pages=None, text="Salarié :"
    )
    worker.drain()
    assert list(Item.objects.order_by("path").values_list("path", "state")) == [
        ("Paies 11 001 Durand Chloé.pdf", "ready"),
        ("Paies 11 002 Lefèvre Hugo.pdf", "ready"),
        ("Paies 11 003 Moreau Inès.pdf", "ready"),
    ]
    target.seek(0)
    sealing.bring_to_split(person=alice, firm=firm, batch_id=batch, name="x.pdf", stream=target, pages=None, text="Nom")
    worker.drain()
    assert Parcel.objects.latest("created_at").code == "anchor_missing"
    with pytest.raises(sealing.BadOptions):
        sealing.bring_to_split(person=alice, firm=firm, batch_id=batch, name="x.pdf", stream=target, pages=0, text="")


@given(st.text(max_size=60))
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    for text in (name, name + ".pdf", "a/" + name + ".pdf"):
        try:
            path = rules.clean_path(text)
        except sealing.BadName:
            continue
        assert not path.startswith("/")
        assert ".." not in path.split("/")
        assert "\\" not in path
        assert path.isprintable() or " " in path
        assert rules.clean_path(path) == path
