"""What every page knows of its site."""

from django.conf import settings
from django.http import HttpRequest

#: The cookie in which the browser keeps the chosen appearance; it names no one. Without it the system decides.
THEME_COOKIE = "paraphe_theme"
THEMES = ("light", "dark")

#: The name under which each site presents itself.
BRANDS = {"platform": "Paraphe", "trust": "Paraphe Confiance", "comptexpert": "Comptexpert"}


def brand() -> str:
    """Return the name of this site, as people read it."""
    return BRANDS.get(settings.SITE, "Paraphe")


def theme(request: HttpRequest) -> str:
    """Return the appearance that the visitor chose, ``light`` or ``dark``; empty when the system decides."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def site(request: HttpRequest) -> dict[str, object]:
    """Return the variables that the base template needs."""
    return {
        "site": settings.SITE,
        "brand": brand(),
        "theme": theme(request),
        "demonstration": settings.DEMONSTRATION,
        "platform_url": settings.PLATFORM_URL,
        "trust_url": settings.TRUST_URL,
        "inbox_url": f"{settings.COMPTEXPERT_URL}/messages/" if settings.DEMONSTRATION else "",
    }
