"""What every page knows of its site."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the variables that the base template needs."""
    return {
        "site": settings.SITE,
        "demonstration": settings.DEMONSTRATION,
        "platform_url": settings.PLATFORM_URL,
        "trust_url": settings.TRUST_URL,
        "inbox_url": f"{settings.COMPTEXPERT_URL}/messages/" if settings.DEMONSTRATION else "",
    }
