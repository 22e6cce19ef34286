"""What every page of the platform knows beside what the design gives it."""

from django.conf import settings
from django.http import HttpRequest


def provider(request: HttpRequest) -> dict[str, object]:
    """Return the name of the OpenID provider, as people know it."""
    return {"provider": settings.OIDC_NAME}
