"""The door of the audit: verify, anchor and export the journal; check everything that was issued."""

from paraphe.trust.audit.certificates import CertificatesReport, check_certificates
from paraphe.trust.audit.journals import JournalReport, anchor_journal, export_journal, imprint, verify_journal

__all__ = [
    "CertificatesReport",
    "JournalReport",
    "anchor_journal",
    "check_certificates",
    "export_journal",
    "imprint",
    "verify_journal",
]
