"""From an authorised request to finished documents, as far as possible each time; and the sweeper."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from cryptography import x509
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.jobs import api as jobs
from paraphe.floor.secrets import unseal_text
from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.errors import DomainError
from paraphe.pdf import api as pdf
from paraphe.pki.errors import TimestampUnavailable
from paraphe.pki.ports import RevocationSource, TimestampSource
from paraphe.platform.signing import csc
from paraphe.platform.signing.errors import SelfCheckFailed, TrustRefused
from paraphe.platform.signing.holders import names
from paraphe.platform.signing.models import SigningItem, SigningRequest
from paraphe.platform.signing.queries import Outcome, outcome, trusted_roots
from paraphe.platform.signing.records import (
    ACTIVATION_PURPOSE,
    OPEN_STATES,
    UNAUTHORISED,
    State,
    destroy_prepared,
    end_unauthorised,
    note,
    unpacked,
)
from paraphe.platform.signing.sources import HttpRevocationSource, HttpTimestampSource
from paraphe.platform.signing.trust_client import trust

# A request that nobody authorised within this time has ended: the documents may have changed, the person has left.
ABANDONED_AFTER = timedelta(hours=1)
# What the provider or the disk did not make possible within this time will not become possible. Until then the provider
# is asked: it alone knows whether the key was used, and refuses what the holder's activation no longer allows.
FINISHED_WITHIN = timedelta(days=1)
# Failures that asking again does not mend.
LASTING = (
    pdf.PdfRefused, pdf.SignatureMismatch, pdf.StateBroken, files.FileBroken, files.FileUnknown, SelfCheckFailed
)  # fmt: skip


def complete(request_id: uuid.UUID) -> Outcome:
    """Go on with an authorised request as far as possible; safe to call again at any time.

    The trust site gives the same values for the same request again, so a process that was killed between asking and
    storing asks once more and no key is used twice.
    """
    request = SigningRequest.objects.get(pk=request_id)
    try:
        if request.state == State.AUTHORISED:
            _sign(request)
        if request.state == State.SIGNED:
            _finish(request)
    except TrustRefused as error:
        _fail(request, _refusal(error))
    except LASTING as error:
        _fail(request, error.code)
    except DomainError as error:
        # No answer, no timestamp, no room: ``sweep`` asks again.
        SigningRequest.objects.filter(pk=request.pk).update(waits_for=_obstacle(error))
    return outcome(request_id)


def stop(request_id: uuid.UUID, *, failure: str) -> None:
    """End a request whose signature values have not been received: nothing is signed by it. Again changes nothing.

    Where the key was used at this very moment its values are thrown away.
    """
    request = SigningRequest.objects.filter(pk=request_id).first()
    if request is not None and request.state in (*UNAUTHORISED, State.AUTHORISED):
        _fail(request, failure, states=(*UNAUTHORISED, State.AUTHORISED))


def sweep() -> int:
    """Go on with what stopped in the middle and end what was abandoned; return how many requests were touched."""
    now = timezone.now()
    stopped = list(
        SigningRequest.objects.filter(
            state__in=(State.AUTHORISED, State.SIGNED), changed_at__lt=now - timedelta(seconds=30)
        )
    )
    left = list(SigningRequest.objects.filter(state__in=UNAUTHORISED, changed_at__lt=now - ABANDONED_AFTER))
    for request in left:
        end_unauthorised(request)
    touched = len(left) + len(stopped) + _forget_old(now)
    jobs.each(stopped, lambda request: _go_on(request, now))
    return touched


def _go_on(request: SigningRequest, now: datetime) -> None:
    result = complete(request.pk)
    if result.state in (State.AUTHORISED, State.SIGNED) and request.changed_at < now - FINISHED_WITHIN:
        _fail(request, "activation_expired" if result.state == State.AUTHORISED else "not_finished")


def _refusal(error: TrustRefused) -> str:
    """Return why the provider refuses, as a code of ours where it says that the holder's activation is over."""
    if error.params.get("description") == "SAD expired":  # CSC API v2 §11.10, §11.11
        return "activation_expired"
    return str(error.params.get("error", "refused"))


def _obstacle(error: DomainError) -> str:
    """Return the code of what an authorised request waits for."""
    said = str(error.params.get("description", ""))
    return TimestampUnavailable.code if "timestamp" in said.lower() else error.code[:64]


def _forget_old(now: datetime) -> int:
    """Delete requests that ended when documents of that day are deleted; what was signed belongs to other rooms."""
    ended = SigningRequest.objects.exclude(state__in=OPEN_STATES)
    limit = now - timedelta(days=settings.DOCUMENT_DAYS)
    deleted, _ = ended.filter(changed_at__lt=limit).delete()
    return int(deleted)


def _sign(request: SigningRequest) -> None:
    items = list(request.items.all())
    sign = csc.sign_ranges if request.manner == SigningRequest.Manner.RANGE else csc.sign_hash
    values = sign(
        trust(request.provider),
        credential_id=request.credential_id,
        sign_algorithm=request.sign_algorithm,
        activation=unseal_text(bytes(request.sealed_activation), ACTIVATION_PURPOSE),
        digests=[bytes(item.digest) for item in items],
        attempt_id=str(request.pk),
    )
    with transaction.atomic():
        if not SigningRequest.objects.filter(pk=request.pk, state=State.AUTHORISED).update(
            state=State.SIGNED, sealed_activation=b"", changed_at=timezone.now()
        ):
            return
        for item, value in zip(items, values, strict=True):
            item.signature = value
            item.save(update_fields=["signature"])
        note(request, SYSTEM, "signature:received")
    request.state = State.SIGNED


def _finish(request: SigningRequest) -> None:
    client = trust(request.provider)
    timestamps, revocation, roots = HttpTimestampSource(trust()), HttpRevocationSource(client), trusted_roots()
    anchors = tuple(pdf.Anchor(one) for one in roots)
    for item in request.items.filter(result_file=None, failure=""):
        try:
            result = _finished(request, item, timestamps, revocation, roots, anchors)
        except LASTING as error:
            SigningItem.objects.filter(pk=item.pk, result_file=None).update(failure=error.code[:64])
            continue
        with transaction.atomic():
            stored = files.store(result, purpose="document")
            if not SigningItem.objects.filter(pk=item.pk, result_file=None).update(
                result_file=stored.id, result_sha256=stored.sha256, result_size=stored.size
            ):
                files.destroy(stored.id)
    items = list(request.items.all())
    results = [item.result_sha256 for item in items if item.result_file is not None]
    failures = {item.position: item.failure for item in items if item.failure}
    if not results:
        _fail(request, next(iter(failures.values())))
        return
    with transaction.atomic():
        if not SigningRequest.objects.filter(pk=request.pk, state=State.SIGNED).update(
            state=State.COMPLETED, waits_for="", changed_at=timezone.now()
        ):
            return
        told = {"failures": {str(position): code for position, code in failures.items()}} if failures else {}
        note(request, SYSTEM, "signature:completed", results=results, **told)
    request.state = State.COMPLETED
    destroy_prepared(request)


def _finished(
    request: SigningRequest,
    item: SigningItem,
    timestamps: TimestampSource,
    revocation: RevocationSource,
    roots: list[x509.Certificate],
    anchors: tuple[pdf.Anchor, ...],
) -> bytes:
    """Return the signed document, after our own validation."""
    state, source = unpacked(files.read(item.prepared_file))
    if request.manner == SigningRequest.Manner.RANGE:
        signed = pdf.embed(source, pdf.PreparedRange.from_bytes(state), bytes(item.signature))
        if not names(signed.certificates[0], request.signer_name):
            raise SelfCheckFailed(label=item.label, reason="name")
    else:
        signed = pdf.finish(source, pdf.Prepared.from_bytes(state), bytes(item.signature), timestamps)
    result = pdf.augment(source, signed, revocation, roots).whole(source)
    judged = len(source) if item.judged else 0
    judging = pdf.ValidationSettings(anchors, timezone.now(), compare_pages=False, judged=judged)
    report = pdf.validate(result, judging)
    if not report.signatures[-1].ok or report.signatures[-1].level != "B-LT" or not _untouched(report):
        raise SelfCheckFailed(label=item.label)
    return result


def _untouched(report: pdf.Report) -> bool:
    """Tell whether every earlier signature still covers what it signed; its issuer need not be known here."""
    allowed = ("none", "permitted")
    return all(one.intact and one.modifications in allowed for one in report.signatures)


def _fail(request: SigningRequest, failure: str, states: Collection[str] = OPEN_STATES) -> None:
    with transaction.atomic():
        if not SigningRequest.objects.filter(pk=request.pk, state__in=states).update(
            state=State.FAILED, failure=failure[:64], sealed_activation=b"", changed_at=timezone.now()
        ):
            return
        note(request, SYSTEM, "signature:failed", failure=failure)
    request.state = State.FAILED
    destroy_prepared(request)
