"""Comparisons: one reader with the other, zone with print, document with person, document with its seal."""

from collections.abc import Iterator

from paraphe.proofing import names, printed
from paraphe.proofing.claim import Claim, Policy
from paraphe.proofing.mrz.api import FORMATS, verify
from paraphe.proofing.observations import Observations, SideSeen
from paraphe.proofing.profiles import Profile
from paraphe.proofing.reasons import Reason
from paraphe.proofing.seals import SealReading, SealStatus, SealVerifier
from paraphe.proofing.verdict import Check, DocumentData, Finding, Result
from paraphe.proofing.zones import ZoneReading

Compared = tuple[Check, Finding | None]


def zone_checks(zone: ZoneReading, policy: Policy) -> Iterator[Check]:
    """Yield the check digits, the agreement of the readers and the confidence."""
    for digit in verify(FORMATS[zone.format], zone.lines):
        yield Check(f"digit_{digit.name}", _result(digit.right), side=zone.side)
    agreed = not zone.differences if zone.by_line_reader and zone.page_lines else None
    yield Check("readers_agree", _result(agreed), seen=str(len(zone.differences)), side=zone.side)
    least = zone.least_confidence
    sure = least >= policy.min_confidence if zone.by_line_reader else None
    yield Check("confidence", _result(sure), f"{least:.2f}", f"{policy.min_confidence:.2f}", zone.side)


def is_misread(zone: ZoneReading, policy: Policy) -> bool:
    """Tell whether check digits are wrong because the photograph was, and not the document.

    Two readers who are sure of themselves and agree have read what stands there: then an officer looks.
    """
    sure = zone.by_line_reader and zone.least_confidence >= policy.min_confidence
    return bool(zone.wrong_digits) and not (sure and zone.page_lines and not zone.differences)


def zone_findings(zone: ZoneReading, policy: Policy) -> list[Finding]:
    """Return what the zone itself leaves open."""
    return list(_zone_findings(zone, policy))


def _zone_findings(zone: ZoneReading, policy: Policy) -> Iterator[Finding]:
    if zone.wrong_digits:
        yield Finding(Reason.CHECK_DIGIT_WRONG, zone.side, zone.place, {"digits": ", ".join(zone.wrong_digits)})
    if zone.repaired is not None:
        mended = zone.repaired
        yield Finding(Reason.REPAIRED, zone.side, zone.place, {"seen": mended.before, "expected": mended.after})
    if not zone.by_line_reader or not zone.page_lines:
        yield Finding(Reason.ONE_READER_ONLY, zone.side, zone.place)
    elif zone.differences:
        yield Finding(Reason.READERS_DISAGREE, zone.side, zone.place, {"count": str(len(zone.differences))})
    if zone.other_number:
        yield Finding(Reason.NUMBER_AMBIGUOUS, zone.side, zone.place)
    if zone.by_line_reader and zone.least_confidence < policy.min_confidence:
        yield Finding(Reason.LOW_CONFIDENCE, zone.side, zone.place)


def print_checks(zone: ZoneReading, profile: Profile, front: SideSeen | None, data: DocumentData) -> Iterator[Compared]:
    """Yield, for each field that must stand in print on the front, whether it does."""
    lines = [line for line in (front.print if front else ()) if not _of_zone(line.text)]
    missing: list[str] = []
    results: list[Compared] = []
    for field in profile.printed:
        found = _found(field, lines, zone, data)
        if found is None:
            continue
        expected, seen = found
        check = Check(
            f"print_{field}",
            Result.PASS if seen.exact else Result.FAIL if seen.text else Result.UNKNOWN,
            seen=seen.text,
            expected=expected,
            side="front",
            identifying=field == "number",
        )
        missing += [] if seen.exact else [field]
        finding = None
        if not seen.exact:
            reason = Reason.PRINT_DIFFERS if seen.text else Reason.PRINT_UNREAD
            finding = Finding(reason, "front", seen.place, {"field": field, "seen": seen.text, "expected": expected})
        results.append((check, finding))
    yield from results
    # Another document's front has none of the values of this one's zone.
    if zone.side == "back" and lines and len(missing) >= len(profile.printed) - 1:
        yield Check("sides_match", Result.FAIL, side="front"), Finding(Reason.SIDES_DIFFER, "front")


def person_checks(zone: ZoneReading, data: DocumentData, claim: Claim, side: SideSeen | None) -> Iterator[Compared]:
    """Yield whether the document is that of the person: name, and birth date where it is known."""
    given = data.given_names if zone.format != "licence" else None
    seen = names.SeenName(
        data.surname,
        given,
        surname_cut=zone.data.surname_cut,
        given_names_cut=zone.data.given_names_cut,
    )
    match = names.match(claim, seen)
    shown = " ".join(part for part in (data.surname, given) if part)
    wanted = " ".join(part for part in (claim.surname, claim.usage_name, claim.given_name) if part)
    passed = match.outcome >= names.NameOutcome.COMPATIBLE
    finding = None
    if not passed:
        reason = Reason.NAME_NEAR if match.outcome is names.NameOutcome.FUZZY else Reason.NAME_MISMATCH
        finding = Finding(reason, zone.side, zone.place, {"seen": shown, "expected": wanted})
    yield Check("name", _result(passed), shown, wanted, zone.side), finding
    if claim.birth_date is not None and data.birth_date is not None:
        same = claim.birth_date == data.birth_date
        values = {"seen": data.birth_date.isoformat(), "expected": claim.birth_date.isoformat()}
        wrong = None if same else Finding(Reason.BIRTH_DATE_MISMATCH, zone.side, zone.place, values)
        yield Check("birth_date", _result(same), values["seen"], values["expected"], zone.side), wrong


def seal_checks(seen: Observations, data: DocumentData, zone: ZoneReading, policy: Policy) -> Iterator[Compared]:
    """Yield what the visible seals say. Only a valid one counts, and a copied one is valid too."""
    verifier = SealVerifier(policy.seal_signers)
    for name, side in seen.sides.items():
        for code in side.codes:
            if code.symbology != "datamatrix":
                continue
            seal = verifier.read(code.data)
            check = Check("seal", _seal_result(seal), seen=str(seal.status), side=name)
            if seal.status is SealStatus.BAD_SIGNATURE:
                yield check, Finding(Reason.SEAL_BAD, name, code.place)
            elif seal.status is SealStatus.VALID and (other := _contradiction(seal, data, zone)):
                yield check, Finding(Reason.SEAL_DIFFERS, name, code.place, {"field": other})
            else:
                yield check, None


def _contradiction(seal: SealReading, data: DocumentData, zone: ZoneReading) -> str:
    """Return the name of a field of which the seal says something else; empty when there is none."""
    known = {
        "number": (seal.fields.get("number", ""), data.number),
        "surname": (seal.fields.get("surname", ""), data.surname),
        "birth_date": (
            seal.fields.get("birth_date", ""),
            data.birth_date.strftime("%d%m%Y") if data.birth_date else "",
        ),
        "mrz": (seal.fields.get("mrz", ""), "".join(zone.lines)),
    }
    for field, (sealed, read) in known.items():
        if sealed and read and _letters(sealed) != _letters(read):
            return field
    return ""


def _letters(text: str) -> str:
    return "".join(next(iter(names.ways_of_writing(text.replace("<", " "))), "").split())


def _seal_result(seal: SealReading) -> Result:
    if seal.status is SealStatus.VALID:
        return Result.PASS
    return Result.FAIL if seal.status is SealStatus.BAD_SIGNATURE else Result.UNKNOWN


def _found(
    field: str, lines: list[printed.TextLine], zone: ZoneReading, data: DocumentData
) -> tuple[str, printed.Found] | None:
    """Return what is expected and what was found; None when the zone has nothing to expect."""
    if field == "surname":
        return data.surname, printed.find_name(lines, data.surname, cut=zone.data.surname_cut)
    if field == "given_names":
        first = zone.data.given_names[0] if zone.data.given_names else ""
        if not first:
            return None
        cut = zone.data.given_names_cut and len(zone.data.given_names) == 1
        return first, printed.find_name(lines, first, cut=cut)
    if field == "number":
        return data.number, printed.find_number(lines, data.number)
    day = data.birth_date if field == "birth_date" else zone.data.expiry
    if day is None:
        return None
    return day.isoformat(), printed.find_date(lines, day)


def _of_zone(text: str) -> bool:
    return text.count("<") >= 2 or (len(text.replace(" ", "")) >= 28 and sum(map(str.isdigit, text)) >= 8)


def _result(right: bool | None) -> Result:
    return Result.UNKNOWN if right is None else Result.PASS if right else Result.FAIL
