"""Errors of the proof room."""

from paraphe.kernel.errors import DomainError


class ProofUnsealed(DomainError):
    """The evidence file is not sealed yet; ``params["code"]`` says what it waits for, empty when nothing."""

    code = "proof_unsealed"


class NotEvidence(DomainError):
    """The file is no evidence file of a version that is known here; ``params["reason"]`` says what is missing."""

    code = "not_evidence"
