"""What each kind of certificate contains: RFC 5280, ETSI EN 319 412-2 (natural persons) and -3 (legal persons)."""

from dataclasses import dataclass, field, replace
from typing import Literal

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from paraphe.pki.subjects import Organisation

Kind = Literal["root", "issuing", "person", "seal", "tsu", "ocsp"]
Usage = Literal["digital_signature", "content_commitment", "key_cert_sign", "crl_sign"]

DAYS_A_YEAR = 365
ANY_POLICY = "2.5.29.32.0"


@dataclass(frozen=True)
class ProfileSettings:
    """What an operator fixes for the certificates of one issuer."""

    policy_arc: str
    """Arc of the certificate policies of this operator, dotted."""
    aia_url: str
    """Where the issuer's certificate is (AIA caIssuers); empty for none."""
    crl_url: str
    """Where the issuer's revocation list is; empty for none."""
    ocsp_url: str
    """The issuer's OCSP responder; empty for none."""
    cps_url: str
    """Where the certification practice statement is; empty for none."""
    organisation: Organisation
    """Who operates the authority."""


@dataclass(frozen=True)
class Profile:
    """One kind of certificate. Every field is checked by ``lint`` on the bytes before and after they are signed."""

    name: str
    kind: Kind
    validity_days: int
    key_usage: frozenset[Usage]
    settings: ProfileSettings = field(repr=False)
    policies: tuple[str, ...] = ()
    extended_key_usage: tuple[x509.ObjectIdentifier, ...] = ()
    extended_key_usage_critical: bool = False
    path_length: int | None = None
    no_check: bool = False
    email_in_alternative_name: bool = False

    @property
    def is_ca(self) -> bool:
        """Tell whether certificates of this kind may sign certificates."""
        return self.kind in ("root", "issuing")

    @property
    def self_signed(self) -> bool:
        """Tell whether the subject is its own issuer."""
        return self.kind == "root"


def root_profile(settings: ProfileSettings) -> Profile:
    """Return the profile of the offline root: 20 years, signs only authorities and its revocation list."""
    return Profile(
        name="root",
        kind="root",
        validity_days=20 * DAYS_A_YEAR,
        key_usage=frozenset({"key_cert_sign", "crl_sign"}),
        settings=settings,
    )


def natural_ca_profile(settings: ProfileSettings) -> Profile:
    """Return the profile of the authority that issues to natural persons: 10 years, no authority below it."""
    return _issuing("natural-ca", settings)


def legal_ca_profile(settings: ProfileSettings) -> Profile:
    """Return the profile of the authority that issues to legal persons and to services: 10 years."""
    return _issuing("legal-ca", settings)


def natural_person_profile(settings: ProfileSettings) -> Profile:
    """Return the profile of a person's signing certificate: 3 years, contentCommitment alone (EN 319 412-2 §4.3.2)."""
    return _person("natural-person", "1", 3 * DAYS_A_YEAR, settings)


def invited_person_profile(settings: ProfileSettings) -> Profile:
    """Return the profile of somebody invited to sign whose identity was checked: 5 years, otherwise as a person's."""
    return _person("invited-person", "4", 5 * DAYS_A_YEAR, settings)


def one_shot_profile(settings: ProfileSettings) -> Profile:
    """Return the profile of a certificate for one ceremony: one day, its name rests on an e-mail and a telephone.

    It can be revoked like every other. RFC 9608 (no revocation available) would spare that, but most readers of PDF
    do not know it and would say "revocation not checked" of a good signature.
    """
    return _person("one-shot", "5", 1, settings)


def legal_person_seal_profile(settings: ProfileSettings) -> Profile:
    """Return the profile of a seal certificate: 3 years, contentCommitment alone (EN 319 412-3 §4.3.1)."""
    return Profile(
        name="legal-person-seal",
        kind="seal",
        validity_days=3 * DAYS_A_YEAR,
        key_usage=frozenset({"content_commitment"}),
        policies=(f"{settings.policy_arc}.2",),
        settings=settings,
    )


def evidence_seal_profile(settings: ProfileSettings) -> Profile:
    """Return the profile of the operator's own seal for evidence: as a seal's, under a policy that says so."""
    return replace(legal_person_seal_profile(settings), name="evidence-seal", policies=(f"{settings.policy_arc}.6",))


def tsa_profile(settings: ProfileSettings) -> Profile:
    """Return the profile of a time-stamping unit: critical, sole timeStamping (RFC 3161 §2.3, EN 319 422 §6.1)."""
    return Profile(
        name="tsa",
        kind="tsu",
        validity_days=5 * DAYS_A_YEAR,
        key_usage=frozenset({"digital_signature"}),
        policies=(f"{settings.policy_arc}.3",),
        extended_key_usage=(ExtendedKeyUsageOID.TIME_STAMPING,),
        extended_key_usage_critical=True,
        settings=settings,
    )


def ocsp_profile(settings: ProfileSettings) -> Profile:
    """Return the profile of a delegated OCSP responder, with id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2)."""
    return Profile(
        name="ocsp",
        kind="ocsp",
        validity_days=DAYS_A_YEAR,
        key_usage=frozenset({"digital_signature"}),
        extended_key_usage=(ExtendedKeyUsageOID.OCSP_SIGNING,),
        no_check=True,
        settings=settings,
    )


def _person(name: str, policy: str, days: int, settings: ProfileSettings) -> Profile:
    return Profile(
        name=name,
        kind="person",
        validity_days=days,
        key_usage=frozenset({"content_commitment"}),
        policies=(f"{settings.policy_arc}.{policy}",),
        email_in_alternative_name=True,
        settings=settings,
    )


def _issuing(name: str, settings: ProfileSettings) -> Profile:
    return Profile(
        name=name,
        kind="issuing",
        validity_days=10 * DAYS_A_YEAR,
        key_usage=frozenset({"key_cert_sign", "crl_sign"}),
        policies=(ANY_POLICY,),
        path_length=0,
        settings=settings,
    )
