"""The door of proofs: evidence files and attestations, asked for from plain values, given out sealed."""

from paraphe.platform.proof.actions import (
    ProofView,
    attest,
    build,
    collections_of_firm,
    content,
    content_of_firm,
    evidence_file,
    of_collection,
    of_firm,
    several,
    waiting,
)
from paraphe.platform.proof.anchoring import anchor_heads
from paraphe.platform.proof.errors import ProofUnsealed
from paraphe.platform.proof.sealing import advance
from paraphe.platform.proof.values import (
    Check,
    CollectionFacts,
    DocumentFacts,
    PersonFacts,
    RecipientFacts,
    VersionFacts,
)

__all__ = [
    "Check",
    "CollectionFacts",
    "DocumentFacts",
    "PersonFacts",
    "ProofUnsealed",
    "ProofView",
    "RecipientFacts",
    "VersionFacts",
    "advance",
    "anchor_heads",
    "attest",
    "build",
    "collections_of_firm",
    "content",
    "content_of_firm",
    "evidence_file",
    "of_collection",
    "of_firm",
    "several",
    "waiting",
]
