"""What the machine read, in the words and the order in which an officer looks at it."""

from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paraphe.proofing import api as proofing
from paraphe.trust.pages.kinds import PROFILE_LABELS, SIDE_LABELS
from paraphe.trust.ra import api as ra

OUTCOMES: dict[str, tuple[Promise, str]] = {
    "accepted": (gettext_lazy("Tout concorde"), "success"),
    "retake": (gettext_lazy("Une nouvelle photo serait utile"), "warning"),
    "review": (gettext_lazy("À examiner"), "warning"),
}
#: What was seen at once on a photograph, in two words.
HINTS: dict[str, Promise] = {
    "blurred": gettext_lazy("peut-être floue"),
    "glare": gettext_lazy("un reflet"),
    "outline_not_found": gettext_lazy("contour non trouvé"),
    "cut": gettext_lazy("peut-être coupée"),
    "corner_covered": gettext_lazy("un coin caché"),
}
CHECK_LABELS: dict[str, Promise] = {
    "digit_number": gettext_lazy("Clé du numéro"),
    "digit_birth": gettext_lazy("Clé de la date de naissance"),
    "digit_expiry": gettext_lazy("Clé de la date d'expiration"),
    "digit_personal": gettext_lazy("Clé du numéro personnel"),
    "digit_composite": gettext_lazy("Clé d'ensemble"),
    "readers_agree": gettext_lazy("Les deux lecteurs lisent la même chose"),
    "confidence": gettext_lazy("Confiance du caractère le moins sûr"),
    "print_surname": gettext_lazy("Nom imprimé"),
    "print_given_names": gettext_lazy("Prénom imprimé"),
    "print_birth_date": gettext_lazy("Date de naissance imprimée"),
    "print_number": gettext_lazy("Numéro imprimé"),
    "print_expiry": gettext_lazy("Date d'expiration imprimée"),
    "sides_match": gettext_lazy("Les deux faces vont ensemble"),
    "issue_month": gettext_lazy("Mois de délivrance, recto et verso"),
    "adult": gettext_lazy("Personne majeure"),
    "expiry": gettext_lazy("Valable aujourd'hui"),
    "name": gettext_lazy("Nom de la demande"),
    "birth_date": gettext_lazy("Date de naissance de la demande"),
    "seal": gettext_lazy("Cachet visible (2D-Doc)"),
}
RESULTS: dict[str, tuple[Promise, str]] = {
    "pass": (gettext_lazy("conforme"), "success"),
    "fail": (gettext_lazy("différent"), "danger"),
    "unknown": (gettext_lazy("non vérifiable"), "secondary"),
}
SEALS: dict[str, Promise] = {
    "unreadable": gettext_lazy("illisible"),
    "unknown_format": gettext_lazy("format inconnu"),
    "untrusted_signer": gettext_lazy("signataire non configuré"),
    "bad_signature": gettext_lazy("signature fausse"),
    "valid": gettext_lazy("signature valable"),
}
RULES: dict[str, Promise] = {
    "PRINTED": gettext_lazy("date imprimée"),
    "EXTENDED_5Y": gettext_lazy("prolongée de cinq ans (décret n° 2013-1188, article 10)"),
    "MINOR_NO_EXTENSION": gettext_lazy("délivrée à un mineur, non prolongée"),
    "SUSPECT_TERM": gettext_lazy("durée inhabituelle"),
    "SUSPECT_ISSUE_DATE": gettext_lazy("date de délivrance impossible"),
    "ISSUE_DAY_NEEDED": gettext_lazy("dépend du jour de délivrance"),
}
#: Confidence under which a character is marked.
_UNSURE = 0.9
#: Which checks of the machine stand for which point of the officer's list.
_POINTS: dict[str, tuple[str, ...]] = {
    "same_name": ("name",),
    "valid_today": ("expiry",),
    "sides_match": ("print_number",),
    "all_visible": ("readers_agree", "print_surname"),
}
_HIDES = {proofing.Reason.OUTLINE_NOT_FOUND, proofing.Reason.CUT, proofing.Reason.GLARE, proofing.Reason.PRINT_UNREAD}


@dataclass(frozen=True)
class Letter:
    """One place of a text that is compared; ``note`` says in words what is marked."""

    text: str
    differs: bool = False
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A field of the document beside that of the request."""

    label: str
    claimed: list[Letter]
    read: list[Letter]


def shown(case: ra.IdentityCase, reading: ra.CaseReading | None, language: str) -> dict[str, object] | None:
    """Return what the page shows of ``reading``; None when nobody read the document."""
    if reading is None:
        return None
    label, tone = OUTCOMES[reading.outcome]
    verdict = reading.verdict
    context: dict[str, object] = {
        "outcome": label,
        "tone": tone,
        "profile": PROFILE_LABELS.get(str(reading.proof.get("profile", "")), ""),
        "seconds": reading.proof.get("seconds"),
        "flat_sides": [(side, SIDE_LABELS[side]) for side in ("front", "back") if side in reading.flat_sides],
    }
    if verdict is None:
        context["findings"] = [(proofing.sentence(proofing.Reason(code), language), "") for code in reading.reasons]
        context["forgotten"] = True
        return context
    context["findings"] = [
        (proofing.sentence(finding, language), SIDE_LABELS[finding.side] if finding.side else "")
        for finding in verdict.findings
    ]
    context["places"] = _places(verdict)
    context["rows"] = _rows(case, verdict)
    context["lines"] = [_line(verdict, number) for number in range(len(verdict.lines))]
    context["differences"] = [_difference(difference) for difference in verdict.differences]
    context["checks"] = [_check(check) for check in verdict.checks]
    context["validity"] = _validity(verdict.data)
    return context


def confirmed_points(reading: ra.CaseReading | None) -> list[str]:
    """Return the points of the checklist that the machine has checked and found right; genuineness never is."""
    if reading is None or reading.verdict is None:
        return []
    passed = {check.code for check in reading.verdict.checks if check.result is proofing.Result.PASS}
    hidden = bool(_HIDES & set(reading.verdict.reasons))
    return [
        point
        for point, needed in _POINTS.items()
        if passed.issuperset(needed) and not (point == "all_visible" and hidden)
    ]


def _rows(case: ra.IdentityCase, verdict: proofing.Verdict) -> list[Row]:
    person, data = case.subject, verdict.data
    compared = [
        (_("Nom"), person.surname, data.surname),
        (_("Prénoms"), person.given_name, data.given_names),
        (_("Naissance"), _day(person.birth_date), _day(data.birth_date)),
        (_("Numéro"), "", data.number),
        (_("Émetteur"), "", data.issuer),
        (_("Nationalité"), "", data.nationality),
    ]
    return [Row(label, *_compared(claimed, read)) for label, claimed, read in compared if read or claimed]


def _compared(claimed: str, read: str) -> tuple[list[Letter], list[Letter]]:
    if not claimed or not read:
        return [Letter(claimed)] if claimed else [], [Letter(read)] if read else []
    # Capitals and accents are the same name; what differs beyond is marked letter by letter.
    plain = proofing.plain_name
    pairs = list(zip_longest(plain(claimed), plain(read), fillvalue=""))
    if all(one == other for one, other in pairs):
        return [Letter(claimed)], [Letter(read)]
    ours = [Letter(one or "·", one != other) for one, other in pairs]
    theirs = [Letter(other or "·", one != other) for one, other in pairs]
    return ours, theirs


def _line(verdict: proofing.Verdict, number: int) -> list[Letter]:
    differing = {difference.column: difference for difference in verdict.differences if difference.line == number}
    confidences = verdict.confidences[number] if number < len(verdict.confidences) else ()
    letters = []
    for column, text in enumerate(verdict.lines[number]):
        if column in differing:
            letters.append(Letter(text, differs=True, note=_difference(differing[column])))
        elif column < len(confidences) and confidences[column] < _UNSURE:
            note = _("« %(text)s », confiance %(value).2f") % {"text": text, "value": confidences[column]}
            letters.append(Letter(text, differs=True, note=note))
        else:
            letters.append(Letter(text))
    return letters


def _difference(difference: proofing.Difference) -> str:
    return _("Ligne %(line)d, position %(column)d : « %(ours)s », et « %(theirs)s » pour le second lecteur") % {
        "line": difference.line + 1,
        "column": difference.column + 1,
        "ours": difference.line_reader,
        "theirs": difference.page_reader,
    }


def _check(check: proofing.Check) -> dict[str, object]:
    label, tone = RESULTS[str(check.result)]
    seen = str(SEALS[check.seen]) if check.code == "seal" else check.seen
    shown_values = () if check.code == "readers_agree" and check.seen == "0" else (seen, check.expected)
    values = " / ".join(dict.fromkeys(value for value in shown_values if value))
    return {"label": CHECK_LABELS.get(check.code, check.code), "result": label, "tone": tone, "values": values}


def _validity(data: proofing.DocumentData) -> dict[str, object]:
    return {
        "issued": data.issued_on,
        "printed": data.printed_expiry,
        "effective": data.effective_expiry,
        "rule": RULES.get(data.expiry_rule, ""),
    }


def _places(verdict: proofing.Verdict) -> dict[str, list[str]]:
    """Return, by side, the outlines to draw over the photograph, in per cent as SVG points."""
    found: dict[str, list[str]] = {}
    for finding in verdict.findings:
        if finding.place and finding.side:
            points = " ".join(f"{x * 100:.2f},{y * 100:.2f}" for x, y in finding.place)
            found.setdefault(finding.side, []).append(points)
    return {side: list(dict.fromkeys(points)) for side, points in found.items()}


def _day(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else ""
