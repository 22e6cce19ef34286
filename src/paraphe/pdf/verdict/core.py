"""The verdict on a signed PDF (ETSI EN 319 102-1 §5): every signature, every document timestamp, the file.

Nothing is asked of the network and nothing is believed but the anchors: what is in the file, and what the caller gives
beside it, is judged by them. Document timestamps are judged first, the last one first: what each covers is then proved
to have existed at its time.
"""

import hashlib
from dataclasses import replace

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.opening import Buffer, open_reader, refusing
from paraphe.pdf.values import Finding, Report, SignatureReport, ValidationSettings, Wanted
from paraphe.pdf.verdict import structure
from paraphe.pdf.verdict.case import Case
from paraphe.pdf.verdict.certificates import Pool
from paraphe.pdf.verdict.changes import Review, Since
from paraphe.pdf.verdict.entries import Entry, read_entries
from paraphe.pdf.verdict.evidence import Proof, existed, gather
from paraphe.pdf.verdict.paths import Anchors
from paraphe.pdf.verdict.problems import FORMAT
from paraphe.pdf.verdict.reporting import unreadable
from paraphe.pdf.verdict.signatures import judge_signature, judge_timestamp
from paraphe.pdf.verdict.times import Surroundings
from paraphe.pdf.verdict.verdicts import of_file, with_problem

STRANGERS = {"not_trusted", "anchor_not_in_force", "issuer_is_no_authority", "signer_certificate_missing"}


def validate_here(buffer: Buffer, tail: bytes, settings: ValidationSettings) -> Report:
    """Return the verdict on every signature and document timestamp of ``buffer`` with ``tail`` appended.

    Raises a PdfRefused only when the bytes cannot be read as a PDF. Whatever is wrong with one signature is said of
    that signature.
    """
    reader = open_reader(buffer, tail, password=settings.password)
    # A file that is mapped stays where it is; with something appended there is no way to hash it as one but a copy.
    data: Buffer = buffer[:] + tail if tail else buffer
    with refusing():
        located = structure.locate(reader)
        found = structure.check(data, located, _root(reader))
        entries = read_entries(reader, found.signatures, settings.judged)
        reports, wanted = _Validation(reader, data, settings, entries, found).run()
    findings = (*found.tricks, *found.doubts, *found.notes)
    return of_file(
        Report(
            "NO-SIGNATURE",
            None,
            tuple(reports),
            findings,
            tuple(dict.fromkeys(wanted)),
            settings.now,
            hashlib.sha256(data).hexdigest(),
            sum(one.judged for one in entries),
        )
    )


def _root(reader: PdfFileReader) -> tuple[int, int] | None:
    raw = reader.trailer.raw_get("/Root")
    return (raw.idnum, raw.generation) if isinstance(raw, generic.IndirectObject) else None


def _by_nobody(report: SignatureReport) -> bool:
    """Tell whether nobody who is known answers for a signature, as with one that a forger made to hide something."""
    return not report.intact or report.sub_indication == FORMAT[1] or bool(STRANGERS & set(report.problems))


class _Validation:
    """One validation: the timestamps from the last to the first, then the signatures, then what lies over what."""

    def __init__(
        self,
        reader: PdfFileReader,
        data: Buffer,
        settings: ValidationSettings,
        entries: list[Entry],
        found: structure.StructureResult,
    ) -> None:
        self._data, self._settings, self._entries, self._found = memoryview(data), settings, entries, found
        messages = [(one.message, max(one.revision, 0)) for one in entries if one.message is not None]
        self._material = gather(reader, messages, settings)
        self._anchors = Anchors(settings.anchors)
        self._pool = Pool([*self._material.certificates, *(one.der for one in self._anchors)])
        self._review = Review(reader, data)
        self._proofs: list[Proof] = []
        self._wanted: list[Wanted] = []
        self._since: dict[int, Since] = {}

    def run(self) -> tuple[list[SignatureReport], list[Wanted]]:
        """Return a report for each entry, and what could be fetched."""
        # A mapped file can only be closed when nothing points into it.
        with self._data:
            reports: dict[int, SignatureReport] = {}
            fresh = [number for number, one in enumerate(self._entries) if not one.judged]
            for number in reversed(fresh):
                if self._entries[number].is_timestamp:
                    reports[number] = self._judged(number)
            for number in fresh:
                if not self._entries[number].is_timestamp:
                    reports[number] = self._judged(number)
            ordered = [reports[number] for number in fresh]
            found = [self._uncovered(number, one, ordered) for number, one in zip(fresh, ordered, strict=True)]
            return self._allowed(found), self._wanted

    def _allowed(self, reports: list[SignatureReport]) -> list[SignatureReport]:
        """Doubt what was added where a signature that was judged before does not allow it."""
        if any(one.judged for one in self._entries) and not self._review.allowed_after(self._settings.judged):
            return [with_problem(one, "suspicious_changes") for one in reports]
        return reports

    def _judged(self, number: int) -> SignatureReport:
        entry = self._entries[number]
        try:
            case = self._case(number)
            if not entry.is_timestamp:
                return judge_signature(case, self._wanted)
            report, proof = judge_timestamp(case, self._wanted)
        except Exception:  # noqa: BLE001 - a signature that breaks the validator is not valid, and says so
            return unreadable(entry)
        if proof is not None:
            self._proofs.append(proof)
        return report

    def _case(self, number: int) -> Case:
        entry = self._entries[number]
        since = self._review.since(entry.embedded) if entry.embedded is not None else None
        if since is not None:
            self._since[number] = since
        now = self._settings.now
        around = Surroundings(self._anchors, self._pool, self._material.evidence(self._proofs), now)
        return Case(
            entry=entry,
            data=self._data,
            around=around,
            material=self._material,
            proofs=tuple(self._proofs),
            existed=existed(self._proofs, entry.revision, now) if entry.revision >= 0 else now,
            since=since,
            file=self._found,
            last=number == self._last(),
            certified=self._certified(),
        )

    def _last(self) -> int:
        """Return the last signature, or the last timestamp where there are no others: what follows is unsigned."""
        signatures = [number for number, one in enumerate(self._entries) if not one.is_timestamp]
        return max(signatures or range(len(self._entries)))

    def _certified(self) -> bool:
        """Tell whether the author said what may change after him: then nobody has to sign for it."""
        return any(one.embedded is not None and one.embedded.docmdp_level is not None for one in self._entries)

    def _uncovered(self, number: int, report: SignatureReport, reports: list[SignatureReport]) -> SignatureReport:
        """Doubt a signature where a later one lies over its pages for which nobody answers who is known."""
        since = self._since.get(number)
        if since is not None:
            report = replace(report, explained=since.explained)
        by_field = {one.field: one for one in reports}
        for one in since.covering if since is not None else ():
            other = by_field.get(one.field)
            if other is None or _by_nobody(other):
                return with_problem(report, "covered_by_other", page=one.box.page, params={"field": one.field})
            if one.covers_content:
                # Somebody who is known answers for it: it is told, and no reason for doubt.
                covered = Finding("covered_content", one.box.page, {"field": one.field})
                report = replace(report, findings=(*report.findings, covered))
        return report
