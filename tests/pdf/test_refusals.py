"""Files that cannot be signed: each refused by its name, in little time, whatever the bytes are."""

import time
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from paraphe.kernel.errors import DomainError
from paraphe.pdf.api import (
    Prepared,
    RenderFailed,
    StateBroken,
    finish,
    inspect,
    prepare,
    render_page,
)
from paraphe.pdf.inspection import inspect_here
from paraphe.pdf.verdict.core import validate_here
from tests.pdf.hands import ALICE, CLOCK, LATER, REAL, VECTORS, build, how, letter, one_page, pki, sign


def tree(kids: bytes, nodes: dict[int, bytes]) -> bytes:
    return build({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Count 1/Kids[" + kids + b"]>>", **nodes})


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    return out.getvalue()


def many_pages() -> bytes:
    """Ten thousand and one leaves, written once each: a tree of three levels."""
    return tree(b"3 0 R " * 1, {3: b"<</Type/Pages/Count 10001/Kids[" + b"<</Type/Page>> " * 10_001 + b"]>>"})


def deep() -> bytes:
    nodes = {one: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (one + 1) for one in range(3, 300)}
    return tree(b"3 0 R", {**nodes, 300: b"<</Type/Page/MediaBox[0 0 9 9]>>"})


def nested() -> bytes:
    return one_page({9: b"[" * 50_000 + b"]" * 50_000}, catalog=b"/AcroForm 9 0 R")


def bomb() -> bytes:
    """An object stream of six gigabytes in six megabytes, which has to be opened to find the catalog."""
    packer = zlib.compressobj(9)
    begin, again = (packer.compress(bytes(1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    packed = begin + again * 400
    head = b"%PDF-1.7\n"
    stream = b"9 0 obj\n<</Type/ObjStm/N 1/First 8/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    body = stream + packed + b"\nendstream\nendobj\n"
    at = len(head) + len(body)
    rows = b"".join(
        kind.to_bytes(1, "big") + first.to_bytes(4, "big") + second.to_bytes(2, "big")
        for kind, first, second in ((2, 9, 0), (1, len(head), 0), (1, at, 0))
    )
    table = b"10 0 obj\n<</Type/XRef/Size 11/W[1 4 2]/Index[1 1 9 2]/Root 1 0 R/Length %d>>stream\n" % len(rows)
    return head + body + table + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at


REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("empty", lambda: b""),
    "text": ("not_a_pdf", lambda: b"Bonjour, ceci est une lettre.\n" * 40),
    "picture": ("not_a_pdf", picture),
    "zip": ("not_a_pdf", lambda: b"PK\x03\x04" + bytes(2000)),
    "half": ("truncated", lambda: letter()[: len(letter()) // 2]),
    "first_line": ("truncated", lambda: b"%PDF-1.7\n"),
    "password": ("encrypted", (VECTORS / "refused" / "encrypted-user.pdf").read_bytes),
    "no_page": ("no_pages", lambda: tree(b"", {})),
    "loop": ("damaged", lambda: tree(b"3 0 R", {3: b"<</Type/Pages/Count 1/Kids[2 0 R]>>"})),
    "loop_of_one": ("damaged", lambda: tree(b"2 0 R", {})),
    "shared_page": ("damaged", lambda: tree(b"3 0 R 3 0 R", {3: b"<</Type/Page/MediaBox[0 0 9 9]>>"})),
    "number_for_a_page": ("damaged", lambda: tree(b"3 0 R", {3: b"42"})),
    "deep_tree": ("damaged", deep),
    "many_pages": ("too_many_pages", many_pages),
    "no_tree": ("damaged", lambda: build({1: b"<</Type/Catalog>>"})),
    "no_catalog": ("damaged", lambda: build({1: b"42"})),
    "xfa": (
        "dynamic_form",
        lambda: one_page({4: b"<</Length 2>>stream\n<>\nendstream"}, catalog=b"/AcroForm<</Fields[]/XFA 4 0 R>>"),
    ),
    "only_rubbish": ("damaged", lambda: b"%PDF-1.7\n" + b"\x00\xff" * 3000 + b"startxref\n99999\n%%EOF"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_is_refused_by_its_name(name: str) -> None:
    code, make = REFUSED[name]
    data = make()
    begun = time.monotonic()
    with pytest.raises(DomainError) as refusal:
        inspect(data)
    assert refusal.value.code == code
    assert time.monotonic() - begun < 8
    alice = pki().signer("alice")
    with pytest.raises(DomainError) as refusal:
        prepare(data, ALICE, alice.certificate, alice.chain, CLOCK)
    assert refusal.value.code == code


def test_a_file_is_too_large_before_it_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(3_000_000_000)
    begun = time.monotonic()
    with pytest.raises(DomainError) as refusal:
        inspect(large)
    assert (refusal.value.code, refusal.value.params["limit"]) == ("too_large", 2_147_483_648)
    assert time.monotonic() - begun < 2
    with pytest.raises(DomainError) as refusal:
        inspect(letter(), limit=1000)
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize("make", [nested, bomb], ids=["nested", "bomb"])
def test_what_would_fill_the_memory_ends_and_the_next_one_is_served(make: Callable[[], bytes]) -> None:
    data = make()
    assert len(data) < 8_000_000
    begun = time.monotonic()
    with pytest.raises(DomainError) as refusal:
        inspect(data)
    assert refusal.value.code in ("too_complex", "damaged")
    assert time.monotonic() - begun < 20
    assert inspect(letter()).pages


def test_pages_that_are_not_there_are_not_drawn() -> None:
    for index, width in ((-1, 100), (99, 100), (0, 0), (0, 100_000)):
        with pytest.raises(RenderFailed):
            render_page(letter(), index, width)
    for name in ("text", "half", "password", "no_page"):
        with pytest.raises(RenderFailed):
            render_page(REFUSED[name][1](), 0, 100)
    assert render_page(letter(), 0, 100).startswith(b"\x89PNG")


# Bytes of nobody: the parsers run here, in this process, so that what they raise is seen.

SMALL = [path.read_bytes() for path in REAL if path.stat().st_size < 20_000]

WORDS = (
    b" null ",
    b"<<>>",
    b"[]",
    b"1 0 R",
    b"/Kids",
    b"/Annots",
    b"(a)",
    b"<</A",
    b">>",
    b"true",
    b"-1",
    b"9e99",
    b".",
)


@st.composite
def mutated(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    data = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(data) - 1))
        how = draw(st.sampled_from(("byte", "byte", "word", "word", "number", "number", "cut", "double")))
        if how == "byte":
            data[place] = draw(st.integers(0, 255))
        elif how == "word":
            data[place : place + 8] = draw(st.sampled_from(WORDS)).ljust(8)
        elif how == "number":
            data[place : place + 4] = b"%4d" % draw(st.integers(-999, 9999))
        elif how == "cut":
            del data[place : place + draw(st.integers(1, 200))]
        else:
            data[place:place] = data[place : place + draw(st.integers(1, 200))]
        data = data or bytearray(b"%PDF-")
    return bytes(data)


patient = settings(max_examples=400, deadline=5000, suppress_health_check=[HealthCheck.too_slow])


@given(mutated(SMALL))
@patient
def test_whatever_the_bytes_inspection_refuses_by_name(data: bytes) -> None:
    try:
        inspect_here(data)
    except DomainError:
        return


@given(mutated(SMALL))
@settings(patient, max_examples=80)
def test_whatever_the_bytes_preparation_refuses_by_name(data: bytes) -> None:
    alice = pki().signer("alice")
    try:
        found = prepare(data, ALICE, alice.certificate, alice.chain, CLOCK)
    except DomainError:
        return
    assert found.source_size == len(data)


@pytest.fixture(scope="module")
def signed() -> list[bytes]:
    return [sign(letter()).data]


@given(st.data())
@settings(patient, max_examples=80)
def test_whatever_the_bytes_validation_refuses_by_name_or_reports(signed: list[bytes], data: st.DataObject) -> None:
    changed = data.draw(mutated(signed))
    try:
        report = validate_here(changed, b"", how(pki().roots, LATER))
    except DomainError:
        return
    assert changed == signed[0] or not report.ok or _same_signature(changed, signed[0])


def _same_signature(changed: bytes, original: bytes) -> bool:
    """Tell whether only the place of the signature changed, which no signature covers: its padding, its timestamp."""
    place = original.index(b"/Contents <") + 11
    return len(changed) == len(original) and changed[:place] == original[:place]


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda end: b"PARAPHE-PREPARED-3\n" + end))
@settings(max_examples=200, deadline=None)
def test_whatever_the_bytes_a_state_is_whole_or_broken(state: bytes) -> None:
    with pytest.raises(StateBroken):
        finish(letter(), Prepared.from_bytes(state), b"", None)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_state_with_another_byte_is_broken(data: st.DataObject) -> None:
    state = bytearray(prepared_state())
    state[data.draw(st.integers(0, len(state) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(StateBroken):
        Prepared.from_bytes(bytes(state))


@cache
def prepared_state() -> bytes:
    alice = pki().signer("alice")
    return prepare(letter(), ALICE, alice.certificate, alice.chain, CLOCK).to_bytes()
