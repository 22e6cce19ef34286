"""Everything at once as a ZIP: written while it is sent, in little memory, of what one sees and nothing else."""

import io
import tracemalloc
import zipfile
from typing import Any

import pytest
from django.urls import reverse

from paraphe.floor.files import api as files
from paraphe.platform.documents import api as documents
from paraphe.platform.documents import archive
from paraphe.platform.documents.models import Version
from paraphe.platform.evidence import api as evidence
from tests.platform.documents.people import here, keeps
from tests.platform.documents.test_documents import as_person
from tests.support import cast

pytestmark = pytest.mark.django_db


def taken(client: Any, **words: Any) -> zipfile.ZipFile:
    answer = client.get(reverse("documents-zip"), words)
    assert answer["Content-Type"] == "application/zip"
    assert "private" in answer["Cache-Control"]
    found = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert found.testzip() is None
    return found


def test_one_click_takes_everything_with_a_list_of_it() -> None:
    client, alice = as_person(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    for title in ("Bilan", "bilan", "=cmd"):
        keeps(alice, firm, title)
    keeps(here(cast.CHLOE), firm, "À Chloé")
    found = taken(client)
    assert sorted(found.namelist()) == ["=cmd.pdf", "Bilan (2).pdf", "bilan.pdf", "liste.csv"]
    second = next(row for row in documents.search(alice, firm, "bilan") if row.title == "bilan")
    assert found.read("bilan.pdf") == documents.content(alice, firm, second.id)
    listed = found.read("liste.csv").decode("utf-8-sig")
    assert "'=cmd.pdf" in listed
    assert evidence.history(firm=str(firm.pk)).filter(tag="document:packed").get().data == {"count": 3}


def test_filters_and_ticks_choose() -> None:
    client, alice = as_person(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    one, other = keeps(alice, firm, "Un"), keeps(alice, firm, "Deux")
    assert taken(client, texte="deux").namelist() == ["Deux.pdf", "liste.csv"]
    assert taken(client, document=[str(one.id), "x"]).namelist() == ["Un.pdf", "liste.csv"]
    foreign = keeps(here(cast.CHLOE), firm, "À Chloé")
    assert taken(client, document=[str(foreign.id), str(other.id)]).namelist() == ["Deux.pdf", "liste.csv"]


def test_what_is_deleted_or_damaged_meanwhile_costs_itself_only() -> None:
    client, alice = as_person(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    keeps(alice, firm, "Reste")
    gone, broken = keeps(alice, firm, "Parti"), keeps(alice, firm, "Abîmé")
    answer: Any = client.get(reverse("documents-zip"))
    files.destroy(gone.file_id)
    files._remove(broken.file_id)
    found = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert "Reste.pdf" in found.namelist()
    assert "illisible" in found.read("liste.csv").decode("utf-8-sig")


def test_a_hundred_large_files_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    client, alice = as_person(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    large = files.store(bytes(12_000_000), purpose="document")
    for number in range(5):
        keeps(alice, firm, f"Gros {number}")
    monkeypatch.setattr(
        archive, "_present", lambda numbers: ((one.document, one) for one in _as_large(numbers, large.id))
    )
    answer: Any = client.get(reverse("documents-zip"))
    tracemalloc.start()
    total = sum(len(piece) for piece in answer.streaming_content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total > 60_000_000
    assert peak < 8_000_000
    assert documents.waiting_to_sign(alice, firm) == 5


def _as_large(numbers: Any, file_id: Any) -> Any:
    for version in Version.objects.filter(document__in=numbers).select_related("document"):
        version.file_id = file_id
        yield version
