"""The verbs of the signing room. Each key use stands between two short transactions, never inside one."""

import base64
import hashlib
import uuid
from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.jobs import api as jobs
from paraphe.floor.secrets import keyed_hash, seal_text, unseal_text
from paraphe.kernel.actor import Actor
from paraphe.kernel.clock import SystemClock
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.kernel.ids import new_id, new_token
from paraphe.pdf import api as pdf
from paraphe.pki.errors import RevocationUnavailable, SignatureInvalid, TimestampInvalid, TimestampUnavailable
from paraphe.pki.keys import algorithm_of_certificate
from paraphe.platform.signing import csc
from paraphe.platform.signing.errors import (
    AuthorisationMismatch,
    BeingSigned,
    DocumentsRefused,
    TrustRefused,
    TrustUnavailable,
    WrongState,
)
from paraphe.platform.signing.finishing import complete
from paraphe.platform.signing.holders import holder_of
from paraphe.platform.signing.models import SigningItem, SigningRequest
from paraphe.platform.signing.queries import Outcome, busy, outcome, owned, trusted_roots
from paraphe.platform.signing.records import (
    ACTIVATION_PURPOSE,
    UNAUTHORISED,
    Ready,
    State,
    destroy_prepared,
    end_unauthorised,
    note,
)
from paraphe.platform.signing.sources import HttpRevocationSource, HttpTimestampSource
from paraphe.platform.signing.trust_client import TrustClient, trust
from paraphe.platform.signing.values import ToSign

STATE_PURPOSE = "signing.state"
VERIFIER_PURPOSE = "signing.verifier"
# So many documents are finished while the person's browser comes back; more of them in the background.
FINISHED_AT_ONCE = 3


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

    ``purpose`` and ``reference`` say for which room and which of its things this is; each document may have a
    ``reference`` of its own. Open requests for the same are withdrawn first. Raises BeingSigned when one is authorised,
    NoCredential, TrustUnavailable, TrustRefused, PdfRefused for a document that cannot be signed, and DocumentsRefused
    when some of several cannot; then nothing is kept.
    """
    things = {document.reference or reference for document in documents}
    if any(busy(purpose=purpose, reference=thing) for thing in things):
        raise BeingSigned()
    subject_id = holder_of(person_id).subject_id
    client = trust()
    credential = csc.usable_credential(client, subject_id)
    prepared = prepared_for(client, credential, documents)
    for thing in things:
        withdraw(purpose=purpose, reference=thing)
    row = SigningRequest(
        person_id=person_id, subject_id=subject_id, credential_id=credential.id,
        sign_algorithm=credential.sign_algorithm_oid, purpose=purpose, reference=reference, locale=locale,
    )  # fmt: skip
    return keep(row, prepared, actor)


def keep(row: SigningRequest, prepared: Sequence[Ready], actor: Actor) -> uuid.UUID:
    """Keep a request with what was prepared for it and return its number.

    Raises BeingSigned when one is open for the same: the constraint of the database lets one be.
    """
    row.id, row.created_at, row.changed_at = new_id(), timezone.now(), timezone.now()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            for position, one in enumerate(prepared):
                SigningItem.objects.create(
                    request=row, position=position, label=one.document.label[:200],
                    reference=one.document.reference or row.reference, source_sha256=sha256_hex(one.source),
                    digest=one.digest, prepared_file=files.store(one.packed(), purpose="signing.prepared").id,
                    judged=one.document.judged,
                )  # fmt: skip
            note(row, actor, "signature:prepared", digests=[one.digest.hex() for one in prepared])
    except IntegrityError:
        raise BeingSigned() from None
    return row.pk


def prepared_for(client: TrustClient, credential: csc.RemoteCredential, documents: Sequence[ToSign]) -> list[Ready]:
    """Return each document with what its holder will authorise, for a credential whose certificate exists.

    Raises TrustUnavailable, and what ``prepare_each`` raises.
    """
    certificate, chain = credential.certificate, credential.chain
    try:
        material = pdf.collect(
            certificate, chain, HttpTimestampSource(trust()), HttpRevocationSource(client), trusted_roots()
        )
    except (TimestampUnavailable, RevocationUnavailable, TimestampInvalid, SignatureInvalid) as error:
        raise TrustUnavailable(reason=error.code) from error
    algorithm = algorithm_of_certificate(certificate)

    def prepare(data: bytes, document: ToSign) -> pdf.Prepared:
        return pdf.prepare(
            data,
            document.settings,
            certificate,
            chain,
            SystemClock(),
            material,
            algorithm=algorithm,
            fill=document.fill,
        )

    return prepare_each(documents, prepare)


def prepare_each(
    documents: Sequence[ToSign], prepare: Callable[[bytes, ToSign], pdf.Prepared | pdf.PreparedRange]
) -> list[Ready]:
    """Return what ``prepare`` makes of each document. Raises PdfRefused for one, DocumentsRefused for many."""
    found, refused = [], dict[str, DomainError]()
    for document in documents:
        data = files.read(document.file_id)
        try:
            found.append(Ready(document, data, prepare(data, document)))
        except pdf.PdfRefused as error:
            if len(documents) == 1:
                raise
            refused[document.reference] = error
    if refused:
        # Nobody authorises a list of which a part is silently missing.
        raise DocumentsRefused(refused)
    return found


def authorisation_address(request_id: uuid.UUID, *, person_id: int | None = None, third_party: str = "") -> str:
    """Return the address at the trust site where the holder authorises exactly this request.

    Each call makes a new state and code verifier; an address given out before is dead when the browser comes back.
    """
    request = _mine(request_id, person_id, third_party)
    if request.state not in UNAUTHORISED:
        raise WrongState(state=request.state)
    state, verifier = new_token(), new_token(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    client = trust(request.provider)
    request_uri = csc.push_authorisation(
        client,
        credential_id=request.credential_id,
        documents=[(item.label, bytes(item.digest)) for item in request.items.all()],
        redirect_uri=settings.SITE_URL + request.return_path,
        state=state,
        code_challenge=challenge,
        locale=request.locale,
    )
    changed = SigningRequest.objects.filter(pk=request.pk, state__in=UNAUTHORISED).update(
        state=State.PUSHED,
        state_hash=keyed_hash(state, STATE_PURPOSE),
        sealed_verifier=seal_text(verifier, VERIFIER_PURPOSE),
        changed_at=timezone.now(),
    )
    if not changed:
        raise WrongState(state="changed")
    return f"{client.base_url}/oauth2/authorize?client_id={client.client_id}&request_uri={request_uri}"


def complete_authorisation(
    *, state: str, code: str, actor: Actor, person_id: int | None = None, third_party: str = ""
) -> Outcome:
    """Take what the browser brought back from the trust site, get the signatures and finish the documents.

    More than FINISHED_AT_ONCE documents are finished by a job; the outcome is then ``authorised``.

    Raises AuthorisationMismatch for a state that no request of this person waits for. When the provider does not
    answer in the middle the request stays ``authorised`` or ``signed`` and ``sweep`` goes on with it.
    """
    request = _waiting(state, person_id, third_party)
    if request.state != State.PUSHED or request.state_hash.startswith("used"):
        return outcome(request.pk)
    # The state is used up before the code is: a second tab with the same address finds nothing to do.
    if not SigningRequest.objects.filter(pk=request.pk, state=State.PUSHED, state_hash=request.state_hash).update(
        state_hash="used" + request.state_hash[4:], changed_at=timezone.now()
    ):
        return outcome(request.pk)
    try:
        activation = csc.redeem_code(
            trust(request.provider),
            code=code,
            code_verifier=unseal_text(bytes(request.sealed_verifier), VERIFIER_PURPOSE),
            redirect_uri=settings.SITE_URL + request.return_path,
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
        many = request.items.count() > FINISHED_AT_ONCE
        if many:
            from paraphe.platform.signing.jobs import finish_request

            jobs.enqueue(finish_request, str(request.pk))
        note(request, actor, "signature:authorised")
    return outcome(request.pk) if many else complete(request.pk)


def expect_own(*, state: str, person_id: int | None = None, third_party: str = "") -> None:
    """Let through what a browser brings back for a request of this person. Raises AuthorisationMismatch."""
    _waiting(state, person_id, third_party)


def refuse(*, state: str, actor: Actor, person_id: int | None = None, third_party: str = "") -> Outcome:
    """Record that the holder said no at the trust site."""
    request = _waiting(state, person_id, third_party)
    if SigningRequest.objects.filter(pk=request.pk, state=State.PUSHED).update(
        state=State.REFUSED, state_hash="", changed_at=timezone.now()
    ):
        note(request, actor, "signature:declined")
        destroy_prepared(request)
    return outcome(request.pk)


def withdraw(*, purpose: str, reference: str) -> None:
    """End what is prepared for this thing and not yet authorised: the person starts again or gives up."""
    for request in SigningRequest.objects.filter(
        purpose=purpose, items__reference=reference, state__in=UNAUTHORISED
    ).distinct():
        end_unauthorised(request)


def _mine(request_id: uuid.UUID, person_id: int | None, third_party: str) -> SigningRequest:
    row = owned(person_id, third_party).filter(pk=request_id).first()
    if row is None:
        raise NotFound(kind="signing request")
    return row


def _waiting(state: str, person_id: int | None, third_party: str) -> SigningRequest:
    known = keyed_hash(state, STATE_PURPOSE)
    request = owned(person_id, third_party).filter(state_hash__in=(known, "used" + known[4:])).first()
    if request is None:
        raise AuthorisationMismatch()
    return request
