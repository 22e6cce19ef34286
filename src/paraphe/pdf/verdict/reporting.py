"""From what was found to the report of one signature."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from paraphe.pdf.values import (
    Coverage,
    Finding,
    Level,
    Modifications,
    PathCertificate,
    RevocationFact,
    SignatureKind,
    SignatureReport,
)
from paraphe.pdf.verdict import levels
from paraphe.pdf.verdict.case import PADES, Case, Time
from paraphe.pdf.verdict.certificates import Certificate, is_seal
from paraphe.pdf.verdict.entries import Entry
from paraphe.pdf.verdict.integrity import algorithm_of
from paraphe.pdf.verdict.message import Message, Misshapen
from paraphe.pdf.verdict.paths import Path
from paraphe.pdf.verdict.problems import FORMAT, Problem, codes, worst
from paraphe.pdf.verdict.revocation import Standing

TRUST = {"revoked", "authority_revoked", "wrong_usage", "signed_by_authority", "signing_certificate_wrong"}
STAMPS = {"timestamp_not_trusted", "timestamp_invalid", "timestamp_unit_missing", "timestamp_expired"}
"""Where a time is claimed by nobody who is trusted, neither is what was looked up for that time."""


def report_of(
    case: Case,
    message: Message,
    time: Time,
    problems: Sequence[Problem],
    signer: Certificate | None,
    path: Path | None,
    standings: tuple[Standing, ...],
    *,
    intact: bool,
) -> SignatureReport:
    """Return the report of a signature with these ``problems``, the worst of which is its indication."""
    entry = case.entry
    intact = intact and signer is not None
    indication, sub = worst(problems)
    stamp = next((one for one in time.stamps if one.usable), None)
    coverage, modifications = _coverage(case)
    claimed = entry.claimed_at()
    found = codes(problems)
    return SignatureReport(
        field=entry.field,
        kind=_kind(entry, signer),
        indication=indication,
        sub_indication=sub,
        intact=intact,
        trusted=path is not None and path.trusted and not (TRUST | STAMPS) & set(found),
        coverage=coverage,
        modifications=modifications,
        level=_level(case, time, path, standings, intact=intact),
        signer=signer.name if signer else "",
        signed_at=time.at if time.proved else claimed,
        time_source=time.source,
        claimed_at=claimed,
        timestamped_at=stamp.info.gen_time if stamp and stamp.info else None,
        timestamped_by=stamp.unit.name if stamp and stamp.unit else "",
        algorithm=_algorithm(message, signer),
        path=_path(path, standings),
        changes=case.since.changes if case.since else (),
        findings=_unique([*(one.finding for one in problems), *_notes(case, time, standings, path)]),
        problems=found,
        revision=entry.structure.revision,
        revision_end=entry.structure.end,
    )


def without_message(case: Case, structure: tuple[Problem, ...]) -> SignatureReport:
    """Return the verdict on a signature whose CMS is none."""
    return _failed(case.entry, (*structure, Problem(case.entry.error or "unreadable", FORMAT)))


def unreadable(entry: Entry) -> SignatureReport:
    """Return the verdict on a signature that cannot be read."""
    return _failed(entry, (Problem("unreadable", FORMAT),))


def _failed(entry: Entry, problems: tuple[Problem, ...]) -> SignatureReport:
    indication, sub = worst(problems)
    return SignatureReport(
        field=entry.field,
        kind="timestamp" if entry.is_timestamp else "signature",
        indication=indication,
        sub_indication=sub,
        intact=False,
        trusted=False,
        coverage="none",
        modifications="forbidden",
        level="timestamp" if entry.is_timestamp else "none",
        signer="",
        signed_at=None,
        time_source=None,
        findings=_unique([one.finding for one in problems]),
        problems=codes(problems),
        revision=entry.structure.revision,
        revision_end=entry.structure.end,
    )


def _unique(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    found: dict[tuple[object, ...], Finding] = {}
    for one in findings:
        found.setdefault((one.code, one.page, *sorted(one.params.items())), one)
    return tuple(found.values())


def _kind(entry: Entry, signer: Certificate | None) -> SignatureKind:
    if entry.is_timestamp:
        return "timestamp"
    return "seal" if signer is not None and is_seal(signer) else "signature"


def _coverage(case: Case) -> tuple[Coverage, Modifications]:
    """Return what is covered: the whole document also where only proofs follow (DSS, document timestamps)."""
    coverage = case.entry.structure.coverage
    if case.since is None or coverage == "none":
        return coverage, case.since.worst if case.since else "forbidden"
    only_proofs = coverage == "revision" and case.since.worst == "none"
    return ("document" if only_proofs else coverage), case.since.worst


def _level(case: Case, time: Time, path: Path | None, standings: tuple[Standing, ...], *, intact: bool) -> Level:
    if case.entry.is_timestamp:
        return "timestamp"
    stamps = [one for one in time.stamps if one.usable]
    paths = [path, *(one.path for one in stamps)]
    known = [one for one in paths if one is not None]
    every = [*standings, *(one for stamp in stamps for one in stamp.standings)]
    whole = len(known) == len(paths) and levels.complete(known, every, case.material.inside)
    stands = case.material.has_store or case.entry.subfilter != PADES
    return levels.level(
        intact=intact,
        pades=case.entry.subfilter == PADES,
        stamped=time.proved,
        complete=whole and stands,
        archived=levels.archived(every, case.proofs, case.entry.revision),
    )


def _algorithm(message: Message, signer: Certificate | None) -> str:
    if signer is None:
        return ""
    try:
        return algorithm_of(message).name(signer.key)
    except Misshapen:
        return ""


def _path(path: Path | None, standings: Sequence[Standing]) -> tuple[PathCertificate, ...]:
    if path is None:
        return ()
    facts = [one.fact for one in standings]
    facts += [RevocationFact("not_needed", "none")] * (len(path.certificates) - len(facts))
    return tuple(
        PathCertificate(
            subject=one.parsed.subject.rfc4514_string(),
            issuer=one.parsed.issuer.rfc4514_string(),
            serial=f"{one.parsed.serial_number:x}",
            not_before=one.parsed.not_valid_before_utc,
            not_after=one.parsed.not_valid_after_utc,
            der=one.der,
            revocation=fact,
        )
        for one, fact in zip(path.certificates, facts, strict=False)
    )


def _notes(case: Case, time: Time, standings: Sequence[Standing], path: Path | None) -> Iterator[Finding]:
    """Yield what deserves to be said and takes nothing away."""
    yield from case.entry.structure.notes
    for one, certificate in zip(standings, path.certificates if path else (), strict=False):
        if one.state == "not_offered":
            yield Finding("revocation_not_offered", params={"name": certificate.name})
        elif one.state == "revoked" and one.fact.revoked_at is not None and time.at < one.fact.revoked_at:
            code = "on_hold_since" if one.is_on_hold else "revoked_since"
            yield Finding(code, params={"name": certificate.name, "at": _iso(one.fact.revoked_at)})
    if path is not None and path.certificates[0].parsed.not_valid_after_utc < case.around.now and time.proved:
        yield Finding("expired_since", params={"name": path.certificates[0].name})
    if case.since is not None and case.since.unsigned and case.last and case.certified:
        yield Finding("unsigned_changes_permitted")


def _iso(at: datetime) -> str:
    return at.isoformat()
