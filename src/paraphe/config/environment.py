"""Every setting that an operator can make, where it is read, checked and explained.

Settings come from environment variables. Secrets never do: they are files of the data directory that only their owner
may read, named here by path. ``docs/operations.md`` shows the same table; a test keeps the two alike.
"""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from paraphe.kernel.errors import DomainError


class BadConfiguration(DomainError):
    """A setting is missing or wrong; ``params["sentence"]`` says which and what to do."""

    code = "bad_configuration"

    def __str__(self) -> str:
        return str(self.params["sentence"])


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, its default (None: must be set in production), what it means."""

    name: str
    default: str | None
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "PARAPHE_MODE",
        "demonstration",
        "`demonstration` or `production`. Production refuses every demonstration service.",
    ),
    Setting("PARAPHE_DATA_DIR", "var", "Folder of databases, sealed files, keys and secrets."),
    Setting("PARAPHE_HOST", "127.0.0.1", "Address on which the sites listen."),
    Setting("PARAPHE_PLATFORM_PORT", "8000", "Port of the platform."),
    Setting("PARAPHE_TRUST_PORT", "8001", "Port of the trust site."),
    Setting("PARAPHE_COMPTEXPERT_PORT", "8002", "Port of the demonstration identity provider."),
    Setting("PARAPHE_PLATFORM_URL", None, "Address of the platform as browsers see it, without a final slash."),
    Setting("PARAPHE_TRUST_URL", None, "Address of the trust site as browsers and the platform see it."),
    Setting("PARAPHE_COMPTEXPERT_URL", None, "Address of the demonstration identity provider."),
    Setting(
        "PARAPHE_PLATFORM_DATABASE_URL", "", "`postgresql://user:password@host/name`; empty: SQLite in the data folder."
    ),
    Setting("PARAPHE_TRUST_DATABASE_URL", "", "The same for the trust site. Never the database of the platform."),
    Setting(
        "PARAPHE_OIDC_ISSUER",
        "",
        "Issuer of the OpenID provider; empty in demonstration: Comptexpert of the demonstration.",
    ),
    Setting("PARAPHE_OIDC_CLIENT_ID", "paraphe", "Identifier of the platform at the OpenID provider."),
    Setting(
        "PARAPHE_OIDC_CLIENT_SECRET_FILE",
        "",
        "File with the client secret; empty: `platform/secrets/oidc-client.secret`.",
    ),
    Setting("PARAPHE_OIDC_NAME", "Comptexpert", "Name of the OpenID provider, as people know it."),
    Setting("PARAPHE_OIDC_SCOPE", "openid profile email", "Scopes that the platform asks the OpenID provider for."),
    Setting(
        "PARAPHE_OIDC_CLAIMS",
        "",
        "Claims of the OpenID provider that have other names, as in `given_name=first_name,firms=cabinets`.",
    ),
    Setting(
        "PARAPHE_OIDC_DIRECTORY",
        "",
        "Address of the OpenID provider's directory (SCIM 2.0) for the daily check of memberships; empty: none, or in "
        "demonstration that of Comptexpert.",
    ),
    Setting(
        "PARAPHE_MEMBERSHIP_DAYS",
        "100",
        "Days without sign-in or daily check of an accountant after which the mandates he gave rest until the next.",
    ),
    Setting(
        "PARAPHE_SMTP_URL",
        "",
        "`smtp://user:password@host:587` (STARTTLS), `smtps://…`, `smtp+plain://…`; needed in production.",
    ),
    Setting("PARAPHE_MAIL_FROM", "Paraphe <ne-pas-repondre@paraphe.invalid>", "Sender of e-mails."),
    Setting(
        "PARAPHE_SUPPORT_EMAIL",
        "",
        "Address of the assistance that pages and help name; without it they send people to the operator.",
    ),
    Setting(
        "PARAPHE_BOUNCE_ADDRESS",
        "",
        "Mailbox (`retours@example.org`) to which undeliverable e-mails come back, with a word after `+` that names "
        "the message; empty: they go to the sender.",
    ),
    Setting(
        "PARAPHE_HOOK_TOKEN_FILE",
        "",
        "File with the token by which mail servers and SMS carriers prove themselves at `/hooks/`; empty: no hooks.",
    ),
    Setting("PARAPHE_SMS_CARRIER", "", "`http` or `ovh`; needed in production."),
    Setting("PARAPHE_SMS_SENDER", "Paraphe", "Sender name of SMS, 11 characters at most."),
    Setting("PARAPHE_SMS_HTTP_URL", "", "Address of the generic gateway: receives a POST of JSON `{to, from, text}`."),
    Setting("PARAPHE_SMS_HTTP_TOKEN_FILE", "", "File with the bearer token of the generic gateway."),
    Setting("PARAPHE_SMS_OVH_SERVICE", "", "OVHcloud: name of the SMS service (`sms-xx00000-1`)."),
    Setting("PARAPHE_SMS_OVH_ENDPOINT", "https://eu.api.ovh.com/1.0", "OVHcloud: address of the API."),
    Setting(
        "PARAPHE_SMS_OVH_KEYS_FILE",
        "",
        "OVHcloud: JSON file with `application_key`, `application_secret`, `consumer_key`.",
    ),
    Setting("PARAPHE_KEY_ALGORITHM", "P-256", "Algorithm of new keys: `P-256`, `P-384`, `RSA-3072` or `RSA-4096`."),
    Setting(
        "PARAPHE_KEY_STORE", "software", "Where private keys are: `software` (sealed files) or `pkcs11` (a token)."
    ),
    Setting("PARAPHE_PKCS11_MODULE", "", "PKCS#11: the library of the token, as in `/usr/lib/softhsm/libsofthsm2.so`."),
    Setting("PARAPHE_PKCS11_TOKEN", "", "PKCS#11: the label of the token."),
    Setting("PARAPHE_PKCS11_PIN_FILE", "", "PKCS#11: file with the PIN, readable by its owner only."),
    Setting("PARAPHE_POLICY_OID_ARC", "1.3.6.1.4.1.99999.1", "Arc of the certificate policies of this operator."),
    Setting(
        "PARAPHE_CRL_PARTITIONS",
        "1",
        "Into how many revocation lists certificates issued from now on are divided (1 to 256); 1: one full list.",
    ),
    Setting(
        "PARAPHE_CLOCK_CHECK",
        "jump",
        "What must be true of the clock before it stamps, beside its order: `jump`, it was not stepped; `kernel`, a "
        "time service (chrony…) keeps it within a second; `order`, nothing more.",
    ),
    Setting(
        "PARAPHE_OPERATOR_NAME", "Paraphe (démonstration)", "Who operates the trust site, as certificates name it."
    ),
    Setting(
        "PARAPHE_OPERATOR_ID",
        "NTRFR-000000000",
        "Registration of the operator (ETSI EN 319 412-1 §5.1.4): `NTRFR-` and the SIREN for a French legal person.",
    ),
    Setting("PARAPHE_FOUR_EYES", "no", "`yes`: two different officers approve each identity."),
    Setting(
        "PARAPHE_OFFICER_MFA",
        "",
        "`required` or `optional` second factor of officers; empty: required in production only.",
    ),
    Setting(
        "PARAPHE_TRUSTED_PROXIES",
        "127.0.0.1,::1",
        "Reverse proxies whose `X-Forwarded-For` is believed: addresses or networks, joined by commas.",
    ),
    Setting(
        "PARAPHE_ADVANCED_TRUST_URL",
        "",
        "Another provider (CSC API v2) for advanced signatures of invited people, such as a qualified one; empty: the "
        "trust site. Its roots go to `platform/advanced-trust-root.pem`.",
    ),
    Setting("PARAPHE_ADVANCED_TRUST_NAME", "", "Name of that provider, as signers know it."),
    Setting(
        "PARAPHE_ADVANCED_TRUST_ENROLMENT",
        "yes",
        "`no`: it has no enrolment API; who has a certificate there, under the same e-mail, signs with it, others "
        "wait.",
    ),
    Setting(
        "PARAPHE_ADVANCED_TRUST_HOSTS",
        "",
        "Hosts, joined by commas, at which certificates of that provider are asked for (OCSP, lists), as in "
        "`ocsp.example.eu,crl.example.eu:8080`; its own host is always one.",
    ),
    Setting("PARAPHE_ADVANCED_TRUST_CLIENT_ID", "", "Identifier of the platform at that provider."),
    Setting(
        "PARAPHE_ADVANCED_TRUST_CLIENT_SECRET_FILE",
        "",
        "File with the client secret; empty: `platform/secrets/advanced-trust-client.secret`.",
    ),
    Setting(
        "PARAPHE_FILES",
        "disk",
        "Where sealed files are kept: `disk` (the data folder) or `s3`. Move them with `paraphe files move` first.",
    ),
    Setting("PARAPHE_S3_BUCKET", "", "S3: name of the bucket."),
    Setting("PARAPHE_S3_PREFIX", "paraphe", "S3: beginning of the names of all objects; the site follows it."),
    Setting("PARAPHE_S3_ENDPOINT", "", "S3: address of a store that is not Amazon's, as in `https://s3.example`."),
    Setting("PARAPHE_S3_REGION", "eu-west-3", "S3: region of the bucket."),
    Setting(
        "PARAPHE_S3_CREDENTIALS_FILE",
        "",
        "S3: file with `key-id:secret-key`, readable by its owner only; empty: the role of the machine.",
    ),
    Setting(
        "PARAPHE_MOST_RECIPIENTS",
        "1000",
        "People that one collection may go to. `bench/results/many_signers.md` says what many cost.",
    ),
    Setting("PARAPHE_MAX_PDF_MB", "50", "Largest PDF that can be uploaded, in megabytes."),
    Setting(
        "PARAPHE_INVITATIONS_PER_DAY",
        "2000",
        "Invitations to sign that one firm may send within 24 hours.",
    ),
    Setting(
        "PARAPHE_INVITATIONS_PER_RECIPIENT",
        "20",
        "Invitations to sign that one address may receive within 24 hours, from all firms together.",
    ),
    Setting(
        "PARAPHE_OPERATORS",
        "",
        "Who may open `/exploitation/`: subjects (`sub`) at the OpenID provider, joined by commas; empty: nobody.",
    ),
    Setting("PARAPHE_DOCUMENT_DAYS", "31", "Days after which a document is deleted from the platform."),
    Setting(
        "PARAPHE_DOCUMENT_MOST_DAYS",
        "366",
        "Days after it was added up to which people may prolong the stay of a document.",
    ),
    Setting(
        "PARAPHE_PRICES",
        "",
        "What acts cost, in euros, as in `signature=0.50`; what is not named is free. Acts: `signature`, `seal`, "
        "`certificate` (of an invited third party, for advanced signatures).",
    ),
    Setting("PARAPHE_SEALING_ZIP_MB", "4000", "Largest ZIP that can be brought to be sealed, in megabytes."),
    Setting("PARAPHE_SEALING_SPLIT_MB", "200", "Largest PDF that can be brought to be split, in megabytes."),
    Setting(
        "PARAPHE_CREDIT_WARNING_EUROS",
        "10",
        "Credit, in whole euros, under which a firm is told to top up; never when everything is free.",
    ),
    Setting(
        "PARAPHE_CREDIT_IBAN",
        "",
        "IBAN to which firms transfer their credit; empty: the page sends them to the assistance for it.",
    ),
    Setting(
        "PARAPHE_CREDIT_PAYMENT",
        "",
        "Online payment provider; this version has none and accepts no name: firms top up by bank transfer.",
    ),
    Setting(
        "PARAPHE_TERMS_GRACE_DAYS",
        "30",
        "Days during which a firm can work on before it must sign a new version of the terms (0 to 365).",
    ),
    Setting(
        "PARAPHE_VERIFICATION_ROOTS",
        "",
        "PEM files, joined by commas, whose certificates the verification page trusts beside the platform's own roots.",
    ),
    Setting(
        "PARAPHE_TRUSTED_LISTS",
        "",
        "Folder of the European trusted lists, brought up to date each night; empty: they are not used.",
    ),
    Setting(
        "PARAPHE_IDENTITY_IMAGE_DAYS", "30", "Days after the decision at which identity images are destroyed (0 to 90)."
    ),
    Setting(
        "PARAPHE_IDENTITY_DOCUMENTS",
        "identity_card,passport,residence_permit,driving_licence",
        "Kinds of identity document that are accepted, joined by commas.",
    ),
    Setting(
        "PARAPHE_IDENTITY_READING",
        "yes",
        "`yes`: identity documents are read by machine before an officer looks, where the reading packages are "
        "installed; `no`: never.",
    ),
    Setting(
        "PARAPHE_IDENTITY_SEALS",
        "",
        "Folder with the certificates of signers of visible seals (2D-Doc), named `FR03-26D1.pem`; empty: seals are "
        "read but not verified.",
    ),
    Setting(
        "PARAPHE_IDENTITY_OLD_CARD_LAST_DAY",
        "",
        "Day (`2031-08-03`) after which French identity cards of the model before 2021 are no longer taken; empty: as "
        "long as they are valid.",
    ),
    Setting(
        "PARAPHE_TRUST_CA_FILE",
        "",
        "PEM of the authorities that the platform trusts for TLS to the trust site; empty: the system's.",
    ),
    Setting(
        "PARAPHE_TRUST_CLIENT_CERT_FILE",
        "",
        "PEM with certificate and key for mutual TLS from the platform to the trust site.",
    ),
)

_PRICE = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


class Environment:
    """The settings of one process, read from ``variables`` and checked on the way out."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables

    def text(self, name: str) -> str:
        """Return setting ``name``, or its default. Raises BadConfiguration when it has neither."""
        value = self._variables.get(name, "").strip()
        default = _DEFAULTS[name]
        if value:
            return value
        if default is None:
            raise BadConfiguration(sentence=f"{name} is not set: give it a value, see docs/operations.md.")
        return default

    def number(self, name: str, lowest: int, highest: int) -> int:
        """Return setting ``name`` as a whole number within bounds."""
        value = self.text(name)
        if not value.isdecimal() or not lowest <= int(value) <= highest:
            raise BadConfiguration(
                sentence=f"{name} is {value!r}: it must be a whole number from {lowest} to {highest}."
            )
        return int(value)

    def day(self, name: str) -> date | None:
        """Return setting ``name``, written as 2031-08-03, or None when it is empty."""
        value = self.text(name)
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            raise BadConfiguration(sentence=f"{name} is {value!r}: it must be a day such as 2031-08-03.") from None

    def choice(self, name: str, *choices: str) -> str:
        """Return setting ``name`` if it is one of ``choices``."""
        value = self.text(name)
        if value not in choices:
            raise BadConfiguration(
                sentence=f"{name} is {value!r}: it must be one of {', '.join(repr(c) for c in choices)}."
            )
        return value

    def choices(self, name: str, *choices: str) -> list[str]:
        """Return setting ``name`` as a list of one or more of ``choices``, written joined by commas."""
        values = [value.strip() for value in self.text(name).split(",")]
        if not set(values) <= set(choices):
            raise BadConfiguration(
                sentence=f"{name} is {self.text(name)!r}: it must be one or more of {', '.join(choices)}."
            )
        return values

    def pairs(self, name: str, *keys: str) -> dict[str, str]:
        """Return setting ``name``, written ``key=value,key=value``, as a mapping; each key is one of ``keys``."""
        parts = [part.split("=", 1) for part in self.text(name).split(",") if part.strip()]
        found = {part[0].strip(): part[-1].strip() for part in parts}
        if any(len(part) != 2 for part in parts) or not set(found) <= set(keys) or not all(found.values()):
            raise BadConfiguration(
                sentence=f"{name} is {self.text(name)!r}: it must look like key=value,key=value with keys among "
                f"{', '.join(keys)}."
            )
        return found

    def prices(self, name: str, *acts: str) -> dict[str, int]:
        """Return setting ``name``, written ``act=0.50,act=0.10`` in euros, as cents; acts not named cost nothing."""
        given = self.pairs(name, *acts)
        written = [part for part in self.text(name).split(",") if part.strip()]
        if len(given) != len(written) or not all(_PRICE.fullmatch(price) for price in given.values()):
            raise BadConfiguration(
                sentence=f"{name} is {self.text(name)!r}: each act once, its price in euros such as 0.50 (at most "
                "9999.99)."
            )
        # Through Decimal: 0.29 euros are 29 cents, and no float says so.
        return {act: int(Decimal(given.get(act, "0")) * 100) for act in acts}

    def iban(self, name: str) -> str:
        """Return setting ``name`` as an IBAN without spaces, its check digits verified, or nothing when it is empty."""
        value = self.text(name).replace(" ", "").upper()
        if not value:
            return ""
        # ISO 13616: the first four characters to the end, letters as 10 to 35, modulo 97 leaves 1.
        digits = "".join(str(int(one, 36)) for one in value[4:] + value[:4]) if _IBAN.fullmatch(value) else "0"
        if int(digits) % 97 != 1:
            raise BadConfiguration(sentence=f"{name} is {self.text(name)!r}: it is no IBAN, check each character.")
        return value

    @property
    def demonstration(self) -> bool:
        """Tell whether this is a demonstration: its people, post office and printed passwords."""
        return self.choice("PARAPHE_MODE", "demonstration", "production") == "demonstration"

    @property
    def data_dir(self) -> Path:
        """Return the data folder, absolute."""
        return Path(self.text("PARAPHE_DATA_DIR")).absolute()

    def site_url(self, site: str) -> str:
        """Return the address of ``site`` as browsers see it, without a final slash; https in production."""
        name = f"PARAPHE_{site.upper()}_URL"
        if self.demonstration and not self._variables.get(name, "").strip():
            return f"http://localhost:{self.number(f'PARAPHE_{site.upper()}_PORT', 1, 65535)}"
        url = self.text(name).rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
            raise BadConfiguration(sentence=f"{name} is {url!r}: it must look like https://host or https://host:port.")
        if parts.scheme == "http" and not self.demonstration:
            raise BadConfiguration(sentence=f"{name} is {url!r}: in production it must begin with https://.")
        return url

    def certificate_files(self, name: str) -> list[Path]:
        """Return the files of a setting that names PEM files, joined by commas. Raises BadConfiguration."""
        found = [Path(one.strip()) for one in self.text(name).split(",") if one.strip()]
        for path in found:
            try:
                wrong = b"-----BEGIN CERTIFICATE-----" not in path.read_bytes()
            except OSError:
                wrong = True
            if wrong:
                raise BadConfiguration(sentence=f"{name}: {path} is no readable file of certificates in PEM.")
        return found

    def secret_file(self, name: str, fallback: Path) -> Path:
        """Return the path that setting ``name`` gives, or ``fallback`` when it is empty."""
        value = self.text(name)
        return Path(value).absolute() if value else fallback


def read_secret(path: Path, *, octets: int | None = None) -> bytes:
    """Return the secret in file ``path``: hexadecimal of exactly ``octets`` bytes, or any one line of text.

    Raises BadConfiguration when the file is missing, readable by others than its owner, empty or of wrong length.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise BadConfiguration(
            sentence=f"The secret file {path} is missing: run 'paraphe setup' or restore it."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(sentence=f"The secret file {path} cannot be read: {error}.") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadConfiguration(sentence=f"The secret file {path} can be read by others: run 'chmod 600 {path}'.")
    if octets is None:
        if len(text) < 20:
            raise BadConfiguration(sentence=f"The secret file {path} is too short: at least 20 characters are needed.")
        return text.encode("ascii")
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != octets:
        raise BadConfiguration(sentence=f"The secret file {path} must hold {2 * octets} hexadecimal characters.")
    return value
