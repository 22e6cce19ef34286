"""Settings of the platform site."""

from urllib.parse import urlsplit

from paraphe.config.common import site_settings
from paraphe.config.environment import BadConfiguration, Environment

environment = Environment()

_issuer = environment.text("PARAPHE_OIDC_ISSUER") or (
    environment.site_url("comptexpert") if environment.demonstration else ""
)
if not _issuer:
    raise BadConfiguration(sentence="PARAPHE_OIDC_ISSUER is not set: give the address of your OpenID provider.")
# What accounts reads of a person, whatever the provider calls it: see accounts/README.md.
CLAIM_FACTS = ("given_name", "family_name", "email", "firms", "roll", "delegations")
_issuer_origin = "{0.scheme}://{0.netloc}".format(urlsplit(_issuer))

_advanced = urlsplit(environment.text("PARAPHE_ADVANCED_TRUST_URL"))
_advanced_origin = [f"{_advanced.scheme}://{_advanced.netloc}"] if _advanced.netloc else []

globals().update(
    site_settings(
        "platform",
        environment,
        database_url=environment.text("PARAPHE_PLATFORM_DATABASE_URL"),
        form_targets=[environment.site_url("trust"), _issuer_origin, *_advanced_origin],
    )
)

INSTALLED_APPS = [
    *globals()["INSTALLED_APPS"],
    "paraphe.platform.evidence",
    "paraphe.platform.accounts",
    "paraphe.platform.credit",
    "paraphe.platform.contacts",
    "paraphe.platform.programs",
    "paraphe.platform.firms",
    "paraphe.platform.mandates",
    "paraphe.platform.documents",
    "paraphe.platform.proof",
    "paraphe.platform.verification",
    "paraphe.platform.signing",
    "paraphe.platform.enrolment",
    "paraphe.platform.envelopes",
    "paraphe.platform.sealing",
    "paraphe.platform.web",
    "paraphe.platform.web.public",
    "paraphe.platform.web.home",
    "paraphe.platform.web.settings",
    "paraphe.platform.web.envelopes",
    "paraphe.platform.web.ceremony",
    "paraphe.platform.web.sealing",
    "paraphe.platform.web.operations",
]

for _engine in globals()["TEMPLATES"]:
    _engine["OPTIONS"]["context_processors"].append("paraphe.platform.web.context.provider")

OIDC_ISSUER = _issuer
OIDC_CLIENT_ID = environment.text("PARAPHE_OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET_FILE = environment.secret_file(
    "PARAPHE_OIDC_CLIENT_SECRET_FILE", globals()["SECRETS_DIR"] / "oidc-client.secret"
)
OIDC_NAME = environment.text("PARAPHE_OIDC_NAME")
OIDC_SCOPE = environment.text("PARAPHE_OIDC_SCOPE")
# Empty: the provider has none, and nobody is asked about between two sign-ins.
OIDC_DIRECTORY = (
    environment.text("PARAPHE_OIDC_DIRECTORY")
    or (f"{_issuer}/scim/v2" if _issuer == environment.site_url("comptexpert") and environment.demonstration else "")
).rstrip("/")
MEMBERSHIP_DAYS = environment.number("PARAPHE_MEMBERSHIP_DAYS", 1, 3650)
OIDC_CLAIM_NAMES = environment.pairs("PARAPHE_OIDC_CLAIMS", *CLAIM_FACTS)
TRUST_CLIENT_ID = "platform"
TRUST_CLIENT_SECRET_FILE = globals()["SECRETS_DIR"] / "trust-client.secret"
TRUST_CA_FILE = environment.text("PARAPHE_TRUST_CA_FILE")
TRUST_CLIENT_CERT_FILE = environment.text("PARAPHE_TRUST_CLIENT_CERT_FILE")
# The root under which this platform accepts signatures; copied here when the authority is created.
TRUST_ROOT_FILE = globals()["SITE_DIR"] / "trust-root.pem"
# Another provider for advanced signatures of people who are invited, such as a qualified one; empty: the trust site.
ADVANCED_TRUST_URL = environment.text("PARAPHE_ADVANCED_TRUST_URL").rstrip("/")
ADVANCED_TRUST_CLIENT_ID = environment.text("PARAPHE_ADVANCED_TRUST_CLIENT_ID")
ADVANCED_TRUST_CLIENT_SECRET_FILE = environment.secret_file(
    "PARAPHE_ADVANCED_TRUST_CLIENT_SECRET_FILE", globals()["SECRETS_DIR"] / "advanced-trust-client.secret"
)
ADVANCED_TRUST_NAME = environment.text("PARAPHE_ADVANCED_TRUST_NAME")
ADVANCED_TRUST_ENROLMENT = environment.choice("PARAPHE_ADVANCED_TRUST_ENROLMENT", "yes", "no") == "yes"
ADVANCED_TRUST_HOSTS = frozenset(
    one.strip().lower() for one in environment.text("PARAPHE_ADVANCED_TRUST_HOSTS").split(",") if one.strip()
)
ADVANCED_TRUST_ROOT_FILE = globals()["SITE_DIR"] / "advanced-trust-root.pem"
MOST_RECIPIENTS = environment.number("PARAPHE_MOST_RECIPIENTS", 1, 2_000)
# Against abuse, see envelopes/quotas.py.
INVITATIONS_PER_DAY = environment.number("PARAPHE_INVITATIONS_PER_DAY", 1, 1_000_000)
INVITATIONS_PER_RECIPIENT = environment.number("PARAPHE_INVITATIONS_PER_RECIPIENT", 1, 10_000)
# Who may see what stands still: subjects of the OpenID provider.
OPERATORS = frozenset(one.strip() for one in environment.text("PARAPHE_OPERATORS").split(",") if one.strip())
# A page of boxes sends eleven for each of up to 2,000, see envelopes/rules.py.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 23_000
DOCUMENT_DAYS = environment.number("PARAPHE_DOCUMENT_DAYS", 1, 3650)
DOCUMENT_MOST_DAYS = environment.number("PARAPHE_DOCUMENT_MOST_DAYS", 1, 3650)
# What can cost something, see credit/README.md; in cents.
# What is charged; an act comes here with the room that charges it.
PRICED_ACTS = ("signature", "seal", "certificate")
PRICES = environment.prices("PARAPHE_PRICES", *PRICED_ACTS)
CREDIT_WARNING_EUROS = environment.number("PARAPHE_CREDIT_WARNING_EUROS", 0, 100_000)
CREDIT_IBAN = environment.iban("PARAPHE_CREDIT_IBAN")
CREDIT_PAYMENT = environment.choice("PARAPHE_CREDIT_PAYMENT", "")
SEALING_ZIP_BYTES = environment.number("PARAPHE_SEALING_ZIP_MB", 1, 100_000) * 1_000_000
SEALING_SPLIT_BYTES = environment.number("PARAPHE_SEALING_SPLIT_MB", 1, 2_000) * 1_000_000
TERMS_GRACE_DAYS = environment.number("PARAPHE_TERMS_GRACE_DAYS", 0, 365)
VERIFICATION_ROOTS = environment.certificate_files("PARAPHE_VERIFICATION_ROOTS")
TRUSTED_LISTS = environment.text("PARAPHE_TRUSTED_LISTS")
