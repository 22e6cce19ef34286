"""The process that draws pages (PDFium)."""

import io
from typing import Any

import pypdfium2

from paraphe.pdf.serving import serve

MEMORY = 1_500_000_000
MAX_PIXELS = 40_000_000


def draw(question: dict[str, Any], data: bytes) -> bytes:
    """Return page ``index`` as PNG, with form fields and signatures, ``width`` pixels wide."""
    document = pypdfium2.PdfDocument(data)
    try:
        # Signatures are widgets: without this they are not drawn. Scripts do not run: the build has no engine for them.
        document.init_forms()
        page = document[question["index"]]
        page_width, page_height = page.get_size()
        # A page of a kilometre is drawn smaller rather than not at all.
        scale = min(question["width"] / page_width, (MAX_PIXELS / (page_width * page_height)) ** 0.5)
        image = page.render(scale=scale, may_draw_forms=True).to_pil()
        target = io.BytesIO()
        image.save(target, "PNG", optimize=False, compress_level=3)
        return target.getvalue()
    finally:
        document.close()


if __name__ == "__main__":
    serve(draw, memory=MEMORY)
