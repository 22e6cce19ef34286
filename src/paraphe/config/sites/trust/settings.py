"""Settings of the trust site."""

from pathlib import Path

from paraphe.config.common import site_settings
from paraphe.config.environment import Environment
from paraphe.proofing import api as proofing

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
    "paraphe.trust.audit",
    "paraphe.trust.ra",
    "paraphe.trust.holders",
    "paraphe.trust.remote",
    "paraphe.trust.enrolment",
    "paraphe.trust.seals",
    "paraphe.trust.pages",
    "paraphe.trust.pages.authorise",
    "paraphe.trust.pages.holder",
    "paraphe.trust.http",
    # After our own pages, whose templates dress theirs.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.humanize",
]

SIGNER_SOCKET = environment.data_dir / "signer" / "signer.sock"
KEY_ALGORITHM = environment.choice("PARAPHE_KEY_ALGORITHM", "P-256", "P-384", "RSA-3072", "RSA-4096")
POLICY_OID_ARC = environment.text("PARAPHE_POLICY_OID_ARC")
#: Into how many lists revocations are divided, for certificates issued from now on.
CRL_PARTITIONS = environment.number("PARAPHE_CRL_PARTITIONS", 1, 256)
CLOCK_CHECK = environment.choices("PARAPHE_CLOCK_CHECK", "jump", "kernel", "order")
OPERATOR_NAME = environment.text("PARAPHE_OPERATOR_NAME")
OPERATOR_ID = environment.text("PARAPHE_OPERATOR_ID")
FOUR_EYES = environment.choice("PARAPHE_FOUR_EYES", "yes", "no") == "yes"
OFFICER_MFA_REQUIRED = environment.choice("PARAPHE_OFFICER_MFA", "required", "optional", "") == "required" or (
    not environment.demonstration and environment.text("PARAPHE_OFFICER_MFA") == ""
)
IDENTITY_IMAGE_DAYS = environment.number("PARAPHE_IDENTITY_IMAGE_DAYS", 0, 90)
IDENTITY_DOCUMENTS = environment.choices(
    "PARAPHE_IDENTITY_DOCUMENTS", "identity_card", "passport", "residence_permit", "driving_licence"
)
#: Who reads identity documents; empty: nobody, every case goes to an officer as it came.
IDENTITY_READER = (
    "paraphe.proofing.api.read_document"
    if environment.choice("PARAPHE_IDENTITY_READING", "yes", "no") == "yes" and proofing.can_read()
    else ""
)
IDENTITY_SEALS = (
    Path(environment.text("PARAPHE_IDENTITY_SEALS")) if environment.text("PARAPHE_IDENTITY_SEALS") else None
)
IDENTITY_OLD_CARD_LAST_DAY = environment.day("PARAPHE_IDENTITY_OLD_CARD_LAST_DAY")
AUTH_USER_MODEL = "ra.Officer"

MIDDLEWARE = list(globals()["MIDDLEWARE"])
MIDDLEWARE.insert(
    MIDDLEWARE.index("django.contrib.messages.middleware.MessageMiddleware"),
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
MIDDLEWARE += [
    "allauth.account.middleware.AccountMiddleware",
    "paraphe.trust.pages.officer.middleware.OwnSiteMiddleware",
]

# Officers: e-mail and password, a second factor, no signing up, no password by e-mail.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "officer-queue"
ACCOUNT_ADAPTER = "paraphe.trust.pages.officer.adapter.OfficerAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if globals()["SITE_URL"].startswith("https://") else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Paraphe Confiance"
MFA_TOTP_TOLERANCE = 1
# Browsers give keys to http://localhost too, and nowhere else without TLS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = environment.demonstration
