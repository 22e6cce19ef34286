"""Chunks of a batch: claimed, prepared, signed in one call, timestamped at once, checked, stored; resumable anywhere.

A chunk is one worker's by a lease that he renews. What will be signed is stored before it is signed, under the number
of the chunk as attempt: whoever takes a chunk over asks for signatures of the same digests and gets the same values. An
item is recorded by one conditional UPDATE: it is sealed once, whoever comes second throws his result away.
"""

import base64
import logging
import struct
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography import x509
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.clock import SystemClock
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import DomainError
from paraphe.pdf import api as pdf
from paraphe.pdf.bulk.check import OutputBroken
from paraphe.pdf.bulk.steps import Step, Stepper
from paraphe.pki.errors import RevocationUnavailable, TimestampUnavailable
from paraphe.pki.keys import algorithm_of_certificate
from paraphe.pki.ports import SignatureAlgorithm
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.firms import api as firms
from paraphe.platform.sealing import proofs, releasing
from paraphe.platform.sealing.batches import note
from paraphe.platform.sealing.models import Batch, Chunk, Item
from paraphe.platform.sealing.queueing import enqueue
from paraphe.platform.signing import api as signing

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
#: After something that may pass (no answer, no room), and between two looks of one worker at chunks of others.
PAUSE = timedelta(seconds=10)
#: Timestamps that are asked for at once, and results that are stored in one transaction.
STAMPERS, STORED_AT_ONCE = 8, 10
PASSING = (
    signing.TrustUnavailable, TimestampUnavailable, RevocationUnavailable, files.StorageFull, files.StorageFailed
)  # fmt: skip
LASTING = (
    pdf.PdfRefused, pdf.SignatureMismatch, pdf.StateBroken, pdf.LevelNotReached, pdf.RenderFailed, OutputBroken,
    documents.TextMissing, files.FileBroken, files.FileUnknown,
)  # fmt: skip
State = Chunk.State
RUNNING = (Batch.State.SEALING, Batch.State.CLOSING)


class Lost(DomainError):
    """The lease lapsed and another worker has the chunk."""

    code = "lost"


class RightWithdrawn(DomainError):
    """The mandate of the platform under which the batch was released was withdrawn."""

    code = "right_withdrawn"


@dataclass(frozen=True)
class Work:
    """One document of a chunk: the item, None for the manifest, its bytes, and its step once it is prepared."""

    item: int | None
    data: bytes
    step: Step | None = None


@dataclass
class Hold:
    """A chunk that this worker holds."""

    chunk: Chunk
    claim: uuid.UUID
    renewed: datetime

    def keep(self) -> None:
        """Renew the lease where it is time to. Raises Lost."""
        now = timezone.now()
        if now - self.renewed < LEASE / 4:
            return
        mine = Chunk.objects.filter(pk=self.chunk.pk, claim=self.claim).exclude(state=State.DONE)
        if not mine.update(leased_until=now + LEASE):
            raise Lost()
        self.renewed = now

    def move(self, state: str, **values: object) -> None:
        """Write how far the chunk came. Raises Lost."""
        rows = Chunk.objects.filter(pk=self.chunk.pk, claim=self.claim, state=self.chunk.state)
        if not rows.update(state=state, leased_until=timezone.now() + LEASE, **values):
            raise Lost()
        self.chunk.refresh_from_db()


def work(batch_id: uuid.UUID) -> timedelta | None:
    """Seal one chunk of a batch, and return when to look for the next one; None when there is nothing to do.

    Raises nothing that is the matter of a document or may pass: the batch says what keeps it.
    """
    batch = Batch.objects.select_related("firm", "seal").filter(pk=batch_id, state__in=RUNNING).first()
    if batch is None or batch.seal is None:
        return None
    hold = _claimed(batch)
    if hold is None:
        waiting = Chunk.objects.filter(batch=batch).exclude(state=State.DONE).exists()
        return PAUSE if waiting else None
    try:
        _check_right(hold.chunk)
        _seal(batch, hold)
    except Lost:
        return timedelta(0)
    except PASSING as error:
        _let_go(hold, PAUSE)
        Batch.objects.filter(pk=batch.pk).update(problem=error.code[:40], moved_at=timezone.now())
        return PAUSE
    except (signing.TrustRefused, signing.NoCredential, RightWithdrawn) as error:
        _let_go(hold, timedelta(0))
        _stop(batch, hold.chunk, error)
        return None
    return timedelta(0)


def _claimed(batch: Batch) -> Hold | None:
    """Return a chunk that nobody holds, now held; None where there is none."""
    now, claim = timezone.now(), uuid.uuid4()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    open_ones = Chunk.objects.filter(free, batch=batch).exclude(state=State.DONE)
    if batch.state == Batch.State.CLOSING:
        open_ones = open_ones.filter(manifest=True)
    for _try in range(5):
        # The first few: workers who look at the same moment take different ones.
        for number in list(open_ones.order_by("pk").values_list("pk", flat=True)[:8]):
            taken = Chunk.objects.filter(free, pk=number).exclude(state=State.DONE)
            if taken.update(claim=claim, leased_until=now + LEASE):
                chunk = Chunk.objects.select_related("release").get(pk=number)
                return Hold(chunk, claim, now)
        if not open_ones.exists():
            return None
    return None


def _check_right(chunk: Chunk) -> None:
    """Stop a chunk whose releaser's mandate was withdrawn; what is signed is finished. Raises RightWithdrawn."""
    by = chunk.release.grant
    if by is None or chunk.state == State.SIGNED:
        return
    if not accounts.Grant.objects.filter(mandate=by, right="seal", ended_at=None).exists():
        raise RightWithdrawn()


def _seal(batch: Batch, hold: Hold) -> None:
    """Take a chunk from where it is to its end."""
    stepper = _stepper(batch)
    documents_ = _sources(batch, hold.chunk)
    if hold.chunk.state == State.OPEN:
        documents_ = _prepare(batch, hold, stepper, documents_)
    else:
        documents_ = _kept(hold.chunk, documents_)
    if hold.chunk.state == State.PREPARED:
        _sign(batch, hold)
    _finish(batch, hold, stepper, documents_)


def _stepper(batch: Batch) -> Stepper:
    """Return what prepares and finishes by the seal of the batch, with what proves it fetched once for all."""
    assert batch.seal is not None  # noqa: S101 - looked at before
    client = signing.trust()
    credential = signing.credential(client, batch.seal.credential_id)
    signer = _Certificate(credential)
    found = Stepper(
        signer,
        batch.level,  # type: ignore[arg-type] # one of the choices
        settings_of(batch),
        signing.HttpTimestampSource(client),
        proofs.Shared(batch, signing.HttpRevocationSource(client)),
        signing.trusted_roots(),
        SystemClock(),
    )
    found.begin()
    return found


def settings_of(batch: Batch) -> pdf.SignatureSettings:
    """Return what the seal says and shows, without its place."""
    firm = batch.firm
    options = firms.options(firm)
    logo = firms.logo(firm) if batch.visible and options.has_logo else None
    return pdf.SignatureSettings(
        kind="seal",
        signer_name=batch.seal.common_name if batch.seal else firm.name,
        firm=firm.name,
        role=options.seal_text if batch.visible else "",
        reason=batch.reason,
        logo=logo,
        language=batch.language,
        certify=batch.certify,  # type: ignore[arg-type] # one of the choices
        signed_at=timezone.localtime(),
    )


@dataclass(frozen=True)
class _Certificate:
    """The certificate of a seal where a signer is wanted: it prepares; signatures are asked for many at once."""

    credential: signing.RemoteCredential

    @property
    def certificate(self) -> x509.Certificate:
        """Return the certificate of the seal."""
        return self.credential.certificate

    @property
    def chain(self) -> Sequence[x509.Certificate]:
        """Return its issuers."""
        return self.credential.chain

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """Return the algorithm of its signatures."""
        return algorithm_of_certificate(self.credential.certificate)

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Sign nothing: the chunk is signed in one call, under its attempt. Raises TypeError."""
        raise TypeError(len(digests))


def _sources(batch: Batch, chunk: Chunk) -> list[Work]:
    """Return what the chunk still has to seal; an item that cannot be read fails by itself."""
    if chunk.manifest:
        return [Work(None, files.read(batch.manifest_pdf))] if batch.manifest_pdf else []
    found = []
    for item in chunk.items.filter(state=Item.State.READY).order_by("pk"):
        try:
            found.append(Work(item.pk, files.read(item.file or uuid.UUID(int=0))))
        except (files.FileBroken, files.FileUnknown) as error:
            _failed(batch, item.pk, error)
    return found


def _prepare(batch: Batch, hold: Hold, stepper: Stepper, sources: Sequence[Work]) -> list[Work]:
    """Prepare every document and keep what will be signed; one that cannot be costs itself."""
    at, prepared = timezone.now(), []
    for one in sources:
        try:
            settings = _placed(batch, one) if batch.visible else None
            prepared.append(replace(one, step=stepper.prepare(one.data, at, settings)))
        except LASTING as error:
            _failed(batch, one.item, error)
        hold.keep()
    with transaction.atomic():
        stored = files.store(_packed(prepared), purpose="sealing.prepared")
        hold.move(State.PREPARED, prepared_file=stored.id)
    return prepared


def _placed(batch: Batch, one: Work) -> pdf.SignatureSettings:
    """Return the settings of one document whose seal is seen, at the place that the rule gives it."""
    settings = settings_of(batch)
    if one.item is None:
        return replace(settings, certify=None)
    pages = tuple((page.width_pt, page.height_pt) for page in pdf.inspect(one.data).pages)
    rule = documents.Rule(batch.place, batch.place_text)  # type: ignore[arg-type] # one of the choices
    box, field_name = documents.placed(rule, pages, one.data)
    return replace(settings, box=box, field_name=field_name)


def _sign(batch: Batch, hold: Hold) -> None:
    """Have everything signed in one call. Raises TrustUnavailable, TrustRefused; asked again it is the same."""
    assert batch.seal is not None  # noqa: S101 - looked at before
    chunk, client = hold.chunk, signing.trust()
    digests = [step.digest_to_sign for _item, step in _unpacked(chunk)]
    if not digests:
        hold.move(State.SIGNED)
        return
    if not chunk.activation:
        activation = signing.activation_by_mandate(
            client,
            credential_id=batch.seal.credential_id,
            digests=digests,
            mandate=chunk.release.token or "",
            attempt_id=str(chunk.attempt),
        )
        # Kept before it is used: with it the values are told again, whoever asks.
        hold.move(State.PREPARED, activation=activation)
    try:
        values = signing.sign_hash(
            client,
            credential_id=batch.seal.credential_id,
            sign_algorithm=signing.credential(client, batch.seal.credential_id).sign_algorithm_oid,
            activation=hold.chunk.activation or "",
            digests=digests,
            attempt_id=str(chunk.attempt),
        )
    except signing.TrustRefused as error:
        if error.params.get("error") in ("invalid_token", "invalid_request"):
            # The activation lapsed before it was used: the next try asks for another, counted once.
            hold.move(State.PREPARED, activation=None)
            raise signing.TrustUnavailable(reason="activation lapsed") from error
        raise
    hold.move(State.SIGNED, values=[base64.b64encode(value).decode() for value in values], activation=None)


def _finish(batch: Batch, hold: Hold, stepper: Stepper, sources: Sequence[Work]) -> None:
    """Finish what is signed, several at once, and record it as it comes. Raises what may pass, after the rest."""
    values = [base64.b64decode(value) for value in hold.chunk.values]
    by_item = {item: value for (item, _step), value in zip(_unpacked(hold.chunk), values, strict=True)}
    waiting = [one for one in sources if one.step is not None and one.item in by_item]
    passing: DomainError | None = None
    with ThreadPoolExecutor(STAMPERS) as pool:
        futures = {pool.submit(_completed, stepper, one, by_item[one.item]): one for one in waiting}
        done: list[tuple[Work, bytes]] = []
        for future in as_completed(futures):
            one = futures[future]
            try:
                done.append((one, future.result()))
            except PASSING as error:
                passing = error
            except LASTING as error:
                _failed(batch, one.item, error)
            if len(done) == STORED_AT_ONCE:
                _record(batch, done)
                done = []
                hold.keep()
        _record(batch, done)
    if passing is not None:
        raise passing
    _end(batch, hold)


def _completed(stepper: Stepper, one: Work, value: bytes) -> bytes:
    assert one.step is not None  # noqa: S101 - chosen by that
    return one.data + stepper.complete(one.data, one.step, value)


def _record(batch: Batch, done: Sequence[tuple[Work, bytes]]) -> None:
    """Keep results, each once, with the counters of the batch in the same transaction."""
    if not done:
        return
    now, sealed = timezone.now(), 0
    with transaction.atomic():
        for one, data in done:
            stored = files.store(data, purpose="sealing.result")
            if one.item is None:
                if not _take_manifest(batch, stored):
                    files.destroy(stored.id)
                continue
            rows = Item.objects.filter(pk=one.item, state=Item.State.READY)
            if not rows.update(
                state=Item.State.SEALED, result=stored.id, result_sha256=stored.sha256, result_size=stored.size,
                sealed_at=now, code="",
            ):  # fmt: skip
                files.destroy(stored.id)
                continue
            # The source is the beginning of the result, to the byte: it need not be kept twice.
            source = Item.objects.values_list("file", flat=True).get(pk=one.item)
            if source is not None:
                files.destroy(source)
            Item.objects.filter(pk=one.item).update(file=None)
            sealed += 1
        Batch.objects.filter(pk=batch.pk).update(sealed=F("sealed") + sealed, moved_at=now, problem=_problem(batch))


def _problem(batch: Batch) -> str:
    """Return what is still to be said of a batch that moves: only that it was cancelled."""
    return "cancelled" if batch.problem == "cancelled" else ""


def _take_manifest(batch: Batch, stored: files.FileRef) -> bool:
    before = batch.manifest_pdf
    rows = Batch.objects.filter(pk=batch.pk, manifest_sealed=False)
    if not rows.update(manifest_pdf=stored.id, manifest_sealed=True):
        return False
    if before is not None:
        files.destroy(before)
    return True


def _failed(batch: Batch, item: int | None, error: DomainError) -> None:
    if item is None:
        return
    with transaction.atomic():
        if Item.objects.filter(pk=item, state=Item.State.READY).update(state=Item.State.FAILED, code=error.code[:64]):
            Batch.objects.filter(pk=batch.pk).update(failed=F("failed") + 1, moved_at=timezone.now())


def _end(batch: Batch, hold: Hold) -> None:
    """Write that the chunk is done; whoever ends the last one has the batch closed."""
    chunk = hold.chunk
    results = list(chunk.items.filter(state=Item.State.SEALED).order_by("pk").values_list("result_sha256", flat=True))
    with transaction.atomic():
        prepared = chunk.prepared_file
        hold.move(State.DONE, prepared_file=None, activation=None, values=[], claim=None)
        if prepared is not None:
            files.destroy(prepared)
        if chunk.manifest:
            enqueue("close_batch", batch.pk)
        else:
            note(batch, SYSTEM, "batch:part-sealed", count=len(results), sha256=sha256_hex("".join(results).encode()))
    if not chunk.manifest:
        close_when_done(batch.pk)


def close_when_done(batch_id: uuid.UUID) -> None:
    """Have a batch closed once no item of it waits. Again changes nothing."""
    if Item.objects.filter(batch_id=batch_id, state=Item.State.READY).exists():
        return
    with transaction.atomic():
        rows = Batch.objects.filter(pk=batch_id, state__in=[Batch.State.SEALING, Batch.State.PAUSED])
        if rows.update(state=Batch.State.CLOSING, problem="", moved_at=timezone.now()):
            enqueue("close_batch", batch_id)


def _let_go(hold: Hold, pause: timedelta) -> None:
    rows = Chunk.objects.filter(pk=hold.chunk.pk, claim=hold.claim).exclude(state=State.DONE)
    rows.update(claim=None, leased_until=timezone.now() + pause)


def _stop(batch: Batch, chunk: Chunk, error: DomainError) -> None:
    """Pause a batch whose release the trust site does not accept any more; a manifest stays unsealed then."""
    if chunk.manifest:
        with transaction.atomic():
            Chunk.objects.filter(pk=chunk.pk).update(state=State.DONE)
            enqueue("close_batch", batch.pk)
        return
    logger.warning("Batch %s is paused: %s", batch.pk, error.params.get("error", error.code))
    releasing.stop(chunk.release, "right_withdrawn" if isinstance(error, RightWithdrawn) else "release_refused")


_HEAD = struct.Struct(">qII")


def _packed(prepared: Sequence[Work]) -> bytes:
    """Return the steps of a chunk as bytes: number of the item (-1 for the manifest), digest, state, one by one."""
    parts = []
    for one in prepared:
        assert one.step is not None  # noqa: S101 - prepared a moment ago
        number = -1 if one.item is None else one.item
        parts.append(_HEAD.pack(number, len(one.step.digest_to_sign), len(one.step.state)))
        parts += [one.step.digest_to_sign, one.step.state]
    return b"".join(parts)


def _unpacked(chunk: Chunk) -> list[tuple[int | None, Step]]:
    """Return the steps that were kept for a chunk, in the order in which they were signed."""
    data = files.read(chunk.prepared_file) if chunk.prepared_file else b""
    found: list[tuple[int | None, Step]] = []
    at = 0
    while at < len(data):
        number, digest, state = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        step = Step(data[at : at + digest], data[at + digest : at + digest + state])
        found.append((None if number < 0 else number, step))
        at += digest + state
    return found


def _kept(chunk: Chunk, sources: Sequence[Work]) -> list[Work]:
    steps = dict(_unpacked(chunk))
    return [replace(one, step=steps.get(one.item)) for one in sources]
