"""Settings of the comptexpert site."""

from paraphe.config.common import site_settings
from paraphe.config.environment import BadConfiguration, Environment

environment = Environment()

if not environment.demonstration:
    raise BadConfiguration(
        sentence="Comptexpert of the demonstration does not start in production: set PARAPHE_OIDC_ISSUER instead."
    )

globals().update(
    site_settings("comptexpert", environment, database_url="", form_targets=[environment.site_url("platform")])
)

INSTALLED_APPS = [
    *globals()["INSTALLED_APPS"],
    "paraphe.comptexpert.identity",
    "paraphe.comptexpert.inbox",
]
