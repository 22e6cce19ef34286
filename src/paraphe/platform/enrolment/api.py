"""The door of the registration."""

from paraphe.platform.enrolment.actions import confirm, give_mobile
from paraphe.platform.enrolment.again import OVER, request_again
from paraphe.platform.enrolment.errors import (
    BadMobile,
    BoxesNotTicked,
    CertificateStillGood,
    NoFirmChosen,
    NotInvited,
    ReturnMismatch,
    UnknownText,
    WrongStep,
)
from paraphe.platform.enrolment.identity import refresh, restart_identity, returned, trust_address
from paraphe.platform.enrolment.membership import SignedTerms, TermsState, join, signed_adhesion, terms_state
from paraphe.platform.enrolment.queries import (
    EnrolmentView,
    Standing,
    current,
    is_done,
    is_open,
    signed_terms,
    standing,
)
from paraphe.platform.enrolment.sweeping import sweep
from paraphe.platform.enrolment.terms import accept_terms, settle, signing_address
from paraphe.platform.enrolment.texts import LegalText, legal_pdf, legal_text, legal_texts

__all__ = [
    "OVER",
    "BadMobile",
    "BoxesNotTicked",
    "CertificateStillGood",
    "EnrolmentView",
    "LegalText",
    "NoFirmChosen",
    "NotInvited",
    "ReturnMismatch",
    "SignedTerms",
    "Standing",
    "TermsState",
    "UnknownText",
    "WrongStep",
    "accept_terms",
    "confirm",
    "current",
    "give_mobile",
    "is_done",
    "is_open",
    "join",
    "legal_pdf",
    "legal_text",
    "legal_texts",
    "refresh",
    "request_again",
    "restart_identity",
    "returned",
    "settle",
    "signed_adhesion",
    "signed_terms",
    "signing_address",
    "standing",
    "sweep",
    "terms_state",
    "trust_address",
]
