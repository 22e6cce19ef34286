"""The whole verdict: what the file says, and what is seen of it."""

import time
from collections.abc import Callable
from dataclasses import replace

from paraphe.pdf import reading
from paraphe.pdf.errors import RenderFailed
from paraphe.pdf.render import Comparison, differences
from paraphe.pdf.values import Change, Finding, Report, SignatureReport, Source, ValidationSettings
from paraphe.pdf.verdict.verdicts import of_file, with_problem

SECONDS = 20.0
"""How long pages are compared, for all signatures of a file together."""


def validate(source: Source, settings: ValidationSettings, *, tail: bytes = b"") -> Report:
    """Return the verdict on every signature and document timestamp of ``source`` with ``tail`` appended.

    Only the anchors of ``settings`` are trusted, nothing is fetched. Where a revision that was signed is not the last
    one, its pages and the present ones are drawn and compared, unless the settings say otherwise: what looks different
    and is not explained by permitted changes is a doubt. Raises a PdfRefused only when the bytes cannot be read as a
    PDF; TooComplex within a minute.
    """
    report = reading.validate(source, settings, tail=tail)
    if not settings.compare_pages or not any(_to_compare(one) for one in report.signatures):
        return report
    compare = _comparing(source + tail if isinstance(source, bytes) else source)
    return of_file(replace(report, signatures=tuple(_seen(one, compare) for one in report.signatures)))


def _to_compare(report: SignatureReport) -> bool:
    """Tell whether more than proofs follows a signature that covers a revision."""
    return report.kind != "timestamp" and report.modifications != "none" and report.revision_end > 0


def _comparing(source: Source) -> Callable[[SignatureReport], Comparison | None]:
    deadline = time.monotonic() + SECONDS

    def compare(report: SignatureReport) -> Comparison | None:
        left = deadline - time.monotonic()
        if left <= 1:
            return None
        try:
            return differences(source, report.revision_end, ignore=report.explained, seconds=left)
        except RenderFailed:
            return None

    return compare


def _seen(report: SignatureReport, compare: Callable[[SignatureReport], Comparison | None]) -> SignatureReport:
    if not _to_compare(report):
        return report
    found = compare(report)
    if found is None or not found.complete:
        report = replace(report, findings=(*report.findings, Finding("pages_not_compared")))
    for one in found.differences if found is not None else ():
        report = with_problem(report, "appearance_changed", page=one.page)
        report = replace(report, changes=(*report.changes, Change("appearance", "suspicious", one.page)))
    return replace(report, differences=found.differences) if found is not None else report
