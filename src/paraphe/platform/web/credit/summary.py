"""The credit in a few words, for other pages."""

from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit


def summary(person: accounts.Person, firm: accounts.Firm) -> dict[str, object] | None:
    """Return what the card of the credit shows; None for who may not see it, and where nothing was ever paid for."""
    if not credit.may_see(person, firm):
        return None
    held = credit.balance(firm)
    if credit.is_free() and not (held.available_cents or held.reserved_cents):
        return None
    return {"available": credit.euros(held.available_cents), "low": credit.is_low(firm)}
