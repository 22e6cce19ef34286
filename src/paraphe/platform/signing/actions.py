"""The verbs of the signing room. Each key use stands between two short transactions, never inside one."""

import base64
import hashlib
import struct
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.secrets import keyed_hash, seal_text, unseal_text
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.clock import SystemClock
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.kernel.ids import new_id, new_token
from paraphe.pdf import api as pdf
from paraphe.pki.errors import RevocationUnavailable, SignatureInvalid, TimestampInvalid, TimestampUnavailable
from paraphe.pki.keys import algorithm_of_certificate
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import csc
from paraphe.platform.signing.errors import (
    AuthorisationMismatch,
    BeingSigned,
    SelfCheckFailed,
    TrustRefused,
    TrustUnavailable,
    WrongState,
)
from paraphe.platform.signing.holders import holder_of
from paraphe.platform.signing.models import SigningItem, SigningRequest
from paraphe.platform.signing.queries import Outcome, busy, outcome, trusted_roots
from paraphe.platform.signing.sources import HttpRevocationSource, HttpTimestampSource
from paraphe.platform.signing.trust_client import TrustClient, trust
from paraphe.platform.signing.values import ToSign

State = SigningRequest.State
OPEN_STATES = (State.PREPARED, State.PUSHED, State.AUTHORISED, State.SIGNED)
REDIRECT_PATH = "/signature/retour/"
# A request that nobody authorised within this time has ended: the documents may have changed, the person has left.
ABANDONED_AFTER = timedelta(hours=1)
# An activation lives minutes; after this time it certainly cannot be used any more.
ACTIVATION_GONE_AFTER = timedelta(minutes=15)
# What the provider or the disk did not make possible within this time will not become possible.
FINISHED_WITHIN = timedelta(days=1)
# Failures that asking again does not mend.
LASTING = (
    pdf.PdfRefused, pdf.SignatureMismatch, pdf.StateBroken, files.FileBroken, files.FileUnknown, SelfCheckFailed
)  # fmt: skip
STATE_PURPOSE = "signing.state"
STATE_LENGTH = struct.Struct(">I")
VERIFIER_PURPOSE = "signing.verifier"
ACTIVATION_PURPOSE = "signing.activation"


def begin(
    *,
    actor: Actor,
    person_id: int,
    documents: Sequence[ToSign],
    purpose: str,
    reference: str,
    locale: str,
) -> uuid.UUID:
    """Prepare ``documents`` for the newest credential of ``person_id`` and return the number of the request.

    ``purpose`` and ``reference`` say for which room and which of its things this is; an open request for the same is
    withdrawn first. Raises BeingSigned when one is authorised, NoCredential, TrustUnavailable, TrustRefused, and
    PdfRefused for a document that cannot be signed; then nothing is kept.
    """
    if busy(purpose=purpose, reference=reference):
        raise BeingSigned()
    subject_id = holder_of(person_id).subject_id
    client = trust()
    credential = csc.usable_credential(client, subject_id)
    prepared = _prepared(client, credential, documents)
    withdraw(purpose=purpose, reference=reference)
    try:
        with transaction.atomic():
            request = SigningRequest.objects.create(
                id=new_id(), person_id=person_id, subject_id=subject_id, credential_id=credential.id,
                sign_algorithm=credential.sign_algorithm_oid, purpose=purpose, reference=reference, locale=locale,
                created_at=timezone.now(), changed_at=timezone.now(),
            )  # fmt: skip
            for position, (document, source, result) in enumerate(prepared):
                SigningItem.objects.create(
                    request=request, position=position, label=document.label[:200], source_sha256=sha256_hex(source),
                    digest=result.digest_to_sign,
                    prepared_file=files.store(_packed(result, source), purpose="signing.prepared").id,
                )  # fmt: skip
            digests = [result.digest_to_sign.hex() for *_, result in prepared]
            _note(request, actor, "signature:prepared", digests=digests)
    except IntegrityError:
        # Two tabs at the same moment: the constraint lets one request be open.
        raise BeingSigned() from None
    return request.pk


def _prepared(
    client: TrustClient, credential: csc.RemoteCredential, documents: Sequence[ToSign]
) -> list[tuple[ToSign, bytes, pdf.Prepared]]:
    """Return each document with what it was and what will be signed."""
    certificate, chain = credential.certificate, credential.chain
    try:
        material = pdf.collect(
            certificate, chain, HttpTimestampSource(client), HttpRevocationSource(client), trusted_roots()
        )
    except (TimestampUnavailable, RevocationUnavailable, TimestampInvalid, SignatureInvalid) as error:
        raise TrustUnavailable(reason=error.code) from error
    found = []
    for document in documents:
        data = files.read(document.file_id)
        result = pdf.prepare(
            data,
            document.settings,
            certificate,
            chain,
            SystemClock(),
            material,
            algorithm=algorithm_of_certificate(certificate),
        )
        found.append((document, data, result))
    return found


def _packed(prepared: pdf.Prepared, source: bytes) -> bytes:
    """Return the prepared signature with a copy of its document, which its owner may delete while he signs."""
    state = prepared.to_bytes()
    return STATE_LENGTH.pack(len(state)) + state + source


def _unpacked(data: bytes) -> tuple[pdf.Prepared, bytes]:
    (length,) = STATE_LENGTH.unpack_from(data)
    begin = STATE_LENGTH.size + length
    return pdf.Prepared.from_bytes(data[STATE_LENGTH.size : begin]), data[begin:]


def authorisation_address(request_id: uuid.UUID, *, person_id: int) -> str:
    """Return the address at the trust site where the holder authorises exactly this request.

    Each call makes a new state and code verifier; an address given out before is dead when the browser comes back.
    """
    request = _mine(request_id, person_id)
    if request.state not in (State.PREPARED, State.PUSHED):
        raise WrongState(state=request.state)
    state, verifier = new_token(), new_token(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    client = trust()
    request_uri = csc.push_authorisation(
        client,
        credential_id=request.credential_id,
        documents=[(item.label, bytes(item.digest)) for item in request.items.all()],
        redirect_uri=settings.SITE_URL + REDIRECT_PATH,
        state=state,
        code_challenge=challenge,
        locale=request.locale,
    )
    changed = SigningRequest.objects.filter(pk=request.pk, state__in=(State.PREPARED, State.PUSHED)).update(
        state=State.PUSHED,
        state_hash=keyed_hash(state, STATE_PURPOSE),
        sealed_verifier=seal_text(verifier, VERIFIER_PURPOSE),
        changed_at=timezone.now(),
    )
    if not changed:
        raise WrongState(state="changed")
    return f"{client.base_url}/oauth2/authorize?client_id={client.client_id}&request_uri={request_uri}"


def complete_authorisation(*, state: str, code: str, person_id: int, actor: Actor) -> Outcome:
    """Take what the browser brought back from the trust site, get the signatures and finish the documents.

    Raises AuthorisationMismatch for a state that no request of this person waits for. When the provider does not
    answer in the middle the request stays ``authorised`` or ``signed`` and ``sweep`` goes on with it.
    """
    request = _waiting(state, person_id)
    if request.state != State.PUSHED or request.state_hash.startswith("used"):
        return outcome(request.pk)
    # The state is used up before the code is: a second tab with the same address finds nothing to do.
    if not SigningRequest.objects.filter(pk=request.pk, state=State.PUSHED, state_hash=request.state_hash).update(
        state_hash="used" + request.state_hash[4:], changed_at=timezone.now()
    ):
        return outcome(request.pk)
    try:
        activation = csc.redeem_code(
            trust(),
            code=code,
            code_verifier=unseal_text(bytes(request.sealed_verifier), VERIFIER_PURPOSE),
            redirect_uri=settings.SITE_URL + REDIRECT_PATH,
        )
    except TrustUnavailable:
        # Nobody knows whether the code was taken. The same address may be asked again: a used code is refused there.
        SigningRequest.objects.filter(pk=request.pk, state=State.PUSHED).update(state_hash=request.state_hash)
        raise
    except TrustRefused as error:
        raise AuthorisationMismatch(error=error.params.get("error")) from error
    with transaction.atomic():
        SigningRequest.objects.filter(pk=request.pk, state=State.PUSHED).update(
            state=State.AUTHORISED,
            sealed_verifier=b"",
            sealed_activation=seal_text(activation, ACTIVATION_PURPOSE),
            changed_at=timezone.now(),
        )
        _note(request, actor, "signature:authorised")
    return complete(request.pk)


def refuse(*, state: str, person_id: int, actor: Actor) -> Outcome:
    """Record that the holder said no at the trust site."""
    request = _waiting(state, person_id)
    if SigningRequest.objects.filter(pk=request.pk, state=State.PUSHED).update(
        state=State.REFUSED, state_hash="", changed_at=timezone.now()
    ):
        _note(request, actor, "signature:declined")
        _destroy_prepared(request)
    return outcome(request.pk)


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
        _fail(request, str(error.params.get("error", "refused")))
    except LASTING as error:
        _fail(request, error.code)
    except DomainError:
        # No answer, no timestamp, no room: ``sweep`` asks again.
        return outcome(request_id)
    return outcome(request_id)


def withdraw(*, purpose: str, reference: str) -> None:
    """End what is prepared for this thing and not yet authorised: the person starts again or gives up."""
    for request in SigningRequest.objects.filter(
        purpose=purpose, reference=reference, state__in=(State.PREPARED, State.PUSHED)
    ):
        _end_unauthorised(request)


def sweep() -> int:
    """Go on with what stopped in the middle and end what was abandoned; return how many requests were touched."""
    now = timezone.now()
    touched = 0
    for request in SigningRequest.objects.filter(
        state__in=(State.AUTHORISED, State.SIGNED), changed_at__lt=now - timedelta(seconds=30)
    ):
        touched += 1
        result = complete(request.pk)
        if result.state == State.AUTHORISED and request.changed_at < now - ACTIVATION_GONE_AFTER:
            _fail(request, "activation_expired")
        if result.state == State.SIGNED and request.changed_at < now - FINISHED_WITHIN:
            _fail(request, "not_finished")
    for request in SigningRequest.objects.filter(
        state__in=(State.PREPARED, State.PUSHED), changed_at__lt=now - ABANDONED_AFTER
    ):
        touched += 1
        _end_unauthorised(request)
    return touched + _forget_old(now)


def _forget_old(now: datetime) -> int:
    """Delete requests that ended when documents of that day are deleted; what was signed belongs to other rooms."""
    ended = SigningRequest.objects.exclude(state__in=OPEN_STATES)
    limit = now - timedelta(days=settings.DOCUMENT_DAYS)
    deleted, _ = ended.filter(changed_at__lt=limit).delete()
    return int(deleted)


def _sign(request: SigningRequest) -> None:
    items = list(request.items.all())
    values = csc.sign_hash(
        trust(),
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
        _note(request, SYSTEM, "signature:received")
    request.state = State.SIGNED


def _finish(request: SigningRequest) -> None:
    client = trust()
    timestamps, revocation, roots = HttpTimestampSource(client), HttpRevocationSource(client), trusted_roots()
    anchors = tuple(pdf.Anchor(one) for one in roots)
    for item in request.items.all():
        if item.result_file is not None:
            continue
        prepared, source = _unpacked(files.read(item.prepared_file))
        signed = pdf.finish(source, prepared, bytes(item.signature), timestamps)
        result = pdf.augment(source, signed, revocation, roots).whole(source)
        report = pdf.validate(result, pdf.ValidationSettings(anchors, timezone.now(), compare_pages=False))
        if not report.ok or report.signatures[-1].level != "B-LT":
            raise SelfCheckFailed(label=item.label)
        with transaction.atomic():
            stored = files.store(result, purpose="document")
            if not SigningItem.objects.filter(pk=item.pk, result_file=None).update(
                result_file=stored.id, result_sha256=stored.sha256, result_size=stored.size
            ):
                files.destroy(stored.id)
    with transaction.atomic():
        if not SigningRequest.objects.filter(pk=request.pk, state=State.SIGNED).update(
            state=State.COMPLETED, changed_at=timezone.now()
        ):
            return
        results = [item.result_sha256 for item in request.items.all()]
        _note(request, SYSTEM, "signature:completed", results=results)
    request.state = State.COMPLETED
    _destroy_prepared(request)


def _end_unauthorised(request: SigningRequest) -> None:
    if SigningRequest.objects.filter(pk=request.pk, state__in=(State.PREPARED, State.PUSHED)).update(
        state=State.FAILED, failure="abandoned", state_hash="", changed_at=timezone.now()
    ):
        _destroy_prepared(request)


def _fail(request: SigningRequest, failure: str) -> None:
    with transaction.atomic():
        if not SigningRequest.objects.filter(pk=request.pk, state__in=OPEN_STATES).update(
            state=State.FAILED, failure=failure[:64], sealed_activation=b"", changed_at=timezone.now()
        ):
            return
        _note(request, SYSTEM, "signature:failed", failure=failure)
    request.state = State.FAILED
    _destroy_prepared(request)


def _destroy_prepared(request: SigningRequest) -> None:
    for item in request.items.all():
        files.destroy(item.prepared_file)


def _mine(request_id: uuid.UUID, person_id: int) -> SigningRequest:
    try:
        return SigningRequest.objects.get(pk=request_id, person_id=person_id)
    except SigningRequest.DoesNotExist:
        raise NotFound(kind="signing request") from None


def _waiting(state: str, person_id: int) -> SigningRequest:
    known = keyed_hash(state, STATE_PURPOSE)
    request = SigningRequest.objects.filter(person_id=person_id, state_hash__in=(known, "used" + known[4:])).first()
    if request is None:
        raise AuthorisationMismatch()
    return request


def _note(request: SigningRequest, actor: Actor, tag: str, **data: object) -> None:
    evidence.record(
        tag,
        actor=actor,
        subjects={
            "signing_request": str(request.pk),
            "person": str(request.person_id),
            request.purpose: request.reference,
        },
        data={"credential": request.credential_id, **data},
    )
