"""Is a signed PDF what it says? Only own roots, only what is inside the file, never the network.

After ETSI EN 319 102-1: integrity, what is covered, the path at the time of the timestamp with the revocation
information that the file carries, and every change since (ISO 32000-2 §12.8.2.2).
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from paraphe.pdf.opening import look, open_reader, refusing
from paraphe.pdf.values import Level, Report, SignatureReport
from paraphe.pki import tsp
from paraphe.pki.errors import TimestampInvalid

LTA = ModificationLevel.LTA_UPDATES
# Stricter than the library's own policy: an appearance may not be rewritten in place, and an honest second signature is
# not rejected where a filled field is locked.
POLICY = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),
        DocInfoRule().as_qualified(LTA),
        XrefStreamRule().as_qualified(LTA),
        ObjectStreamRule().as_qualified(LTA),
        DSSCompareRule().as_qualified(LTA),
        MetadataUpdateRule().as_qualified(LTA),
    ],
    form_rule=FormUpdatingRule(
        field_rules=[
            SigFieldCreationRule(),
            SigFieldModificationRule(),
            GenericFieldModificationRule(allow_in_place_appearance_stream_changes=False),
        ],
    ),
)
PADES = "/ETSI.CAdES.detached"
USAGE = KeyUsageConstraints(key_usage={"non_repudiation"})


def validate(data: bytes, roots: Sequence[x509.Certificate], now: datetime) -> Report:
    """Return the verdict on every signature and document timestamp of ``data``, as of ``now``.

    Raises a PdfRefused only when the bytes cannot be read as a PDF.
    """
    reader = open_reader(data)
    trusted = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in roots]
    with refusing():
        found = list(reader.embedded_signatures)
        return Report(tuple(_one(reader, one, trusted, now) for one in found))


def _one(
    reader: PdfFileReader, embedded: EmbeddedPdfSignature, roots: list[asn1_x509.Certificate], now: datetime
) -> SignatureReport:
    stamped = _timestamp_time(embedded)
    is_timestamp = str(embedded.sig_object_type) == "/DocTimeStamp"
    at = stamped or now
    context = _context(reader, roots, at)
    problems: list[str] = []
    try:
        status = asyncio.run(_status(embedded, context, is_timestamp=is_timestamp))
    except Exception as error:  # noqa: BLE001 - a signature that breaks the validator is not valid, and says so
        return _unreadable(embedded, type(error).__name__, is_timestamp=is_timestamp)
    intact = bool(status.intact and status.valid)
    trusted = bool(status.trusted)
    covers, modifications = _changes(status)
    if not intact:
        problems.append("digest_mismatch")
    if not trusted:
        problems.append("revoked" if status.revoked else "not_trusted")
    if modifications == "forbidden":
        problems.append("changed_after_signing")
    if covers == "none":
        problems.append("byte_range")
    problems += _timestamp_problems(status, is_timestamp=is_timestamp)
    if not is_timestamp and str(look(embedded.sig_object, "/SubFilter")) != PADES:
        problems.append("not_pades")
    return SignatureReport(
        field=embedded.field_name,
        kind="timestamp" if is_timestamp else "signature",
        signer=_name(embedded.signer_cert),
        signed_at=getattr(embedded, "self_reported_timestamp", None),
        timestamped_at=stamped,
        level=_level(reader, status, stamped=stamped is not None, is_timestamp=is_timestamp),
        intact=intact,
        trusted=trusted,
        covers=covers,
        modifications=modifications,
        problems=tuple(problems),
    )


async def _status(embedded: EmbeddedPdfSignature, context: ValidationContext, *, is_timestamp: bool) -> Any:
    if is_timestamp:
        return await async_validate_pdf_timestamp(embedded, context, diff_policy=POLICY)
    return await async_validate_pdf_signature(embedded, context, context, diff_policy=POLICY, key_usage_settings=USAGE)


def _context(reader: PdfFileReader, roots: list[asn1_x509.Certificate], at: datetime) -> ValidationContext:
    """Return a context of own roots and what the file carries. Revocation must be known, at the time of signing.

    Revocation information is fetched seconds after the timestamp: it may be younger than the moment it speaks for.
    """
    settings: dict[str, Any] = {
        "trust_roots": roots,
        "allow_fetching": False,
        "revocation_mode": "require",
        "moment": at,
        "retroactive_revinfo": True,
        "time_tolerance": timedelta(minutes=5),
    }
    try:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(settings)
    except NoDSSFoundError:
        return ValidationContext(**{**settings, "revocation_mode": "soft-fail"})


def _timestamp_time(embedded: EmbeddedPdfSignature) -> datetime | None:
    """Return the time of the timestamp in the signature; its own validity is judged with the signature."""
    try:
        if str(embedded.sig_object_type) == "/DocTimeStamp":
            return embedded.signed_data["encap_content_info"]["content"].parsed["gen_time"].native  # type: ignore[no-any-return]
        for attribute in embedded.signer_info["unsigned_attrs"]:
            if attribute["type"].native == "signature_time_stamp_token":
                return tsp.token_info(attribute["values"][0].dump()).gen_time
    except (TimestampInvalid, ValueError, KeyError, TypeError):
        return None
    return None


def _changes(status: Any) -> tuple[Any, Any]:
    level = status.modification_level
    if status.coverage is None or status.coverage is SignatureCoverageLevel.UNCLEAR:
        return "none", "forbidden"
    covers = "document" if status.coverage is SignatureCoverageLevel.ENTIRE_FILE else "revision"
    if covers == "revision" and (level is None or level is ModificationLevel.OTHER or not status.docmdp_ok):
        return covers, "forbidden"
    if level in (None, ModificationLevel.NONE):
        return covers, "none"
    if level is LTA:
        # What PAdES itself adds (DSS, document timestamps) is not a change of the document.
        return "document", "none"
    return covers, "permitted"


def _timestamp_problems(status: Any, *, is_timestamp: bool) -> list[str]:
    validity = getattr(status, "timestamp_validity", None)
    if is_timestamp or validity is None:
        return []
    if not (validity.intact and validity.valid):
        return ["timestamp_invalid"]
    return [] if validity.trusted else ["timestamp_not_trusted"]


def _level(reader: PdfFileReader, status: Any, *, stamped: bool, is_timestamp: bool) -> Level:
    if is_timestamp:
        return "timestamp"
    if not stamped:
        return "B-B"
    validity = status.timestamp_validity
    proven = bool(status.trusted and validity is not None and validity.trusted)
    if not proven or "/DSS" not in reader.root:
        return "B-T"
    later = list(reader.embedded_timestamp_signatures)
    return "B-LTA" if later else "B-LT"


def _unreadable(embedded: EmbeddedPdfSignature, why: str, *, is_timestamp: bool) -> SignatureReport:
    return SignatureReport(
        field=embedded.field_name,
        kind="timestamp" if is_timestamp else "signature",
        signer=_name(embedded.signer_cert),
        signed_at=None,
        timestamped_at=None,
        level="timestamp" if is_timestamp else "B-B",
        intact=False,
        trusted=False,
        covers="none",
        modifications="forbidden",
        problems=("unreadable", why),
    )


def _name(certificate: asn1_x509.Certificate | None) -> str:
    if certificate is None:
        return ""
    native = certificate.subject.native
    return str(native.get("common_name") or certificate.subject.human_friendly)
