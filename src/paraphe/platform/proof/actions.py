"""What is asked of this room: evidence of a collection, attestations, what became of them."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.jobs import api as jobs
from paraphe.kernel.digests import canonical_json
from paraphe.kernel.errors import NotFound
from paraphe.platform.proof import composing
from paraphe.platform.proof.errors import ProofUnsealed
from paraphe.platform.proof.jobs import seal
from paraphe.platform.proof.models import Proof
from paraphe.platform.proof.values import CollectionFacts


@dataclass(frozen=True)
class ProofView:
    """Where a proof stands. ``failure``: the code of what kept it last, empty for nothing."""

    id: uuid.UUID
    kind: str
    collection: uuid.UUID
    title: str
    recipient: str
    document: str
    sealed: bool
    failure: str
    sha256: str
    size: int
    created_at: datetime
    sealed_at: datetime | None


def build(facts: CollectionFacts) -> ProofView:
    """Ask for the evidence file of a collection that ended, in the caller's transaction; asked again, it is the same.

    A job makes it: what is missing (a timestamp, the trust site) is waited for. It is never given out unsealed.
    """
    return _wanted(f"evidence:{facts.id}", Proof.Kind.EVIDENCE, facts)


def attest(facts: CollectionFacts, recipient: str, document: str) -> ProofView:
    """Ask for the attestation of one signer and one document of a collection, without anybody else's data."""
    told = composing.about(facts, recipient, document)
    key = f"attestation:{facts.id}:{recipient}:{document}"
    return _wanted(key, Proof.Kind.ATTESTATION, told, recipient=recipient, document=document)


def of_collection(collection: uuid.UUID) -> list[ProofView]:
    """Return the evidence file and the attestations of a collection, whoever asks: the caller knows who may."""
    return [view(one) for one in Proof.objects.filter(collection=collection).order_by("created_at", "key")]


def evidence_file(collection: uuid.UUID) -> uuid.UUID | None:
    """Return the stored file of the evidence of a collection, None while it is not sealed."""
    return Proof.objects.filter(key=f"evidence:{collection}").values_list("sealed_file", flat=True).first()


def of_firm(firm_id: int, *, before: datetime | None = None, limit: int = 50) -> list[ProofView]:
    """Return the sealed evidence files of a firm, the newest first: also of collections that are deleted since."""
    rows = Proof.objects.filter(firm_id=firm_id, kind=Proof.Kind.EVIDENCE, state=Proof.State.SEALED)
    rows = rows.filter(sealed_at__lt=before) if before else rows
    return [view(one) for one in rows.order_by("-sealed_at")[:limit]]


def collections_of_firm(firm_id: int) -> list[uuid.UUID]:
    """Return the collections of a firm of which something is sealed, also those that are deleted since."""
    rows = Proof.objects.filter(firm_id=firm_id, state=Proof.State.SEALED)
    return list(rows.order_by("collection").values_list("collection", flat=True).distinct())


def content_of_firm(firm_id: int, proof_id: uuid.UUID) -> tuple[ProofView, bytes]:
    """Return a sealed proof of this firm. Raises NotFound for every other, FileBroken."""
    row = Proof.objects.filter(pk=proof_id, firm_id=firm_id).exclude(sealed_file=None).first()
    if row is None or row.sealed_file is None:
        raise NotFound(kind="proof")
    return view(row), files.read(row.sealed_file)


def content(proof_id: uuid.UUID) -> bytes:
    """Return a sealed proof, a PDF. Raises ProofUnsealed, FileBroken."""
    proof = Proof.objects.filter(pk=proof_id).first()
    if proof is None or proof.sealed_file is None:
        raise ProofUnsealed(code=proof.failure if proof else "")
    return files.read(proof.sealed_file)


def waiting(limit: int = 100) -> list[ProofView]:
    """Return proofs that are not sealed, the oldest first: for operators."""
    return [view(one) for one in Proof.objects.exclude(state=Proof.State.SEALED).order_by("created_at")[:limit]]


def view(proof: Proof) -> ProofView:
    """Return what other rooms may know of a proof."""
    return ProofView(
        proof.pk,
        proof.kind,
        proof.collection,
        proof.title or "",
        proof.recipient,
        proof.document,
        proof.state == Proof.State.SEALED,
        proof.failure,
        proof.sha256,
        proof.size,
        proof.created_at,
        proof.sealed_at,
    )


def _wanted(key: str, kind: str, facts: CollectionFacts, *, recipient: str = "", document: str = "") -> ProofView:
    known = Proof.objects.filter(key=key).first()
    if known is not None:
        return view(known)
    data = canonical_json(json.loads(json.dumps(facts.as_json())))
    try:
        with transaction.atomic():
            made = Proof.objects.create(
                key=key,
                kind=kind,
                firm_id=facts.firm_id,
                collection=facts.id,
                title=facts.title,
                recipient=recipient,
                document=document,
                facts_file=files.store(data, purpose="proof").id,
                created_at=timezone.now(),
            )
            jobs.enqueue(seal, str(made.pk))
    except IntegrityError:  # asked for a moment ago by somebody else
        return view(Proof.objects.get(key=key))
    return view(made)


def several(facts: CollectionFacts, pairs: Sequence[tuple[str, str]]) -> list[ProofView]:
    """Ask for the evidence file and for the attestations of these recipients and documents."""
    return [build(facts), *(attest(facts, recipient, document) for recipient, document in pairs)]
