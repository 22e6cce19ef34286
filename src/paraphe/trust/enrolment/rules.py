"""Decisions on an enrolment, as pure functions."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from paraphe.trust.enrolment.errors import RequestInvalid
from paraphe.trust.enrolment.models import Status
from paraphe.trust.ra.api import CaseState, SubjectData

#: An enrolment that is not finished after this long has to be asked for again.
LIFETIME = timedelta(days=30)
#: A browser follows its link at once; an e-mail may be read after a week of leave.
BROWSER_LINK_LIFETIME = timedelta(minutes=10)
EMAIL_LINK_LIFETIME = timedelta(days=14)
#: Photographs that one enrolment may send: three sides' worth of retakes with generosity, no storage for strangers.
MOST_PHOTOGRAPHS = 30
#: Pause after five wrong codes.
CODE_PAUSE = timedelta(minutes=10)
#: A claim on issuing lasts longer than issuing takes; after it, somebody else may go on.
CLAIM = timedelta(seconds=60)

#: What certificate each kind of person gets, and for how many years.
PROFILES = {"member": "natural-person", "collaborator": "natural-person", "invited": "invited-person"}
YEARS = {"member": 3, "collaborator": 3, "invited": 5}

FINAL = (Status.ISSUED, Status.REFUSED, Status.EXPIRED)

Step = Literal[
    "kind", "front", "back", "check", "reading", "review", "agreement", "code", "issuing", "done", "refused", "expired"
]
_STEP_OF: dict[str, Step] = {
    Status.STARTED: "kind",
    Status.REVIEW: "review",
    Status.AGREEMENT: "agreement",
    Status.CODE: "code",
    Status.ISSUING: "issuing",
    Status.ISSUED: "done",
    Status.REFUSED: "refused",
    Status.EXPIRED: "expired",
}


def current_step(
    status: str, wanted_sides: Iterable[str], present_sides: Iterable[str], *, reading: bool = False
) -> Step:
    """Return the page on which the person has to go on. Sides are those of the document, in order.

    ``reading`` says that the machine has the photographs, and that it is a matter of seconds.
    """
    if status == Status.REVIEW and reading:
        return "reading"
    if status != Status.DOCUMENTS:
        return _STEP_OF[status]
    present = set(present_sides)
    for side in wanted_sides:
        if side not in present:
            return "front" if side == "front" else "back"
    return "check"


def open_steps(
    status: str, wanted_sides: Iterable[str], present_sides: Iterable[str], *, reading: bool = False
) -> frozenset[Step]:
    """Return the pages that may be shown: the current one, and before submission those before it.

    Until the photographs are handed in, a person may go back and take another one; afterwards nothing is replayed.
    """
    wanted = tuple(wanted_sides)
    current = current_step(status, wanted, present_sides, reading=reading)
    if status != Status.DOCUMENTS:
        return frozenset({current})
    order: tuple[Step, ...] = ("kind", "front", "back", "check")
    reached = order[: order.index(current) + 1]
    return frozenset(step for step in reached if step in ("kind", "check") or step in wanted)


def status_after_case(case_state: str) -> Status | None:
    """Return where a decision of the registration authority leads an enrolment in REVIEW; None: nowhere yet."""
    return {
        CaseState.APPROVED: Status.AGREEMENT,
        CaseState.REFUSED: Status.REFUSED,
        CaseState.RETAKE: Status.DOCUMENTS,
    }.get(CaseState(case_state))


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MOBILE = re.compile(r"\+[1-9][0-9]{7,14}")


def checked_subject(data: SubjectData, *, mobile_needed: bool = True) -> SubjectData:
    """Return ``data`` if a certificate can be made of it. Raises RequestInvalid with the name of the field.

    Without ``mobile_needed`` a number may be missing, never wrong: codes then go by e-mail.

    Lengths are those of RFC 5280 appendix A (upper bounds of X.520 attributes); control and direction characters
    have no place in a name.
    """
    lengths = {
        "given_name": 64,
        "surname": 64,
        "usage_name": 64,
        "email": 254,
        "roll_number": 40,
        "region": 120,
        "organisation_name": 64,
    }
    for field, most in lengths.items():
        value = getattr(data, field)
        if len(value) > most or _CONTROL.search(value) or value != value.strip():
            raise RequestInvalid(field=field)
    if not data.given_name or not data.surname:
        raise RequestInvalid(field="given_name" if not data.given_name else "surname")
    if len(f"{data.given_name} {data.surname}") > 64:  # upper bound of commonName
        raise RequestInvalid(field="surname")
    try:
        validate_email(data.email)
    except ValidationError:
        raise RequestInvalid(field="email") from None
    if not _MOBILE.fullmatch(data.mobile) and (data.mobile or mobile_needed):
        raise RequestInvalid(field="mobile")
    if data.organisation_siren and not _luhn(data.organisation_siren):
        raise RequestInvalid(field="organisation_siren")
    if bool(data.organisation_name) != bool(data.organisation_siren):
        raise RequestInvalid(field="organisation")
    return data


def _luhn(siren: str) -> bool:
    """Tell whether ``siren`` has nine digits with a right check digit (INSEE: Luhn)."""
    if not re.fullmatch(r"[0-9]{9}", siren):
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(siren)]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def masked(mobile: str) -> str:
    """Return ``mobile`` with all but its country and last two digits hidden."""
    return f"{mobile[:3]} {'•' * max(0, len(mobile) - 5)} {mobile[-2:]}"
