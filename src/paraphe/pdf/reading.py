"""Reading bytes from outside in a separate process, so that none of them can stop or fill ours."""

import base64
import json
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.pdf import codec, errors
from paraphe.pdf.inspection import MAX_BYTES
from paraphe.pdf.values import Inspection, Report, Source, ValidationSettings
from paraphe.pdf.workers import Pool, WorkerFailed, WorkerRefused

INSPECT_SECONDS = 15.0
VALIDATE_SECONDS = 45.0
SECONDS_A_BYTE = 1 / 20_000_000
"""What a large file may take longer."""

pool = Pool("paraphe.pdf.reading_worker", size=2)


def inspect(source: Source, *, limit: int = MAX_BYTES, password: str | None = None) -> Inspection:
    """Return what is in ``source``, at most ``limit`` bytes.

    Raises a PdfRefused for what cannot be signed, whatever the bytes are; TooComplex after 15 s or 1 GB (a large file
    may take longer, and is not counted).
    """
    size = _size(source)
    if size > limit:
        raise errors.TooLarge(limit=limit)
    question = {"verb": "inspect", "password": password}
    return codec.decoded(Inspection, _ask(question, source, b"", INSPECT_SECONDS))


def examine(source: Source, password: str | None = None) -> Inspection:
    """Return what is in ``source``, also of what cannot be signed: ``refusal`` is then the code of the reason.

    Raises a PdfRefused for what cannot be read; the limits are those of ``inspect``.
    """
    question = {"verb": "examine", "password": password}
    return codec.decoded(Inspection, _ask(question, source, b"", INSPECT_SECONDS))


def validate(source: Source, settings: ValidationSettings, *, tail: bytes = b"") -> Report:
    """Return the verdict on every signature and document timestamp of ``source`` with ``tail`` appended.

    Only the anchors of ``settings`` are trusted, nothing is fetched. Raises a PdfRefused only when the bytes cannot be
    read as a PDF; TooComplex after 45 s or 1 GB (a large file may take longer, and is not counted).
    """
    question = {
        "verb": "validate",
        "anchors": [
            {
                "certificate": base64.b64encode(one.certificate.public_bytes(Encoding.DER)).decode(),
                "origin": one.origin,
                "name": one.name,
                "since": codec.encoded(one.since),
                "until": codec.encoded(one.until),
            }
            for one in settings.anchors
        ],
        "now": settings.now.isoformat(),
        "certificates": codec.encoded(settings.certificates),
        "ocsps": codec.encoded(settings.ocsps),
        "crls": codec.encoded(settings.crls),
        "password": settings.password,
        "judged": settings.judged,
    }
    return codec.decoded(Report, _ask(question, source, tail, VALIDATE_SECONDS))


def _size(source: Source) -> int:
    if isinstance(source, bytes):
        return len(source)
    try:
        return source.stat().st_size
    except OSError as error:
        raise errors.Unavailable(reason=error.strerror or "") from error


def _ask(question: dict[str, Any], source: Source, tail: bytes, seconds: float) -> Any:
    return json.loads(ask_reader(question, source, tail, seconds))


def ask_reader(question: dict[str, Any], source: Source, tail: bytes, seconds: float) -> bytes:
    """Return what a reading process answers about ``source`` with ``tail`` appended. Raises a PdfRefused."""
    size = _size(source)
    path = str(source.resolve()) if isinstance(source, Path) else None
    data = tail if isinstance(source, Path) else source + tail
    asked = {**question, "path": path, "tail": len(tail)}
    try:
        return pool.ask(asked, data, seconds=seconds + size * SECONDS_A_BYTE)
    except WorkerRefused as refused:
        raise REFUSALS.get(refused.code, errors.Damaged)(**refused.params) from None
    except WorkerFailed:
        raise errors.TooComplex() from None


def loaded_certificate(text: str) -> x509.Certificate:
    """Return a certificate as it travels to the reading process."""
    return x509.load_der_x509_certificate(base64.b64decode(text))


REFUSALS = {kind.code: kind for kind in errors.PdfRefused.__subclasses__()}
