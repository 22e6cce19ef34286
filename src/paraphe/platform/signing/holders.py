"""Who of the platform's people holds which remote credential."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.utils import timezone

from paraphe.platform.signing.errors import NoCredential
from paraphe.platform.signing.models import Holder


@dataclass(frozen=True)
class HolderView:
    """What pages show of a person's certificate."""

    subject_id: str
    credential_id: str
    common_name: str
    serial: str
    issuer: str
    not_before: datetime
    not_after: datetime


def remember_holder(*, person_id: int, subject_id: str, credential_id: str, certificate: x509.Certificate) -> None:
    """Note that ``person_id`` signs as ``subject_id`` of the trust site, with ``certificate``. A newer one replaces."""
    Holder.objects.update_or_create(
        person_id=person_id,
        defaults={
            "subject_id": subject_id,
            "credential_id": credential_id,
            "common_name": _name(certificate.subject),
            "certificate": certificate.public_bytes(Encoding.DER),
            "not_after": certificate.not_valid_after_utc,
        },
    )


def holder_of(person_id: int) -> HolderView:
    """Return the certificate of ``person_id``. Raises NoCredential."""
    try:
        row = Holder.objects.get(person_id=person_id)
    except Holder.DoesNotExist:
        raise NoCredential(person=person_id) from None
    certificate = x509.load_der_x509_certificate(bytes(row.certificate))
    return HolderView(
        subject_id=row.subject_id,
        credential_id=row.credential_id,
        common_name=row.common_name,
        serial=f"{certificate.serial_number:x}",
        issuer=_name(certificate.issuer),
        not_before=certificate.not_valid_before_utc,
        not_after=row.not_after,
    )


@dataclass(frozen=True)
class CertifiedNames:
    """Names in a certificate; one that it does not give apart is empty."""

    given_name: str
    family_name: str


def names_of(person_id: int) -> CertifiedNames | None:
    """Return the names in the present certificate of ``person_id``, None when he has none that is valid."""
    row = Holder.objects.filter(person_id=person_id, not_after__gt=timezone.now()).first()
    if row is None:
        return None
    subject = x509.load_der_x509_certificate(bytes(row.certificate)).subject
    return CertifiedNames(_part(subject, NameOID.GIVEN_NAME), _part(subject, NameOID.SURNAME))


def _part(name: x509.Name, kind: x509.ObjectIdentifier) -> str:
    values = name.get_attributes_for_oid(kind)
    return str(values[0].value) if values else ""


def _name(name: x509.Name) -> str:
    values = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(values[0].value) if values else name.rfc4514_string()


def names(certificate: bytes, name: str) -> bool:
    """Tell whether a certificate (DER) names the natural person called ``name``, given names first."""
    subject = x509.load_der_x509_certificate(certificate).subject
    parts = [subject.get_attributes_for_oid(oid) for oid in (NameOID.GIVEN_NAME, NameOID.SURNAME)]
    return folded(" ".join(str(one.value) for part in parts for one in part)) == folded(name)


def folded(name: str) -> str:
    """Return a name in the form in which two ways to write it are compared: composed, without case or more spaces."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
