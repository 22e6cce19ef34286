"""What the tests of this folder share: a moment, a PKI, a document, a person who signs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509

from paraphe.kernel.clock import FixedClock
from paraphe.pdf.api import (
    Anchor,
    Box,
    Paragraph,
    Report,
    SignaturePlace,
    SignatureSettings,
    TextDocument,
    ValidationSettings,
    augment,
    collect,
    compose,
    finish,
    prepare,
    validate,
)
from tests.support.pki import TestPki

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CLOCK = FixedClock(NOW)
LATER = NOW + timedelta(hours=3)
VECTORS = Path(__file__).parents[1] / "vectors" / "pdf"
REAL = sorted(VECTORS.glob("*.pdf"))
BOX = Box(0, 300.0, 700.0, 200.0, 72.0)
ALICE = SignatureSettings(box=BOX, signer_name="Alice Martin", firm="Cabinet Martin", signed_at=NOW)


@dataclass(frozen=True)
class Whole:
    """A signed document, whole."""

    data: bytes


@cache
def pki() -> TestPki:
    """Return the PKI of these tests. Who revokes something makes one of his own."""
    return TestPki.create(NOW)


@cache
def letter() -> bytes:
    """Return a document with a place to sign."""
    blocks = (Paragraph("La mission commence le 1er janvier."), SignaturePlace("Signature du client"))
    return compose(TextDocument("Lettre de mission", "Cabinet Martin", "fr", "1", NOW, blocks))


def sign(
    data: bytes,
    name: str = "alice",
    settings: SignatureSettings = ALICE,
    *,
    whole: bool = True,
    among: TestPki | None = None,
) -> Whole:
    """Return ``data`` signed by ``name`` at level B-LT; ``whole``: with all proofs inside the signed bytes."""
    house = among or pki()
    signer = house.signer(name)
    proofs = None
    if whole:
        proofs = collect(signer.certificate, signer.chain, house.timestamps, house.revocation, house.roots)
    prepared = prepare(data, settings, signer.certificate, signer.chain, CLOCK, proofs)
    (value,) = signer.sign_digests([prepared.digest_to_sign])
    signed = finish(data, prepared, value, house.timestamps)
    return Whole(augment(data, signed, house.revocation, house.roots).whole(data))


def judged(data: bytes, roots: Sequence[x509.Certificate], now: datetime) -> Report:
    """Return the verdict on ``data`` under ``roots``, without drawing pages."""
    return validate(data, how(roots, now))


def how(roots: Sequence[x509.Certificate], now: datetime) -> ValidationSettings:
    """Return the settings to validate by ``roots`` at ``now``, without drawing pages."""
    return ValidationSettings(tuple(Anchor(one) for one in roots), now, compare_pages=False)


def build(objects: dict[int, bytes], *, root: int = 1, version: bytes = b"1.7") -> bytes:
    """Return a PDF of ``objects`` with an honest cross-reference table: for files that no program would write."""
    data = bytearray(b"%PDF-" + version + b"\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(data)
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(data)
    data += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        data += b"%d 1\n%010d 00000 n \n" % (number, place)
    data += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, root, start)
    return bytes(data)


def one_page(extra: dict[int, bytes] | None = None, *, catalog: bytes = b"", page: bytes = b"") -> bytes:
    """Return a PDF of one page, with more entries in its catalog and its page, and more objects."""
    return build(
        {
            1: b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]" + page + b">>",
            **(extra or {}),
        }
    )


def names(paths: Iterable[Path]) -> list[str]:
    """Return the names of ``paths`` for the ids of tests."""
    return [path.stem for path in paths]
