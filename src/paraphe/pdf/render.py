"""Pages as images, made and compared in a separate process that can be killed: the bytes come from outside."""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paraphe.pdf.errors import RenderFailed
from paraphe.pdf.values import Box, PageDifference, Source
from paraphe.pdf.workers import Pool, WorkerFailed, WorkerRefused

SECONDS = 20.0
MAX_WIDTH = 3000
MAX_COMPARED = 500

pool = Pool("paraphe.pdf.render_worker", size=2)


@dataclass(frozen=True)
class Comparison:
    """How two revisions of a document look beside each other.

    ``differences``: the pages that differ; without boxes where one of the two has no such page. ``compared``: how many
    pages were drawn. ``complete``: whether that was all of them.
    """

    differences: tuple[PageDifference, ...]
    compared: int
    complete: bool


def render_page(source: Source, index: int, width: int, *, end: int | None = None) -> bytes:
    """Return page ``index`` (from 0) as PNG, ``width`` pixels wide (at most 3000), with its form fields and signatures.

    ``end``: draw the revision of this many bytes instead of the whole. A very long page comes narrower, within 40
    million pixels. Raises RenderFailed when the page does not exist or cannot be drawn within 20 s and 1 GB.
    """
    if not 1 <= width <= MAX_WIDTH or index < 0:
        raise RenderFailed(page=index)
    try:
        return _ask({"index": index, "width": width, "end": end}, source, SECONDS)
    except (WorkerFailed, WorkerRefused):
        raise RenderFailed(page=index) from None


def render_pages(source: Source, first: int, count: int, width: int) -> list[bytes]:
    """Return pages from ``first`` (from 0) on, ``count`` of them or as many as there are, as ``render_page`` draws one.

    The document is read once for all of them. Raises RenderFailed as ``render_page`` does.
    """
    if not 1 <= width <= MAX_WIDTH or first < 0 or count < 1:
        raise RenderFailed(page=first)
    try:
        data = _ask({"verb": "several", "index": first, "count": count, "width": width}, source, SECONDS)
    except (WorkerFailed, WorkerRefused):
        raise RenderFailed(page=first) from None
    return unpacked(data)


def packed(images: Sequence[bytes]) -> bytes:
    """Return several images as one answer: each behind its length on four octets."""
    return b"".join(struct.pack(">I", len(one)) + one for one in images)


def unpacked(data: bytes) -> list[bytes]:
    """Return what ``packed`` put together."""
    found, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def find_text(source: Source, text: str) -> Box | None:
    """Return where ``text`` stands for the last time, letters large or small: its page and box in points as seen.

    None when it does not stand anywhere, or only as a picture. Raises RenderFailed when the document cannot be read
    within 20 s and 1 GB.
    """
    found = find_texts(source, text, most=1)
    return found[0] if found else None


def find_texts(source: Source, text: str, *, most: int) -> list[Box]:
    """Return where ``text`` stands, the last ``most`` times, in the order of the pages. Raises as ``find_text``."""
    if not text.strip():
        return []
    try:
        answer = json.loads(_ask({"verb": "find", "text": " ".join(text.split()), "most": most}, source, SECONDS))
    except (WorkerFailed, WorkerRefused):
        raise RenderFailed() from None
    return [Box(one["page"], *one["box"]) for one in answer]


def values_after(
    source: Source, text: str, taken: str, *, password: str | None = None, seconds: float = SECONDS
) -> list[str | None]:
    """Return for every page what follows ``text`` on its line (``taken``: nothing, word, line), None where it is not.

    Letters large or small, spaces not counted, the first time that it stands. Raises RenderFailed.
    """
    question = {"verb": "values", "text": text, "taken": taken, "password": password}
    try:
        found: list[str | None] = json.loads(_ask(question, source, seconds))
    except (WorkerFailed, WorkerRefused):
        raise RenderFailed() from None
    return found


def differences(
    source: Source,
    end: int,
    *,
    ignore: Sequence[Box] = (),
    pages: int = MAX_COMPARED,
    seconds: float = SECONDS,
) -> Comparison:
    """Compare what is seen in the revision of ``end`` bytes with what is seen in the whole.

    ``ignore``: where pages may differ, because permitted changes are seen there. At most ``pages`` pages are drawn, for
    ``seconds``. Raises RenderFailed when one of the two cannot be drawn at all.
    """
    left_out: dict[str, list[list[float]]] = {}
    for box in ignore:
        left_out.setdefault(str(box.page), []).append([box.x, box.y, box.width, box.height])
    question = {"verb": "compare", "end": end, "ignore": left_out, "pages": pages, "budget": seconds * 0.8}
    try:
        answer = json.loads(_ask(question, source, seconds))
    except (WorkerFailed, WorkerRefused):
        raise RenderFailed() from None
    found = tuple(
        PageDifference(one["page"], tuple(Box(one["page"], *box) for box in one["boxes"]))
        for one in answer["differences"]
    )
    return Comparison(found, answer["compared"], answer["complete"])


def _ask(question: dict[str, Any], source: Source, seconds: float) -> bytes:
    if isinstance(source, Path):
        return pool.ask({**question, "path": str(source.resolve())}, b"", seconds=seconds)
    return pool.ask(question, source, seconds=seconds)
