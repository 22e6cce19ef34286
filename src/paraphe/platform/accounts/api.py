"""The door of accounts: who signed in, for which firms he acts, what he may do."""

from paraphe.platform.accounts.actions import sign_in, sign_out
from paraphe.platform.accounts.errors import (
    ClaimsIncomplete,
    ClaimsUnreadable,
    ProviderUnreachable,
    SignInDenied,
    SignInStale,
    SignInUnproved,
)
from paraphe.platform.accounts.models import Delegation, Firm, Membership, Person
from paraphe.platform.accounts.openid import SignIn, begin_sign_in, finish_sign_in, sign_out_address
from paraphe.platform.accounts.queries import (
    firms_of,
    is_on_roll,
    memberships_of,
    obstacle,
    own_firms,
    person,
    rights,
    roll_of,
    track,
)
from paraphe.platform.accounts.rules import RIGHTS, Obstacle, Right, RollEntry, Track

__all__ = [
    "RIGHTS",
    "ClaimsIncomplete",
    "ClaimsUnreadable",
    "Delegation",
    "Firm",
    "Membership",
    "Obstacle",
    "Person",
    "ProviderUnreachable",
    "Right",
    "RollEntry",
    "SignIn",
    "SignInDenied",
    "SignInStale",
    "SignInUnproved",
    "Track",
    "begin_sign_in",
    "finish_sign_in",
    "firms_of",
    "is_on_roll",
    "memberships_of",
    "obstacle",
    "own_firms",
    "person",
    "rights",
    "roll_of",
    "sign_in",
    "sign_out",
    "sign_out_address",
    "track",
]
