"""What can be read of signing requests."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from paraphe.kernel.errors import NotFound
from paraphe.platform.signing.models import SigningRequest


@dataclass(frozen=True)
class ResultItem:
    """A signed document: position in the request, digest of what was given, sealed file of the result."""

    position: int
    label: str
    reference: str
    source_sha256: str
    file_id: uuid.UUID
    sha256: str
    size: int


@dataclass(frozen=True)
class FailedItem:
    """A document of a request that could not be finished while others were; ``failure`` is a code."""

    position: int
    label: str
    reference: str
    failure: str


@dataclass(frozen=True)
class Outcome:
    """How far a request came.

    ``results`` and ``failures`` once it is ``completed``, ``failure`` when all of it is ``failed``; ``done`` of
    ``count`` documents are finished.
    """

    id: uuid.UUID
    person_id: int | None
    purpose: str
    reference: str
    state: str
    failure: str
    credential_id: str
    changed_at: datetime
    results: tuple[ResultItem, ...]
    failures: tuple[FailedItem, ...] = ()
    count: int = 1
    done: int = 0
    third_party: str = ""
    level: str = "advanced"
    """``simple`` for a certificate of one occasion, ``advanced`` for a personal one."""
    waits_for: str = ""
    """What kept an authorised request from being finished at the last try; a code."""

    @property
    def open(self) -> bool:
        """Tell whether something can still come of it."""
        return self.state in ("prepared", "pushed", "authorised", "signed")


def owned(person_id: int | None, third_party: str) -> QuerySet[SigningRequest]:
    """Return the requests of a person of the platform, or of a third party; of nobody there are none."""
    if third_party:
        return SigningRequest.objects.filter(third_party=third_party)
    if person_id is None:
        return SigningRequest.objects.none()
    return SigningRequest.objects.filter(person_id=person_id, third_party="")


def outcome(request_id: uuid.UUID, *, person_id: int | None = None, third_party: str = "") -> Outcome:
    """Return how far a request came, of ``person_id`` or ``third_party`` where one asks. Raises NotFound."""
    asked = third_party or person_id is not None
    mine = owned(person_id, third_party) if asked else SigningRequest.objects.all()
    try:
        return _outcome(mine.get(pk=request_id))
    except SigningRequest.DoesNotExist:
        raise NotFound(kind="signing request") from None


def busy(*, purpose: str, reference: str) -> bool:
    """Tell whether an authorised signature of this thing is being made at this moment."""
    return SigningRequest.objects.filter(
        purpose=purpose, items__reference=reference, state__in=["authorised", "signed"]
    ).exists()


def latest_for(*, purpose: str, reference: str, third_party: str) -> Outcome | None:
    """Return the newest request of ``third_party`` for this thing; None when he never began."""
    rows = SigningRequest.objects.filter(purpose=purpose, reference=reference, third_party=third_party)
    row = rows.prefetch_related("items").order_by("-created_at").first()
    return _outcome(row) if row is not None else None


def completed_since(moment: datetime, purpose: str, *, reference: str = "") -> Sequence[Outcome]:
    """Return the ended requests of ``purpose`` that changed since ``moment``: rooms above read results here.

    ``reference``: only those about this thing. What a room took (``take``) is not given again.
    """
    ended = SigningRequest.objects.filter(
        purpose=purpose, state__in=["completed", "refused", "failed"], changed_at__gte=moment, taken_at=None
    )
    if reference:
        ended = ended.filter(reference=reference)
    return [_outcome(request) for request in ended.prefetch_related("items").order_by("changed_at")]


def take(request_id: uuid.UUID) -> None:
    """Note that the room above has taken what came of a request; again changes nothing."""
    SigningRequest.objects.filter(pk=request_id, taken_at=None).update(taken_at=timezone.now())


def trusted_roots() -> list[x509.Certificate]:
    """Return the root certificates under which this platform accepts signatures."""
    files = [settings.TRUST_ROOT_FILE]
    if settings.ADVANCED_TRUST_URL:
        files.append(settings.ADVANCED_TRUST_ROOT_FILE)
    return [one for file in files for one in x509.load_pem_x509_certificates(file.read_bytes())]


def _outcome(request: SigningRequest) -> Outcome:
    items = list(request.items.all())
    completed = request.state == SigningRequest.State.COMPLETED
    results = tuple(
        ResultItem(
            item.position, item.label, item.reference, item.source_sha256, item.result_file, item.result_sha256,
            item.result_size,
        )
        for item in items
        if completed and item.result_file is not None
    )  # fmt: skip
    failures = tuple(
        FailedItem(item.position, item.label, item.reference, item.failure)
        for item in items
        if completed and item.failure
    )
    return Outcome(
        id=request.pk,
        person_id=request.person_id,
        purpose=request.purpose,
        reference=request.reference,
        state=request.state,
        failure=request.failure,
        credential_id=request.credential_id,
        changed_at=request.changed_at,
        results=results,
        failures=failures,
        count=len(items),
        done=sum(item.result_file is not None or bool(item.failure) for item in items),
        third_party=request.third_party,
        level="simple" if request.manner == SigningRequest.Manner.RANGE else "advanced",
        waits_for=request.waits_for,
    )
