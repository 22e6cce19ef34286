"""Attestations: what a signer can take away about his own signature, and nothing of anybody else's."""

import uuid

from paraphe.kernel.errors import NotFound
from paraphe.platform.envelopes.ceremony_access import Pass, held
from paraphe.platform.proof import api as proof


def attested(who: Pass) -> frozenset[uuid.UUID]:
    """Return the documents for which an attestation of this signer is ready. Raises LinkDead."""
    return frozenset(uuid.UUID(one.document) for one in _own(who))


def attestation(who: Pass, document_id: uuid.UUID) -> bytes:
    """Return the attestation of this signer for a document, a PDF. Raises LinkDead, NotFound while there is none."""
    for one in _own(who):
        if one.document == str(document_id):
            return proof.content(one.id)
    raise NotFound(kind="attestation")


def _own(who: Pass) -> list[proof.ProofView]:
    rows = held(who)
    made = proof.of_collection(rows.envelope.pk)
    return [one for one in made if one.sealed and one.kind == "attestation" and one.recipient == str(rows.recipient.pk)]
