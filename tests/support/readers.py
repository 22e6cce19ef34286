"""A reader of identity documents that says what the test wrote down: the flow is tested without looking at pictures."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

from PIL import Image

from paraphe.proofing.api import Check, DocumentData, Finding, Outcome, Reason, Result, Verdict


def _picture(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (140, 88), (shade, 200, 220)).save(buffer, "JPEG")
    return buffer.getvalue()


READER = "tests.support.readers.read_document"
CARD = DocumentData(
    kind="identity_card",
    profile="fr_identity_card_2021",
    issuer="FRA",
    number="C81GL5KC4",
    surname="MARTIN",
    given_names="ALICE",
    birth_date=date(1990, 7, 13),
    nationality="FRA",
    printed_expiry=date(2032, 5, 11),
    effective_expiry=date(2032, 5, 11),
    expiry_rule="PRINTED",
)
ACCEPTED = Verdict(
    Outcome.ACCEPTED,
    checks=(
        Check("digit_number", Result.PASS, side="back"),
        Check("name", Result.PASS, "MARTIN ALICE", "Martin Alice", "back"),
        Check("print_number", Result.PASS, "C81GL5KC4", "C81GL5KC4", "front", identifying=True),
    ),
    data=CARD,
    lines=("IDFRAC81GL5KC49<<<<<<<<<<<<<<<",),
    rectified={"front": _picture(10), "back": _picture(90)},
    fingerprints={"front": "0f" * 32, "back": "f0" * 32},
    readers={"lines": "ab"},
    seconds=4.0,
)
CUT_BACK = replace(ACCEPTED, rectified={}).with_findings(
    [Finding(Reason.CUT, "back", ((0, 0), (1, 0), (1, 1), (0, 1)))]
)
EXPIRED = ACCEPTED.with_findings([Finding(Reason.EXPIRED, values={"effective": "2026-01-01", "printed": "2026-01-01"})])

#: What is read next; the last one is read for ever.
SAYS: list[Verdict] = []


def says(*verdicts: Verdict) -> None:
    """Let the reader say this from now on."""
    SAYS[:] = verdicts


def read_document(_front: bytes, _back: bytes | None, **_asked: Any) -> Verdict:
    """Return what was written down. Raises as a reader that breaks when nothing was."""
    if not SAYS:
        raise RuntimeError("the reader broke")
    return SAYS.pop(0) if len(SAYS) > 1 else SAYS[0]
