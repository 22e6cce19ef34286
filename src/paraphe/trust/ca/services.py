"""Keys and certificates of our own services: one OCSP responder per issuing authority, one time-stamping unit."""

from datetime import timedelta

from django.utils import timezone

from paraphe.trust.ca import issuance, operator
from paraphe.trust.register import api as register
from paraphe.trust.vault import api as vault

SERVICES: tuple[tuple[register.Role, register.Slug], ...] = (("ocsp", "natural"), ("ocsp", "legal"), ("tsa", "legal"))
RENEW_BEFORE = timedelta(days=30)
LABELS: dict[register.Role, str] = {"ocsp": "OCSP", "tsa": "Time-stamping unit"}


def renew_services() -> int:
    """Give each service a new key and certificate that has none, or whose certificate ends within 30 days.

    Returns how many were renewed; what a crash interrupted is finished first. Raises VaultUnavailable.
    """
    due = [(role, slug) for role, slug in SERVICES if _is_due(role, slug)]
    for role, slug in due:
        _renew(role, slug)
    return len(due)


def _is_due(role: register.Role, slug: register.Slug) -> bool:
    try:
        _, certificate = register.service(role, slug)
    except register.ServiceUnknown:
        return True
    return certificate.not_valid_after_utc - timezone.now() < RENEW_BEFORE


def _renew(role: register.Role, slug: register.Slug) -> None:
    issuer = issuance.online_issuer(slug)
    service = register.plan_service(role, slug, vault.default_algorithm())
    public_key = vault.generate(service.key_id, service.algorithm, role)
    name = f"{register.authority(slug).common_name} {LABELS[role]} {service.generation}"
    request = issuance.Request(
        service.attempt_id, operator.service_profile(role, slug), operator.unit(name), public_key
    )
    register.record_service(service, issuance.run(request, issuer))
