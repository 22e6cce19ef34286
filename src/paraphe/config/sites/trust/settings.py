"""Settings of the trust site."""

from paraphe.config.common import site_settings
from paraphe.config.environment import Environment

environment = Environment()

globals().update(
    site_settings(
        "trust",
        environment,
        database_url=environment.text("PARAPHE_TRUST_DATABASE_URL"),
        form_targets=[environment.site_url("platform")],
    )
)

INSTALLED_APPS = [
    *globals()["INSTALLED_APPS"],
    "django.contrib.auth",
    "paraphe.trust.journal",
    "paraphe.trust.clients",
    "paraphe.trust.codes",
    "paraphe.trust.vault",
    "paraphe.trust.register",
    "paraphe.trust.ca",
    "paraphe.trust.status",
    "paraphe.trust.tsa",
    "paraphe.trust.ra",
    "paraphe.trust.remote",
    "paraphe.trust.enrolment",
    "paraphe.trust.pages",
    "paraphe.trust.http",
]

SIGNER_SOCKET = environment.data_dir / "signer" / "signer.sock"
KEY_ALGORITHM = environment.choice("PARAPHE_KEY_ALGORITHM", "P-256", "RSA-3072")
POLICY_OID_ARC = environment.text("PARAPHE_POLICY_OID_ARC")
FOUR_EYES = environment.choice("PARAPHE_FOUR_EYES", "yes", "no") == "yes"
OFFICER_MFA_REQUIRED = environment.choice("PARAPHE_OFFICER_MFA", "required", "optional", "") == "required" or (
    not environment.demonstration and environment.text("PARAPHE_OFFICER_MFA") == ""
)
IDENTITY_IMAGE_DAYS = environment.number("PARAPHE_IDENTITY_IMAGE_DAYS", 0, 90)
IDENTITY_DOCUMENTS = environment.choices(
    "PARAPHE_IDENTITY_DOCUMENTS", "identity_card", "passport", "residence_permit", "driving_licence"
)
AUTH_USER_MODEL = "ra.Officer"

MIDDLEWARE = list(globals()["MIDDLEWARE"])
MIDDLEWARE.insert(
    MIDDLEWARE.index("django.contrib.messages.middleware.MessageMiddleware"),
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
