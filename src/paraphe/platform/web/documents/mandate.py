"""What a signature says of the mandate under which it is made."""

from paraphe.platform.accounts import api as accounts
from paraphe.platform.mandates import api as mandates


def reason_of(by: accounts.Authority) -> str:
    """Return the reference of the mandate in words, empty when there is none."""
    return mandates.reason(by.mandate) if by.mandate else ""
