"""The child process: limits itself, then decodes, measures and re-encodes one upload.

Reads from standard input one line of JSON (``kind``, ``max_pages``, ``limits``) and the bytes of the upload; writes to
standard output one line of JSON and the JPEG pages one after the other. It is started with an empty environment, and
killed by its parent when it takes too long.
"""

import io
import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> None:
    """Answer one request and end."""
    request = json.loads(sys.stdin.buffer.readline())
    for what, most in (
        (resource.RLIMIT_AS, request["limits"]["memory_bytes"]),
        (resource.RLIMIT_CPU, request["limits"]["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    # Decoders are loaded after the limits, so that even loading them is inside.
    header, pages = _examined(request, sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")
    for page in pages:
        sys.stdout.buffer.write(page)


def _examined(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    from paraphe.proofing import decode, quality
    from paraphe.proofing.intake import Limits

    limits = Limits(**request["limits"])
    try:
        pictures = decode.decode(data, request["kind"], request["max_pages"], limits)
    except decode.Refused as refused:
        return {"reasons": [refused.reason], "hints": [], "pages": []}, []
    reasons: list[str] = []
    hints: list[str] = []
    pages: list[dict[str, Any]] = []
    encoded: list[bytes] = []
    for picture in pictures:
        measures = quality.measure(picture)
        reasons += quality.refusals(picture.width, picture.height, measures, limits)
        hints += quality.hints(measures, limits)
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=limits.jpeg_quality, optimize=True)
        encoded.append(buffer.getvalue())
        pages.append(
            {"length": buffer.tell(), "width": picture.width, "height": picture.height, "measures": asdict(measures)}
        )
    if reasons:
        return {"reasons": reasons, "hints": [], "pages": []}, []
    return {"reasons": [], "hints": hints, "pages": pages}, encoded


if __name__ == "__main__":
    main()
