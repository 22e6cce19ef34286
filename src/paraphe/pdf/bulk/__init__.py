"""The bulk path: the same signature as ``pdf.signing`` for many documents by one credential, written by splicing."""

from paraphe.pdf.bulk.files import FileOutcome, seal_files
from paraphe.pdf.bulk.sealer import Outcome, Sealer

__all__ = ["FileOutcome", "Outcome", "Sealer", "seal_files"]
