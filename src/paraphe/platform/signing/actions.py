"""The verbs of the signing room. Each key use stands between two short transactions, never inside one."""

import base64
import hashlib
import uuid
from collections.abc import Sequence

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
from paraphe.platform.signing.queries import Outcome, busy, outcome, trusted_roots
from paraphe.platform.signing.records import (
    ACTIVATION_PURPOSE,
    UNAUTHORISED,
    State,
    destroy_prepared,
    end_unauthorised,
    note,
    packed,
)
from paraphe.platform.signing.sources import HttpRevocationSource, HttpTimestampSource
from paraphe.platform.signing.trust_client import TrustClient, trust
from paraphe.platform.signing.values import ToSign

REDIRECT_PATH = "/signature/retour/"
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
    prepared = _prepared(client, credential, documents)
    for thing in things:
        withdraw(purpose=purpose, reference=thing)
    try:
        with transaction.atomic():
            request = SigningRequest.objects.create(
                id=new_id(), person_id=person_id, subject_id=subject_id, credential_id=credential.id,
                sign_algorithm=credential.sign_algorithm_oid, purpose=purpose, reference=reference, locale=locale,
                created_at=timezone.now(), changed_at=timezone.now(),
            )  # fmt: skip
            for position, (document, source, result) in enumerate(prepared):
                SigningItem.objects.create(
                    request=request, position=position, label=document.label[:200],
                    reference=document.reference or reference, source_sha256=sha256_hex(source),
                    digest=result.digest_to_sign,
                    prepared_file=files.store(packed(result, source), purpose="signing.prepared").id,
                )  # fmt: skip
            digests = [result.digest_to_sign.hex() for *_, result in prepared]
            note(request, actor, "signature:prepared", digests=digests)
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
    found, refused = [], dict[str, DomainError]()
    for document in documents:
        data = files.read(document.file_id)
        try:
            result = pdf.prepare(
                data,
                document.settings,
                certificate,
                chain,
                SystemClock(),
                material,
                algorithm=algorithm_of_certificate(certificate),
            )
        except pdf.PdfRefused as error:
            if len(documents) == 1:
                raise
            refused[document.reference] = error
            continue
        found.append((document, data, result))
    if refused:
        # Nobody authorises a list of which a part is silently missing.
        raise DocumentsRefused(refused)
    return found


def authorisation_address(request_id: uuid.UUID, *, person_id: int) -> str:
    """Return the address at the trust site where the holder authorises exactly this request.

    Each call makes a new state and code verifier; an address given out before is dead when the browser comes back.
    """
    request = _mine(request_id, person_id)
    if request.state not in UNAUTHORISED:
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
    changed = SigningRequest.objects.filter(pk=request.pk, state__in=UNAUTHORISED).update(
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

    More than FINISHED_AT_ONCE documents are finished by a job; the outcome is then ``authorised``.

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
        many = request.items.count() > FINISHED_AT_ONCE
        if many:
            from paraphe.platform.signing.jobs import finish_request

            jobs.enqueue(finish_request, str(request.pk))
        note(request, actor, "signature:authorised")
    return outcome(request.pk) if many else complete(request.pk)


def refuse(*, state: str, person_id: int, actor: Actor) -> Outcome:
    """Record that the holder said no at the trust site."""
    request = _waiting(state, person_id)
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
