"""The lexer: what it reads, what it refuses, and that nothing makes it raise anything else or take its time."""

import time
from contextlib import suppress
from functools import cache
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.verdict import structure
from paraphe.pdf.verdict.contents import examine
from paraphe.pdf.verdict.revisions import chain, read
from paraphe.pdf.verdict.tokens import Dictionary, Lexer, LexError, Name, Ref, String
from tests.pdf.verdict.house import signed, vector

PIECES = [
    *(b"<< >> [ ] ( ) < > / % # \\ 1 -2 +.5 true null endobj endstream /Type /ByteRange /Contents <00>".split()),
    *(b" ", b"\n", b"\r", b"\0", b"0 R", b"12 0 obj", b"stream\n", b"\xff", b"9" * 30, b"%PDF-1.7\n"),
    *(b"xref\n0 1\n0000000000 65535 f \n", b"trailer<</Size 1/Root 1 0 R>>", b"startxref\n9\n%%EOF\n"),
]
SOUP = st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join) | st.binary(max_size=200)


def value(data: bytes) -> object:
    return Lexer(data).value(0)[0]


@pytest.mark.parametrize(
    ("data", "meaning"),
    [
        (b"12", 12),
        (b"-.5", -0.5),
        (b"4.", 4.0),
        (b"true ", True),
        (b"null", None),
        (b"12 0 R", Ref(12, 0)),
        (b"12 % why\n 0 R]", Ref(12, 0)),
        (b"12 0 Rx", 12),
        (b"/A#42#zz", Name("AB#zz")),
        (b"/", Name("")),
        (b"[1 0 R 2 3]", [Ref(1, 0), 2, 3]),
        (b"[]", []),
    ],
)
def test_what_it_reads(data: bytes, meaning: object) -> None:
    found = value(data)
    assert found == meaning
    assert type(found) is type(meaning)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"(a(b)c)", b"a(b)c"),
        (rb"(\(\101\7\n\x)", b"(A\7\nx"),
        (b"(a\\\r\nb)", b"ab"),
        (b"<4 1\n42>", b"AB"),
        (b"<414>", b"A@"),
        (b"<>", b""),
    ],
)
def test_what_a_string_says_and_where_it_stands(data: bytes, said: bytes) -> None:
    found = value(data)
    assert isinstance(found, String)
    assert (found.value, found.start, found.end) == (said, 0, len(data))


@pytest.mark.parametrize(
    "data",
    [
        *b"<< <</A>> <</A [1 ] >> (a (a\\) <4x> <41 1.2.3 --1 truex obj".split(),
        *(b"", b"<<1 2>>", b"9" * 30, b"[" * 100 + b"]" * 100, b"<</A" * 100 + b">>" * 100),
    ],
)
def test_what_it_refuses(data: bytes) -> None:
    with pytest.raises(LexError):
        value(data)


def test_every_key_that_stands_twice_is_kept() -> None:
    found = value(b"<</A 1/B 2/A 3/#41 4>>")
    assert isinstance(found, Dictionary)
    assert found.entries == {"A": 1, "B": 2}
    assert found.duplicates == {"A": [3, 4]}


def test_an_object_with_its_number() -> None:
    found = Lexer(b"7 1 obj <</Length 3>>\nstream\r\nabc\nendstream\nendobj").indirect(0)
    assert (found.number, found.generation, found.stream, found.closed) == (7, 1, 30, True)
    for data in (b"7 obj", b"x", b"7 0 objx 1"):
        with pytest.raises(LexError):
            Lexer(data).indirect(0)
    with pytest.raises(LexError):
        Lexer(b"7 0 obj 1").indirect(99)


@given(SOUP)
@settings(max_examples=300, deadline=None)
def test_nothing_else_is_raised(data: bytes) -> None:
    lexer = Lexer(data)
    for read_one in (lexer.value, lexer.indirect):
        with suppress(LexError):
            read_one(0)
    examine(data)
    found = chain(data)
    assert len(read(data)) <= len(found.sections)
    structure.check(data, [structure.Located("Alice", 12, 0, 0), structure.Located("Bob", 1, 0, None)])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_damage_breaks_the_judge(data: st.DataObject) -> None:
    """One byte anywhere is another: there is a judgement, and what is covered still ends as a revision ends."""
    forged = bytearray(signed(vector("pdftex")))
    place = data.draw(st.integers(0, len(forged) - 1))
    forged[place] ^= data.draw(st.integers(1, 255))
    result = structure.check(bytes(forged), where())
    assert all(one.end <= len(forged) for one in result.signatures)
    assert all(bytes(forged[: one.end]).rstrip().endswith(b"%%EOF") for one in result.signatures if one.end)


@cache
def where() -> tuple[structure.Located, ...]:
    return structure.locate(PdfFileReader(BytesIO(signed(vector("pdftex"))), strict=False))


@pytest.mark.parametrize(
    "data",
    [
        b"<<" * 300_000,
        b"[" * 600_000,
        b"(" * 600_000,
        b"(\\" * 300_000,
        b"[" + b"1 " * 300_000,
        b"[" + b"1 0 " * 150_000,
        b"[1" + b"%\n" * 300_000,
        b"%" * 600_000,
        b"<" + b"4" * 600_000,
        b"/" + b"#4" * 300_000,
        b"9" * 600_000,
        b"%PDF-1.7\n" + b"startxref\n9\n%%EOF\n" * 30_000,
        b"%PDF-1.7\nxref\n" + b"0 0\n" * 150_000 + b"startxref\n9\n%%EOF\n",
        b"%PDF-1.7\n" + b"1 0 obj(\n" * 60_000 + b"startxref\n9\n%%EOF\n",
        b"%PDF-1.7\n" + b"1 0 obj\n<<>>\n" * 40_000 + b"startxref\n9\n%%EOF\n",
    ],
    ids=lambda one: one[:16].decode("latin-1"),
)
def test_time_grows_with_the_bytes_and_no_faster(data: bytes) -> None:
    begun = time.process_time()
    lexer = Lexer(data)
    for read_one in (lexer.value, lexer.indirect):
        with suppress(LexError):
            read_one(0)
    structure.check(data, [structure.Located("Alice", 1, 0, 9)])
    assert time.process_time() - begun < 3


def test_indefinite_lengths_and_zeros_behind() -> None:
    inner = bytes.fromhex("06092a864886f70d010702") + bytes.fromhex("a080") + b"\0\0"
    found = examine(b"\x30\x80" + inner + b"\0\0" + bytes(9))
    assert found.der == b"\x30\x80" + inner + b"\0\0"
    assert found.padded_with_zeros
    assert not examine(b"\x30\x00" + b"\0\0\1").padded_with_zeros
    assert examine(b"\x30\x80" * 100).shape == "unreadable"
