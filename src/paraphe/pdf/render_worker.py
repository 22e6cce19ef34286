"""The process that draws pages (PDFium), and compares two revisions of a document page by page."""

import ctypes
import io
import json
import re
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from pypdfium2 import raw

from paraphe.pdf.render import packed
from paraphe.pdf.serving import allow_mapping, serve

MEMORY = 1_000_000_000
MAX_PIXELS = 40_000_000
COMPARED_PIXELS = 3_000_000
DOTS = 1.25
"""Pixels a point when pages are compared: 90 dots an inch."""
SMALLEST_SCALE = 0.4
"""Pixels a point below which small letters are no letters any more: the comparison is then not complete."""
TOLERANCE = 8
"""Difference of one colour, of 255, that is none: both revisions are drawn by the same program."""
CELL = 12
"""Pixels of the grid in which regions that differ are put together."""
MOST_LABEL = 200
"""Characters of what is read behind a text."""
FINE = 100
"""Steps a point: PDFium answers where text is seen in whole numbers."""
MARGIN = 2.0
"""Points round what is left out of the comparison."""

Numbers = dict[str, Any]


def work(question: Numbers, data: bytes) -> bytes:
    """Answer ``draw`` by a PNG, ``compare`` and ``find`` by JSON."""
    path = Path(question["path"]) if question.get("path") else None
    allow_mapping(MEMORY, 2 * (path.stat().st_size if path else len(data)))
    whole = path.read_bytes() if path else data
    if question.get("verb") == "compare":
        return json.dumps(_compare(whole, question)).encode()
    if question.get("verb") == "find":
        return json.dumps(_find(whole, question["text"], question["most"])).encode()
    if question.get("verb") == "values":
        return json.dumps(_values(whole, question)).encode()
    if question.get("verb") == "several":
        return packed(_several(whole, question["index"], question["count"], question["width"]))
    end = question.get("end")
    return _draw(whole if end is None else whole[:end], question["index"], question["width"])


def _draw(data: bytes, index: int, width: int) -> bytes:
    """Return page ``index`` as PNG, with form fields and signatures, ``width`` pixels wide."""
    document = _opened(data)
    try:
        return _image(document[index], width)
    finally:
        document.close()


def _several(data: bytes, first: int, count: int, width: int) -> list[bytes]:
    """Return pages from ``first`` on, at most ``count``."""
    document = _opened(data)
    try:
        last = min(first + count, len(document))
        if first >= last:
            raise IndexError(first)
        return [_image(document[index], width) for index in range(first, last)]
    finally:
        document.close()


def _image(page: Any, width: int) -> bytes:
    page_width, page_height = page.get_size()
    # A page of a kilometre is drawn smaller rather than not at all.
    scale = min(width / page_width, (MAX_PIXELS / (page_width * page_height)) ** 0.5)
    image = page.render(scale=scale, may_draw_forms=True).to_pil()
    target = io.BytesIO()
    image.save(target, "PNG", optimize=False, compress_level=3)
    return target.getvalue()


def _find(data: bytes, text: str, most: int) -> list[Numbers]:
    """Return the last ``most`` pages and places where ``text`` stands, in the order in which they stand."""
    document, found = _opened(data), list[Numbers]()
    try:
        for number in range(len(document) - 1, -1, -1):
            page = document[number]
            words = page.get_textpage()
            searcher, here = words.search(text, match_case=False), list[tuple[int, int]]()
            while (hit := searcher.get_next()) is not None:
                here.append(hit)
            for first, count in reversed(here):
                boxes = [words.get_charbox(first + place) for place in range(count)]
                found.append({"page": number, "box": _seen(page, boxes)})
                if len(found) >= most:
                    return found[::-1]
        return found[::-1]
    finally:
        document.close()


def _values(data: bytes, question: Numbers) -> list[str | None]:
    """Return for every page what stands behind a text on its line, None where the text does not stand."""
    letters = "".join(unicodedata.normalize("NFKC", question["text"]).split())
    sought = re.compile(r"[^\S\r\n]*".join(re.escape(one) for one in letters) + r"([^\r\n]*)", re.IGNORECASE)
    document = pypdfium2.PdfDocument(data, password=question["password"])
    try:
        return [_value(page.get_textpage().get_text_range(), sought, question["taken"]) for page in document]
    finally:
        document.close()


def _value(words: str, sought: "re.Pattern[str]", taken: str) -> str | None:
    found = sought.search(unicodedata.normalize("NFKC", words))
    if found is None:
        return None
    rest = found[1].split()
    return {"word": " ".join(rest[:1]), "line": " ".join(rest)}.get(taken, "")[:MOST_LABEL]


def _seen(page: Any, boxes: Sequence[tuple[float, float, float, float]]) -> list[float]:
    """Return x, y, width and height around ``boxes`` (left, bottom, right, top in user space), as the page is seen."""
    width, height = page.get_size()
    corners = [(x, y) for left, bottom, right, top in boxes for x in (left, right) for y in (bottom, top)]
    xs, ys = [], []
    for x, y in corners:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(
            page, 0, 0, round(width * FINE), round(height * FINE), 0, x, y, ctypes.byref(across), ctypes.byref(down)
        )
        xs.append(across.value / FINE)
        ys.append(down.value / FINE)
    return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    document = pypdfium2.PdfDocument(data)
    # Signatures are widgets: without this they are not drawn. Scripts do not run: the build has no engine for them.
    document.init_forms()
    return document


def _compare(data: bytes, question: Numbers) -> Numbers:
    """Draw every page of the revision that ends at ``end`` and of the whole, and say where they differ."""
    deadline = time.monotonic() + question["budget"]
    before, after = _opened(data[: question["end"]]), _opened(data)
    try:
        count = min(len(before), len(after), question["pages"])
        found: list[Numbers] = []
        compared, sharp = 0, True
        for number in range(count):
            if time.monotonic() > deadline:
                break
            boxes = _page(before[number], after[number], question["ignore"].get(str(number), []))
            sharp = sharp and _scale(before[number]) >= SMALLEST_SCALE
            if boxes:
                found.append({"page": number, "boxes": boxes})
            compared += 1
        found += [{"page": number, "boxes": []} for number in range(len(before), len(after))][: question["pages"]]
        found += [{"page": number, "boxes": []} for number in range(len(after), len(before))][: question["pages"]]
        complete = sharp and compared == min(len(before), len(after))
        return {"differences": found, "compared": compared, "complete": complete}
    finally:
        before.close()
        after.close()


def _page(before: Any, after: Any, ignored: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return where two pages differ, as x, y, width, height in points, seen upright."""
    (width, height), (other_width, other_height) = before.get_size(), after.get_size()
    if abs(width - other_width) > 0.5 or abs(height - other_height) > 0.5:
        return [[0.0, 0.0, other_width, other_height]]
    scale = _scale(before)
    first, second = _pixels(before, scale), _pixels(after, scale)
    if first.shape != second.shape:
        return [[0.0, 0.0, width, height]]
    if np.array_equal(first, second):
        return []
    differs: np.ndarray[Any, np.dtype[np.bool_]] = np.any(np.abs(first.astype(np.int16) - second) > TOLERANCE, axis=2)
    for x, y, box_width, box_height in ignored:
        top, left = max(int((y - MARGIN) * scale), 0), max(int((x - MARGIN) * scale), 0)
        bottom, right = int((y + box_height + MARGIN) * scale) + 1, int((x + box_width + MARGIN) * scale) + 1
        differs[top:bottom, left:right] = False
    return [[round(value / scale, 1) for value in box] for box in _regions(differs)]


def _scale(page: Any) -> float:
    width, height = page.get_size()
    return float(min(DOTS, (COMPARED_PIXELS / max(width * height, 1.0)) ** 0.5))


def _pixels(page: Any, scale: float) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    found: np.ndarray[Any, np.dtype[np.uint8]] = page.render(scale=scale, may_draw_forms=True).to_numpy()
    return found.copy()


def _regions(differs: "np.ndarray[Any, np.dtype[np.bool_]]") -> list[list[int]]:
    """Return boxes round what differs: cells of a grid that touch each other are one."""
    rows, columns = -(-differs.shape[0] // CELL), -(-differs.shape[1] // CELL)
    padded = np.zeros((rows * CELL, columns * CELL), dtype=bool)
    padded[: differs.shape[0], : differs.shape[1]] = differs
    grid = padded.reshape(rows, CELL, columns, CELL).any(axis=(1, 3))
    waiting = {(int(row), int(column)) for row, column in np.argwhere(grid)}
    boxes = []
    while waiting:
        group, reached = [], [waiting.pop()]
        while reached:
            row, column = reached.pop()
            group.append((row, column))
            for near in ((row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)):
                if near in waiting:
                    waiting.remove(near)
                    reached.append(near)
        top, left = min(row for row, _ in group) * CELL, min(column for _, column in group) * CELL
        bottom, right = (max(row for row, _ in group) + 1) * CELL, (max(column for _, column in group) + 1) * CELL
        boxes.append([left, top, right - left, bottom - top])
    return sorted(boxes, key=lambda box: (box[1], box[0]))


if __name__ == "__main__":
    serve(work, memory=MEMORY)
