"""Several people sign one document: after each of them every earlier signature is valid, whoever looks.

Looked at by our own verdict and by programs that we did not write: pdfsig (poppler), pyHanko, qpdf, mutool.
"""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel

from paraphe.kernel.digests import sha256
from paraphe.pdf.api import (
    FieldLock,
    FieldMissing,
    FieldTaken,
    FieldValue,
    NotPermitted,
    PreparedRange,
    SignatureMismatch,
    SignatureSettings,
    StateBroken,
    augment,
    embed,
    finish,
    inspect,
    prepare,
    prepare_range,
    read_ink,
    render_page,
    validate,
)
from paraphe.pki.cms import CmsTemplate
from tests.pdf.hands import CLOCK, LATER, NOW, VECTORS, how, judged, letter, one_page, pki, sign
from tests.pdf.launching import launched

PEOPLE = ("alice", "bob", "etienne", "seal")
HAND = read_ink("0,40 30,0 60,40 90,0 120,40;10,60 110,60;130,20")
TOWN = "Évry-Courcouronnes, œuvre de Łódź"


def by_cms(data: bytes, number: int, fill: tuple[FieldValue, ...] = (), name: str = "") -> bytes:
    """Sign field ``number`` as somebody whose certificate is made after he agreed."""
    waiting = prepare_range(data, look(number, again=bool(fill)), CLOCK, fill=fill)
    made = cms_of(waiting.digest, name or PEOPLE[number % len(PEOPLE)])
    return augment(data, embed(data, waiting, made), pki().revocation, pki().roots).whole(data)


def by_hash(data: bytes, number: int, fill: tuple[FieldValue, ...] = ()) -> bytes:
    """Sign field ``number`` as the holder of a certificate."""
    signer = pki().signer(PEOPLE[number % len(PEOPLE)])
    waiting = prepare(data, look(number, again=bool(fill)), signer.certificate, signer.chain, CLOCK, fill=fill)
    signed = finish(data, waiting, signer.sign_digests([waiting.digest_to_sign])[0], pki().timestamps)
    return augment(data, signed, pki().revocation, pki().roots).whole(data)


def cms_of(digest: bytes, name: str, *, stamped: bool = True) -> bytes:
    signer = pki().signer(name)
    chain = [one.public_bytes(Encoding.DER) for one in signer.chain[:-1]]
    template = CmsTemplate(signer.certificate.public_bytes(Encoding.DER), chain, signer.algorithm)
    (value,) = signer.sign_digests([template.digest_to_sign(digest)])
    return template.assemble(digest, value, pki().timestamps.timestamp(sha256(value)) if stamped else None)


def look(number: int, *, again: bool = False) -> SignatureSettings:
    """Return the appearance of a signer, shown once more on the last page where he fills in something."""
    return SignatureSettings(
        field_name=f"Signature é {number}", signer_name=f"Signataire {number}", signed_at=NOW, ink=HAND,
        echoes=(f"Echo é {number}",) * again,
    )  # fmt: skip


def filled(number: int) -> tuple[FieldValue, ...]:
    return (FieldValue(f"Text é {number}", TOWN, ink=HAND), FieldValue(f"Tick é {number}", checked=True))


def check(data: bytes, count: int, tmp_path: Path) -> None:
    """Ask everybody: ``count`` signatures, all of them valid, nothing changed that may not."""
    report = judged(data, pki().roots, LATER)
    assert report.ok, [(one.signer, one.problems, one.changes) for one in report.signatures]
    assert len(report.signatures) == count
    reader = PdfFileReader(BytesIO(data), strict=False)
    for one in reader.embedded_regular_signatures:
        one.compute_integrity_info(diff_policy=DEFAULT_DIFF_POLICY)
        assert isinstance(one.diff_result, DiffResult), (one.field_name, one.diff_result)
        assert one.diff_result.modification_level <= ModificationLevel.FORM_FILLING
    path = tmp_path / "signed.pdf"
    path.write_bytes(data)
    said = run("pdfsig", "-nocert", path)
    assert said.count("Signature is Valid.") == count
    assert said.count("Signature Validation:") == count
    run("qpdf", "--check", path)
    said = run("mutool", "sign", "-v", path, expected=(0, 1))
    # It says "edits" of whatever was appended, and "invalid" where a digest is wrong.
    good = said.count("The signature is valid but") + said.count("The document is unchanged")
    assert good == said.count("Verifying signature") - said.count("is not signed") == count, said


def run(*words: object, expected: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode in expected, done.stdout + done.stderr
    return done.stdout + done.stderr


@cache
def thick() -> bytes:
    """Return a document of 500 pages."""
    from tests.journeys.visitor import pdf_of

    return pdf_of("Annexe", pages=500)


@cache
def heavy() -> bytes:
    """Return a document of 40 MB."""
    noise = b"<</Length 40000000>>stream\n" + bytes(range(1, 251)) * 160_000 + b"\nendstream"
    return one_page({4: noise}, page=b"/Contents 5 0 R/PieceInfo<</X 4 0 R>>")


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "letter": letter,
    "rotated": (VECTORS / "libreoffice-rotated-qpdf.pdf").read_bytes,
    "with a form": (VECTORS / "libreoffice-form.pdf").read_bytes,
    "signed already": lambda: sign(letter()).data,
    "linearized": (VECTORS / "qpdf-linearized-objstm.pdf").read_bytes,
    "archival": (VECTORS / "libreoffice-pdfa2.pdf").read_bytes,
}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("visible", [True, False], ids=["visible", "invisible"])
def test_after_each_signer_everything_before_is_valid(name: str, visible: bool, tmp_path: Path) -> None:
    source = DOCUMENTS[name]()
    before = len(inspect(source).signed_fields)
    # After a signature others may sign; a form that comes later is no permitted change (ISO 32000-2 table 257).
    with_form = not before
    data = launched(source, 3, visible=visible, with_form=with_form)
    for done, (number, way) in enumerate(((1, by_cms), (0, by_hash), (2, by_cms)), start=1):
        longer = way(data, number, filled(number) if with_form else ())
        assert longer.startswith(data)
        data = longer
        check(data, before + done, tmp_path)
    assert len(inspect(data).signed_fields) == before + 3
    values = PdfFileReader(BytesIO(data), strict=False).root["/AcroForm"]["/Fields"]
    texts = [values[place]["/V"] for place in range(len(values)) if str(values[place].get("/T")).startswith("Text é")]
    assert texts == [TOWN] * 3 * with_form


def test_ten_people_sign_one_document(tmp_path: Path) -> None:
    data = launched(letter(), 10)
    for number in range(10):
        data = (by_cms, by_hash)[number % 2](data, number, filled(number))
        assert judged(data, pki().roots, LATER).ok
    check(data, 10, tmp_path)


@pytest.mark.parametrize("source", [thick, heavy], ids=["500 pages", "40 MB"])
def test_a_large_document_is_signed_by_two(source: Callable[[], bytes], tmp_path: Path) -> None:
    data = launched(source(), 2)
    for number in range(2):
        data = by_cms(data, number, filled(number))
    check(data, 2, tmp_path)


def test_what_was_filled_is_seen_and_explains_what_looks_different() -> None:
    data = launched(letter(), 2)
    data = by_cms(by_cms(data, 0, filled(0)), 1, filled(1))
    report = validate(data, replace(how(pki().roots, LATER), compare_pages=True))
    assert report.ok
    assert report.signatures[0].differences == ()
    bare = by_cms(launched(letter(), 2), 0)
    assert render_page(data, 0, 300) != render_page(bare, 0, 300)


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        (FieldValue("Text é 7", "x"), FieldMissing),
        (FieldValue("Text é 0", checked=True), FieldTaken),
        (FieldValue("Tick é 0", "x"), FieldTaken),
        (FieldValue("Signature é 0", "x"), FieldMissing),
    ],
    ids=["none", "no box to tick", "no text", "a signature"],
)
def test_a_field_that_is_not_there_is_refused(value: FieldValue, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        prepare_range(launched(letter(), 1), look(0), CLOCK, fill=(value,))


def test_what_somebody_filled_is_not_filled_again() -> None:
    data = by_cms(launched(letter(), 2), 0, filled(0))
    with pytest.raises(FieldTaken):
        by_cms(data, 1, (FieldValue("Text é 0", "Autre chose"),))


def test_a_field_that_a_signature_locked_is_not_filled() -> None:
    data = launched(letter(), 2)
    data = sign(data, settings=SignatureSettings(lock=FieldLock("include", ("Text é 1",)))).data
    with pytest.raises((FieldTaken, NotPermitted)):
        by_cms(data, 1, filled(1))


@pytest.mark.parametrize("text", ["", "a" * 5000, "漢字 ✓ \U0001f600", "deux\nlignes", "\x00\x07", "(\\) Tj ET"])
def test_any_text_is_filled(text: str) -> None:
    data = by_cms(launched(letter(), 1), 0, (FieldValue("Text é 0", text),))
    assert judged(data, pki().roots, LATER).ok
    assert render_page(data, 0, 200)


def test_the_state_is_kept_as_bytes_and_its_damage_is_noticed() -> None:
    data = launched(letter(), 1)
    waiting = prepare_range(data, look(0), CLOCK)
    state = waiting.to_bytes()
    assert PreparedRange.from_bytes(state) == waiting
    for broken in (b"", state[:40], state[:-1], state[:60] + b"X" + state[61:], b"X" + state):
        with pytest.raises(StateBroken):
            PreparedRange.from_bytes(broken)
    with pytest.raises(StateBroken):
        embed(data + b"\n", waiting, cms_of(waiting.digest, "alice"))
    with pytest.raises(StateBroken):
        embed(data, replace(waiting, tail=waiting.tail.replace(b"Signataire", b"Signatrice")), b"")


def test_a_signature_over_something_else_is_not_embedded() -> None:
    data = launched(letter(), 1)
    waiting = prepare_range(data, look(0), CLOCK)
    good = cms_of(waiting.digest, "alice")
    wrong = [b"", b"\x30\x00", good[:-9], good + b"\x00", cms_of(sha256(b"other"), "alice")]
    for place in (len(good) // 4, len(good) - 2000, len(good) - 20):
        wrong.append(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
    for signature in wrong:
        try:
            embed(data, waiting, signature)
        except SignatureMismatch:
            continue
        # What was changed is a byte that the digest does not cover: the verdict finds it, or nothing is wrong.
        assert signature not in wrong[:5]
    assert embed(data, waiting, good).token is not None
    assert embed(data, waiting, cms_of(waiting.digest, "alice", stamped=False)).token is None
