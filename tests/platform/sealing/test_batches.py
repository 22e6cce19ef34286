"""Alice seals a batch: what comes in, what is released, what comes out, what it costs."""

import csv
import hashlib
import io
import zipfile
from typing import Any

import pytest
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm

from paraphe.floor.files.models import StoredFile
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.evidence import api as evidence
from paraphe.platform.sealing import api as sealing
from paraphe.platform.sealing.models import Batch, Chunk, Item
from tests.journeys.visitor import pdf_of
from tests.pdf.hands import judged
from tests.platform.conftest import ACTOR
from tests.platform.sealing.hands import a_batch, done, fill, payslip, payslips, person, released, with_seal
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice(trust: SmallTrust) -> tuple[accounts.Person, accounts.Firm]:
    """Return Alice and her firm, which has a seal."""
    return with_seal(trust)


def zipped(who: accounts.Person, firm: accounts.Firm, batch: Any) -> zipfile.ZipFile:
    data = b"".join(sealing.archive(actor=ACTOR, person=who, firm=firm, batch_id=batch))
    return zipfile.ZipFile(io.BytesIO(data))


@pytest.mark.parametrize("level", ["B-T", "B-LT", "B-LTA"])
def test_a_batch_is_sealed_with_one_authorisation(trust: SmallTrust, alice: Any, level: str) -> None:
    who, firm = alice
    batch = a_batch(who, firm, level=level)
    fill(who, firm, batch, [*payslips(12, "novembre/"), ("notes.pdf", b"no pdf at all")])
    view = sealing.get(who, firm, batch)
    assert (view.total, view.checked, view.refused, view.ready) == (13, 13, 1, 12)
    released(who, firm, batch, trust)
    row = done(batch)
    assert (row.state, row.sealed, row.failed, row.manifest_sealed) == ("done", 12, 0, True)
    assert len(trust.seals.signed_digests) == 13, "twelve payslips and the manifest"
    assert Chunk.objects.filter(batch=batch).count() == 2
    files = zipped(who, firm, batch)
    assert files.namelist() == [
        *(f"novembre/bulletin {n:03d}.pdf" for n in range(12)),
        "bordereau.csv",
        "bordereau.pdf",
    ]
    for number in (0, 11):
        data = files.read(f"novembre/bulletin {number:03d}.pdf")
        assert data.startswith(payslip(number))
        report = judged(data, trust.pki.roots, timezone.now())
        assert report.signatures[0].level == level
        assert report.signatures[0].kind == "seal"
    assert judged(files.read("bordereau.pdf"), trust.pki.roots, timezone.now()).signatures[0].intact


def test_the_manifest_has_a_line_for_every_file_and_its_digests(trust: SmallTrust, alice: Any) -> None:
    who, firm = alice
    batch = a_batch(who, firm)
    fill(who, firm, batch, [*payslips(3), ("=bad.pdf", b"%PDF-1.4 cut")])
    released(who, firm, batch, trust)
    done(batch)
    files = zipped(who, firm, batch)
    lines = list(csv.DictReader(io.StringIO(files.read("bordereau.csv").decode("utf-8-sig")), delimiter=";"))
    assert [line["result"] for line in lines] == ["refused", "sealed", "sealed", "sealed"]
    assert lines[0]["file"] == "'=bad.pdf", "no spreadsheet takes it for a formula"
    for number, line in enumerate(lines[1:]):
        assert line["input_sha256"] == hashlib.sha256(payslip(number)).hexdigest()
        assert line["output_sha256"] == hashlib.sha256(files.read(line["file"])).hexdigest()
    row = Batch.objects.get(pk=batch)
    listed = b"".join(f"{line['input_sha256']}  {line['file']}\n".encode() for line in lines[1:])
    assert row.list_sha256 == hashlib.sha256(listed).hexdigest(), "what was released is what sha256sum would write"


def test_what_was_sealed_is_paid_and_the_rest_comes_back(trust: SmallTrust, alice: Any, settings: Any) -> None:
    settings.PRICES = {**settings.PRICES, "seal": 10}
    who, firm = alice
    credit.top_up(firm=firm, cents=35, reference="VIR-1", actor=ACTOR)
    batch = a_batch(who, firm)
    fill(who, firm, batch, payslips(4))
    with pytest.raises(credit.CreditTooLow):
        released(who, firm, batch, trust)
    assert Batch.objects.get(pk=batch).state == "draft", "nothing stays begun"
    assert credit.balance(firm).reserved_cents == 0
    sealing.remove_items(
        person=who,
        firm=firm,
        batch_id=batch,
        which="one",
        item_id=Item.objects.filter(batch=batch).first().pk,  # type: ignore[union-attr]
    )
    released(who, firm, batch, trust)
    assert (credit.balance(firm).available_cents, credit.balance(firm).reserved_cents) == (5, 30)
    Item.objects.filter(batch=batch, path="bulletin 002.pdf").update(file=None)
    assert done(batch).failed == 1
    assert (credit.balance(firm).available_cents, credit.balance(firm).reserved_cents) == (15, 0)


def test_the_same_file_again_is_there_and_another_of_its_name_is_refused(trust: SmallTrust, alice: Any) -> None:
    who, firm = alice
    batch = a_batch(who, firm)
    fill(who, firm, batch, payslips(2))
    assert [one.error for one in fill(who, firm, batch, payslips(2))] == [None, None]
    [other] = fill(who, firm, batch, [("bulletin 000.pdf", payslip(7))])
    assert isinstance(other.error, sealing.NameTaken)
    fill(who, firm, batch, [("copie.pdf", payslip(1))])
    assert sealing.details(who, firm, batch).duplicates == 1
    assert sealing.duplicates(who, firm, batch) == [["bulletin 001.pdf", "copie.pdf"]]
    assert sealing.remove_items(person=who, firm=firm, batch_id=batch, which="duplicate") == 1
    assert sealing.get(who, firm, batch).total == 2
    assert StoredFile.objects.filter(purpose="sealing.item").count() == 2


def test_pause_resume_and_cancel(trust: SmallTrust, alice: Any) -> None:
    who, firm = alice
    names = {"actor": ACTOR, "person": who, "firm": firm}
    batch = a_batch(who, firm)
    fill(who, firm, batch, payslips(3))
    released(who, firm, batch, trust)
    sealing.pause(**names, batch_id=batch)
    assert done(batch).sealed == 0
    sealing.resume(**names, batch_id=batch)
    assert done(batch).sealed == 3
    with pytest.raises(sealing.WrongBatchState):
        sealing.cancel(**names, batch_id=batch)
    other = a_batch(who, firm)
    fill(who, firm, other, payslips(3))
    released(who, firm, other, trust)
    sealing.cancel(**names, batch_id=other)
    row = done(other)
    assert (row.state, row.sealed) == ("cancelled", 0)
    tags = [one.tag for one in evidence.history(batch=str(other))]
    assert tags == ["batch:created", "batch:released", "batch:cancelled", "batch:done"]


def test_what_failed_is_retried_under_another_release(trust: SmallTrust, alice: Any) -> None:
    who, firm = alice
    batch = a_batch(who, firm)
    fill(who, firm, batch, payslips(3))
    item = Item.objects.get(batch=batch, path="bulletin 001.pdf")
    file = item.file
    Item.objects.filter(pk=item.pk).update(file=None)
    released(who, firm, batch, trust)
    row = done(batch)
    assert (row.state, row.sealed, row.failed) == ("done", 2, 1)
    [problem] = sealing.details(who, firm, batch).problems
    assert (problem.path, problem.code) == ("bulletin 001.pdf", "not_found")
    Item.objects.filter(pk=item.pk).update(file=file)
    assert sealing.retry(actor=ACTOR, person=who, firm=firm, batch_id=batch) == 1
    assert done(batch).state == "paused", "the first release is over: another one is needed"
    released(who, firm, batch, trust)
    row = done(batch)
    assert (row.state, row.sealed, row.failed) == ("done", 3, 0)


def test_a_withdrawn_mandate_pauses_the_batch_and_another_release_goes_on(trust: SmallTrust, alice: Any) -> None:
    who, firm = alice
    batch = a_batch(who, firm)
    fill(who, firm, batch, payslips(3))
    released(who, firm, batch, trust)
    for thing in trust.seals.things.values():
        thing["withdrawn"] = thing["kind"] == "mandate"
    row = done(batch)
    assert (row.state, row.problem, row.sealed) == ("paused", "release_refused", 0)
    released(who, firm, batch, trust)
    assert done(batch).sealed == 3


def test_who_may_what(trust: SmallTrust, alice: Any) -> None:
    who, firm = alice
    batch = a_batch(who, firm)
    fill(who, firm, batch, payslips(1))
    chloe, etienne = person(cast.CHLOE), person(cast.ETIENNE)
    with pytest.raises(NotFound):
        sealing.get(etienne, firm, batch)
    assert accounts.rights(chloe, firm) & {"prepare", "seal"} == {"prepare"}
    assert sealing.get(chloe, firm, batch).total == 1
    with pytest.raises(sealing.MayNot):
        sealing.begin_release(actor=ACTOR, person=chloe, firm=firm, batch_id=batch, state="s")
    with pytest.raises(sealing.MayNot):
        sealing.ask_seal(actor=ACTOR, person=chloe, firm=firm, state="s")


def test_a_file_of_a_draft_goes_with_it(trust: SmallTrust, alice: Any) -> None:
    who, firm = alice
    batch = a_batch(who, firm)
    fill(who, firm, batch, payslips(3))
    sealing.delete(actor=ACTOR, person=who, firm=firm, batch_id=batch)
    assert done(batch).emptied_at is not None
    assert not StoredFile.objects.filter(purpose__startswith="sealing").exists()
    assert list(sealing.listing(who, firm)) == []


def test_a_visible_seal_stands_under_a_text_and_certifies(trust: SmallTrust, alice: Any) -> None:
    who, firm = alice
    trust.asked.clear()
    batch = a_batch(who, firm, visible=True, place="text", place_text="matricule", certify=1, reason="Original")
    other = pdf_of("Sans le mot")
    fill(who, firm, batch, [*payslips(2), ("autre.pdf", other)])
    released(who, firm, batch, trust)
    row = done(batch)
    assert (row.state, row.sealed, row.failed) == ("done", 2, 1)
    [problem] = sealing.details(who, firm, batch).problems
    assert (problem.path, problem.code) == ("autre.pdf", "text_missing")
    calls = [path for path in trust.asked if path.endswith("signHash")]
    assert len(calls) == 2, "one call for all, one for the manifest"
    data = zipped(who, firm, batch).read("bulletin 000.pdf")
    [signature] = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
    assert signature.docmdp_level == MDPPerm.NO_CHANGES
    assert signature.sig_object["/Reason"] == "Original"
    left, bottom, right, top = (float(value) for value in signature.sig_field["/Rect"])
    assert right - left > 100
    assert top < 760, "under the text"
    assert top - bottom > 30
