"""From what was told to the sealed file, one state after another: claim, act, record.

Every state is one conditional UPDATE of one row, so that a process killed anywhere is followed by the next one. What
uses the key runs with no transaction open, under an attempt that was written down before: the trust site gives the same
value for the same attempt again. Nothing is given out before it is sealed, archived and found valid.
"""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.clock import SystemClock
from paraphe.kernel.errors import DomainError
from paraphe.pdf import api as pdf
from paraphe.pki.keys import algorithm_of_certificate
from paraphe.platform.evidence import api as evidence
from paraphe.platform.proof import anchoring, composing
from paraphe.platform.proof.models import Proof
from paraphe.platform.proof.segment import segment
from paraphe.platform.proof.values import CollectionFacts
from paraphe.platform.signing import api as signing

State = Proof.State
LEASE: Final = timedelta(minutes=3)
PURPOSE: Final = "proof"
#: After it a proof that is not sealed is looked after, whatever became of its job.
QUIET: Final = timedelta(minutes=10)
MOST_AT_ONCE: Final = 200


def advance(proof_id: uuid.UUID) -> bool:
    """Take a proof as far as it goes now; True when it is sealed. Another process at it meanwhile: False.

    Raises what kept it from going on (TimestampUnavailable, TrustUnavailable…), after noting it on the row.
    """
    if not _claimed(proof_id):
        return Proof.objects.filter(pk=proof_id, state=State.SEALED).exists()
    try:
        while (proof := Proof.objects.get(pk=proof_id)).state != State.SEALED:
            _STEPS[proof.state](proof)
    except DomainError as error:
        Proof.objects.filter(pk=proof_id).update(failure=error.code[:64], leased_until=None)
        raise
    Proof.objects.filter(pk=proof_id).update(leased_until=None)
    return True


def left_alone() -> list[uuid.UUID]:
    """Return proofs that are not sealed and nobody is at, the oldest first."""
    now = timezone.now()
    left = Proof.objects.exclude(state=State.SEALED).filter(created_at__lt=now - QUIET)
    free = left.filter(Q(leased_until=None) | Q(leased_until__lt=now)).order_by("created_at")
    return list(free.values_list("pk", flat=True)[:MOST_AT_ONCE])


def _claimed(proof_id: uuid.UUID) -> bool:
    now = timezone.now()
    free = Proof.objects.filter(pk=proof_id).exclude(state=State.SEALED)
    return bool(free.filter(Q(leased_until=None) | Q(leased_until__lt=now)).update(leased_until=now + LEASE))


def _compose(proof: Proof) -> None:
    """Anchor the firm's chain now, then make the PDF."""
    facts = CollectionFacts.from_json(json.loads(_read(proof.facts_file)))
    anchoring.anchor(evidence.head_of(str(facts.firm_id)))
    chain = signing.evidence_credential(signing.trust()).chain
    made = composing.compose(
        facts,
        segment(facts.firm_id, str(facts.id), only=proof.recipient),
        timezone.now(),
        authorities=[one.public_bytes(Encoding.DER) for one in (*chain, *signing.trusted_roots())],
        kind=proof.kind,
    )
    with transaction.atomic():
        kept = files.store(made, purpose=PURPOSE).id
        if not _moved(proof, State.WANTED, State.COMPOSED, composed_file=kept):
            files.destroy(kept)


def _authorise(proof: Proof) -> None:
    """Prepare the seal, write the attempt down, have its digest authorised."""
    client = signing.trust()
    credential = signing.evidence_credential(client)
    source = _read(proof.composed_file)
    prepared = pdf.prepare(
        source,
        pdf.SignatureSettings(kind="seal"),
        credential.certificate,
        credential.chain,
        SystemClock(),
        algorithm=algorithm_of_certificate(credential.certificate),
    )
    attempt = uuid.uuid4()
    with transaction.atomic():
        before = proof.prepared_file
        kept = files.store(prepared.to_bytes(), purpose=PURPOSE).id
        Proof.objects.filter(pk=proof.pk, state=State.COMPOSED).update(
            prepared_file=kept, credential_id=credential.id, attempt=attempt
        )
        if before is not None:
            files.destroy(before)
    sad = signing.authorise_evidence(client, credential.id, prepared.digest_to_sign, str(attempt))
    proof.refresh_from_db()
    proof.activation, proof.state = sad, State.AUTHORISED
    proof.save(update_fields=["activation", "state"])


def _sign(proof: Proof) -> None:
    """Have the digest signed; an activation that ended before is asked for anew."""
    prepared = pdf.Prepared.from_bytes(_read(proof.prepared_file))
    try:
        [value] = signing.sign_hash(
            signing.trust(),
            credential_id=proof.credential_id,
            sign_algorithm=signing.algorithm_oid(prepared.algorithm),
            activation=proof.activation or "",
            digests=[prepared.digest_to_sign],
            attempt_id=str(proof.attempt),
        )
    except signing.TrustRefused:
        _moved(proof, State.AUTHORISED, State.COMPOSED, activation=None, attempt=None)
        raise
    _moved(proof, State.AUTHORISED, State.SIGNED, signature=value, activation=None)


def _finish(proof: Proof) -> None:
    """Timestamp, augment, archive, judge; then keep it and forget what it was made from."""
    source = _read(proof.composed_file)
    prepared = pdf.Prepared.from_bytes(_read(proof.prepared_file))
    timestamps, revocation, roots = signing.timestamps(), signing.revocation(), signing.trusted_roots()
    made = pdf.finish(source, prepared, bytes(proof.signature or b""), timestamps)
    augmented = pdf.augment(source, made, revocation, roots)
    result = pdf.archive(source, augmented, timestamps, revocation, roots, SystemClock())
    pdf.check(source, result, "B-LTA", roots, SystemClock())
    with transaction.atomic():
        kept = files.store(result.whole(source), purpose=PURPOSE)
        told = {"sha256": kept.sha256, "size": kept.size, "sealed_file": kept.id, "sealed_at": timezone.now()}
        forgotten = {"facts_file": None, "composed_file": None, "prepared_file": None, "failure": ""}
        if not _moved(proof, State.SIGNED, State.SEALED, **told, **forgotten):
            files.destroy(kept.id)
            return
        for file_id in (proof.facts_file, proof.composed_file, proof.prepared_file):
            if file_id is not None:
                files.destroy(file_id)
        subjects = {"envelope": str(proof.collection), "firm": str(proof.firm_id), "proof": str(proof.pk)}
        if proof.recipient:
            subjects["recipient"] = proof.recipient
        evidence.record(
            "envelope:proved", actor=SYSTEM, subjects=subjects, data={"kind": proof.kind, "sha256": kept.sha256}
        )


def _moved(proof: Proof, before: State, after: State, **values: Any) -> bool:
    return bool(Proof.objects.filter(pk=proof.pk, state=before).update(state=after, **values))


def _read(file_id: uuid.UUID | None) -> bytes:
    if file_id is None:
        raise files.FileUnknown()
    return files.read(file_id)


_STEPS: Final[dict[str, Callable[[Proof], None]]] = {
    State.WANTED: _compose,
    State.COMPOSED: _authorise,
    State.AUTHORISED: _sign,
    State.SIGNED: _finish,
}
