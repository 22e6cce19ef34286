"""The judgement: observations, claim, day and policy in; one frozen verdict out. Pure decisions, no image."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from paraphe.proofing import comparing, validity
from paraphe.proofing.claim import Claim, Policy
from paraphe.proofing.countries import EU, is_known
from paraphe.proofing.kinds import kind_named
from paraphe.proofing.known_specimens import is_specimen
from paraphe.proofing.observations import Observations, Side, SideSeen
from paraphe.proofing.profiles import Profile, profile_of
from paraphe.proofing.reasons import Reason
from paraphe.proofing.verdict import Check, DocumentData, Finding, Verdict, outcome_of
from paraphe.proofing.zones import ZoneReading, zones_of

#: Perceptual hashes at most so many bits apart are the same upload (measured: 2 to 6; other photographs 26 and more).
SAME_UPLOAD_BITS = 12
#: Lines of print from which a side without outline is a document all the same.
_SOME_PRINT = 3
#: Lines of so many characters, and so many of them, by which two photographs are known to show one side.
_WORD = 5
_SOME_LINES = 4


@dataclass(frozen=True)
class Case:
    """Everything the judgement is made of, sides in their right order."""

    seen: Observations
    kind: str
    claim: Claim
    today: date
    policy: Policy
    zone: ZoneReading | None
    profile: Profile | None
    swapped: bool

    def side(self, name: Side) -> SideSeen | None:
        """Return what was seen on a side, or None when the document has no such side."""
        return self.seen.sides.get(name)


def judge(seen: Observations, *, kind: str, claim: Claim, today: date, policy: Policy) -> Verdict:
    """Return the verdict on a document said to be of ``kind`` (a code of ``kinds``), shown by ``claim`` on ``today``.

    Without observations the verdict is REVIEW because of NOT_READ: an officer looks with nothing but his eyes.
    """
    if not seen.sides:
        return Verdict(outcome_of([Finding(Reason.NOT_READ)]), (Finding(Reason.NOT_READ),))
    case = _case(seen, kind, claim, today, policy)
    findings = list(_findings_of_sides(case))
    checks: list[Check] = []
    data = DocumentData(
        kind=case.profile.kind if case.profile else "", profile=case.profile.code if case.profile else ""
    )
    if case.zone is not None:
        data, more, checks = _judged_zone(case, case.zone, data)
        findings += more
    elif not {finding.reason for finding in findings} & {Reason.NO_DOCUMENT, Reason.SAME_SIDE_TWICE}:
        findings.append(Finding(Reason.MRZ_UNREADABLE, _zone_side(case)))
    zone = case.zone
    return Verdict(
        outcome=outcome_of(findings),
        findings=tuple(findings),
        checks=tuple(checks),
        data=data,
        lines=zone.lines if zone else (),
        page_lines=zone.page_lines if zone else (),
        confidences=zone.confidences if zone else (),
        differences=zone.differences if zone else (),
        rectified={name: side.rectified for name, side in case.seen.sides.items() if side.rectified},
        fingerprints={name: side.fingerprint for name, side in case.seen.sides.items()},
        swapped=case.swapped,
        readers=seen.readers,
        seconds=seen.seconds,
    )


def _case(seen: Observations, kind: str, claim: Claim, today: date, policy: Policy) -> Case:
    zones = zones_of(seen, today)
    zone = max(zones.values(), key=lambda each: (not each.wrong_digits, each.least_confidence), default=None)
    profile = None
    if zone is not None:
        profile = profile_of(zone.format, zone.data.code, zone.data.issuer, european=zone.data.issuer in EU)
    swapped = (
        zone is not None
        and profile is not None
        and len(seen.sides) == 2
        and len(zones) == 1
        and zone.side != profile.zone_side
        and profile.own
    )
    if swapped and zone is not None:
        other: dict[Side, Side] = {"front": "back", "back": "front"}
        seen = replace(seen, sides={other[name]: side for name, side in seen.sides.items()})
        zone = replace(zone, side=other[zone.side])
    return Case(seen, kind, claim, today, policy, zone, profile, swapped)


def _findings_of_sides(case: Case) -> Iterator[Finding]:
    yield from _twice(case)
    for name, side in case.seen.sides.items():
        framing = side.framing
        if framing.outline is None and side.mrz is None and len(side.print) < _SOME_PRINT:
            yield Finding(Reason.NO_DOCUMENT, name)
            continue
        if framing.outline is None:
            yield Finding(Reason.CUT if framing.crosses_border else Reason.OUTLINE_NOT_FOUND, name)
        elif not framing.inside:
            yield Finding(Reason.CUT, name, framing.outline)
        elif framing.width < case.policy.min_width:
            yield Finding(Reason.TOO_SMALL, name, framing.outline)
        if framing.covered is not None:
            yield Finding(Reason.CORNER_COVERED, name, framing.covered)
        if framing.glare > case.policy.max_glare:
            yield Finding(Reason.GLARE, name, framing.glare_place)
        if framing.screen > case.policy.max_grain:
            yield Finding(Reason.SCREEN_SUSPECTED, name)
        if framing.paper > case.policy.max_paper:
            yield Finding(Reason.COPY_SUSPECTED, name)


def _twice(case: Case) -> Iterator[Finding]:
    front, back = case.side("front"), case.side("back")
    if front is None or back is None:
        return
    zones = zones_of(case.seen, case.today)
    same_zone = len(zones) == 2 and zones["front"].lines == zones["back"].lines
    same_picture = _bits_apart(front.fingerprint, back.fingerprint) <= SAME_UPLOAD_BITS
    if same_zone or same_picture or (not zones and _same_print(front, back)):
        missing: Side = "back"
        if case.profile is not None and case.profile.zone_side == "back":
            missing = "front"
        yield Finding(Reason.SAME_SIDE_TWICE, missing)


def _same_print(front: SideSeen, back: SideSeen) -> bool:
    """Tell whether most of what is printed on one side is printed on the other: labels differ, names would not."""
    ours, theirs = ({line.text for line in side.print if len(line.text) >= _WORD} for side in (front, back))
    fewer = min(len(ours), len(theirs))
    return fewer >= _SOME_LINES and len(ours & theirs) > fewer / 2


def _judged_zone(case: Case, zone: ZoneReading, data: DocumentData) -> tuple[DocumentData, list[Finding], list[Check]]:
    checks = list(comparing.zone_checks(zone, case.policy))
    findings = comparing.zone_findings(zone, case.policy)
    if comparing.is_misread(zone, case.policy):
        # What stands there is not what the document says: nobody is told that his name is another one.
        return data, [Finding(Reason.MRZ_UNREADABLE, zone.side, zone.place), *findings], checks
    findings += _findings_of_kind(case, zone)
    data = replace(
        data,
        issuer=zone.data.issuer,
        number=zone.data.number,
        surname=zone.data.surname,
        given_names=" ".join(zone.data.given_names),
        birth_date=zone.data.birth_date,
        sex=zone.data.sex,
        nationality=zone.data.nationality,
    )
    if case.profile is not None:
        front = case.side("front")
        for check, finding in comparing.print_checks(zone, case.profile, front, data):
            checks.append(check)
            findings += [finding] if finding else []
        data, more, dated = validity.judged(zone, case.profile, case.side("back"), data, case.today, case.policy)
        findings += more
        checks += dated
    for check, finding in comparing.person_checks(zone, data, case.claim, case.side(zone.side)):
        checks.append(check)
        findings += [finding] if finding else []
    for check, finding in comparing.seal_checks(case.seen, data, zone, case.policy):
        checks.append(check)
        findings += [finding] if finding else []
    return data, findings, checks


def _findings_of_kind(case: Case, zone: ZoneReading) -> Iterator[Finding]:
    profile = case.profile
    if profile is None:
        yield Finding(Reason.KIND_WITHOUT_PROFILE, zone.side)
    elif profile.kind != case.kind:
        yield Finding(Reason.KIND_MISMATCH, zone.side, values={"seen": profile.kind, "expected": case.kind})
    else:
        if not profile.own:
            yield Finding(Reason.KIND_WITHOUT_PROFILE, zone.side)
        if zone.side != profile.zone_side and profile.own:
            yield Finding(Reason.WRONG_SIDE, profile.zone_side)
    for code in (zone.data.issuer, zone.data.nationality):
        if code and not is_known(code):
            yield Finding(Reason.COUNTRY_UNKNOWN, zone.side, zone.place, {"seen": code})
            break
    words = " ".join(line.text for side in case.seen.sides.values() for line in side.print).upper()
    if is_specimen(zone.data.number, zone.data.surname, zone.data.issuer) or "SPECIMEN" in words:
        yield Finding(Reason.SPECIMEN_DOCUMENT, zone.side)


def _zone_side(case: Case) -> Side:
    """Return the side to ask for again when no zone was read: where the page reader saw one, or where it should be."""
    for name, side in case.seen.sides.items():
        if side.page_mrz:
            return name
    kind = kind_named(case.kind)
    return "back" if kind is not None and kind.sides == 2 and case.kind != "driving_licence" else "front"


def _bits_apart(first: str, second: str) -> int:
    if not first or len(first) != len(second):
        return 256
    return (int(first, 16) ^ int(second, 16)).bit_count()
