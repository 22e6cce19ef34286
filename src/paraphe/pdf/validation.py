"""Is a signed PDF what it says? Only own roots, only what is inside the file, never the network.

Runs inside the reading process; the door asks it through ``reading``. After ETSI EN 319 102-1: integrity, what is
covered, the path at the time of the timestamp with the revocation information that the file carries, and every change
since (ISO 32000-2 §12.8.2.2).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import crl, ocsp
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

from paraphe.pdf.changes import HonestNewFields, unsigned_named
from paraphe.pdf.material import answered, issued
from paraphe.pdf.opening import at_once, look, open_reader, refusing
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
            HonestNewFields(),  # type: ignore[no-untyped-call]
            SigFieldModificationRule(),
            GenericFieldModificationRule(allow_in_place_appearance_stream_changes=False),
        ],
    ),
)
PADES = "/ETSI.CAdES.detached"
USAGE = KeyUsageConstraints(key_usage={"non_repudiation"})


def validate_here(data: bytes, roots: Sequence[x509.Certificate], now: datetime) -> Report:
    """Return the verdict on every signature and document timestamp of ``data``, as of ``now``.

    Raises a PdfRefused only when the bytes cannot be read as a PDF.
    """
    reader = open_reader(data)
    trusted = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in roots]
    with refusing():
        reports = unsigned_named([_one(reader, one, trusted, now) for one in reader.embedded_signatures])
    return Report(tuple(_archived(one, reports[number:]) for number, one in enumerate(reports, 1)))


def _one(
    reader: PdfFileReader, embedded: EmbeddedPdfSignature, roots: list[asn1_x509.Certificate], now: datetime
) -> SignatureReport:
    try:
        return _judged(reader, embedded, roots, now)
    except Exception:  # noqa: BLE001 - a signature that breaks the validator is not valid, and says so
        return _unreadable(embedded)


def _judged(
    reader: PdfFileReader, embedded: EmbeddedPdfSignature, roots: list[asn1_x509.Certificate], now: datetime
) -> SignatureReport:
    stamped = _timestamp_time(embedded)
    is_timestamp = _is_timestamp(embedded)
    context, has_store = _context(reader, roots, stamped or now)
    status = at_once(_status(embedded, context, is_timestamp=is_timestamp))
    intact = bool(status.intact and status.valid)
    stamp_problems = _timestamp_problems(status, stamped=stamped is not None, is_timestamp=is_timestamp)
    # A time that nobody trusted says proves nothing, and neither does what was looked up for that time.
    trusted = bool(status.trusted) and not stamp_problems
    covers, modifications = _changes(status)
    problems = stamp_problems
    if not intact:
        problems.append("digest_mismatch")
    if not status.trusted:
        problems.append("revoked" if status.revoked else "not_trusted")
    elif not has_store:
        problems.append("revocation_unknown")
    if modifications == "forbidden":
        problems.append("changed_after_signing")
    if covers == "none":
        problems.append("byte_range")
    if not is_timestamp and str(look(embedded.sig_object, "/SubFilter")) != PADES:
        problems.append("not_pades")
    return SignatureReport(
        field=str(embedded.field_name),
        kind="timestamp" if is_timestamp else "signature",
        signer=_name(embedded.signer_cert),
        signed_at=getattr(embedded, "self_reported_timestamp", None),
        timestamped_at=stamped,
        level=_level(trusted=trusted, stamped=stamped is not None, has_store=has_store, is_timestamp=is_timestamp),
        intact=intact,
        trusted=trusted,
        covers=covers,
        modifications=modifications,
        problems=tuple(problems),
    )


def _archived(report: SignatureReport, later: Sequence[SignatureReport]) -> SignatureReport:
    """Raise B-LT to B-LTA where a good document timestamp came after (ETSI EN 319 142-1 §5.5)."""
    if report.level == "B-LT" and any(one.kind == "timestamp" and one.ok for one in later):
        return replace(report, level="B-LTA")
    return report


async def _status(embedded: EmbeddedPdfSignature, context: ValidationContext, *, is_timestamp: bool) -> Any:
    if is_timestamp:
        return await async_validate_pdf_timestamp(embedded, context, diff_policy=POLICY)
    return await async_validate_pdf_signature(embedded, context, context, diff_policy=POLICY, key_usage_settings=USAGE)


def _context(reader: PdfFileReader, roots: list[asn1_x509.Certificate], at: datetime) -> tuple[ValidationContext, bool]:
    """Return a context of own roots and what the file carries, and whether it carries anything.

    Where it does, revocation must be known at the time of signing.

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
        store = DocumentSecurityStore.read_dss(reader)
        # The newest speaks first: an older "good" must not hide a later "revoked".
        store.ocsps.sort(key=lambda one: answered(ocsp.OCSPResponse.load(one.get_object().data)), reverse=True)
        store.crls.sort(key=lambda one: issued(crl.CertificateList.load(one.get_object().data)), reverse=True)
        return store.as_validation_context(settings), True
    except NoDSSFoundError:
        return ValidationContext(**{**settings, "revocation_mode": "soft-fail"}), False


def _is_timestamp(embedded: EmbeddedPdfSignature) -> bool:
    return str(embedded.sig_object_type) == "/DocTimeStamp"


def _timestamp_time(embedded: EmbeddedPdfSignature) -> datetime | None:
    """Return the time of the timestamp in the signature; its own validity is judged with the signature."""
    try:
        if _is_timestamp(embedded):
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


def _timestamp_problems(status: Any, *, stamped: bool, is_timestamp: bool) -> list[str]:
    validity = getattr(status, "timestamp_validity", None)
    if is_timestamp or not stamped:
        return []
    if validity is None or not (validity.intact and validity.valid):
        return ["timestamp_invalid"]
    return [] if validity.trusted else ["timestamp_not_trusted"]


def _level(*, trusted: bool, stamped: bool, has_store: bool, is_timestamp: bool) -> Level:
    if is_timestamp:
        return "timestamp"
    if not stamped:
        return "B-B"
    # With a store, trusted means: the revocation of every certificate was known from the file at the stamped time.
    return "B-LT" if trusted and has_store else "B-T"


def _unreadable(embedded: EmbeddedPdfSignature) -> SignatureReport:
    is_timestamp = _is_timestamp(embedded)
    return SignatureReport(
        field=str(embedded.field_name),
        kind="timestamp" if is_timestamp else "signature",
        signer="",
        signed_at=None,
        timestamped_at=None,
        level="timestamp" if is_timestamp else "B-B",
        intact=False,
        trusted=False,
        covers="none",
        modifications="forbidden",
        problems=("unreadable",),
    )


def _name(certificate: asn1_x509.Certificate | None) -> str:
    if certificate is None:
        return ""
    native = certificate.subject.native
    return str(native.get("common_name") or certificate.subject.human_friendly)
