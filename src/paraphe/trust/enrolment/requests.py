"""Requests of client programs, and the links that lead people to them."""

from dataclasses import asdict, dataclass
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from paraphe.floor import secrets
from paraphe.kernel.actor import Actor
from paraphe.kernel.digests import canonical_json
from paraphe.kernel.errors import NotFound
from paraphe.kernel.ids import new_token
from paraphe.trust.enrolment import rules
from paraphe.trust.enrolment.errors import LinkExpired, ReferenceReused, RequestInvalid
from paraphe.trust.enrolment.models import Enrolment, EnrolmentLink, LinkKind
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra

_LINK_PURPOSE = "enrolment.link"


@dataclass(frozen=True)
class Request:
    """What a client program asks. ``reference`` is its own name of the request; ``state`` comes back untouched."""

    reference: str
    subject: ra.SubjectData
    return_uri: str
    state: str


def start(client_id: str, request: Request) -> Enrolment:
    """Return the enrolment of ``client_id`` for ``request``, made now or by an earlier identical request.

    ``return_uri`` must have been checked against those of the client. Raises RequestInvalid, ReferenceReused.
    """
    if not 0 < len(request.reference) <= 120:
        raise RequestInvalid(field="reference")
    if len(request.state) > 500 or len(request.return_uri) > 500:
        raise RequestInvalid(field="state" if len(request.state) > 500 else "return_uri")
    rules.checked_subject(request.subject)
    fingerprint = _fingerprint(request)
    known = Enrolment.objects.filter(client_id=client_id, reference=request.reference).first()
    if known is None:
        try:
            return _create(client_id, request, fingerprint)
        except IntegrityError:  # the same request a moment earlier, on another thread
            known = Enrolment.objects.get(client_id=client_id, reference=request.reference)
    if not secrets.same(known.fingerprint, fingerprint):
        raise ReferenceReused
    if known.client_state != request.state:
        # The client lost our first answer and asks again: it will compare with the state that it remembers now.
        known.client_state = request.state
        known.save(update_fields=["client_state"])
    return known


@transaction.atomic
def _create(client_id: str, request: Request, fingerprint: str) -> Enrolment:
    now = timezone.now()
    enrolment = Enrolment.objects.create(
        client_id=client_id,
        reference=request.reference,
        fingerprint=fingerprint,
        subject=ra.create_subject(client_id, request.subject),
        return_uri=request.return_uri,
        client_state=request.state,
        created_at=now,
        changed_at=now,
        expires_at=now + rules.LIFETIME,
    )
    actor = Actor(kind="client", id=client_id)
    journal.write("enrolment:requested", actor, ids(enrolment), {"reference": request.reference})
    return enrolment


def _fingerprint(request: Request) -> str:
    """Return a keyed digest: the data has a telephone number in it, and those can be guessed."""
    subject = asdict(request.subject)
    born = subject.pop("birth_date")
    used = subject.pop("usage_name")
    # Requests from before these two could be said have the fingerprint that they had.
    subject |= {
        name: value for name, value in (("birth_date", born and born.isoformat()), ("usage_name", used)) if value
    }
    everything = canonical_json({"subject": subject, "return_uri": request.return_uri})
    return secrets.keyed_hash(everything, "enrolment.request")


def of_client(client_id: str, enrolment_id: UUID) -> Enrolment:
    """Return an enrolment of ``client_id``. Raises NotFound for absent and foreign ones alike."""
    found = Enrolment.objects.select_related("subject").filter(client_id=client_id, id=enrolment_id).first()
    if found is None:
        raise NotFound
    return found


def new_link(enrolment: Enrolment, kind: LinkKind) -> str:
    """Return the address of a new link that opens ``enrolment`` once. Only the keyed hash of its token is kept."""
    token = new_token()
    lifetime = rules.BROWSER_LINK_LIFETIME if kind is LinkKind.BROWSER else rules.EMAIL_LINK_LIFETIME
    EnrolmentLink.objects.create(
        enrolment=enrolment,
        token_hash=secrets.keyed_hash(token, _LINK_PURPOSE),
        kind=kind,
        expires_at=timezone.now() + lifetime,
    )
    return f"{settings.SITE_URL}/enrolment/{enrolment.id}/enter/{token}/"


def peek_link(enrolment_id: UUID, token: str) -> tuple[LinkKind, str]:
    """Return the kind of a link that could be used now, and its reader's language, without using it.

    Raises LinkExpired.
    """
    link = _usable(enrolment_id, token).select_related("enrolment__subject").first()
    if link is None:
        raise LinkExpired
    return LinkKind(link.kind), link.enrolment.subject.language


def use_link(enrolment_id: UUID, token: str) -> Enrolment:
    """Use a link up and return the enrolment that it opens. Raises LinkExpired for used, old and foreign links."""
    if _usable(enrolment_id, token).update(used_at=timezone.now()) != 1:
        raise LinkExpired
    return Enrolment.objects.select_related("subject").get(id=enrolment_id)


def _usable(enrolment_id: UUID, token: str) -> QuerySet[EnrolmentLink]:
    return EnrolmentLink.objects.filter(
        enrolment_id=enrolment_id,
        token_hash=secrets.keyed_hash(token, _LINK_PURPOSE),
        used_at__isnull=True,
        expires_at__gt=timezone.now(),
    )


def ids(enrolment: Enrolment) -> dict[str, str]:
    """Return the ids under which the journal knows ``enrolment``."""
    return {"enrolment": str(enrolment.id), "subject": str(enrolment.subject_id)}


def holder(enrolment: Enrolment) -> Actor:
    """Return the person of ``enrolment`` as an actor."""
    return Actor(kind="person", id=str(enrolment.subject_id))
