"""The door of the library.

``examine`` is what a web request calls while the person waits; reading what is printed on the document is not done
here: every accepted photograph is still looked at by a registration officer.
"""

from paraphe.proofing.kinds import KINDS, DocumentKind, kind_named
from paraphe.proofing.sandbox import examine
from paraphe.proofing.verdict import LIMITS, Limits, Measures, Page, Reason, Verdict

__all__ = [
    "KINDS",
    "LIMITS",
    "DocumentKind",
    "Limits",
    "Measures",
    "Page",
    "Reason",
    "Verdict",
    "examine",
    "kind_named",
]
