"""Personal certificates of people who were invited to sign: asked for once, used again for five years.

They are known by e-mail and mobile together; both were verified there before anything was issued.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash, same
from paraphe.kernel.ids import new_id, new_token
from paraphe.platform.signing.errors import AuthorisationMismatch, TrustUnavailable
from paraphe.platform.signing.holders import folded
from paraphe.platform.signing.models import InvitedHolder
from paraphe.platform.signing.trust_client import text_of, trust
from paraphe.platform.signing.values import Signatory

CONTACT_PURPOSE = "signing.contact"
RETURN_PURPOSE = "signing.enrolment"
PROVIDER = "advanced"
ENDED = ("refused", "expired")
#: A request for a certificate of which nothing came is forgotten after this time.
FORGOTTEN_AFTER = timedelta(days=60)
KEPT_AFTER_END = timedelta(days=31)


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
        return [name for name, has, entered in pairs if folded(has) != folded(entered)]


@dataclass(frozen=True)
class EnrolmentStatus:
    """How far the request for a personal certificate is.

    ``status`` is that of the trust site, ``none`` before there is one, ``issued`` when he can sign.
    """

    status: str
    reason: Mapping[str, str]

    @property
    def ended(self) -> bool:
        """Tell whether nothing came of it."""
        return self.status in ENDED


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


def subject_for(signatory: Signatory) -> str:
    """Return the identifier of this person at the trust site; empty when he has none."""
    row = _row(signatory)
    return row.subject_id if row is not None else ""


def identity_address(signatory: Signatory, *, return_path: str) -> str:
    """Return the address at the trust site where this person shows his identity document, once.

    A request that is under way is gone on with. Raises TrustUnavailable, TrustRefused.
    """
    client = trust(PROVIDER)
    token = client.token("enrolment")
    row = _row(signatory) or InvitedHolder(contact_hash=_contact(signatory))
    if row.trust_request and row.trust_status not in (*ENDED, "issued"):
        answer = client.post_json(f"/enrolment/v1/requests/{row.trust_request}/link", {}, token=token)
        return text_of(answer, "url")
    state = new_token()
    body = {
        "reference": str(new_id()),
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


def identity_status(signatory: Signatory) -> EnrolmentStatus:
    """Read at the trust site how far his certificate is, and remember it when it is issued. Raises TrustUnavailable."""
    row = _row(signatory)
    if row is None or not row.trust_request:
        return EnrolmentStatus("none", {})
    if row.trust_status not in (*ENDED, "issued"):
        client = trust(PROVIDER)
        answer = client.get_json(f"/enrolment/v1/requests/{row.trust_request}", token=client.token("enrolment"))
        _take(row, answer)
    reason = row.trust_reason if isinstance(row.trust_reason, dict) else {}
    return EnrolmentStatus(row.trust_status, {str(key): str(value) for key, value in reason.items()})


def forget_invited() -> int:
    """Forget who has no valid certificate any more, and requests of which nothing came; return how many."""
    now = timezone.now()
    ended, _ = InvitedHolder.objects.filter(not_after__lt=now - KEPT_AFTER_END).delete()
    never, _ = InvitedHolder.objects.filter(not_after=None, changed_at__lt=now - FORGOTTEN_AFTER).delete()
    return int(ended) + int(never)


def _take(row: InvitedHolder, answer: dict[str, object]) -> None:
    status = text_of(answer, "status")
    if status == row.trust_status:
        return
    row.trust_status, row.changed_at = status[:20], timezone.now()
    if status == "issued":
        try:
            certificate = x509.load_pem_x509_certificate(text_of(answer, "certificate").encode())
        except ValueError:
            raise TrustUnavailable(reason="certificate cannot be read") from None
        row.subject_id = text_of(answer, "subject_id")
        row.certificate, row.not_after = certificate.public_bytes(Encoding.DER), certificate.not_valid_after_utc
    elif status in ENDED:
        reason = answer.get("reason")
        row.trust_reason = reason if isinstance(reason, dict) else None
    row.save()


def _row(signatory: Signatory) -> InvitedHolder | None:
    return InvitedHolder.objects.filter(contact_hash=_contact(signatory)).first()


def _contact(signatory: Signatory) -> str:
    return keyed_hash(f"{signatory.email.strip().lower()} {signatory.mobile}", CONTACT_PURPOSE)
