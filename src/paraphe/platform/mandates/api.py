"""The door of mandates."""

from paraphe.platform.mandates.actions import begin_signature, draft, require_grantor, settle, settle_recent, withdraw
from paraphe.platform.mandates.deeds import KINDS, RIGHTS
from paraphe.platform.mandates.errors import BadCount, BadPeriod, MayNotGrant, NoRight, NoSuchDelegate, WrongState
from paraphe.platform.mandates.queries import MandateView, deed, get, listing, reason
from paraphe.platform.mandates.rules import Scope, scope_of

__all__ = [
    "KINDS",
    "RIGHTS",
    "BadCount",
    "BadPeriod",
    "MandateView",
    "MayNotGrant",
    "NoRight",
    "NoSuchDelegate",
    "Scope",
    "WrongState",
    "begin_signature",
    "deed",
    "draft",
    "get",
    "listing",
    "reason",
    "require_grantor",
    "scope_of",
    "settle",
    "settle_recent",
    "withdraw",
]
