"""The process that reads PDFs from outside (pyHanko): inspection and validation."""

import base64
import dataclasses
import json
from datetime import datetime
from typing import Any

from cryptography import x509

from paraphe.pdf.errors import PdfRefused
from paraphe.pdf.inspection import inspect_here
from paraphe.pdf.serving import Refusal, serve
from paraphe.pdf.validation import validate_here
from paraphe.pdf.values import Inspection, Report

MEMORY = 2_000_000_000


def read(question: dict[str, Any], data: bytes) -> bytes:
    """Return the answer to ``question`` about ``data``, as JSON of the dataclass that the door gives."""
    try:
        answer = _answer(question, data)
    except PdfRefused as refused:
        raise Refusal(refused.code, refused.params) from None
    return json.dumps(dataclasses.asdict(answer), default=datetime.isoformat).encode()


def _answer(question: dict[str, Any], data: bytes) -> Inspection | Report:
    if question["verb"] == "inspect":
        return inspect_here(data)
    roots = [x509.load_der_x509_certificate(base64.b64decode(one)) for one in question["roots"]]
    return validate_here(data, roots, datetime.fromisoformat(question["now"]))


if __name__ == "__main__":
    serve(read, memory=MEMORY)
