"""The child process: limits itself, then does one of two tasks.

``examine`` decodes, measures and re-encodes one upload; ``read`` looks at the kept photographs of one document and
reads what is on them. Reads from standard input one line of JSON and the bytes; writes to standard output one line of
JSON and JPEG pictures one after the other. It is started with an empty environment, and
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
    answer = {"examine": _examined, "read": _read}[request["task"]]
    header, pages = answer(request, sys.stdin.buffer.read())
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
    if len(pictures) < request["max_pages"] and _can_look():
        from paraphe.proofing.sight.splitting import split

        pictures = split(pictures[0]) if len(pictures) == 1 else pictures
    reasons: list[str] = []
    hints: list[str] = []
    pages: list[dict[str, Any]] = []
    encoded: list[bytes] = []
    for picture in pictures:
        framing, document = _framed(picture, limits)
        measures = quality.measure(picture, document)
        wrong = quality.refusals(picture.width, picture.height, measures, limits)
        if framing is not None and not wrong:
            wrong += quality.framing_refusals(framing, limits)
            hints += quality.framing_hints(framing)
        reasons += wrong
        hints += quality.hints(measures, limits)
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=limits.jpeg_quality, optimize=True)
        encoded.append(buffer.getvalue())
        pages.append(
            {
                "length": buffer.tell(),
                "width": picture.width,
                "height": picture.height,
                "measures": asdict(measures),
                "framing": asdict(framing) if framing else None,
            }
        )
    if reasons:
        return {"reasons": reasons, "hints": [], "pages": []}, []
    return {"reasons": [], "hints": hints, "pages": pages}, encoded


def _can_look() -> bool:
    from importlib.util import find_spec

    return find_spec("cv2") is not None


def _framed(picture: Any, limits: Any) -> tuple[Any, Any]:
    """Return the framing of an RGB picture and the inside of the document, each None where it cannot be had."""
    if not _can_look() or min(picture.size) < limits.min_short_side:
        return None, None
    import numpy as np
    from PIL import Image

    from paraphe.proofing.sight.framing import frame, inside

    pixels = np.asarray(picture)
    framing = frame(pixels)
    document = inside(pixels, framing)
    return framing, None if document is None else Image.fromarray(document)


def _read(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    import time

    from paraphe.proofing.observations import Observations
    from paraphe.proofing.seen_records import observations_record
    from paraphe.proofing.sight import looking, models

    sides: dict[Any, Any] = {}
    for name, length in request["sides"].items():
        photograph, data = data[:length], data[length:]
        sides[name] = looking.look(looking.opened(photograph))
    seen = Observations(sides, dict(models.SHA256), round(time.process_time(), 2))
    record, pictures = observations_record(seen)
    return record, [pictures]


if __name__ == "__main__":
    main()
