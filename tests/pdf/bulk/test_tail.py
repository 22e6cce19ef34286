"""Whatever the bytes are, the tail parser gives up quietly or is right: right as pyHanko and qpdf see it."""

import shutil
import subprocess
import tempfile
import time
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.bulk.document import MOST_PAGES, read_document
from paraphe.pdf.bulk.revision import date_string, text_string
from paraphe.pdf.bulk.syntax import Unusual, dictionary, references
from paraphe.pdf.bulk.tail import read_tail
from tests.pdf.bulk.hands import judged, packed, sealer
from tests.pdf.hands import NOW, REAL, build, one_page

SOURCES = [path.read_bytes() for path in REAL]
PACKED = packed(
    {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>",
    },
    up=True,
    in_streams=True,
)
SMALL = [one_page(), PACKED]
quick = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real file with a few bytes changed, left out or put in, mostly where the structure is."""
    data = bytearray(draw(st.sampled_from([*SOURCES, *SMALL, *SMALL])))
    for _ in range(draw(st.integers(1, 3))):
        low = draw(st.sampled_from([0, max(0, len(data) - 600)]))
        place = draw(st.integers(low, len(data) - 1))
        kind = draw(st.sampled_from(["flip", "cut", "add", "word", "digit"]))
        if kind == "flip":
            data[place] = draw(st.integers(0, 255))
        elif kind == "digit":
            digits = [one for one in range(place, min(place + 60, len(data))) if 48 <= data[one] <= 57]
            if digits:
                data[draw(st.sampled_from(digits))] = draw(st.integers(48, 57))
        elif kind == "cut":
            del data[place : place + draw(st.integers(1, 30))]
        elif kind == "add":
            data[place:place] = draw(st.binary(min_size=1, max_size=12))
        else:
            words = [
                b"<<",
                b">>",
                b"/Type/Pages",
                b"3 0 R",
                b"%",
                b"(",
                b"endobj",
                b"trailer",
                b"/Prev 0",
                b"/Encrypt 1",
            ]
            data[place:place] = draw(st.sampled_from(words))
    return bytes(data)


@given(mutated())
@quick
def test_a_changed_file_is_unusual_or_sealed_so_that_others_agree(data: bytes) -> None:
    try:
        read_document(data)
    except Unusual:
        return
    [found] = sealer().seal([data])
    if found.path == "general":  # An identifier or extensions that are odd: seen when the revision is written.
        return
    assert found.error is None
    assert judged(found.whole()) == [("Signature1", "ENTIRE_FILE")]
    if shutil.which("qpdf"):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(found.whole())
            file.flush()
            done = subprocess.run(["qpdf", "--show-npages", file.name], capture_output=True, timeout=60, check=False)
        assert done.returncode in (0, 3), done.stderr


@given(st.binary(max_size=400))
@quick
def test_any_bytes_are_a_dictionary_or_unusual(data: bytes) -> None:
    try:
        found = dictionary(b"<<" + data + b">>", 0)
    except Unusual:
        return
    assert found.raw.startswith(b"<<")
    assert found.raw.endswith(b">>")
    assert dictionary(found.raw, 0).entries == found.entries


@pytest.mark.parametrize(
    "data",
    [
        b"<<" * 100_000,
        b"<</A " + b"[" * 100_000,
        b"<</A " + b"(" * 100_000,
        b"<</A (" + b"\\" * 200_001,
        b"<</A <<" + b"/B <" * 60_000,
        b"<</A [[[[" + b"<<(a)<a>>>" * 20_000,
        b"<<" + b"%\n" * 100_000,
        b"<</A " + b" " * 250_000,
    ],
)
def test_no_bytes_take_long(data: bytes) -> None:
    begin = time.process_time()
    with pytest.raises(Unusual):
        dictionary(data, 0)
    assert time.process_time() - begin < 1.0


@pytest.mark.parametrize(
    ("catalog", "page"),
    [
        (b"/AcroForm<</Fields[]>>", b""),
        (b"/Perms<<>>", b""),
        (b"/DSS<<>>", b""),
        (b"/Type/Catalog", b""),
        (b"/Acro#46orm 4 0 R", b""),
        (b"", b"/Annots[4 0 R]"),
        (b"", b"/Annots[<</Type/Annot>>]"),
        (b"", b"/Annots 4 0 R"),
        (b"", b"/Annots(no)"),
        (b"", b"/Kids[]"),
        (b"", b"/Type/Page"),
        (b"/Extensions", b""),
        (b"", b"/A(unclosed"),
    ],
)
def test_what_is_left_to_the_general_way(catalog: bytes, page: bytes) -> None:
    with pytest.raises(Unusual):
        read_document(one_page(catalog=catalog, page=page))


@pytest.mark.parametrize(
    "pages",
    [
        {2: b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>"},
        {2: b"<</Type/Pages/Kids[2 0 R]/Count 1>>"},
        {2: b"<</Type/Pages/Kids[3 0 R]/Count 2>>"},
        {2: b"<</Type/Pages/Kids[]/Count 0>>"},
        {2: b"<</Type/Pages/Kids[3 0 R 9 0 R]/Count 2>>"},
        {2: b"<</Type/Pages/Kids[3 1 R]/Count 1>>"},
        {2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>stream\n"},
        {3: b"<</Type/Template>>"},
        {2: b"<</Type/Pages/Kids[" + b"3 0 R " * (MOST_PAGES + 1) + b"]/Count %d>>" % (MOST_PAGES + 1)},
    ],
)
def test_page_trees_that_are_none(pages: dict[int, bytes]) -> None:
    plain = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>",
    }
    read_document(build(plain))
    with pytest.raises(Unusual):
        read_document(build({**plain, **pages}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"%PDF-1.7", b" %PDF-1.7"),
        (b"%PDF-1.7", b"%PDF-9.7"),
        (b"%%EOF\n", b"%%EOF\nmore"),
        (b"%%EOF\n", b""),
        (b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 4 0 R"),
        (b"/Root 1 0 R", b"/Root 1 0 R/XRefStm 9"),
        (b"/Root 1 0 R", b"/Root 1 0 R/Prev 100000000"),
        (b"/Root 1 0 R", b"/Root 1 0 R/Root 1 0 R"),
        (b"/Size 4", b"/Size 3"),
        (b"/Size 4", b"/Size 99999999999"),
        (b"65535 f ", b"65535 x "),
        (b"00000 n \n", b"00000 n\n"),
    ],
)
def test_tails_that_are_unusual(old: bytes, new: bytes) -> None:
    with pytest.raises(Unusual):
        read_document(one_page().replace(old, new, 1))


def test_a_chain_that_turns_back_is_unusual() -> None:
    data = one_page()
    start = data.rindex(b"xref\n0")
    with pytest.raises(Unusual, match="chain"):
        read_tail(data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start, 1))


def test_a_bomb_is_unusual() -> None:
    import zlib

    coded = zlib.compress(bytes(64 << 20))
    data = b"%%PDF-1.6\n1 0 obj\n<</Type/XRef/W[1 3 1]/Size 4/Filter/FlateDecode/Length %d>>stream\n" % len(coded)
    data += coded + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"
    with pytest.raises(Unusual, match="compression"):
        read_tail(data)


def test_references_of_other_generations_are_unusual() -> None:
    assert references(b"[ 1 0 R\n2 0 R]") == [1, 2]
    for raw in (b"[1 1 R]", b"[1 0 R null]", b"[1 0 R", b"[(1 0 R)]", b"[[1 0 R]]"):
        with pytest.raises(Unusual):
            references(raw)


@given(st.text(max_size=60))
def test_text_strings_say_what_they_should(text: str) -> None:
    reader = PdfFileReader(BytesIO(one_page(catalog=b"/Told" + text_string(text))))
    assert str(reader.root["/Told"]) == text


def test_dates() -> None:
    assert date_string(NOW) == b"(D:20261123080000Z)"
