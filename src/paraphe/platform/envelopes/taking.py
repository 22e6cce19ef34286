"""Taking a collection away: one document, all of them in a ZIP, the evidence file."""

import tempfile
import uuid
import zipfile
from typing import BinaryIO

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes.queries import EnvelopeView, get
from paraphe.platform.evidence import api as evidence

#: What is larger waits on disk while it is sent.
IN_MEMORY = 8_000_000


def bundle(
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    *,
    signed: str,
    attachments: str,
    proof: str,
) -> BinaryIO:
    """Return a ZIP of everything as it stands, at its beginning; the words name what is signed, the folders and proof.

    Raises NotFound.
    """
    return zip_of(get(person, firm, envelope_id), signed=signed, attachments=attachments, proof=proof)


def zip_of(envelope: EnvelopeView, *, signed: str, attachments: str, proof: str) -> BinaryIO:
    """Return the ZIP of a collection, for the verbs of this room only; the caller closes it."""
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it is handed on open
    taken: set[str] = set()
    # PDFs are compressed already.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for document in envelope.documents:
            done = document.to_sign and (document.version > 0 or document.final_file is not None)
            name = documents.download_name(document.title, signed=done, suffix=signed)
            name = _free(name if document.to_sign else f"{attachments}/{name}", taken)
            with archive.open(name, "w", force_zip64=True) as entry, files.open(document.file_id) as source:
                while chunk := source.read(1 << 16):
                    entry.write(chunk)
        if envelope.evidence_file is not None:
            archive.writestr(_free(f"{proof}.pdf", taken), files.read(envelope.evidence_file))
    target.seek(0)
    return target  # type: ignore[return-value] # what it has is what a file has


def evidence_content(person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID) -> bytes:
    """Return the evidence file of a collection that ended. Raises NotFound, also while there is none."""
    envelope = get(person, firm, envelope_id)
    if envelope.evidence_file is None:
        raise NotFound(kind="evidence")
    return files.read(envelope.evidence_file)


def note_download(*, actor: Actor, envelope: EnvelopeView, document_id: uuid.UUID | None = None) -> None:
    """Record that somebody of the firm took a document, or everything, away."""
    subjects = {"envelope": str(envelope.id), "firm": str(envelope.firm_id)}
    if document_id is not None:
        subjects["document"] = str(document_id)
    evidence.record("envelope:downloaded", actor=actor, subjects=subjects)


def _free(name: str, taken: set[str]) -> str:
    """Return ``name``, numbered where another file has it already."""
    stem, number = name.removesuffix(".pdf"), 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem} ({number}).pdf"
    taken.add(name.casefold())
    return name
