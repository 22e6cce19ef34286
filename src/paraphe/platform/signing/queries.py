"""What can be read of signing requests."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from django.conf import settings

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
    person_id: int
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

    @property
    def open(self) -> bool:
        """Tell whether something can still come of it."""
        return self.state in ("prepared", "pushed", "authorised", "signed")


def outcome(request_id: uuid.UUID, *, person_id: int | None = None) -> Outcome:
    """Return how far request ``request_id`` came, of ``person_id`` where one asks. Raises NotFound."""
    mine = SigningRequest.objects.all() if person_id is None else SigningRequest.objects.filter(person_id=person_id)
    try:
        return _outcome(mine.get(pk=request_id))
    except SigningRequest.DoesNotExist:
        raise NotFound(kind="signing request") from None


def busy(*, purpose: str, reference: str) -> bool:
    """Tell whether an authorised signature of this thing is being made at this moment."""
    return SigningRequest.objects.filter(
        purpose=purpose, items__reference=reference, state__in=["authorised", "signed"]
    ).exists()


def completed_since(moment: datetime, purpose: str) -> Sequence[Outcome]:
    """Return the ended requests of ``purpose`` that changed since ``moment``: rooms above read results here."""
    ended = SigningRequest.objects.filter(
        purpose=purpose, state__in=["completed", "refused", "failed"], changed_at__gte=moment
    )
    return [_outcome(request) for request in ended.prefetch_related("items").order_by("changed_at")]


def trusted_roots() -> list[x509.Certificate]:
    """Return the root certificates under which this platform accepts signatures."""
    return x509.load_pem_x509_certificates(settings.TRUST_ROOT_FILE.read_bytes())


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
    )
