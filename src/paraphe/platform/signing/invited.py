"""Personal certificates of people who were invited to sign: asked for once, used again for five years.

They are known by e-mail and mobile together; both were verified there before anything was issued. A request is for one
name: where the sender corrects it, another one is begun, and what an identity document said of the wrong name is over.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash, same
from paraphe.platform.signing import csc
from paraphe.platform.signing.errors import AuthorisationMismatch, NoCredential, TrustRefused, TrustUnavailable
from paraphe.platform.signing.holders import alike, folded
from paraphe.platform.signing.models import InvitedHolder
from paraphe.platform.signing.trust_client import text_of, trust
from paraphe.platform.signing.values import Signatory

CONTACT_PURPOSE = "signing.contact"
NAME_PURPOSE = "signing.name"
RETURN_PURPOSE = "signing.enrolment"
REFERENCE_PURPOSE = "signing.enrolment-reference"
STATE_PURPOSE = "signing.enrolment-state"
PROVIDER = "advanced"
#: Nothing came of it; ``over``: there was a certificate, which is revoked or expired.
ENDED: Final = ("refused", "expired", "over")
CLOSED: Final = (*ENDED, "issued")
#: Stands for the request where he brought a credential that nobody asked for here.
OF_HIS_OWN: Final = "own"
#: A request for a certificate of which nothing came is forgotten after this time.
FORGOTTEN_AFTER = timedelta(days=60)
KEPT_AFTER_END = timedelta(days=31)
#: Requests under way that are looked at in one go, those first that were not for the longest time.
FOLLOWED_AT_ONCE = 60


@dataclass(frozen=True)
class InvitedCertificate:
    """What the personal certificate of an invited person says of him, and until when."""

    given_name: str
    surname: str
    not_after: datetime

    def differs_from(self, signatory: Signatory) -> list[str]:
        """Return which of ``given_name`` and ``family_name`` are others than those entered."""
        pairs = (
            ("given_name", self.given_name, signatory.given_name),
            ("family_name", self.surname, signatory.surname),
        )
        return [name for name, has, entered in pairs if not alike(has, entered)]


@dataclass(frozen=True)
class EnrolmentStatus:
    """How far the request for a personal certificate is.

    ``status`` is that of the trust site (``started``, ``documents``, ``review``, ``agreement``, ``code``, ``issuing``,
    ``issued``, ``refused``, ``expired``); ``none`` before there is one under this name, ``over`` when the certificate
    is revoked or expired, ``elsewhere`` when the provider has none for him and issues none upon our request.

    ``reason`` has a ``code`` and sentences; ``fields`` of the name on the identity document are others than those
    entered. ``asked_by`` is the caller's number of whom it was begun for.
    """

    status: str
    reason: Mapping[str, str]
    fields: tuple[str, ...] = ()
    asked_by: str = ""
    since: datetime | None = None

    @property
    def ended(self) -> bool:
        """Tell whether nothing came of it."""
        return self.status in ENDED

    @property
    def other_name(self) -> bool:
        """Tell whether it stopped because the identity document bears another name than the one entered."""
        stopped = self.status in ("documents", "refused")
        return stopped and self.reason.get("code") in ("name_mismatch", "other_person")


def certificate_for(signatory: Signatory) -> InvitedCertificate | None:
    """Return the certificate of the person with this e-mail and mobile; None when he has none that is valid now."""
    row = _row(signatory)
    if row is None or not row.certificate or row.not_after is None or row.not_after <= timezone.now():
        return None
    subject = x509.load_der_x509_certificate(bytes(row.certificate)).subject
    given, family = (
        " ".join(str(one.value) for one in subject.get_attributes_for_oid(oid))
        for oid in (NameOID.GIVEN_NAME, NameOID.SURNAME)
    )
    return InvitedCertificate(given, family, row.not_after)


def offers_certificates() -> bool:
    """Tell whether the provider of advanced signatures issues certificates to invited people when we ask.

    One that speaks CSC alone signs for who has a credential there already.
    """
    return settings.ADVANCED_TRUST_ENROLMENT or not settings.ADVANCED_TRUST_URL


def subject_for(signatory: Signatory) -> str:
    """Return the identifier of this person at the provider; empty when he has none.

    A provider without enrolment knows its people by e-mail (``userID``, CSC v2 §11.4).
    """
    if not offers_certificates():
        return signatory.email
    row = _row(signatory)
    return row.subject_id if row is not None else ""


def issued_for(signatory: Signatory) -> bool:
    """Tell whether his certificate was issued upon the request that was begun for exactly this number of him."""
    row = _row(signatory)
    return row is not None and row.trust_status == "issued" and row.asked_by == signatory.key


def forget_certificate(signatory: Signatory, why: str) -> None:
    """Forget a certificate that the provider says is ``revoked`` or ``expired``: he may ask for another one."""
    row = _row(signatory)
    if row is not None and row.certificate:
        row.certificate, row.not_after, row.trust_status = b"", None, "over"
        row.trust_reason, row.changed_at = {"code": why}, timezone.now()
        row.save()


def identity_address(signatory: Signatory, *, return_path: str, take_over: bool = False) -> str:
    """Return the address at the trust site where this person shows his identity document, once.

    A request that is under way under the same name is gone on with; ``take_over`` makes it one for this number of him.
    Raises TrustUnavailable, TrustRefused.
    """
    if not offers_certificates():
        raise TrustRefused(error="no_enrolment", description="", status=404)
    client = trust(PROVIDER)
    token = client.token("enrolment")
    row = _row(signatory) or InvitedHolder(contact_hash=_contact(signatory))
    if row.trust_request and row.trust_status not in CLOSED and _same_name(row, signatory):
        answer = client.post_json(f"/enrolment/v1/requests/{row.trust_request}/link", {}, token=token)
        if take_over:
            InvitedHolder.objects.filter(pk=row.pk).update(asked_by=signatory.key)
        return text_of(answer, "url")
    # Both follow from what is asked: two tabs at once, or a process that dies in between, make one request.
    asked = f"{row.contact_hash} {_name(signatory)} {signatory.key} {signatory.locale} {row.trust_request}"
    state = keyed_hash(asked, STATE_PURPOSE)
    body = {
        "reference": keyed_hash(asked, REFERENCE_PURPOSE),
        "kind": "invited",
        "subject": {"given_name": signatory.given_name, "surname": signatory.surname, "email": signatory.email},
        "mobile": signatory.mobile,
        "return_uri": settings.SITE_URL + return_path,
        "state": state,
        "locale": signatory.locale,
    }
    answer = client.post_json("/enrolment/v1/requests", body, token=token)
    url, number, status = (text_of(answer, name) for name in ("url", "id", "status"))
    InvitedHolder.objects.update_or_create(
        contact_hash=row.contact_hash,
        defaults={
            "trust_request": number,
            "trust_status": status,
            "trust_reason": None,
            "return_state_hash": keyed_hash(state, RETURN_PURPOSE),
            "name_hash": _name(signatory),
            "asked_by": signatory.key,
            "changed_at": timezone.now(),
        },
    )
    return url


def check_return(signatory: Signatory, *, request: str, state: str) -> None:
    """Let the browser of this person come back from the trust site. Raises AuthorisationMismatch for a foreign one."""
    row = _row(signatory)
    if row is None or request != row.trust_request:
        raise AuthorisationMismatch()
    if not row.return_state_hash or not same(keyed_hash(state, RETURN_PURPOSE), row.return_state_hash):
        raise AuthorisationMismatch()


def identity_known(signatory: Signatory) -> EnrolmentStatus:
    """Return how far his certificate is as far as this platform knows, without asking."""
    row = _row(signatory)
    if row is None or not row.trust_request:
        return EnrolmentStatus("none", {})
    if row.trust_status == "issued":
        lapsed = row.not_after is None or row.not_after <= timezone.now()
        return _told(row, "over", {"code": "expired"}) if lapsed else _told(row, "issued", {})
    if row.trust_status != "over" and not _same_name(row, signatory):
        return EnrolmentStatus("none", {})
    return _told(row, row.trust_status, row.trust_reason if isinstance(row.trust_reason, dict) else {})


def identity_status(signatory: Signatory) -> EnrolmentStatus:
    """Read at the trust site how far his certificate is, and remember it when it is issued. Raises TrustUnavailable."""
    row = _row(signatory)
    if not offers_certificates():
        return _find_credential(signatory)
    if row is not None and row.trust_request and row.trust_status not in CLOSED:
        _ask(row)
    return identity_known(signatory)


def _find_credential(signatory: Signatory) -> EnrolmentStatus:
    """Look for a credential that he has at a provider without enrolment, and remember it."""
    try:
        found = csc.usable_credential(trust(PROVIDER), signatory.email)
    except NoCredential as error:
        return EnrolmentStatus("elsewhere", {"code": str(error.params["status"])})
    certificate = found.certificate
    InvitedHolder.objects.update_or_create(
        contact_hash=_contact(signatory),
        defaults={
            "trust_request": OF_HIS_OWN,
            "trust_status": "issued",
            "trust_reason": None,
            "asked_by": "",
            "certificate": certificate.public_bytes(Encoding.DER),
            "not_after": certificate.not_valid_after_utc,
            "changed_at": timezone.now(),
        },
    )
    return identity_known(signatory)


def follow_identities() -> int:
    """Read how far the requests under way are that nobody looks at; return how many were read."""
    rows = InvitedHolder.objects.exclude(trust_request="").exclude(trust_status__in=CLOSED)
    done = 0
    for row in rows.order_by(F("looked_at").asc(nulls_first=True), "pk")[:FOLLOWED_AT_ONCE]:
        with suppress(TrustRefused):
            _ask(row)
            done += 1
    return done


def forget_invited() -> int:
    """Forget who has no valid certificate any more, and requests of which nothing came; return how many."""
    now = timezone.now()
    ended, _ = InvitedHolder.objects.filter(not_after__lt=now - KEPT_AFTER_END).delete()
    never, _ = InvitedHolder.objects.filter(not_after=None, changed_at__lt=now - FORGOTTEN_AFTER).delete()
    return int(ended) + int(never)


def _told(row: InvitedHolder, status: str, reason: Mapping[str, object]) -> EnrolmentStatus:
    named = reason.get("fields")
    known = {"given_name": "given_name", "surname": "family_name"}
    fields = tuple(known[one] for one in named if one in known) if isinstance(named, list) else ()
    said = {key: value for key, value in reason.items() if isinstance(value, str)}
    return EnrolmentStatus(status, said, fields, row.asked_by, row.changed_at)


def _ask(row: InvitedHolder) -> None:
    client = trust(PROVIDER)
    # Before it is asked: a request that cannot be read must not keep the others from being looked at.
    InvitedHolder.objects.filter(pk=row.pk).update(looked_at=timezone.now())
    answer = client.get_json(f"/enrolment/v1/requests/{row.trust_request}", token=client.token("enrolment"))
    _take(row, answer)


def _take(row: InvitedHolder, answer: dict[str, object]) -> None:
    status = text_of(answer, "status")
    reason = answer.get("reason")
    said = reason if isinstance(reason, dict) else None
    if status == row.trust_status and said == row.trust_reason:
        return
    values: dict[str, object] = {"trust_status": status[:20], "trust_reason": said, "changed_at": timezone.now()}
    if status == "issued":
        try:
            certificate = x509.load_pem_x509_certificate(text_of(answer, "certificate").encode())
        except ValueError:
            raise TrustUnavailable(reason="certificate cannot be read") from None
        values |= {
            "subject_id": text_of(answer, "subject_id"),
            "certificate": certificate.public_bytes(Encoding.DER),
            "not_after": certificate.not_valid_after_utc,
        }
    # Only this request: another one may have been begun since it was asked.
    InvitedHolder.objects.filter(pk=row.pk, trust_request=row.trust_request).exclude(trust_status="over").update(
        **values
    )


def _row(signatory: Signatory) -> InvitedHolder | None:
    return InvitedHolder.objects.filter(contact_hash=_contact(signatory)).first()


def _contact(signatory: Signatory) -> str:
    return keyed_hash(f"{signatory.email.strip().lower()} {signatory.mobile}", CONTACT_PURPOSE)


def _name(signatory: Signatory) -> str:
    return keyed_hash(f"{folded(signatory.given_name)}\n{folded(signatory.surname)}", NAME_PURPOSE)


def _same_name(row: InvitedHolder, signatory: Signatory) -> bool:
    """Tell whether the request is for the name entered; one from before names were noted is for any."""
    return not row.name_hash or same(row.name_hash, _name(signatory))
