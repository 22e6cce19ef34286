"""Everything a firm has, as a ZIP: complete, idempotent, for who decides, gone on its day."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.files.models import StoredFile
from paraphe.kernel.errors import NotFound
from paraphe.platform.firms import api as firms
from tests.platform.conftest import ACTOR
from tests.platform.firms.test_logo import picture
from tests.support import cast

pytestmark = pytest.mark.django_db


def _two(_firm: Any, _person: Any) -> Sequence[firms.Reader]:
    return [lambda: [firms.Entry("documents/a.pdf", [b"%PDF", b"-a"])], list]


def _asked() -> tuple[Any, Any, firms.ExportView]:
    alice = cast.sign_in(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    firms.set_logo(actor=ACTOR, person=alice, firm=firm, data=picture())
    view, new = firms.ask_export(actor=ACTOR, person=alice, firm=firm)
    assert new
    return alice, firm, view


def test_everything_is_in_it_and_making_it_again_changes_nothing() -> None:
    alice, firm, asked = _asked()
    with pytest.raises(NotFound):
        firms.open_export(alice, firm, asked.id)
    firms.make_export(asked.id, _two)
    view = firms.export(alice, firm, asked.id)
    assert (view.state, view.written, view.total) == ("done", 2, 2)
    with firms.open_export(alice, firm, asked.id) as file:
        data = file.read()
    assert len(data) == view.size
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.namelist() == ["documents/a.pdf", "options.json", "logo.png", "evidence.jsonl"]
    assert json.loads(archive.read("options.json"))["collection_days"] == 15
    lines = [json.loads(line) for line in archive.read("evidence.jsonl").splitlines()]
    assert [line["tag"] for line in lines] == ["firm:options-changed", "firm:exported"]
    assert lines[1]["previous_hash"] == lines[0]["entry_hash"]
    firms.make_export(asked.id, _two)
    assert StoredFile.objects.filter(purpose="firms.export").count() == 1


def test_a_file_that_is_broken_in_the_store_costs_itself(settings: Any) -> None:
    """One cannot be opened, of another one the end is damaged."""
    alice, firm, asked = _asked()
    kept = [files.store(data, purpose="document") for data in (b"a" * 10, b"b" * 300_000, b"c" * 10)]
    for one, where in ((kept[0], 0), (kept[1], -1)):
        path = Path(settings.SITE_DIR, "files", one.id.hex[:2], one.id.hex)
        data = bytearray(path.read_bytes())
        data[where] ^= 1
        path.write_bytes(data)

    def three(_firm: Any, _person: Any) -> Sequence[firms.Reader]:
        return [lambda: (entry for one in kept for entry in firms.entry_of_file(f"{one.size}.pdf", one.id))]

    firms.make_export(asked.id, three)
    assert firms.export(alice, firm, asked.id).state == "done"
    with firms.open_export(alice, firm, asked.id) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
        names = [name for name in archive.namelist() if name.endswith((".pdf", ".txt"))]
        assert names.count("10.pdf.illisible.txt") == 1
        assert "300000.pdf.illisible.txt" in names
        assert archive.read("10.pdf") == b"c" * 10


def test_one_is_made_at_a_time() -> None:
    alice, firm, asked = _asked()
    assert firms.ask_export(actor=ACTOR, person=alice, firm=firm) == (asked, False)
    firms.make_export(asked.id, _two)
    assert firms.ask_export(actor=ACTOR, person=alice, firm=firm)[1]
    assert len(firms.exports(alice, firm)) == 2


def test_a_failure_is_shown_and_the_next_try_ends_well() -> None:
    alice, firm, asked = _asked()

    def broken(_firm: Any, _person: Any) -> Sequence[firms.Reader]:
        def read() -> Sequence[firms.Entry]:
            raise OSError("no")

        return [read]

    with pytest.raises(OSError, match="no"):
        firms.make_export(asked.id, broken)
    assert firms.export(alice, firm, asked.id).state == "failed"
    firms.make_export(asked.id, _two)
    assert firms.export(alice, firm, asked.id).state == "done"


def test_only_who_asked_and_still_decides_gets_it() -> None:
    _alice, firm, asked = _asked()
    chloe, etienne = cast.sign_in(cast.CHLOE), cast.sign_in(cast.ETIENNE)
    with pytest.raises(firms.MayNotChange):
        firms.ask_export(actor=ACTOR, person=chloe, firm=firm)
    with pytest.raises(NotFound):
        firms.ask_export(actor=ACTOR, person=etienne, firm=firm)
    firms.make_export(asked.id, _two)
    for other in (chloe, etienne):
        with pytest.raises(NotFound):
            firms.open_export(other, firm, asked.id)
    with pytest.raises(NotFound):
        firms.open_export(etienne, cast.firm(cast.OCEAN), asked.id)
    gone = cast.sign_in(cast.ALICE, paraphe_roll=None)
    with pytest.raises(NotFound):
        firms.open_export(gone, firm, asked.id)


def test_who_decides_no_longer_when_the_job_runs_gets_none() -> None:
    _alice, _firm, asked = _asked()
    cast.sign_in(cast.ALICE, paraphe_firms=[])
    with pytest.raises(firms.MayNotChange):
        firms.make_export(asked.id, _two)
    assert not StoredFile.objects.filter(purpose="firms.export").exists()


def test_it_goes_on_its_day() -> None:
    alice, firm, asked = _asked()
    firms.make_export(asked.id, _two)
    assert firms.remove_old_exports() == 0
    with time_machine.travel(timezone.now() + timedelta(days=firms.KEPT_DAYS), tick=False):
        assert firms.remove_old_exports() == 1
    assert not StoredFile.objects.filter(purpose="firms.export").exists()
    with pytest.raises(NotFound):
        firms.export(alice, firm, asked.id)
    with pytest.raises(NotFound):
        firms.make_export(asked.id, _two)
