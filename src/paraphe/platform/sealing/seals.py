"""The seal of a firm: asked for by its accountant, signed at the trust site, remembered, renewed, revoked."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from paraphe.floor.messaging import api as messaging
from paraphe.floor.secrets import keyed_hash, same
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.evidence import api as evidence
from paraphe.platform.sealing import provider
from paraphe.platform.sealing.errors import MayNot, NoSeal, ReturnMismatch, SealAsked
from paraphe.platform.sealing.models import Seal
from paraphe.platform.signing import api as signing

RETURN_PURPOSE = "sealing.return"
REMINDERS = (90, 30, 7)
#: A request that nobody signed is dropped when the trust site has dropped its deed.
DROPPED_AFTER = timedelta(days=8)
State = Seal.State


@dataclass(frozen=True)
class SealView:
    """A seal as pages show it; ``days_left`` until its certificate ends, ``ends_soon`` when it can be renewed."""

    id: uuid.UUID
    state: str
    common_name: str
    organisation_id: str
    serial: str
    asked_by: str
    asked_at: datetime
    issued_at: datetime | None
    not_before: datetime | None
    not_after: datetime | None
    ended_at: datetime | None
    days_left: int | None

    @property
    def ends_soon(self) -> bool:
        """Tell whether the time to renew has come."""
        return self.days_left is not None and self.days_left <= REMINDERS[0]


def expect_accountant(person: accounts.Person, firm: accounts.Firm) -> None:
    """Let only an accountant of ``firm`` who is on the roll go on. Raises MayNot."""
    if firm.pk not in {one.pk for one in accounts.own_firms(person)}:
        raise MayNot(right="accountant")


def ask(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, state: str) -> str:
    """Return the address at which ``person`` signs the request for the seal of ``firm``; again, another address.

    Where the firm has a seal that ends soon, the new one replaces it. ``state`` comes back with the browser. Raises
    MayNot, SealAsked, NoCredential, TrustUnavailable, TrustRefused.
    """
    expect_accountant(person, firm)
    present = in_force(firm)
    if present is not None and not view(present).ends_soon:
        raise SealAsked()
    responsible = signing.holder_of(person.pk).credential_id
    row = Seal.objects.filter(firm=firm, asked_by=person, state=State.ASKED).first()
    new = row is None
    row = row or Seal(firm=firm, asked_by=person, asked_at=timezone.now())
    asked = provider.ask_seal(
        reference=f"seal:{row.pk}", responsible=responsible, state=state, name=firm.name, siren=firm.siren
    )
    row.deed_id, row.state_hash = asked.id, keyed_hash(state, RETURN_PURPOSE)
    with transaction.atomic():
        row.save()
        if new:
            note(row, actor, "seal:asked", deed=asked.id)
    return asked.url


def returned(*, person: accounts.Person, request: str, state: str) -> Seal:
    """Take the browser back from the deed, and read what became of it. Raises ReturnMismatch, TrustUnavailable."""
    row = Seal.objects.filter(deed_id=request, asked_by=person).first() if request else None
    if row is None or not row.state_hash or not same(row.state_hash, keyed_hash(state, RETURN_PURPOSE)):
        raise ReturnMismatch()
    refresh(row)
    row.refresh_from_db()
    return row


def refresh(row: Seal) -> None:
    """Read at the trust site how far a request is, and remember the certificate once it is issued."""
    if row.state != State.ASKED or not row.deed_id:
        return
    found = provider.deed_state(row.deed_id)
    if found.status != "done" or not found.seal_id:
        return
    certificate = signing.credential(signing.trust(), found.seal_id).certificate
    now = timezone.now()
    try:
        with transaction.atomic():
            before = Seal.objects.filter(firm_id=row.firm_id, state=State.ISSUED)
            before.update(state=State.REPLACED, ended_at=now)
            rows = Seal.objects.filter(pk=row.pk, state=State.ASKED)
            if not rows.update(
                state=State.ISSUED,
                issued_at=now,
                state_hash="",
                credential_id=found.seal_id,
                subject_id=found.subject_id,
                certificate=certificate.public_bytes(Encoding.DER),
                common_name=_part(certificate, NameOID.COMMON_NAME),
                organisation_id=_part(certificate, NameOID.ORGANIZATION_IDENTIFIER),
                not_before=certificate.not_valid_before_utc,
                not_after=certificate.not_valid_after_utc,
            ):
                return
            note(row, SYSTEM, "seal:issued", serial=f"{certificate.serial_number:x}", credential=found.seal_id)
    except IntegrityError:  # another tab read the same answer at this moment
        return


def revoke(*, actor: Actor, person: accounts.Person, firm: accounts.Firm) -> None:
    """Have the seal of ``firm`` revoked, for ever; what was sealed before stays valid. Raises MayNot, NoSeal."""
    expect_accountant(person, firm)
    row = in_force(firm)
    if row is None:
        raise NoSeal()
    provider.revoke_seal(row.credential_id, str(row.pk))
    with transaction.atomic():
        if Seal.objects.filter(pk=row.pk, state=State.ISSUED).update(state=State.REVOKED, ended_at=timezone.now()):
            note(row, actor, "seal:revoked")


def in_force(firm: accounts.Firm) -> Seal | None:
    """Return the seal of ``firm`` that can be used now, None where there is none."""
    return Seal.objects.filter(firm=firm, state=State.ISSUED, not_after__gt=timezone.now()).first()


def seals_of(person: accounts.Person, firm: accounts.Firm) -> Sequence[SealView]:
    """Return the seals of ``firm`` and requests for one, newest first, to whom has a right there. Raises NotFound."""
    if not accounts.rights(person, firm):
        raise NotFound(kind="seal")
    rows = Seal.objects.filter(firm=firm).exclude(state=State.DROPPED).select_related("asked_by").order_by("-asked_at")
    return [view(one) for one in rows[:20]]


def view(row: Seal) -> SealView:
    """Return a seal as it is shown."""
    certificate = x509.load_der_x509_certificate(bytes(row.certificate)) if row.certificate else None
    left = (row.not_after - timezone.now()).days if row.not_after and row.state == State.ISSUED else None
    return SealView(
        id=row.pk,
        state=row.state,
        common_name=row.common_name,
        organisation_id=row.organisation_id,
        serial=f"{certificate.serial_number:x}" if certificate else "",
        asked_by=row.asked_by.full_name,
        asked_at=row.asked_at,
        issued_at=row.issued_at,
        not_before=row.not_before,
        not_after=row.not_after,
        ended_at=row.ended_at,
        days_left=left,
    )


def sweep() -> None:
    """Read the requests that no browser came back for, drop the old ones, remind of the end of certificates."""
    now = timezone.now()
    for row in Seal.objects.filter(state=State.ASKED):
        try:
            refresh(row)
        except DomainError:
            continue
        if row.asked_at < now - DROPPED_AFTER:
            Seal.objects.filter(pk=row.pk, state=State.ASKED).update(state=State.DROPPED, ended_at=now)
    soon = Seal.objects.filter(state=State.ISSUED, not_after__lt=now + timedelta(days=REMINDERS[0]))
    for row in soon.select_related("firm"):
        _remind(row, now)


def note(row: Seal, actor: Actor, tag: str, **data: object) -> None:
    """Write an event about a seal."""
    evidence.record(tag, actor=actor, subjects={"seal": str(row.pk), "firm": str(row.firm_id)}, data=dict(data))


def _remind(row: Seal, now: datetime) -> None:
    assert row.not_after is not None  # noqa: S101 - those in force have an end
    due = [days for days in REMINDERS if row.not_after <= now + timedelta(days=days)]
    if not due or (row.reminded is not None and row.reminded <= due[-1]):
        return
    with transaction.atomic():
        rows = Seal.objects.filter(pk=row.pk, reminded=row.reminded)
        if not rows.update(reminded=due[-1]):
            return
        for member in accounts.people_of(row.firm):
            if row.firm_id in {one.pk for one in accounts.own_firms(member.person)}:
                _write_reminder(row, member.person)


def _write_reminder(row: Seal, person: accounts.Person) -> None:
    try:
        with translation.override(settings.LANGUAGE_CODE):
            messaging.send_template(
                to=person.email,
                template="platform_sealing/mail/seal_ends",
                context={
                    "person": person,
                    "firm": row.firm,
                    "until": row.not_after,
                    "address": f"{settings.SITE_URL}/cachets/cachet/",
                },
                key=f"seal-ends:{row.pk}:{row.reminded}:{person.pk}",
                language=settings.LANGUAGE_CODE,
            )
    except messaging.AddressRefused:
        # One bad address must not keep the others from knowing.
        return


def _part(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value)[:200] if found else ""
