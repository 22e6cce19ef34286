"""The door of the library.

``examine`` is what a web request calls while the person waits: it looks at the picture, not at what is printed on it.
``read_document`` reads both sides in the background, and ``judge`` is its second half: pure decisions.
"""

from paraphe.proofing.claim import Claim, Policy, SealSigner
from paraphe.proofing.intake import LIMITS, Intake, Limits, Measures, Page
from paraphe.proofing.judging import judge
from paraphe.proofing.kinds import KINDS, DocumentKind, kind_named
from paraphe.proofing.mrz.api import fold as fold_number
from paraphe.proofing.names import SeenName, differing, plain_name
from paraphe.proofing.observations import Place, Side
from paraphe.proofing.observing import can_read
from paraphe.proofing.profiles import PROFILES, Profile
from paraphe.proofing.reading import read_document
from paraphe.proofing.reasons import HINTS, RETAKE, Reason
from paraphe.proofing.records import verdict_from_record, verdict_record
from paraphe.proofing.sandbox import examine
from paraphe.proofing.seals import signers_in
from paraphe.proofing.sentences import sentence
from paraphe.proofing.statistics import upper_bound
from paraphe.proofing.verdict import Check, Difference, DocumentData, Finding, Outcome, Result, Verdict

__all__ = [
    "HINTS",
    "KINDS",
    "LIMITS",
    "PROFILES",
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
    "Profile",
    "Reason",
    "Result",
    "SealSigner",
    "SeenName",
    "Side",
    "Verdict",
    "can_read",
    "differing",
    "examine",
    "fold_number",
    "judge",
    "kind_named",
    "plain_name",
    "read_document",
    "sentence",
    "signers_in",
    "upper_bound",
    "verdict_from_record",
    "verdict_record",
]
