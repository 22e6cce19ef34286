"""Decisions of the registration authority."""

from datetime import UTC, datetime, timedelta

import pytest

from paraphe.trust.ra import rules
from paraphe.trust.ra.errors import ChecklistIncomplete, KindUnknown, ReasonMissing
from paraphe.trust.ra.models import CaseState, Verdict

APPROVE, REFUSE, RETAKE = Verdict.APPROVE, Verdict.REFUSE, Verdict.RETAKE
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("verdicts", "four_eyes", "state"),
    [
        ([], False, None),
        ([APPROVE], False, CaseState.APPROVED),
        ([REFUSE], False, CaseState.REFUSED),
        ([APPROVE], True, None),
        ([REFUSE], True, None),
        ([APPROVE, APPROVE], True, CaseState.APPROVED),
        ([APPROVE, REFUSE], True, None),
        ([APPROVE, REFUSE, REFUSE], True, CaseState.REFUSED),
        ([RETAKE], True, CaseState.RETAKE),
        ([APPROVE, RETAKE], True, CaseState.RETAKE),
    ],
)
def test_how_many_officers_it_takes(verdicts: list[Verdict], four_eyes: bool, state: CaseState | None) -> None:
    assert rules.outcome(verdicts, four_eyes=four_eyes) is state


def test_a_kind_that_is_switched_off_is_unknown() -> None:
    assert rules.accepted_kind("passport", ["passport"]).sides == 1
    with pytest.raises(KindUnknown):
        rules.accepted_kind("driving_licence", ["passport"])
    with pytest.raises(KindUnknown):
        rules.accepted_kind("library_card", ["library_card"])


def test_an_approval_needs_every_point() -> None:
    rules.check_decision("identity_card", APPROVE, "", rules.CHECKLIST)
    rules.check_decision("passport", APPROVE, "", [point for point in rules.CHECKLIST if point != "sides_match"])
    with pytest.raises(ChecklistIncomplete):
        rules.check_decision("identity_card", APPROVE, "", rules.CHECKLIST[1:])


def test_a_refusal_needs_a_reason_of_its_kind() -> None:
    rules.check_decision("passport", REFUSE, "expired", [])
    for verdict, reason in ((REFUSE, ""), (REFUSE, "blurred"), (RETAKE, "expired"), (RETAKE, "because")):
        with pytest.raises(ReasonMissing):
            rules.check_decision("passport", verdict, reason, [])


@pytest.mark.parametrize(
    ("state", "age", "due"),
    [
        (CaseState.APPROVED, 29, False),
        (CaseState.APPROVED, 30, True),
        (CaseState.REFUSED, 30, True),
        (CaseState.OPEN, 6, False),
        (CaseState.OPEN, 7, True),
        (CaseState.RETAKE, 7, True),
        (CaseState.SUBMITTED, 300, False),
    ],
)
def test_when_photographs_go(state: CaseState, age: int, due: bool) -> None:
    then = NOW - timedelta(days=age)
    assert rules.images_due(state, then, then, NOW, keep_days=30) is due
