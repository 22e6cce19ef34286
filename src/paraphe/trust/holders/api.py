"""The door of holders: who is whose, signing in by telephone, factors and what they proved."""

from paraphe.trust.holders.errors import (
    CodesNeeded,
    FactorError,
    FactorLocked,
    FactorsFull,
    FactorUnknown,
    FactorWrong,
    SignInRefused,
)
from paraphe.trust.holders.factors import (
    add_application,
    add_passkey,
    allow_codes,
    destroy_old,
    new_secret,
    of,
    passkey_creation,
    passkey_request,
    prove_by_application,
    prove_by_passkey,
    provisioning_uri,
    remove,
)
from paraphe.trust.holders.identity import holder_of, load, subjects_of
from paraphe.trust.holders.models import Factor, Holder, Proof
from paraphe.trust.holders.sign_in import Ticket, begin, finish

__all__ = [
    "CodesNeeded",
    "Factor",
    "FactorError",
    "FactorLocked",
    "FactorUnknown",
    "FactorWrong",
    "FactorsFull",
    "Holder",
    "Proof",
    "SignInRefused",
    "Ticket",
    "add_application",
    "add_passkey",
    "allow_codes",
    "begin",
    "destroy_old",
    "finish",
    "holder_of",
    "load",
    "new_secret",
    "of",
    "passkey_creation",
    "passkey_request",
    "prove_by_application",
    "prove_by_passkey",
    "provisioning_uri",
    "remove",
    "subjects_of",
]
