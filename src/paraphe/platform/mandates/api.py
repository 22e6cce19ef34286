"""The door of mandates."""

from paraphe.platform.mandates.actions import begin_signature, draft, require_grantor, settle, settle_recent, withdraw
from paraphe.platform.mandates.deeds import KINDS, RIGHTS
from paraphe.platform.mandates.errors import BadCount, BadPeriod, MayNotGrant, NoRight, NoSuchDelegate, WrongState
from paraphe.platform.mandates.public import PublicMandate, named_in, shown, shown_deed
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
    "PublicMandate",
    "Scope",
    "WrongState",
    "begin_signature",
    "deed",
    "draft",
    "get",
    "listing",
    "named_in",
    "reason",
    "require_grantor",
    "scope_of",
    "settle",
    "settle_recent",
    "shown",
    "shown_deed",
    "withdraw",
]
