"""Files that are signed as they are: with bytes before the header, damaged, encrypted, large, certified, archived."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from paraphe.kernel.clock import FixedClock
from paraphe.pdf.api import (
    CertifiedNoChanges,
    Encrypted,
    FieldLock,
    NotPermitted,
    OwnerProtected,
    SignatureSettings,
    SigningLevel,
    Source,
    StateBroken,
    examine,
    finish,
    inspect,
    prepare,
    renew,
    timestamp_document,
)
from paraphe.pdf.api import sign as sign_at
from paraphe.pdf.stages import Tail
from tests.pdf.hands import ALICE, BOX, CLOCK, LATER, NOW, VECTORS, judged, letter, one_page, pki

SEAL = SignatureSettings(signer_name="Cabinet Martin", kind="seal")
JUNK = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n"


def made(
    source: Source, settings: SignatureSettings = ALICE, level: SigningLevel = "B-LT", name: str = "alice"
) -> Tail:
    house = pki()
    return sign_at(
        source, house.signer(name), settings, level, timestamps=house.timestamps, revocation=house.revocation,
        roots=house.roots, clock=CLOCK,
    )  # fmt: skip


def signed(
    data: bytes, settings: SignatureSettings = ALICE, level: SigningLevel = "B-LT", name: str = "alice"
) -> bytes:
    return made(data, settings, level, name).whole(data)


def moved(data: bytes, by: int) -> bytes:
    """Return ``data`` with every position in its classic cross-reference counted ``by`` further."""
    text = re.sub(rb"(\d{10})( \d{5} n)", lambda found: b"%010d" % (int(found[1]) + by) + found[2], data)
    return re.sub(rb"startxref\n(\d+)", lambda found: b"startxref\n%d" % (int(found[1]) + by), text)


def encrypted(data: bytes, user: str, *limits: str, mac: bool = False) -> bytes:
    """Return ``data`` encrypted as PDF 1.6 (AES, 128 bits) by another program, or with codes after ISO/TS 32004."""
    if mac:
        writer = copy_into_new_writer(PdfFileReader(BytesIO(data)))
        writer.encrypt("owner", user, pdf_mac=True)
        out = BytesIO()
        writer.write(out)
        return out.getvalue()
    with TemporaryDirectory() as folder:
        plain, closed = Path(folder, "plain.pdf"), Path(folder, "closed.pdf")
        plain.write_bytes(data)
        keys = ["--encrypt", user, "owner", "128", "--use-aes=y", *limits, "--"]
        subprocess.run(["qpdf", *keys, plain, closed], check=True, capture_output=True)
        return closed.read_bytes()


def damaged(data: bytes) -> bytes:
    """Return ``data`` with the place of its cross-reference wrong."""
    return re.sub(rb"startxref\s+\d+", b"startxref\n7", data)


@pytest.mark.parametrize("absolute", [False, True])
@pytest.mark.parametrize("level", ["B-B", "B-LTA"])
def test_bytes_before_the_header_are_signed_too(absolute: bool, level: SigningLevel) -> None:
    plain = one_page()
    data = JUNK + (moved(plain, len(JUNK)) if absolute else plain)
    whole = signed(data, level=level)
    assert whole.startswith(data)
    start, first, second, _ = (int(one) for one in re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", whole)[0])
    assert start == 0
    assert whole[first : first + 1] == b"<"
    assert whole[second - 1 : second] == b">"
    # Whoever changes a byte before the header breaks the signature.
    assert judged(whole, pki().roots, LATER).signatures[0].intact
    assert not judged(b"X" + whole[1:], pki().roots, LATER).signatures[0].intact


@pytest.mark.parametrize("name", ["ghostscript.pdf", "qpdf-linearized-objstm.pdf", "typst.pdf"])
def test_a_damaged_cross_reference_is_made_anew_and_said(name: str, tmp_path: Path) -> None:
    data = damaged((VECTORS / name).read_bytes())
    found = inspect(data)
    assert found.warnings[0] == "rebuilt"
    whole = signed(data, replace(ALICE, box=None), "B-LTA")
    assert whole.startswith(data)
    assert inspect(whole).cross_reference != "rebuilt"
    target = tmp_path / "whole.pdf"
    target.write_bytes(whole)
    checked = subprocess.run(["qpdf", "--check", target], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_revisions_in_a_loop_are_made_anew() -> None:
    assert inspect(letter().replace(b"/Size", b"/Prev 9 /Size")).warnings[0] == "rebuilt"


def test_a_file_without_a_line_end_behind_it_is_continued_on_a_new_line() -> None:
    data = one_page().rstrip()
    assert signed(data, level="B-B")[len(data) : len(data) + 1] == b"\n"


def test_a_size_that_is_too_small_does_not_overwrite_objects() -> None:
    data = re.sub(rb"/Size \d+", b"/Size 2", one_page())
    whole = signed(data, level="B-B")
    assert len(inspect(whole).pages) == 1
    assert b"\n3 0 obj\n<<\n/FT" not in whole[len(data) :]


def test_metadata_stay_as_they_were() -> None:
    data = (VECTORS / "libreoffice-pdfa2.pdf").read_bytes()
    whole = signed(data)
    assert inspect(whole).pdfa == inspect(data).pdfa == "2B"
    assert b"/ModDate" not in whole[len(data) :]
    assert b"pdfaid" not in whole[len(data) :]


@pytest.mark.parametrize("level", ["B-B", "B-LTA"])
def test_an_encrypted_document_is_signed_with_its_password(level: SigningLevel) -> None:
    data = encrypted(letter(), "user")
    with pytest.raises(Encrypted):
        signed(data, level=level)
    with pytest.raises(Encrypted):
        signed(data, replace(ALICE, password="wrong"), level)
    whole = signed(data, replace(ALICE, password="user"), level)
    assert inspect(whole, password="user").signed_fields[0] == "Signature1"


def test_what_the_owner_forbids_needs_the_owners_password() -> None:
    data = encrypted(letter(), "", "--modify=none")
    with pytest.raises(OwnerProtected):
        signed(data, level="B-B")
    assert examine(data).refusal == "owner_protected"
    assert inspect(signed(data, replace(ALICE, password="owner"), "B-B"), password="owner").signed_fields


def test_what_opens_without_a_password_is_signed_without_one() -> None:
    data = (VECTORS / "refused" / "encrypted-owner.pdf").read_bytes()
    assert inspect(signed(data, replace(ALICE, box=None), "B-LT")).signed_fields == ("Signature1",)


def test_where_each_revision_must_carry_a_code_nothing_is_added() -> None:
    with pytest.raises(NotPermitted) as refused:
        signed(encrypted(letter(), "user", mac=True), replace(ALICE, password="user"), "B-B")
    assert "32004" in str(refused.value.params["rule"])


@pytest.mark.parametrize("permission", [1, 2, 3])
def test_a_certification_says_what_it_allows_and_holds_it(permission: int) -> None:
    whole = signed(letter(), replace(SEAL, certify=permission), name="seal")  # type: ignore[arg-type]
    assert b"/Perms" in whole[len(letter()) :]
    assert examine(whole).signatures[0].docmdp == permission
    assert examine(whole).refusal == ("certified_no_changes" if permission == 1 else None)
    with pytest.raises(CertifiedNoChanges if permission == 1 else NotPermitted):
        signed(whole, ALICE)


def test_only_the_first_certifies() -> None:
    with pytest.raises(NotPermitted) as refused:
        signed(signed(letter()), replace(SEAL, certify=2), name="seal")
    assert "first" in str(refused.value.params["rule"])


@pytest.mark.parametrize("lock", [FieldLock("all"), FieldLock("include", ("Nom",)), FieldLock("exclude", ("Nom",))])
def test_locked_fields_are_written_down(lock: FieldLock) -> None:
    data = (VECTORS / "libreoffice-form.pdf").read_bytes()
    whole = signed(data, replace(ALICE, lock=lock))
    added = whole[len(data) :]
    assert b"/SigFieldLock" in added
    assert b"/FieldMDP" in added
    assert judged(whole, pki().roots, LATER).ok


def test_a_chosen_name_is_taken_once() -> None:
    whole = signed(letter(), replace(ALICE, field_name="Client"), "B-B")
    assert inspect(whole).signed_fields == ("Client",)


def test_an_archive_timestamp_is_renewed_and_years_later_still_proves() -> None:
    house = pki()
    whole = signed(letter(), level="B-LTA")
    report = judged(whole, house.roots, LATER)
    assert report.ok
    assert [found.level for found in report.signatures] == ["B-LTA", "timestamp"]
    again = renew(whole, house.timestamps, house.revocation, house.roots, FixedClock(NOW + timedelta(minutes=5)))
    renewed = again.whole(whole)
    assert renewed.startswith(whole)
    assert judged(renewed, house.roots, LATER).ok
    assert inspect(renewed).signed_fields == ("Signature1", "Timestamp1", "Timestamp2")


def test_a_document_alone_is_timestamped() -> None:
    house = pki()
    whole = timestamp_document(letter(), house.timestamps, house.revocation, house.roots, CLOCK).whole(letter())
    (found,) = judged(whole, house.roots, LATER).signatures
    assert (found.kind, found.indication) == ("timestamp", "TOTAL-PASSED")
    with pytest.raises(NotPermitted):
        renew(letter(), house.timestamps, house.revocation, house.roots, CLOCK)


def test_another_document_is_refused_when_finishing() -> None:
    alice = pki().signer("alice")
    found = prepare(letter(), ALICE, alice.certificate, alice.chain, CLOCK)
    (value,) = alice.sign_digests([found.digest_to_sign])
    other = letter().replace(b"Lettre", b"Mettre", 1) if b"Lettre" in letter() else b"X" + letter()[1:]
    with pytest.raises(StateBroken):
        finish(other, found, value, None)


def test_ten_thousand_pages_are_signed_in_seconds() -> None:
    kids = b" ".join(b"%d 0 R" % number for number in range(10, 10_010))
    objects = dict.fromkeys(range(10, 10_010), b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>")
    data = one_page({2: b"<</Type/Pages/Kids[%s]/Count 10000>>" % kids, **objects})
    begin = os.times().elapsed
    assert len(inspect(made(data, replace(ALICE, box=replace(BOX, page=9_999)), "B-B").whole(data)).pages) == 10_000
    assert os.times().elapsed - begin < 30


LIMITED = """
import resource, sys
from dataclasses import replace
from pathlib import Path
from tests.pdf.hands import ALICE
from tests.pdf.test_kinds import made
resource.setrlimit(resource.RLIMIT_DATA, (150_000_000, 150_000_000))
source, target = Path(sys.argv[1]), Path(sys.argv[2])
made(source, replace(ALICE, box=None), "B-LTA").write(source, target)
"""
"""Signs with 150 MB of memory of its own, and as much in each worker: less than the file has."""


def large(target: Path, size: int) -> None:
    """Write a PDF of ``size`` bytes, most of it one stream."""
    with target.open("wb") as file:
        file.write(b"%%PDF-1.7\n4 0 obj\n<</Length %d>>\nstream\n" % size)
        file.seek(size, os.SEEK_CUR)
        places = {4: 9}
        file.write(b"\nendstream\nendobj\n")
        for number, body in {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>",
        }.items():
            places[number] = file.tell()
            file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        start = file.tell()
        rows = b"".join(b"%010d 00000 n \n" % places[number] for number in range(1, 5))
        file.write(b"xref\n0 5\n0000000000 65535 f \n" + rows)
        file.write(b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)


SIZES = [200_000_000, *([2_000_000_000] if os.environ.get("PARAPHE_TEST_LARGE") else [])]


@pytest.mark.parametrize("size", SIZES)
def test_a_large_file_is_signed_where_it_lies(size: int, tmp_path: Path) -> None:
    source, target = tmp_path / "large.pdf", tmp_path / "signed.pdf"
    large(source, size)
    env = {**os.environ, "PYTHONPATH": f"{Path(__file__).parents[2] / 'src'}:{Path(__file__).parents[2]}"}
    subprocess.run([sys.executable, "-c", LIMITED, source, target], check=True, env=env)
    assert target.stat().st_size > size
    with source.open("rb") as first, target.open("rb") as second:
        assert first.read(1 << 20) == second.read(1 << 20)
