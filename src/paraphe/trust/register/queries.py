"""Reading the register."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast
from uuid import UUID

from cryptography import x509
from django.db import connection

from paraphe.trust.register import models
from paraphe.trust.register.errors import AuthorityUnknown, CertificateUnknown, ServiceUnknown
from paraphe.trust.register.types import (
    Algorithm,
    Authority,
    Change,
    Entry,
    KeptAnswer,
    Reason,
    RevocationListEdition,
    Revoked,
    Role,
    Service,
    Slug,
    Status,
)


def authority(slug: Slug) -> Authority:
    """Return the authority, planned or issued. Raises AuthorityUnknown when it was never planned."""
    row = models.Authority.objects.filter(slug=slug).first()
    if row is None:
        raise AuthorityUnknown(slug=slug)
    return authority_of(row)


def issuer(slug: Slug) -> tuple[Authority, x509.Certificate]:
    """Return the authority and its certificate. Raises AuthorityUnknown when it has none yet."""
    found = authority(slug)
    if found.certificate is None:
        raise AuthorityUnknown(slug=slug)
    return found, found.certificate


def authorities() -> list[Authority]:
    """Return every authority, root first."""
    return [authority_of(row) for row in models.Authority.objects.order_by("pk")]


def service(role: Role, slug: Slug) -> tuple[Service, x509.Certificate]:
    """Return the newest service that has a certificate, and that certificate. Raises ServiceUnknown."""
    rows = models.ServiceKey.objects.filter(role=role, authority__slug=slug, certificate__isnull=False)
    row = rows.select_related("authority").order_by("-generation").first()
    if row is None:
        raise ServiceUnknown(role=role, slug=slug)
    found = service_of(row)
    return found, cast(x509.Certificate, found.certificate)


def newest_service(role: Role, slug: Slug) -> str:
    """Return a name for what ``service`` gives: another one when a new generation has its certificate.

    Raises ServiceUnknown.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_SERVICE, [role, slug])
        row = cursor.fetchone()
    if row is None:
        raise ServiceUnknown(role=role, slug=slug)
    return str(row[0])


def find(attempt_id: UUID) -> Entry | None:
    """Return what became of an attempt to issue, None when it was never begun."""
    row = models.CertificateEntry.objects.select_related("authority").filter(attempt_id=attempt_id).first()
    return None if row is None else entry_of(row)


def find_serial(serial: int) -> Entry | None:
    """Return what stands under a serial number, None when it was never reserved."""
    row = models.CertificateEntry.objects.select_related("authority").filter(serial=serial_text(serial)).first()
    return None if row is None else entry_of(row)


def all_issued() -> Iterator[Entry]:
    """Yield every issued certificate, of services and authorities too, in the order of their reservation."""
    rows = models.CertificateEntry.objects.select_related("authority").filter(state="issued").order_by("pk")
    return (entry_of(row) for row in rows.iterator(chunk_size=200))


def attempts_ending(begin: datetime, end: datetime) -> list[UUID]:
    """Return the attempts whose issued, unrevoked certificates end in this span of time."""
    rows = models.CertificateEntry.objects.filter(
        state="issued", revoked_at__isnull=True, not_after__gte=begin, not_after__lt=end
    )
    return list(rows.values_list("attempt_id", flat=True))


def certificate(serial: int) -> x509.Certificate:
    """Return the issued certificate of this serial number. Raises CertificateUnknown."""
    row = models.CertificateEntry.objects.filter(serial=serial_text(serial), state="issued").first()
    if row is None:
        raise CertificateUnknown(serial=serial_text(serial))
    return x509.load_der_x509_certificate(bytes(cast(bytes, row.certificate)))


def status_of(serial: int, slug: Slug | None = None) -> Status:
    """Return whether the certificate holds; of issuer ``slug`` when given. Never issued is ``unknown``."""
    rows = models.CertificateEntry.objects.filter(serial=serial_text(serial), state="issued")
    if slug is not None:
        rows = rows.filter(authority__slug=slug)
    found = rows.values_list(*_STATUS, "status_revision").first()
    if found is None:
        return Status("unknown")
    *values, revision = found
    line = _revoked(serial, *values)
    if line is None:
        return Status("good", revision=revision)
    return Status("revoked", line.revoked_at, line.reason, line.invalid_since, revision)


def revoked(slug: Slug) -> list[Revoked]:
    """Return every certificate of an issuer that does not hold, oldest first: revoked, expired ones too, suspended."""
    entries = models.CertificateEntry.objects.filter(authority__slug=slug)
    ended = entries.filter(revoked_at__isnull=False).order_by("revoked_at", "pk")
    held = entries.filter(suspended_at__isnull=False).order_by("suspended_at", "pk")
    values = (row for rows in (ended, held) for row in rows.values_list("serial", *_STATUS).iterator())
    found = (_revoked(int(serial, 16), *rest) for serial, *rest in values)
    return [one for one in found if one is not None]


def changes_since(slug: Slug, revision: int) -> list[Change]:
    """Return what became of each status under this issuer that changed after ``revision``, in that order."""
    rows = models.CertificateEntry.objects.filter(authority__slug=slug, status_revision__gt=revision)
    values = rows.order_by("status_revision", "pk").values_list("serial", *_STATUS)
    return [Change(int(serial, 16), _revoked(int(serial, 16), *rest)) for serial, *rest in values]


def kept_answer(request: str, now: datetime) -> KeptAnswer | None:
    """Return the kept OCSP answer to this request that is still true, None without one."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT_ANSWER, [request, int(now.timestamp())])
        row = cursor.fetchone()
    if row is None:
        return None
    begin, end = (datetime.fromtimestamp(seconds, UTC) for seconds in row[:2])
    return KeptAnswer(begin, end, bytes(row[2]))


def status_revision(slug: Slug) -> int:
    """Return a number that grew with each change of a status under this issuer. Raises AuthorityUnknown."""
    found = models.Authority.objects.filter(slug=slug).values_list("status_revision", flat=True).first()
    if found is None:
        raise AuthorityUnknown(slug=slug)
    return found


def latest_revocation_list(slug: Slug, part: str = "") -> RevocationListEdition | None:
    """Return the newest signed revocation list of an issuer, full or of one part; None when there is none."""
    rows = models.RevocationList.objects.filter(authority__slug=slug, part=part, content__isnull=False)
    row = rows.order_by("-number").first()
    if row is None or row.content is None:
        return None
    return RevocationListEdition(row.number, row.this_update, row.next_update, row.revision, bytes(row.content))


def serial_text(serial: int) -> str:
    """Return the serial number as the register writes it: hexadecimal, lower case, without zeros in front."""
    return f"{serial:x}"


def authority_of(row: models.Authority) -> Authority:
    """Return what the door shows of a row."""
    return Authority(
        cast(Slug, row.slug),
        row.common_name,
        row.key_id,
        cast(Algorithm, row.algorithm),
        row.attempt_id,
        _parsed(row.certificate),
    )


def service_of(row: models.ServiceKey) -> Service:
    """Return what the door shows of a row."""
    return Service(
        cast(Role, row.role),
        cast(Slug, row.authority.slug),
        row.generation,
        row.key_id,
        cast(Algorithm, row.algorithm),
        row.attempt_id,
        _parsed(row.certificate),
    )


def entry_of(row: models.CertificateEntry) -> Entry:
    """Return what the door shows of a row."""
    return Entry(
        attempt_id=row.attempt_id,
        slug=cast(Slug, row.authority.slug),
        serial=int(row.serial, 16),
        profile=row.profile,
        subject=bytes(row.subject),
        public_key=bytes(row.public_key),
        not_before=row.not_before,
        not_after=row.not_after,
        state=row.state,
        tbs=None if row.tbs is None else bytes(row.tbs),
        certificate=_parsed(row.certificate),
    )


# Written out: building this one statement takes Django ten times as long as the database needs to answer it.
_KEPT_ANSWER = """
    SELECT answer.this_update, answer.next_update, answer.content
    FROM register_keptanswer answer JOIN register_certificateentry entry
        ON entry.id = answer.entry_id AND entry.status_revision = answer.status_revision
    WHERE answer.request = %s AND answer.next_update > %s
"""
_NEWEST_SERVICE = """
    SELECT service.key_id
    FROM register_servicekey service JOIN register_authority authority ON authority.id = service.authority_id
    WHERE service.role = %s AND authority.slug = %s AND service.certificate IS NOT NULL
    ORDER BY service.generation DESC LIMIT 1
"""
_STATUS = ("revoked_at", "revocation_reason", "suspended_at", "invalid_since")


def _revoked(
    serial: int, revoked_at: datetime | None, reason: str, suspended_at: datetime | None, invalid_since: datetime | None
) -> Revoked | None:
    """Return what the columns of ``_STATUS`` say; None when the certificate holds."""
    if revoked_at is not None:
        return Revoked(serial, revoked_at, cast(Reason, reason), invalid_since)
    return None if suspended_at is None else Revoked(serial, suspended_at, "certificate_hold")


def _parsed(der: bytes | memoryview | None) -> x509.Certificate | None:
    return None if der is None else _certificate(bytes(der))


@lru_cache(maxsize=64)
def _certificate(der: bytes) -> x509.Certificate:
    # Those of authorities and services come with each request.
    return x509.load_der_x509_certificate(der)
