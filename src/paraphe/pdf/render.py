"""Pages as images, made in a separate process that can be killed: the bytes come from outside."""

from pathlib import Path

from paraphe.pdf.errors import RenderFailed
from paraphe.pdf.workers import Pool, WorkerFailed, WorkerRefused

SECONDS = 20.0
MAX_WIDTH = 3000

pool = Pool("paraphe.pdf.render_worker", size=2)


def render_page(source: bytes | Path, index: int, width: int) -> bytes:
    """Return page ``index`` (from 0) as PNG, ``width`` pixels wide (at most 3000), with its form fields and signatures.

    A very long page comes narrower, within 40 million pixels. Raises RenderFailed when the page does not exist or
    cannot be drawn within 20 s and 1.5 GB.
    """
    if not 1 <= width <= MAX_WIDTH or index < 0:
        raise RenderFailed(page=index)
    data = source.read_bytes() if isinstance(source, Path) else source
    try:
        return pool.ask({"index": index, "width": width}, data, seconds=SECONDS)
    except (WorkerFailed, WorkerRefused):
        raise RenderFailed(page=index) from None
