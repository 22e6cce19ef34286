"""Where an enrolment stands, and what a request may say."""

from dataclasses import replace
from typing import Any, cast

import pytest

from paraphe.trust.enrolment import rules
from paraphe.trust.enrolment.errors import RequestInvalid
from paraphe.trust.enrolment.models import Status
from paraphe.trust.ra.api import CaseState
from tests.trust.ra.people import ALICE

BOTH = ("front", "back")


@pytest.mark.parametrize(
    ("status", "wanted", "present", "current", "open_steps"),
    [
        (Status.STARTED, (), (), "kind", {"kind"}),
        (Status.DOCUMENTS, BOTH, (), "front", {"kind", "front"}),
        (Status.DOCUMENTS, BOTH, ("front",), "back", {"kind", "front", "back"}),
        (Status.DOCUMENTS, BOTH, BOTH, "check", {"kind", "front", "back", "check"}),
        (Status.DOCUMENTS, ("front",), ("front",), "check", {"kind", "front", "check"}),
        (Status.REVIEW, BOTH, BOTH, "review", {"review"}),
        (Status.AGREEMENT, BOTH, BOTH, "agreement", {"agreement"}),
        (Status.CODE, BOTH, BOTH, "code", {"code"}),
        (Status.ISSUED, BOTH, (), "done", {"done"}),
    ],
)
def test_one_goes_on_where_one_stands(
    status: Status, wanted: tuple[str, ...], present: tuple[str, ...], current: str, open_steps: set[str]
) -> None:
    assert rules.current_step(status, wanted, present) == current
    assert rules.open_steps(status, wanted, present) == open_steps


def test_every_status_has_a_page() -> None:
    for status in Status:
        assert rules.current_step(status, BOTH, BOTH)


def test_a_decision_leads_somewhere() -> None:
    led = {state: rules.status_after_case(state) for state in CaseState}
    assert led == {
        CaseState.OPEN: None,
        CaseState.READING: None,
        CaseState.SUBMITTED: None,
        CaseState.APPROVED: Status.AGREEMENT,
        CaseState.REFUSED: Status.REFUSED,
        CaseState.RETAKE: Status.DOCUMENTS,
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", ""),
        ("surname", " "),
        ("surname", "Mart\x00in"),
        ("surname", "nitraM\u202e"),
        ("given_name", "A" * 65),
        ("email", "alice"),
        ("email", "alice@nowhere"),
        ("mobile", "0612345678"),
        ("mobile", "+33 6 12 34 56 78"),
        ("organisation_siren", "732829321"),
        ("organisation_name", ""),
    ],
)
def test_what_no_certificate_can_hold_is_refused(field: str, value: str) -> None:
    assert rules.checked_subject(ALICE) == ALICE
    with pytest.raises(RequestInvalid):
        rules.checked_subject(replace(ALICE, **cast(Any, {field: value})))


def test_names_as_they_are_written_are_accepted() -> None:
    for given_name, surname in (("Étienne", "Le Gall-Dubois"), ("Zoë", "d'Ormesson"), ("Nguyễn", "Ởng")):
        assert rules.checked_subject(replace(ALICE, given_name=given_name, surname=surname))


def test_a_mobile_number_is_shown_by_its_ends() -> None:
    assert rules.masked("+33612345678") == "+33 ••••••• 78"
