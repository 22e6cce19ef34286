"""The parent side: starts the child, bounds it, believes nothing it says without looking."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from paraphe.proofing.intake import LIMITS, Intake, Limits, Measures, Page
from paraphe.proofing.reasons import Reason
from paraphe.proofing.seen_records import framing_from
from paraphe.proofing.sniff import ContentType, content_type

_WORKER = Path(__file__).with_name("worker.py")
# Threads of the linear algebra library would each reserve memory under the limit of the child.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENCV_IO_MAX_IMAGE_PIXELS": "50000000",
    "LC_ALL": "C.UTF-8",
}


def examine(data: bytes, *, max_pages: int = 1, limits: Limits = LIMITS) -> Intake:
    """Return the verdict on an uploaded photograph or PDF.

    ``max_pages`` is how many sides are still missing: a PDF may bring two at once. What the file is called plays no
    part. Decoding happens in a child process with bounded time and memory; when it dies, is killed or answers
    nonsense, the photograph is UNREADABLE. Never raises for bad input.
    """
    if len(data) > limits.max_bytes:
        return Intake(reasons=(Reason.TOO_LARGE,))
    kind = content_type(data)
    if isinstance(kind, Reason):
        return Intake(reasons=(kind,))
    answer = _ask(data, kind, max_pages, limits)
    try:
        return _read(answer)
    except (ValueError, KeyError, TypeError):
        return Intake(reasons=(Reason.UNREADABLE,))


def _ask(data: bytes, kind: ContentType, max_pages: int, limits: Limits) -> bytes:
    request = {"task": "examine", "kind": kind, "max_pages": max_pages, "limits": asdict(limits)}
    return run_child(request, data, limits.wall_seconds)


def run_child(request: dict[str, Any], payload: bytes, wall_seconds: float) -> bytes:
    """Return what the child answers about ``payload``; empty when it died, was killed or took too long."""
    try:
        done = subprocess.run(  # noqa: S603 - our own file, our own interpreter, no shell
            [sys.executable, "-I", str(_WORKER)],
            input=json.dumps(request).encode() + b"\n" + payload,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            timeout=wall_seconds,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return b""
    return done.stdout if done.returncode == 0 else b""


def _read(answer: bytes) -> Intake:
    line, _, body = answer.partition(b"\n")
    header = json.loads(line)
    pages: list[Page] = []
    for entry in header["pages"]:
        jpeg, body = body[: entry["length"]], body[entry["length"] :]
        if len(jpeg) != entry["length"] or not jpeg.startswith(b"\xff\xd8\xff"):
            raise ValueError("the child cut its answer short")
        framing = framing_from(entry["framing"]) if entry["framing"] else None
        pages.append(Page(jpeg, int(entry["width"]), int(entry["height"]), Measures(**entry["measures"]), framing))
    return Intake(
        reasons=tuple(dict.fromkeys(Reason(code) for code in header["reasons"])),
        hints=tuple(dict.fromkeys(Reason(code) for code in header["hints"])),
        pages=tuple(pages),
    )
