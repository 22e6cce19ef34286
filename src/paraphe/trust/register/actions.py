"""Writing the register. Each verb is one short transaction with its line in the journal; none uses a key."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import IntegrityError, transaction
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.ids import new_id
from paraphe.pki.build import new_serial
from paraphe.trust.journal import api as journal
from paraphe.trust.register import models, queries
from paraphe.trust.register.errors import (
    AttemptConflict,
    AuthorityUnknown,
    CertificateUnknown,
    OutOfOrder,
)
from paraphe.trust.register.types import (
    Algorithm,
    Authority,
    AuthorityPlan,
    Entry,
    Order,
    Role,
    Service,
    Slug,
)

KEPT_AFTER_EXPIRY = timedelta(days=7 * 365 + 2)
SUBSCRIBER_PROFILES = ("natural-person", "invited-person", "one-shot", "legal-person-seal", "evidence-seal")


def plan_authorities(plans: Sequence[AuthorityPlan]) -> list[Authority]:
    """Write down the authorities to be made, all in one; return those that were planned first, if any were."""
    with transaction.atomic():
        if not models.Authority.objects.exists():
            for plan in plans:
                row = models.Authority.objects.create(
                    slug=plan.slug,
                    common_name=plan.common_name,
                    algorithm=plan.algorithm,
                    key_id=new_id(),
                    attempt_id=new_id(),
                    planned_at=timezone.now(),
                )
                journal.write("authority:planned", SYSTEM, {"key": row.key_id}, {"name": plan.common_name})
    return queries.authorities()


def record_authority(slug: Slug, certificate: x509.Certificate) -> None:
    """Give a planned authority its certificate. Raises OutOfOrder when it has another one already."""
    der = certificate.public_bytes(Encoding.DER)
    with transaction.atomic():
        changed = models.Authority.objects.filter(slug=slug, certificate__isnull=True).update(certificate=der)
        if changed:
            journal.write("authority:issued", SYSTEM, {}, {"slug": slug, "certificate_sha256": sha256_hex(der)})
        elif queries.authority(slug).certificate != certificate:
            raise OutOfOrder(slug=slug)


def plan_service(role: Role, slug: Slug, algorithm: Algorithm) -> Service:
    """Write down the next generation of a service, or return the one that is planned and not yet issued."""
    with transaction.atomic():
        issuer = _locked_authority(slug)
        newest = issuer.services.filter(role=role).order_by("-generation").first()
        if newest is None or newest.certificate is not None:
            newest = models.ServiceKey.objects.create(
                role=role,
                authority=issuer,
                generation=1 if newest is None else newest.generation + 1,
                key_id=new_id(),
                algorithm=algorithm,
                attempt_id=new_id(),
            )
            journal.write("service:planned", SYSTEM, {"key": newest.key_id}, {"role": role, "slug": slug})
        return queries.service_of(newest)


def record_service(service: Service, certificate: x509.Certificate) -> None:
    """Give a planned service its certificate; the services before it stay known but are used no more."""
    der = certificate.public_bytes(Encoding.DER)
    with transaction.atomic():
        changed = models.ServiceKey.objects.filter(key_id=service.key_id, certificate__isnull=True).update(
            certificate=der
        )
        if changed:
            journal.write(
                "service:issued", SYSTEM, {"key": service.key_id}, {"role": service.role, "slug": service.slug}
            )
            if service.role == "ocsp":  # From now on the new responder speaks, and nobody for the one before.
                models.KeptAnswer.objects.filter(entry__authority__slug=service.slug).delete()


def reserve(order: Order) -> Entry:
    """Reserve a new serial number for an order, or return what its attempt has reserved before.

    Raises AttemptConflict when the attempt was another request, AuthorityUnknown.
    """
    known = queries.find(order.attempt_id)
    if known is None:
        try:
            with transaction.atomic():
                return queries.entry_of(_create_entry(order))
        except IntegrityError:
            known = queries.find(order.attempt_id)  # Somebody else made the same attempt at the same moment.
            if known is None:
                raise
    digest = models.CertificateEntry.objects.values_list("request_digest", flat=True).get(attempt_id=order.attempt_id)
    if digest != order.request_digest:
        raise AttemptConflict(attempt=str(order.attempt_id))
    return known


def store_tbs(attempt_id: UUID, tbs: bytes) -> Entry:
    """Store the bytes that are about to be signed. Raises OutOfOrder when others were stored for this attempt."""
    with transaction.atomic():
        rows = models.CertificateEntry.objects.filter(attempt_id=attempt_id)
        if rows.filter(state="reserved").update(state="prepared", tbs=tbs):
            entry = _entry(attempt_id)
            subjects = {"serial": queries.serial_text(entry.serial), "attempt": attempt_id}
            journal.write("certificate:signing", SYSTEM, subjects, {"tbs_sha256": sha256_hex(tbs)})
            return entry
    entry = _entry(attempt_id)
    if entry.tbs != tbs:
        raise OutOfOrder(attempt=str(attempt_id))
    return entry


def record(attempt_id: UUID, certificate: x509.Certificate) -> Entry:
    """Record the signed certificate, once: if another run was faster, its certificate is the one that counts.

    Raises OutOfOrder when nothing was stored to be signed.
    """
    der = certificate.public_bytes(Encoding.DER)
    with transaction.atomic():
        rows = models.CertificateEntry.objects.filter(attempt_id=attempt_id, state="prepared")
        if rows.update(state="issued", certificate=der, issued_at=timezone.now()):
            serial = queries.serial_text(certificate.serial_number)
            subjects = {"serial": serial, "attempt": attempt_id}
            journal.write("certificate:issued", SYSTEM, subjects, {"certificate_sha256": sha256_hex(der)})
    entry = _entry(attempt_id)
    if entry.certificate is None:
        raise OutOfOrder(attempt=str(attempt_id))
    return entry


def reserve_revocation_list(slug: Slug, this_update: datetime, next_update: datetime, part: str = "") -> int:
    """Reserve the next number of an issuer's list, full or of one part: they only grow, one never signed is skipped."""
    with transaction.atomic():
        issuer = _locked_authority(slug)
        known = issuer.revocation_lists.filter(part=part)
        newest = known.order_by("-number").values_list("number", flat=True).first()
        number = 1 if newest is None else newest + 1
        issuer.revocation_lists.create(part=part, number=number, this_update=this_update, next_update=next_update)
        journal.write("crl:signing", SYSTEM, {}, {"slug": slug, "part": part, "number": number})
    return number


def record_revocation_list(
    slug: Slug, number: int, content: bytes, revocations: int, *, revision: int = 0, part: str = ""
) -> None:
    """Record the signed list of a reserved number, and drop the contents of those that it replaces.

    ``revision`` is that of the statuses when they were read. Raises OutOfOrder when it was not reserved, or recorded
    before.
    """
    with transaction.atomic():
        lists = models.RevocationList.objects.filter(authority__slug=slug, part=part)
        rows = lists.filter(number=number, content__isnull=True)
        if not rows.update(content=content, revocations=revocations, revision=revision):
            raise OutOfOrder(slug=slug, number=number)
        # Digests stay in the journal; two editions are kept, for whoever is reading the one before.
        lists.filter(number__lt=number - 1).delete()
        data = {"slug": slug, "part": part, "number": number, "sha256": sha256_hex(content), "revocations": revocations}
        journal.write("crl:issued", SYSTEM, {}, data)


def forget_expired() -> int:
    """Delete subscribers' certificates that expired seven years ago, and return how many."""
    limit = timezone.now() - KEPT_AFTER_EXPIRY
    with transaction.atomic():
        rows = models.CertificateEntry.objects.filter(profile__in=SUBSCRIBER_PROFILES, not_after__lt=limit)
        count, _ = rows.delete()
        if count:
            journal.write("certificate:forgotten", SYSTEM, {}, {"count": count, "expired_before": limit})
    return count


def _locked_authority(slug: Slug) -> models.Authority:
    row = models.Authority.objects.select_for_update().filter(slug=slug).first()
    if row is None:
        raise AuthorityUnknown(slug=slug)
    return row


def _create_entry(order: Order) -> models.CertificateEntry:
    issuer = models.Authority.objects.filter(slug=order.slug).first()
    if issuer is None:
        raise AuthorityUnknown(slug=order.slug)
    row = models.CertificateEntry.objects.create(
        attempt_id=order.attempt_id,
        authority=issuer,
        serial=queries.serial_text(new_serial()),
        profile=order.profile,
        request_digest=order.request_digest,
        subject=order.subject,
        public_key=order.public_key,
        not_before=order.not_before,
        not_after=order.not_after,
        reserved_at=timezone.now(),
    )
    journal.write(
        "certificate:reserved",
        SYSTEM,
        {"serial": row.serial, "attempt": order.attempt_id},
        {
            "profile": order.profile,
            "slug": order.slug,
            "public_key_sha256": sha256_hex(order.public_key),
            "not_after": order.not_after,
        },
    )
    return row


def _entry(attempt_id: UUID) -> Entry:
    entry = queries.find(attempt_id)
    if entry is None:
        raise CertificateUnknown(attempt=str(attempt_id))
    return entry
