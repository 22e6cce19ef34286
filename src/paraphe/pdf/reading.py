"""Reading bytes from outside in a separate process, so that none of them can stop or fill ours."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.pdf import errors
from paraphe.pdf.inspection import MAX_BYTES
from paraphe.pdf.values import Inspection, PageBox, Report, SignatureReport
from paraphe.pdf.workers import Pool, WorkerFailed, WorkerRefused

INSPECT_SECONDS = 15.0
VALIDATE_SECONDS = 60.0

pool = Pool("paraphe.pdf.reading_worker", size=2)


def inspect(data: bytes, *, limit: int = MAX_BYTES) -> Inspection:
    """Return what is in ``data``, at most ``limit`` bytes.

    Raises a PdfRefused for what cannot be signed, whatever the bytes are; TooComplex after 15 s or 2 GB.
    """
    if len(data) > limit:
        raise errors.TooLarge(limit=limit)
    found = _ask({"verb": "inspect"}, data, INSPECT_SECONDS)
    return Inspection(
        version=found["version"],
        size=found["size"],
        pages=tuple(PageBox(**page) for page in found["pages"]),
        signed_fields=tuple(found["signed_fields"]),
        empty_fields=tuple(found["empty_fields"]),
        warnings=tuple(found["warnings"]),
    )


def validate(data: bytes, roots: Sequence[x509.Certificate], now: datetime) -> Report:
    """Return the verdict on every signature and document timestamp of ``data``, as of ``now``.

    Only ``roots`` are trusted, only what is inside the file is used, nothing is fetched. Raises a PdfRefused only when
    the bytes cannot be read as a PDF; TooComplex after 60 s or 2 GB.
    """
    trusted = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in roots]
    found = _ask({"verb": "validate", "roots": trusted, "now": now.isoformat()}, data, VALIDATE_SECONDS)
    return Report(tuple(_report(one) for one in found["signatures"]))


def _ask(question: dict[str, Any], data: bytes, seconds: float) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(pool.ask(question, data, seconds=seconds))
    except WorkerRefused as refused:
        raise REFUSALS.get(refused.code, errors.Damaged)(**refused.params) from None
    except WorkerFailed:
        raise errors.TooComplex() from None
    return answer


def _report(found: dict[str, Any]) -> SignatureReport:
    times = {
        name: None if found[name] is None else datetime.fromisoformat(found[name])
        for name in ("signed_at", "timestamped_at")
    }
    return SignatureReport(**{**found, **times, "problems": tuple(found["problems"])})


REFUSALS = {kind.code: kind for kind in errors.PdfRefused.__subclasses__()}
