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
from paraphe.platform.proof import api as proof

#: What is larger waits on disk while it is sent.
IN_MEMORY = 8_000_000


def bundle(
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    *,
    signed: str,
    attachments: str,
    evidence_name: str,
) -> BinaryIO:
    """Return a ZIP of everything as it stands, at its beginning; the words name files and folders in it.

    Raises NotFound.
    """
    return zip_of(get(person, firm, envelope_id), signed=signed, attachments=attachments, evidence_name=evidence_name)


def zip_of(envelope: EnvelopeView, *, signed: str, attachments: str, evidence_name: str) -> BinaryIO:
    """Return the ZIP of a collection, for the verbs of this room only; the caller closes it."""
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it is handed on open
    taken: set[str] = set()
    # PDFs are compressed already.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for document in envelope.documents:
            done = document.to_sign and (document.version > 0 or document.final_file is not None)
            name = documents.download_name(document.title, signed=done, suffix=signed)
            name = free_name(name if document.to_sign else f"{attachments}/{name}", taken)
            with archive.open(name, "w", force_zip64=True) as entry, files.open(document.file_id) as source:
                while chunk := source.read(1 << 16):
                    entry.write(chunk)
        for one in proof.of_collection(envelope.id):
            if one.sealed and one.kind == "evidence":
                archive.writestr(free_name(f"{evidence_name}.pdf", taken), proof.content(one.id))
    target.seek(0)
    return target  # type: ignore[return-value] # what it has is what a file has


def proofs(person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID) -> list[proof.ProofView]:
    """Return the evidence file and the attestations of a collection, sealed or not yet. Raises NotFound."""
    return proof.of_collection(get(person, firm, envelope_id).id)


def proof_content(
    person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, proof_id: uuid.UUID
) -> tuple[proof.ProofView, bytes]:
    """Return one of them with its bytes, a PDF. Raises NotFound, also while it is not sealed."""
    for one in proofs(person, firm, envelope_id):
        if one.id == proof_id and one.sealed:
            return one, proof.content(one.id)
    raise NotFound(kind="proof")


def note_download(*, actor: Actor, envelope: EnvelopeView, document_id: uuid.UUID | None = None) -> None:
    """Record that somebody of the firm took a document, or everything, away."""
    subjects = {"envelope": str(envelope.id), "firm": str(envelope.firm_id)}
    if document_id is not None:
        subjects["document"] = str(document_id)
    evidence.record("envelope:downloaded", actor=actor, subjects=subjects)


def free_name(name: str, taken: set[str]) -> str:
    """Return ``name`` of a PDF, numbered where another file has it already."""
    stem, number = name.removesuffix(".pdf"), 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem} ({number}).pdf"
    taken.add(name.casefold())
    return name
