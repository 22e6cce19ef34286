"""Settings for the type checker only: the applications of the three sites together. No process runs on them."""

from datetime import date
from pathlib import Path

SECRET_KEY = "only-for-types"  # noqa: S105
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "paraphe.floor.jobs",
    "paraphe.floor.messaging",
    "paraphe.floor.files",
    "paraphe.floor.design",
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
    "paraphe.trust.http",
    "paraphe.platform.evidence",
    "paraphe.platform.accounts",
    "paraphe.platform.credit",
    "paraphe.platform.contacts",
    "paraphe.platform.programs",
    "paraphe.platform.firms",
    "paraphe.platform.mandates",
    "paraphe.platform.documents",
    "paraphe.platform.proof",
    "paraphe.platform.envelopes",
    "paraphe.platform.signing",
    "paraphe.platform.enrolment",
    "paraphe.platform.sealing",
    "paraphe.platform.web",
    "paraphe.comptexpert.identity",
    "paraphe.comptexpert.inbox",
]
AUTH_USER_MODEL = "ra.Officer"
USE_TZ = True
TASKS = {"default": {"BACKEND": "paraphe.floor.jobs.lease.LeaseBackend"}}

SITE: str
SITE_URL: str
PLATFORM_URL: str
TRUST_URL: str
COMPTEXPERT_URL: str
DEMONSTRATION: bool
DATA_DIR: Path
SITE_DIR: Path
SECRETS_DIR: Path
SEALING_KEY: bytes
MAX_PDF_BYTES: int
FILES_STORE: str
FILES_S3: tuple[str, str, str, str, str, str]
TRUSTED_PROXIES: list[str]
MAIL_FROM: str
SUPPORT_EMAIL: str
SMTP_URL: str
BOUNCE_ADDRESS: str
HOOK_TOKEN_FILE: str
SMS_CARRIER: str
SMS_SENDER: str
SMS_HTTP_URL: str
SMS_HTTP_TOKEN_FILE: str
SMS_OVH_SERVICE: str
SMS_OVH_ENDPOINT: str
SMS_OVH_KEYS_FILE: str
INBOX_SECRET_FILE: Path
OIDC_ISSUER: str
OIDC_CLIENT_ID: str
OIDC_CLIENT_SECRET_FILE: Path
OIDC_NAME: str
OIDC_SCOPE: str
OIDC_DIRECTORY: str
MEMBERSHIP_DAYS: int
OIDC_CLAIM_NAMES: dict[str, str]
TRUST_CLIENT_ID: str
ADVANCED_TRUST_URL: str
ADVANCED_TRUST_CLIENT_ID: str
ADVANCED_TRUST_CLIENT_SECRET_FILE: Path
ADVANCED_TRUST_NAME: str
ADVANCED_TRUST_ENROLMENT: bool
ADVANCED_TRUST_HOSTS: frozenset[str]
ADVANCED_TRUST_ROOT_FILE: Path
TRUST_CLIENT_SECRET_FILE: Path
TRUST_CA_FILE: str
TRUST_CLIENT_CERT_FILE: str
TRUST_ROOT_FILE: Path
DOCUMENT_DAYS: int
MOST_RECIPIENTS: int
INVITATIONS_PER_DAY: int
INVITATIONS_PER_RECIPIENT: int
OPERATORS: frozenset[str]
DOCUMENT_MOST_DAYS: int
PRICED_ACTS: tuple[str, ...]
SEALING_ZIP_BYTES: int
SEALING_SPLIT_BYTES: int
PRICES: dict[str, int]
CREDIT_WARNING_EUROS: int
CREDIT_IBAN: str
CREDIT_PAYMENT: str
TERMS_GRACE_DAYS: int
VERIFICATION_ROOTS: list[Path]
TRUSTED_LISTS: str
SIGNER_SOCKET: Path
KEY_ALGORITHM: str
POLICY_OID_ARC: str
OPERATOR_NAME: str
OPERATOR_ID: str
CRL_PARTITIONS: int
CLOCK_CHECK: list[str]
FOUR_EYES: bool
OFFICER_MFA_REQUIRED: bool
IDENTITY_IMAGE_DAYS: int
IDENTITY_DOCUMENTS: list[str]
IDENTITY_READER: str
IDENTITY_SEALS: Path | None
IDENTITY_OLD_CARD_LAST_DAY: date | None
