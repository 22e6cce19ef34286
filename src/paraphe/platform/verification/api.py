"""The door of the room. A verdict is made in memory and given away; nothing is written."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.utils import timezone

from paraphe.pdf import api as pdf
from paraphe.platform.signing import api as signing
from paraphe.platform.verification.errors import Busy, TooLargeToCheck
from paraphe.trustlists import api as trustlists

__all__ = ["Busy", "Checked", "SideBySide", "TooLargeToCheck", "anchors", "check"]

AT_ONCE = 2
MAX_SIDES = 6
WIDTH = 620

_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class SideBySide:
    """A page as it was signed and as it is, as PNG; None where there is no such page, or where it cannot be drawn.

    ``missing``: one of the two revisions has no such page.
    """

    field: str
    page: int
    before: bytes | None
    after: bytes | None
    missing: bool


@dataclass(frozen=True)
class Checked:
    """The verdict, with the pages that differ: at most six of them."""

    report: pdf.Report
    sides: tuple[SideBySide, ...]
    at: datetime


def check(data: bytes, password: str | None = None) -> Checked:
    """Return the verdict on ``data``.

    Raises TooLargeToCheck, Busy, and a PdfRefused when the bytes cannot be read as a PDF.
    """
    if len(data) > settings.MAX_PDF_BYTES:
        raise TooLargeToCheck(limit=settings.MAX_PDF_BYTES)
    if not _places.acquire(blocking=False):
        raise Busy()
    try:
        at = timezone.now()
        report = pdf.validate(data, pdf.ValidationSettings(anchors(), at, password=password))
        return Checked(report, tuple(_sides(data, report)), at)
    finally:
        _places.release()


def anchors() -> tuple[pdf.Anchor, ...]:
    """Return whom this platform trusts: its own roots, those that the operator names, the European lists."""
    found = [pdf.Anchor(one, "own") for one in signing.trusted_roots()]
    for name in settings.VERIFICATION_ROOTS:
        path = Path(name)
        found += [pdf.Anchor(one, "given", path.name) for one in x509.load_pem_x509_certificates(path.read_bytes())]
    if settings.TRUSTED_LISTS:
        found += [_listed(one) for one in trustlists.Store(Path(settings.TRUSTED_LISTS)).services()]
    return tuple(found)


def _listed(service: trustlists.TrustedService) -> pdf.Anchor:
    certificate = x509.load_der_x509_certificate(service.certificate)
    return pdf.Anchor(certificate, "eu", f"{service.provider} ({service.territory})", service.since, service.until)


def _sides(data: bytes, report: pdf.Report) -> Iterator[SideBySide]:
    left = MAX_SIDES
    for one in report.signatures:
        for difference in one.differences[:left]:
            left -= 1
            before = _drawn(data, difference.page, one.revision_end)
            after = _drawn(data, difference.page, None)
            yield SideBySide(one.field, difference.page, before, after, missing=not difference.boxes)


def _drawn(data: bytes, page: int, end: int | None) -> bytes | None:
    try:
        return pdf.render_page(data, page, WIDTH, end=end)
    except pdf.RenderFailed:
        return None
