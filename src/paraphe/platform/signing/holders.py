"""Who of the platform's people holds which remote credential."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.utils import timezone

from paraphe.platform.signing import csc
from paraphe.platform.signing.errors import NoCredential, TrustRefused, TrustUnavailable
from paraphe.platform.signing.models import Holder
from paraphe.platform.signing.trust_client import trust


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
            "revoked_for": "",
        },
    )


def holder_of(person_id: int) -> HolderView:
    """Return the certificate of ``person_id``. Raises NoCredential."""
    row = _row(person_id)
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


def signs_as(person_id: int) -> str:
    """Return the subject of the certificate of ``person_id``, empty when he has none that is known to stand."""
    row = _standing(person_id)
    return row.subject_id if row is not None else ""


def note_over(person_id: int) -> None:
    """Note that the provider lets nobody sign with the certificate of ``person_id`` any more."""
    Holder.objects.filter(person_id=person_id, revoked_for="").update(revoked_for="over")


def _standing(person_id: int) -> Holder | None:
    return Holder.objects.filter(person_id=person_id, not_after__gt=timezone.now(), revoked_for="").first()


@dataclass(frozen=True)
class CertifiedNames:
    """Names in a certificate; one that it does not give apart is empty."""

    given_name: str
    family_name: str


def names_of(person_id: int) -> CertifiedNames | None:
    """Return the names in the present certificate of ``person_id``, None when he has none that is valid."""
    row = _standing(person_id)
    if row is None:
        return None
    subject = x509.load_der_x509_certificate(bytes(row.certificate)).subject
    return CertifiedNames(_part(subject, NameOID.GIVEN_NAME), _part(subject, NameOID.SURNAME))


def _part(name: x509.Name, kind: x509.ObjectIdentifier) -> str:
    values = name.get_attributes_for_oid(kind)
    return str(values[0].value) if values else ""


@dataclass(frozen=True)
class CertificateView:
    """A person's certificate and its ``status`` as the trust site tells it.

    ``valid``, ``suspended``, ``revoked``, ``expired``, ``disabled``, or ``unknown`` when it cannot be asked now.
    """

    holder: HolderView
    status: str


def certificate_of(person_id: int) -> CertificateView:
    """Return the certificate with which ``person_id`` signs, as the trust site tells it at this moment.

    After a renewal this is the new one, and it is remembered. Raises NoCredential when he never had one.
    """
    known = holder_of(person_id)
    try:
        found = csc.credentials_of(trust(), known.subject_id)
    except (TrustUnavailable, TrustRefused):
        return CertificateView(known, "unknown")
    if not found:
        return CertificateView(known, "unknown")
    best, status = max(found, key=lambda one: (one[1] == "valid", one[0].certificate.not_valid_before_utc))
    if best.id != known.credential_id:
        remember_holder(
            person_id=person_id, subject_id=known.subject_id, credential_id=best.id, certificate=best.certificate
        )
        known = holder_of(person_id)
    if status == "valid" and known.not_after <= timezone.now():
        status = "expired"
    return CertificateView(known, status)


def certificate_pem(person_id: int) -> bytes:
    """Return the certificate of ``person_id`` as PEM. Raises NoCredential."""
    return x509.load_der_x509_certificate(bytes(_row(person_id).certificate)).public_bytes(Encoding.PEM)


def siren_of(person_id: int) -> str:
    """Return the SIREN that the certificate of ``person_id`` names, empty when it names none. Raises NoCredential."""
    row = _row(person_id)
    subject = x509.load_der_x509_certificate(bytes(row.certificate)).subject
    named = [str(one.value) for one in subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)]
    return next((value.removeprefix("NTRFR-") for value in named if value.startswith("NTRFR-")), "")


def revoke_certificate(person_id: int, *, reason: str) -> bool:
    """Have the certificate of ``person_id`` revoked: ``left_the_roll`` or ``left_the_firm``; again changes nothing.

    Tells whether it was done now. Raises TrustUnavailable, TrustRefused; nothing is noted then, and one tries again.
    """
    row = _standing(person_id)
    if row is None:
        return False
    client = trust()
    client.post_json(
        f"/enrolment/v1/credentials/{row.credential_id}/revoke", {"reason": reason}, token=client.token("enrolment")
    )
    mine = Holder.objects.filter(pk=row.pk, credential_id=row.credential_id, revoked_for="")
    return bool(mine.update(revoked_for=reason))


def _row(person_id: int) -> Holder:
    found = Holder.objects.filter(person_id=person_id).first()
    if found is None:
        raise NoCredential(person=person_id)
    return found


def _name(name: x509.Name) -> str:
    values = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(values[0].value) if values else name.rfc4514_string()


def names(certificate: bytes, name: str) -> bool:
    """Tell whether a certificate (DER) names the natural person called ``name``, given names first."""
    subject = x509.load_der_x509_certificate(certificate).subject
    parts = [subject.get_attributes_for_oid(oid) for oid in (NameOID.GIVEN_NAME, NameOID.SURNAME)]
    return folded(" ".join(str(one.value) for part in parts for one in part)) == folded(name)


def alike(one: str, other: str) -> bool:
    """Tell whether two ways to write a name are the same: case, accents, hyphens and apostrophes do not count."""
    return _letters(one) == _letters(other)


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join(letters.split())


def folded(name: str) -> str:
    """Return a name in the form in which two ways to write it are compared: composed, without case or more spaces."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
