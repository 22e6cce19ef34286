"""From what was told to the PDF that will be sealed: the record, the files inside, the pages."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import translation

from paraphe.floor.files import api as files
from paraphe.kernel.digests import sha256_hex
from paraphe.pdf import api as pdf
from paraphe.platform.proof import pages
from paraphe.platform.proof.segment import Segment
from paraphe.platform.proof.values import CollectionFacts, DocumentFacts

FORMAT: Final = "paraphe-evidence"
VERSION: Final = 1
RECORD: Final = "record.json"


def compose(
    facts: CollectionFacts,
    segment: Segment,
    now: datetime,
    *,
    authorities: Sequence[bytes],
    kind: str = "evidence",
) -> bytes:
    """Return the evidence file or attestation, not yet sealed: PDF/A-3 with the record and what proves it inside.

    ``authorities``: DER of those that certified who seals and who timestamps. For an attestation ``facts`` hold the
    one recipient and the one document it is about. Raises FileUnknown, FileBroken, PdfRefused for the signed documents
    from which certificates and timestamps are taken.
    """
    signed = [pdf.kept_proofs(_read(one)) for one in facts.documents if one.final_file is not None]
    facts = _with_certificates(facts, [der for kept in signed for der in kept.certificates])
    attached = list(_attached(facts, segment, authorities, signed))
    record = {
        "format": FORMAT,
        "version": VERSION,
        "kind": kind,
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "made_by": {"site": settings.SITE_URL, "trust": settings.TRUST_URL},
        "collection": _collection(facts),
        "recipients": [_recipient(one) for one in facts.as_json()["recipients"]],
        "documents": [
            {name: value for name, value in one.items() if name != "final_file"} for one in facts.as_json()["documents"]
        ],
        "chain": segment.told,
        "files": [
            {"name": one.name, "sha256": sha256_hex(one.data), "description": one.description} for one in attached
        ],
    }
    data = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True).encode()
    with translation.override(facts.language):
        first = pdf.AttachedFile(RECORD, data, "application/json", pages.record_words(), "Data")
        document = pages.document(record, now, digest=sha256_hex(data))
    return pdf.archival(pdf.compose(document), [first, *attached], now)


def about(facts: CollectionFacts, recipient: str, document: str) -> CollectionFacts:
    """Return of ``facts`` what concerns one signer and one document, and nothing that leads to anybody else."""
    signers = tuple(one for one in facts.recipients if one.id == recipient)
    documents = tuple(
        replace(one, versions=tuple(version for version in one.versions if version.recipient in ("", recipient)))
        for one in facts.documents
        if one.id == document
    )
    language = facts.language
    return replace(
        facts, recipients=signers, documents=documents, launched_by=None, message="", reason="", language=language
    )


def _collection(facts: CollectionFacts) -> dict[str, Any]:
    told = facts.as_json()
    return {name: value for name, value in told.items() if name not in ("recipients", "documents")}


def _recipient(told: dict[str, Any]) -> dict[str, Any]:
    der = bytes.fromhex(told["certificate"])
    found: dict[str, Any] = {name: value for name, value in told.items() if name != "certificate"}
    if not der:
        return {**found, "certificate": None}
    certificate = x509.load_der_x509_certificate(der)
    return {
        **found,
        "certificate": {
            "sha256": sha256_hex(der),
            "holder": ", ".join(
                str(one.value)
                for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
                for one in certificate.subject.get_attributes_for_oid(oid)
            ),
            "subject": certificate.subject.rfc4514_string(),
            "issuer": certificate.issuer.rfc4514_string(),
            "serial": f"{certificate.serial_number:x}",
            "not_before": certificate.not_valid_before_utc.isoformat(),
            "not_after": certificate.not_valid_after_utc.isoformat(),
        },
    }


def _with_certificates(facts: CollectionFacts, known: Sequence[bytes]) -> CollectionFacts:
    """Return ``facts`` with the certificate of each who signed: the one in the documents that bears his e-mail."""
    holders = {address: der for der in known if not _is_authority(der) for address in _addresses(der)}
    people = tuple(
        one if one.certificate else replace(one, certificate=holders.get(one.person.email.lower(), b""))
        for one in facts.recipients
    )
    return replace(facts, recipients=people)


def _addresses(der: bytes) -> list[str]:
    try:
        names = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [one.lower() for one in names.value.get_values_for_type(x509.RFC822Name)]


def _attached(
    facts: CollectionFacts, segment: Segment, authorities: Sequence[bytes], signed: Sequence[pdf.KeptProofs]
) -> Iterable[pdf.AttachedFile]:
    """Yield everything but the record: certificates, answers, lists, tokens, texts, each once."""
    own = [one.certificate for one in facts.recipients if one.certificate]
    others = [*authorities, *(der for kept in signed for der in kept.certificates if _is_authority(der))]
    serials = {x509.load_der_x509_certificate(der).serial_number for der in (*own, *others)}
    answers = [one for kept in signed for one in kept.ocsps if _about(one, serials)]
    kinds: tuple[tuple[str, str, str, list[bytes]], ...] = (
        ("certificate", "cer", "application/pkix-cert", [*own, *others]),
        ("ocsp", "der", "application/ocsp-response", answers),
        ("list", "crl", "application/pkix-crl", [one for kept in signed for one in kept.crls]),
        ("timestamp", "tst", "application/timestamp-reply", [one for kept in signed for one in kept.timestamps]),
    )
    for kind, ending, media_type, values in kinds:
        for number, data in enumerate(dict.fromkeys(values), 1):
            with translation.override(facts.language):
                yield pdf.AttachedFile(f"{kind}-{number:02}.{ending}", data, media_type, pages.file_words(kind))
    for name, token in segment.tokens.items():
        with translation.override(facts.language):
            yield pdf.AttachedFile(name, token, "application/timestamp-reply", pages.file_words("anchor"))
    for language, text in sorted(facts.consents.items()):
        with translation.override(facts.language):
            yield pdf.AttachedFile(f"consent-{language}.txt", text.encode(), "text/plain", pages.file_words("consent"))


def _read(document: DocumentFacts) -> bytes:
    return files.read(document.final_file) if document.final_file is not None else b""


def _about(answer: bytes, serials: set[int]) -> bool:
    """Tell whether an OCSP answer is about one of these certificates: those of other signers are not everybody's."""
    try:
        return ocsp.load_der_ocsp_response(answer).serial_number in serials
    except ValueError:
        return False


def _is_authority(der: bytes) -> bool:
    """Tell whether a certificate is of an authority or a service, and of no signer."""
    certificate = x509.load_der_x509_certificate(der)
    try:
        if certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return True
    except x509.ExtensionNotFound:
        pass
    try:
        certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return True
