"""The door of the signing room: from PDFs and a remote credential to validated PAdES B-LT files."""

from paraphe.pdf.api import SignatureSettings
from paraphe.platform.signing.actions import (
    FINISHED_AT_ONCE,
    authorisation_address,
    begin,
    complete_authorisation,
    refuse,
    withdraw,
)
from paraphe.platform.signing.errors import (
    AuthorisationMismatch,
    BeingSigned,
    DocumentsRefused,
    NoCredential,
    SelfCheckFailed,
    TrustRefused,
    TrustUnavailable,
    WrongState,
)
from paraphe.platform.signing.finishing import complete, stop, sweep
from paraphe.platform.signing.holders import HolderView, holder_of, remember_holder
from paraphe.platform.signing.queries import (
    FailedItem,
    Outcome,
    ResultItem,
    busy,
    completed_since,
    outcome,
    trusted_roots,
)
from paraphe.platform.signing.trust_client import TrustClient, text_of, trust
from paraphe.platform.signing.values import ToSign

__all__ = [
    "FINISHED_AT_ONCE",
    "AuthorisationMismatch",
    "BeingSigned",
    "DocumentsRefused",
    "FailedItem",
    "HolderView",
    "NoCredential",
    "Outcome",
    "ResultItem",
    "SelfCheckFailed",
    "SignatureSettings",
    "ToSign",
    "TrustClient",
    "TrustRefused",
    "TrustUnavailable",
    "WrongState",
    "authorisation_address",
    "begin",
    "busy",
    "complete",
    "complete_authorisation",
    "completed_since",
    "holder_of",
    "outcome",
    "refuse",
    "remember_holder",
    "stop",
    "sweep",
    "text_of",
    "trust",
    "trusted_roots",
    "withdraw",
]
