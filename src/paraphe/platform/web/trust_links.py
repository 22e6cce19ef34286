"""Ways to the pages of the trust site where holders look after their certificates."""

from urllib.parse import urlencode

from django.conf import settings


def holder_address(email: str, page: str = "") -> str:
    """Return where the holder with this address signs in; ``page`` is the page of that site where he then arrives."""
    query = {"login_hint": email, **({"next": page} if page else {})}
    return f"{settings.TRUST_URL}/holder/enter/?{urlencode(query)}"
