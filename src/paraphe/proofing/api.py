"""The door of the library.

``examine`` is what a web request calls while the person waits: it looks at the picture, not at what is printed on it.
"""

from paraphe.proofing.claim import Claim, Policy, SealSigner
from paraphe.proofing.intake import LIMITS, Intake, Limits, Measures, Page
from paraphe.proofing.kinds import KINDS, DocumentKind, kind_named
from paraphe.proofing.observations import Place, Side
from paraphe.proofing.reasons import HINTS, RETAKE, Reason
from paraphe.proofing.records import verdict_from_record, verdict_record
from paraphe.proofing.sandbox import examine
from paraphe.proofing.verdict import Check, Difference, DocumentData, Finding, Outcome, Result, Verdict

__all__ = [
    "HINTS",
    "KINDS",
    "LIMITS",
    "RETAKE",
    "Check",
    "Claim",
    "Difference",
    "DocumentData",
    "DocumentKind",
    "Finding",
    "Intake",
    "Limits",
    "Measures",
    "Outcome",
    "Page",
    "Place",
    "Policy",
    "Reason",
    "Result",
    "SealSigner",
    "Side",
    "Verdict",
    "examine",
    "kind_named",
    "verdict_from_record",
    "verdict_record",
]
