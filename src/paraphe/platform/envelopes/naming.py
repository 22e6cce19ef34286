"""What collections and their people are called, for lists of what happened to them."""

from collections.abc import Collection

from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access
from paraphe.platform.envelopes.models import Envelope, Recipient


def titles(person: accounts.Person, firm: accounts.Firm, envelope_ids: Collection[str]) -> dict[str, str]:
    """Return the titles of those of these collections that ``person`` may know of, by their numbers as text."""
    seen = access.visible(person, firm).filter(pk__in=envelope_ids) if envelope_ids else Envelope.objects.none()
    return {str(number): title for number, title in seen.values_list("pk", "title")}


def recipient_names(person: accounts.Person, firm: accounts.Firm, recipient_ids: Collection[str]) -> dict[str, str]:
    """Return the names of those of these recipients whose collection ``person`` may know of, by their numbers."""
    if not recipient_ids:
        return {}
    rows = Recipient.objects.filter(pk__in=recipient_ids, envelope__in=access.visible(person, firm))
    return {str(one.pk): f"{one.given_name} {one.family_name}".strip() for one in rows}
