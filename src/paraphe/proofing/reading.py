"""Reads an identity document: what is seen in a child process, what follows in this one."""

from datetime import date

from paraphe.proofing.claim import Claim, Policy
from paraphe.proofing.judging import judge
from paraphe.proofing.observations import Side
from paraphe.proofing.observing import observe
from paraphe.proofing.verdict import Verdict


def read_document(
    front: bytes, back: bytes | None, *, kind: str, claim: Claim, today: date, policy: Policy | None = None
) -> Verdict:
    """Return the verdict on a document of ``kind`` shown by ``claim`` on ``today``.

    ``front`` and ``back`` are photographs that ``examine`` has kept (JPEG); a passport has no back. Takes some seconds
    of one core and at most two minutes, in a child process of bounded memory. Never raises for bad input: what cannot
    be read is REVIEW because of NOT_READ.
    """
    sides: dict[Side, bytes] = {"front": front}
    if back:
        sides["back"] = back
    return judge(observe(sides), kind=kind, claim=claim, today=today, policy=policy or Policy())
