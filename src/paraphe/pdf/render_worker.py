"""The process that draws pages. It reads from standard input and writes to standard output, nothing else."""

import io
import resource
import struct
import sys
from typing import BinaryIO

HEAD = struct.Struct(">QII")
"""Length of the PDF, index of the page, width in pixels."""
REPLY = struct.Struct(">BQ")
"""Status, length of what follows."""
OK, FAILED = 0, 1
MEMORY = 1_500_000_000
MAX_PIXELS = 40_000_000


def main() -> None:
    """Answer requests until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(HEAD.size):
        length, index, width = HEAD.unpack(head)
        data = source.read(length)
        try:
            image = draw(data, index, width)
        except Exception:  # noqa: BLE001 - bytes from outside: whatever the parser says, the page is refused
            _reply(target, FAILED, b"")
        else:
            _reply(target, OK, image)


def draw(data: bytes, index: int, width: int) -> bytes:
    """Return one page as PNG, with form fields and signatures, ``width`` pixels wide."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        page = document[index]
        page_width, page_height = page.get_size()
        # A page of a kilometre is drawn smaller rather than not at all.
        scale = min(width / page_width, (MAX_PIXELS / (page_width * page_height)) ** 0.5)
        image = page.render(scale=scale, may_draw_forms=True).to_pil()
        target = io.BytesIO()
        image.save(target, "PNG", optimize=False, compress_level=3)
        return target.getvalue()
    finally:
        document.close()


def _reply(target: BinaryIO, status: int, body: bytes) -> None:
    target.write(REPLY.pack(status, len(body)))
    target.write(body)
    target.flush()


if __name__ == "__main__":
    main()
