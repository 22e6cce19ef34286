"""Credentials: made once per attempt, found by client, judged by the register."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.pki.subjects import NaturalPerson, Organisation, Unit
from paraphe.trust.ca import api as ca
from paraphe.trust.holders import api as holders
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.register import api as register
from paraphe.trust.remote.errors import CredentialUnusable
from paraphe.trust.remote.models import Credential
from paraphe.trust.vault import api as vault

FactorName = Literal["OTP", "TOTP", "MANDATE", "CLIENT"]
SEAL_PROFILE = "legal-person-seal"
EVIDENCE_PROFILE = "evidence-seal"
CertificateStatus = Literal["pending", "valid", "expired", "revoked", "suspended"]


@dataclass(frozen=True)
class CredentialView:
    """What a client program may know of a credential: certificate, chain (nearest issuer first), state today."""

    id: UUID
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    status: CertificateStatus
    key_algorithm: str
    factors: tuple[FactorName, ...]
    """How its holder may authorise through a client program; none: on the page of this site only."""


def issue_credential(*, attempt_id: UUID, subject: ra.Subject, client_id: str, profile_name: str) -> Credential:
    """Return the credential of this attempt: key made, certificate issued and recorded, each of them once.

    Repeat it after any error or death: it goes on where it stopped. Raises VaultUnavailable and what ``ca.issue``
    raises; NotFound when the attempt belongs to another subject or client.
    """
    row = planned(attempt_id, subject, client_id, profile_name)
    if row.status == Credential.Status.ACTIVE:
        return row
    public_key = vault.generate(row.key_id, cast(vault.KeyAlgorithm, row.key_algorithm), key_purpose(row))
    issued = ca.issue(
        attempt_id=attempt_id,
        profile_name=profile_name,
        subject=_named(row),
        public_key_der=public_key,
    )
    with transaction.atomic():
        changed = Credential.objects.filter(pk=row.pk, status=Credential.Status.PENDING).update(
            certificate=issued.certificate.public_bytes(Encoding.DER), status=Credential.Status.ACTIVE
        )
        if changed:
            data = {"serial": f"{issued.certificate.serial_number:x}", "profile": profile_name}
            if profile_name != EVIDENCE_PROFILE:
                holders.holder_of(subject)
            journal.write("credential:issued", Actor("client", client_id), _subjects(row), data)
    row.refresh_from_db()
    return row


def key_purpose(row: Credential) -> vault.Purpose:
    """Return what the key of a credential was made for: the vault uses it for nothing else."""
    return "seal" if row.profile_name in (SEAL_PROFILE, EVIDENCE_PROFILE) else "holder"


def _named(row: Credential) -> NaturalPerson | Unit:
    """Return whom the certificate of a credential names."""
    if row.profile_name == EVIDENCE_PROFILE:
        return evidence_subject()
    return seal_subject(row.subject) if row.profile_name == SEAL_PROFILE else certificate_subject(row.subject)


def evidence_subject() -> Unit:
    """Return the operator, as the seal of evidence files names it."""
    operator = Organisation(settings.OPERATOR_NAME, settings.OPERATOR_ID, settings.OPERATOR_ID[3:5])
    return Unit(f"{settings.OPERATOR_NAME} - Preuves", operator)


def seal_subject(person: ra.Subject) -> Unit:
    """Return the legal person for which ``person`` is responsible, as a seal names it (ETSI EN 319 412-3 §4.2.1)."""
    firm = Organisation(person.organisation_name, f"NTRFR-{person.organisation_siren}", "FR")
    return Unit(person.organisation_name, firm)


def certificate_subject(person: ra.Subject) -> NaturalPerson:
    """Return the holder's name as it goes into the certificate.

    The serialNumber attribute is our own identifier of the subject: two people of one name stay two (ETSI EN
    319 412-2 §4.2.4), and no national identifier is published.
    """
    firm = None
    if person.organisation_siren:
        firm = Organisation(person.organisation_name, f"NTRFR-{person.organisation_siren}", "FR")
    return NaturalPerson(
        given_name=person.given_name,
        surname=person.surname,
        email=person.email,
        serial_number=person.id.hex,
        country="FR",
        organisation=firm,
    )


def credential(credential_id: UUID) -> Credential:
    """Return a credential. Raises NotFound."""
    found = Credential.objects.select_related("subject").filter(pk=credential_id).first()
    if found is None:
        raise NotFound(kind="credential")
    return found


def credential_of(client_id: str, credential_id: UUID, *, pending: bool = False) -> Credential:
    """Return a credential of a holder whom ``client_id`` brought; one without certificate only where that is asked.

    Raises NotFound, also for foreign ones.
    """
    row = Credential.objects.select_related("subject").filter(pk=credential_id, client_id=client_id).first()
    if row is None or (row.status != Credential.Status.ACTIVE and not pending):
        raise NotFound(kind="credential")
    return row


def check_authorisable(row: Credential) -> None:
    """Let through a credential for which a holder may be asked: usable, or one of one occasion before it is made.

    Raises NotFound, CredentialUnusable.
    """
    if row.profile_name == EVIDENCE_PROFILE:  # nobody's: there is no holder to ask
        raise NotFound(kind="credential")
    if row.status == Credential.Status.ACTIVE:
        return check_usable(row)
    if row.profile_name != "one-shot" or row.key_destroyed_at is not None:
        raise NotFound(kind="credential")
    return None


def of_attempt(attempt_id: UUID) -> Credential | None:
    """Return the credential that was begun under an attempt, if any was."""
    return Credential.objects.select_related("subject").filter(attempt_id=attempt_id).first()


def credentials_of(client_id: str, subject_id: UUID) -> list[Credential]:
    """Return the issued credentials of a subject whom ``client_id`` brought, newest first; none for foreign ones."""
    rows = Credential.objects.filter(client_id=client_id, subject_id=subject_id, status=Credential.Status.ACTIVE)
    return list(rows.order_by("-created_at"))


def certificate_of(row: Credential) -> x509.Certificate:
    """Return the certificate. Raises CredentialUnusable before it is issued."""
    if row.certificate is None:
        raise CredentialUnusable(status="pending")
    return x509.load_der_x509_certificate(bytes(row.certificate))


def common_name_of(row: Credential) -> str:
    """Return the name in the certificate, or the one that will stand there, as people write it."""
    if row.certificate is None:
        return row.subject.full_name
    values = certificate_of(row).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(values[0].value) if values else ""


def view(row: Credential) -> CredentialView:
    """Return what the client program may know. Raises CredentialUnusable before the certificate is issued."""
    certificate = certificate_of(row)
    chain = tuple(ca.chain_of(certificate))
    return CredentialView(row.id, certificate, chain, certificate_status(row), row.key_algorithm, _factors(row))


def _factors(row: Credential) -> tuple[FactorName, ...]:
    if row.profile_name == EVIDENCE_PROFILE:
        return ("CLIENT",)
    holder = holders.holder_of(row.subject)
    found: list[FactorName] = ["OTP"] if holder.codes_allowed else []
    found += ["TOTP"] if holders.of(holder, "totp") else []
    found += ["MANDATE"] if row.profile_name == SEAL_PROFILE else []
    return tuple(found)


def certificate_status(row: Credential) -> CertificateStatus:
    """Return whether the certificate holds at this moment; the register has the last word."""
    if row.certificate is None:
        return "pending"
    certificate = certificate_of(row)
    if row.key_destroyed_at is not None:
        return "expired"
    known = register.status_of(certificate.serial_number)
    if known.state != "good":
        return "suspended" if known.is_on_hold else "revoked"
    now = timezone.now()
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        return "expired"
    return "valid"


def check_usable(row: Credential) -> None:
    """Let through a credential whose certificate holds now. Raises CredentialUnusable."""
    status = certificate_status(row)
    if status != "valid":
        raise CredentialUnusable(status=status)


def planned(attempt_id: UUID, subject: ra.Subject, client_id: str, profile_name: str) -> Credential:
    """Return the row of this attempt, made now or before. Raises NotFound when it is of somebody else."""
    defaults: Mapping[str, object] = {
        "subject": subject,
        "client_id": client_id,
        "profile_name": profile_name,
        "key_algorithm": vault.default_algorithm(),
        "created_at": timezone.now(),
    }
    row, _created = Credential.objects.get_or_create(attempt_id=attempt_id, defaults=defaults)
    if (row.subject_id, row.client_id, row.profile_name) != (subject.pk, client_id, profile_name):
        raise NotFound(kind="credential")
    return row


def _subjects(row: Credential) -> dict[str, str]:
    return {"credential": str(row.pk), "subject": str(row.subject_id)}
