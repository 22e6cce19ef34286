"""Structure: what a forger does to the bytes around a signature is named; honest files are not accused."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.verdict import structure
from tests.pdf.hands import REAL, build, names, one_page
from tests.pdf.verdict.house import signed, stream, twice, vector, written

RANGE = re.compile(rb"/ByteRange *\[ *(\d+) +(\d+) +(\d+) +(\d+) *\]")


def judged(data: bytes) -> structure.StructureResult:
    reader = PdfFileReader(BytesIO(data), strict=False)
    root = (reader.root_ref.idnum, reader.root_ref.generation)
    return structure.check(data, structure.locate(reader), root)


def tricks(data: bytes) -> set[str]:
    """Return the codes of what no honest program explains."""
    result = judged(data)
    every = [*result.tricks, *(trick for one in result.signatures for trick in one.tricks)]
    return {one.code for one in every}


def doubts(data: bytes) -> set[str]:
    return {one.code for one in judged(data).doubts}


@pytest.mark.parametrize("path", REAL[1::3], ids=names(REAL[1::3]))
def test_honest_signatures_are_not_accused(path: Path) -> None:
    for data, coverage in (
        (signed(vector(path.stem)), ["document"]),
        (twice(vector(path.stem)), ["revision", "document"]),
    ):
        result = judged(data)
        assert [one.coverage for one in result.signatures] == coverage
        assert not result.tricks
        assert not result.doubts
        assert not any(one.tricks or one.doubts for one in result.signatures)
        assert [one.revision for one in result.signatures] == [2, 3][: len(coverage)]
        assert all(data[: one.end].rstrip().endswith(b"%%EOF") for one in result.signatures)


# A signature dictionary of our own making, to be bent: what the CMS says is not asked here.

CMS = bytes.fromhex("302106092a864886f70d010702a0143012020101310030 0b06092a864886f70d010701".replace(" ", ""))


def raw(
    *,
    entries: bytes = b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached",
    contents: bytes | None = None,
    byte_range: Callable[[int, int, int, int], bytes] = lambda *four: b"[%d %d %d %d]" % four,
    second: bytes = b"",
    field: bytes = b"/V 5 0 R",
    behind: bytes = b"",
) -> bytes:
    """Return a file of one page with one signature, whose byte range is right unless ``byte_range`` says otherwise."""
    value = b"<" + (CMS.hex().encode() + b"00" * 8 if contents is None else contents) + b">"
    hole = b"*" * 60
    body = b"<<" + entries + b"/ByteRange " + hole + b"/Contents " + value + b">>"
    data = one_page(
        {
            4: b"<</FT/Sig/T(Alice)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/P 3 0 R" + field + b">>",
            5: body,
            6: second or b"null",
        },
        catalog=b"/AcroForm<</Fields[4 0 R" + (b" 6 0 R" if second else b"") + b"]/SigFlags 3>>",
    )
    start = data.index(b"/Contents <") + 10
    end = start + len(value)
    four = byte_range(0, start, end, len(data) - end)
    return data.replace(hole, four.ljust(60)) + behind


def test_the_control_of_what_follows_is_honest() -> None:
    (found,) = judged(raw()).signatures
    assert found.coverage == "document"
    assert not found.tricks
    assert found.contents == CMS
    assert found.revision == 1


@pytest.mark.parametrize(
    ("code", "byte_range"),
    [
        ("byte_range_shape", lambda a, b, c, d: b"[%d %d %d]" % (a, b, c)),
        ("byte_range_shape", lambda a, b, c, d: b"[%d %d %d %d 0 0]" % (a, b, c, d)),
        ("byte_range_shape", lambda a, b, c, d: b"[%d %d %d -%d]" % (a, b, c, d)),
        ("byte_range_shape", lambda a, b, c, d: b"[%d %d %d.0 %d]" % (a, b, c, d)),
        ("byte_range_shape", lambda a, b, c, d: b"[%d %d %d 3 0 R]" % (a, b, c)),
        ("byte_range_shape", lambda a, b, c, d: b"null"),
        ("byte_range_shape", lambda a, b, c, d: b"[]"),
        ("byte_range_huge", lambda a, b, c, d: b"[%d %d %d 9999999999999]" % (a, b, c)),
        ("byte_range_start", lambda a, b, c, d: b"[9 %d %d %d]" % (b, c, d)),
        ("byte_range_overlap", lambda a, b, c, d: b"[0 %d %d %d]" % (b, b - 10, d)),
        ("byte_range_beyond", lambda a, b, c, d: b"[0 %d %d %d]" % (b, c, d + 1)),
        ("byte_range_gap", lambda a, b, c, d: b"[0 %d %d %d]" % (b - 1, c, d)),
        ("byte_range_gap", lambda a, b, c, d: b"[0 %d %d %d]" % (b, c + 9, d - 9)),
        ("byte_range_gap", lambda a, b, c, d: b"[0 %d %d %d]" % (b + 1, c - 1, d + 1)),
        ("byte_range_gap", lambda a, b, c, d: b"[0 0 0 0]"),
        ("byte_range_end", lambda a, b, c, d: b"[0 %d %d %d]" % (b, c, d - 30)),
        ("byte_range_end", lambda a, b, c, d: b"[0 %d %d %d]" % (b, c, d - 3)),
    ],
)
def test_a_byte_range_that_leaves_out_more_is_named(code: str, byte_range: Callable[..., bytes]) -> None:
    data = raw(byte_range=byte_range)
    (found,) = judged(data).signatures
    assert tricks(data) == {code}
    assert (found.coverage, found.end) == ("none", 0)


@pytest.mark.parametrize(
    ("code", "contents"),
    [
        ("contents_missing", b""),
        ("contents_missing", b"0000"),
        ("contents_unreadable", b"30ff"),
        ("contents_unreadable", CMS.hex()[:-2].encode()),
        ("contents_padding", CMS.hex().encode() + b"000001"),
        ("subfilter_mismatch", b"0403616263"),
        ("subfilter_mismatch", b"3003020101"),
    ],
)
def test_what_is_no_signature_in_its_place_is_named(code: str, contents: bytes) -> None:
    assert tricks(raw(contents=contents)) == {code}


@pytest.mark.parametrize(
    ("code", "entries"),
    [
        ("duplicate_keys", b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Type/Sig"),
        ("duplicate_keys", b"/Type/Sig/Filter/A/SubFilter/ETSI.CAdES.detached/Sub#46ilter/adbe.pkcs7.detached"),
        ("duplicate_keys", b"/Type/Sig/Filter/A/SubFilter/ETSI.CAdES.detached/Contents<3000>"),
        ("type_unknown", b"/Type/Signature/Filter/A/SubFilter/ETSI.CAdES.detached"),
        ("subfilter_unknown", b"/Type/Sig/Filter/A"),
        ("subfilter_unknown", b"/Type/Sig/Filter/A/SubFilter/Mallory"),
        ("subfilter_mismatch", b"/Type/Sig/Filter/A/SubFilter/ETSI.RFC3161"),
        ("subfilter_mismatch", b"/Type/DocTimeStamp/Filter/A/SubFilter/ETSI.CAdES.detached"),
        ("subfilter_mismatch", b"/Type/DocTimeStamp/Filter/A/SubFilter/ETSI.RFC3161"),
        ("subfilter_mismatch", b"/Type/Sig/Filter/A/SubFilter/adbe.x509.rsa_sha1"),
    ],
)
def test_a_dictionary_that_says_two_things_is_named(code: str, entries: bytes) -> None:
    assert code in tricks(raw(entries=entries))


def test_a_literal_string_is_no_place_for_a_signature() -> None:
    data = raw()
    start = data.index(b"/Contents <") + 10
    end = data.index(b">", start)
    assert tricks(data[:start] + b"(" + data[start + 1 : end] + b")" + data[end + 1 :]) == {"contents_not_hexadecimal"}


@pytest.mark.parametrize("value", [b"/V<<>>", b"/V 3 0 R", b"/V 77", b"/V 2 0 R"])
def test_a_value_that_is_no_signature_does_not_disappear(value: bytes) -> None:
    assert tricks(raw(field=value))


def test_two_fields_do_not_share_a_signature() -> None:
    assert tricks(raw(second=b"<</FT/Sig/T(Bob)/V 5 0 R>>")) == {"shared_value"}


def test_a_signature_stands_in_no_object_stream() -> None:
    assert structure.check(raw(), [structure.Located("Alice", 5, 0, None)]).signatures[0].tricks[0].code == (
        "signature_misplaced"
    )
    assert structure.check(raw(), [structure.Located("Alice", 5, 0, 20)]).signatures[0].tricks


# What is written behind a signature.


def test_white_space_behind_the_end_is_nothing() -> None:
    assert not doubts(raw(behind=b"\r\n \n"))
    assert doubts(raw(behind=b"\n% more")) == {"trailing_bytes"}
    assert doubts(raw(behind=b"\n9 0 obj\n<<>>\nendobj\n")) >= {"trailing_bytes"}
    assert doubts(raw(behind=bytes(100))) == {"trailing_bytes"}


def test_the_same_end_written_again_ends_nothing() -> None:
    data = raw()
    again = data[data.rindex(b"startxref") :]
    assert doubts(data + b"9 0 obj\n<</Type/Catalog>>\nendobj\n" + again) == {"trailing_bytes", "unlisted_object"}


def test_an_honest_revision_behind_a_signature_is_covered_no_more() -> None:
    data = written(raw(), 9, b"<<>>")
    (found,) = judged(data).signatures
    assert found.coverage == "revision"
    assert not tricks(data)
    assert not doubts(data)


def repointed(number: int, place: int) -> bytes:
    """Return a revision that says object ``number`` lies at ``place``."""
    data = raw()
    out = data + b"xref\n%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer\n<</Size 20/Root 1 0 R/Prev %d>>\n" % int(data[data.rindex(b"startxref") + 10 :].split()[0])
    return out + b"startxref\n%d\n%%%%EOF\n" % len(data)


def test_a_cross_reference_into_the_signature_is_named() -> None:
    assert tricks(repointed(9, raw().index(b"/Contents <") + 20)) == {"entry_into_signature"}
    assert doubts(repointed(9, raw().index(b"2 0 obj"))) == {"entry_without_object"}
    assert not tricks(repointed(2, raw().index(b"2 0 obj")))


def with_prepared(body: bytes) -> bytes:
    return build({1: b"<</Type/Catalog>>", 2: body})


@pytest.mark.parametrize(
    ("code", "body", "mark"),
    [
        ("entry_into_stream", stream(b"9 0 obj <<>> endobj"), b"9 0 obj"),
        ("entry_into_comment", b"<<>>\n% 9 0 obj <<>> endobj", b"9 0 obj"),
    ],
)
def test_objects_prepared_where_nobody_looks_are_named(code: str, body: bytes, mark: bytes) -> None:
    base = raw()
    data = written(base, 8, body)
    place = data.index(mark, len(base))
    at = len(data)
    table = b"xref\n9 1\n%010d 00000 n \ntrailer\n<</Size 20/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    previous = int(data[data.rindex(b"startxref") + 10 :].split()[0])
    assert code in tricks(data + table % (place, previous, at))


def test_an_object_listed_twice_in_one_revision_is_named() -> None:
    data = written(raw(), 9, b"<<>>")
    at = data.rindex(b"xref\n9 1\n")
    entry = data[at + 9 : at + 29]
    assert tricks(data[:at] + b"xref\n9 1\n" + entry + b"9 1\n" + entry + data[at + 29 :]) == {"object_listed_twice"}


def test_keys_that_stand_twice_where_the_document_begins_are_named() -> None:
    data = written(raw(), 1, b"<</Type/Catalog/Pages 2 0 R/Pages 9 0 R/AcroForm<</Fields[4 0 R]>>>>")
    assert tricks(data) == {"duplicate_keys"}
    same = written(raw(), 1, b"<</Type/Catalog/Pages 2 0 R/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>")
    assert not tricks(same)
    assert "duplicate_keys" in {one.code for one in judged(same).notes}


def test_a_page_with_two_contents_is_named_where_it_comes_after_a_signature() -> None:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 8 0 R/Contents 9 0 R>>"
    assert tricks(written(raw(), 3, page)) == {"duplicate_keys"}
    packed = b"<</Type/ObjStm/N 1/First 4/Length %d>>\nstream\n3 0 %s\nendstream" % (len(page) + 4, page)
    assert tricks(in_object_stream(packed, 3)) == {"duplicate_keys"}
    honest = packed.replace(b"/Contents 9 0 R", b"/Contentz 9 0 R")
    assert not tricks(in_object_stream(honest, 3))


def in_object_stream(body: bytes, number: int) -> bytes:
    """Return a revision that moves object ``number`` into the object stream ``body``."""
    base = raw()
    previous = int(base[base.rindex(b"startxref") + 10 :].split()[0])
    data = base + b"10 0 obj\n" + body + b"\nendobj\n"
    rows = b"\2" + (10).to_bytes(4, "big") + b"\0" + b"\1" + len(base).to_bytes(4, "big") + b"\0"
    entries = b"/Type/XRef/Size 20/W[1 4 1]/Index[%d 1 10 1]/Root 1 0 R/Prev %d" % (number, previous)
    return data + b"11 0 obj\n" + stream(rows, entries) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(data)


def test_a_revision_that_is_read_no_more_is_covered_by_nobody() -> None:
    """The later cross-reference leaves out the signed revision: what is signed is not what is read."""
    data = written(raw(), 9, b"<<>>")
    start = len(raw())
    cut = data[:start] + re.sub(rb"/Prev \d+", b"", data[start:])
    located = [structure.Located("Alice", 5, 0, data.index(b"5 0 obj"))]
    (found,) = structure.check(cut, located).signatures
    assert {one.code for one in found.tricks} & {"revision_not_read", "two_readings"}


def test_two_readers_must_agree_on_the_catalog() -> None:
    data = raw()
    located = [structure.Located("Alice", 5, 0, data.index(b"5 0 obj"))]
    assert not structure.check(data, located, (1, 0)).tricks
    assert [one.code for one in structure.check(data, located, (9, 0)).tricks] == ["two_readings"]


def test_a_file_without_signature_is_judged_by_nothing() -> None:
    result = structure.check(one_page(), [])
    assert not result.tricks
    assert not result.doubts
    assert len(result.revisions) == 1
