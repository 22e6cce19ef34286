"""What a signature shows of the firm, and says of the mandate under which it is made."""

from paraphe.platform.accounts import api as accounts
from paraphe.platform.firms import api as firms
from paraphe.platform.mandates import api as mandates


def reason_of(by: accounts.Authority) -> str:
    """Return the reference of the mandate in words, empty when there is none."""
    return mandates.reason(by.mandate) if by.mandate else ""


def logo_of(firm: accounts.Firm) -> bytes | None:
    """Return the logo of the firm as PNG, None where it has none."""
    return firms.logo(firm) if firms.options(firm).has_logo else None
