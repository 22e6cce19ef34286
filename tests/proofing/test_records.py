"""What is kept of a verdict says the same when it is opened again."""

import json
from datetime import date

from paraphe.proofing.api import (
    Check,
    Difference,
    DocumentData,
    Finding,
    Outcome,
    Reason,
    Result,
    Verdict,
    verdict_from_record,
    verdict_record,
)

CORNERS = ((0.1, 0.2), (0.9, 0.2), (0.9, 0.8), (0.1, 0.8))
ALICE = Verdict(
    outcome=Outcome.REVIEW,
    findings=(Finding(Reason.NAME_NEAR, "front", CORNERS, {"seen": "MARTIN", "expected": "MARTEN"}),),
    checks=(Check("name", Result.FAIL, "MARTIN", "MARTEN", "front"),),
    data=DocumentData("identity_card", surname="MARTIN", birth_date=date(1990, 7, 13)),
    lines=("IDFRA",),
    page_lines=("1DFRA",),
    confidences=((0.5, 1.0, 1.0, 1.0, 1.0),),
    differences=(Difference(0, 0, "I", "1", 0.5),),
    rectified={"front": b"\xff\xd8\xff"},
    fingerprints={"front": "00ff"},
    readers={"lines": "ab"},
    seconds=1.5,
)


def test_a_verdict_survives_json_without_its_pictures() -> None:
    opened = verdict_from_record(json.loads(json.dumps(verdict_record(ALICE))))
    assert opened.rectified == {}
    assert verdict_record(opened) == verdict_record(ALICE)
    assert opened.findings == ALICE.findings
    assert opened.data.birth_date == date(1990, 7, 13)


def test_more_findings_can_only_make_a_verdict_stricter() -> None:
    accepted = Verdict(Outcome.ACCEPTED)
    assert accepted.with_findings([Finding(Reason.GLARE)]).outcome is Outcome.ACCEPTED
    assert accepted.with_findings([Finding(Reason.NUMBER_SEEN)]).outcome is Outcome.REVIEW
    both = accepted.with_findings([Finding(Reason.NUMBER_SEEN), Finding(Reason.CUT)])
    assert both.outcome is Outcome.RETAKE
    assert both.reasons == (Reason.NUMBER_SEEN, Reason.CUT)
