"""First start of the demonstration identity provider: its cast, and the platform as its client."""

from django.conf import settings

from paraphe.comptexpert.identity import api as identity
from paraphe.config.environment import read_secret


def prepare() -> None:
    """Create the cast with passwords of this machine, and let the platform sign people in."""
    identity.seed(settings.DATA_DIR)
    identity.register_client(
        client_id="paraphe",
        client_secret=read_secret(settings.DATA_DIR / "platform" / "secrets" / "oidc-client.secret").decode(),
        redirect_uris=[f"{settings.PLATFORM_URL}/connexion/retour/"],
        post_logout_redirect_uris=[f"{settings.PLATFORM_URL}/"],
        backchannel_logout_uri=f"{settings.PLATFORM_URL}/connexion/fin/",
    )
