"""The door of the authorities: certificates for subscribers, the chain above them, ceremonies, renewal of services."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography import x509

from paraphe.pki.subjects import Subject
from paraphe.trust.ca import issuance, operator
from paraphe.trust.ca.ceremony import Minutes, create_hierarchy, hold_ceremony, renew_root_crl, root_crl_ends_within
from paraphe.trust.ca.errors import (
    IssuanceRefused,
    LintRefused,
    ProfileUnknown,
    SignatureWrong,
    SubjectRefused,
    ValidityRefused,
)
from paraphe.trust.ca.plan import CeremonyPlan, PlanRefused, read_plan
from paraphe.trust.ca.recheck import findings_of
from paraphe.trust.ca.services import renew_services
from paraphe.trust.register import api as register

__all__ = [
    "CeremonyPlan",
    "IssuanceRefused",
    "IssuedCertificate",
    "LintRefused",
    "Minutes",
    "PlanRefused",
    "ProfileUnknown",
    "SignatureWrong",
    "SubjectRefused",
    "ValidityRefused",
    "chain_of",
    "create_hierarchy",
    "findings_of",
    "hold_ceremony",
    "issue",
    "policy_of",
    "read_plan",
    "renew_root_crl",
    "renew_services",
    "root",
    "root_crl_ends_within",
]


@dataclass(frozen=True)
class IssuedCertificate:
    """A certificate of ours. ``chain`` are its issuers, nearest first, root last."""

    serial: int
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


def issue(
    attempt_id: UUID,
    profile_name: str,
    subject: Subject,
    public_key_der: bytes,
    *,
    days: int | None = None,
    until: datetime | None = None,
) -> IssuedCertificate:
    """Issue one certificate, or return the one that this attempt has issued before.

    ``profile_name`` is ``natural-person``, ``invited-person``, ``one-shot`` (subject: NaturalPerson) or
    ``legal-person-seal``, ``evidence-seal`` (subject: Unit). It ends ``days`` after now, or at ``until``, or as its
    profile says. ``public_key_der`` is a SubjectPublicKeyInfo. Raises ProfileUnknown, ValidityRefused, SubjectRefused,
    LintRefused, SignatureWrong, register's AttemptConflict and AuthorityUnknown; VaultUnavailable, after which the same
    call may be repeated.
    """
    slug, profile = operator.subscriber_profile(profile_name)
    request = issuance.Request(attempt_id, profile, subject, public_key_der, days, until)
    certificate = issuance.run(request, issuance.online_issuer(slug))
    return IssuedCertificate(certificate.serial_number, certificate, chain_of(certificate))


def chain_of(certificate: x509.Certificate) -> tuple[x509.Certificate, ...]:
    """Return the issuers of a certificate of ours, nearest first, root last; nothing above the root.

    Raises AuthorityUnknown when none of our authorities issued it.
    """
    issuers = {
        authority.certificate.subject.public_bytes(): authority.certificate
        for authority in register.authorities()
        if authority.certificate is not None
    }
    chain: list[x509.Certificate] = []
    last = certificate
    while last.issuer != last.subject:
        issuer = issuers.get(last.issuer.public_bytes())
        if issuer is None:
            raise register.AuthorityUnknown(issuer=last.issuer.rfc4514_string())
        chain.append(issuer)
        last = issuer
    return tuple(chain)


def policy_of(profile_name: str) -> str:
    """Return the certificate policy of a subscriber's profile, dotted. Raises ProfileUnknown."""
    return operator.subscriber_profile(profile_name)[1].policies[0]


def root() -> x509.Certificate:
    """Return the certificate of the root. Raises AuthorityUnknown before the hierarchy is made."""
    return register.issuer("root")[1]
