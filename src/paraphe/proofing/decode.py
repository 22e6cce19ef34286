"""From hostile bytes to upright RGB pixels. Runs in the child process only."""

import io
import warnings

import numpy as np
import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from paraphe.proofing.intake import Limits
from paraphe.proofing.reasons import Reason
from paraphe.proofing.sniff import ContentType

#: ``FPDF_ERR_PASSWORD`` and ``FPDF_ERR_SECURITY`` of fpdfview.h.
_PDF_LOCKED = (4, 5)


class Refused(Exception):
    """The bytes cannot be made into pictures, for ``reason``."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)


def decode(data: bytes, kind: ContentType, max_pages: int, limits: Limits) -> list[Image.Image]:
    """Return the pictures in ``data``: one, or as many as a PDF has pages. Raises Refused."""
    try:
        if kind == "pdf":
            return _pdf_pages(data, max_pages, limits)
        return [_photograph(data, limits)]
    except Refused:
        raise
    except MemoryError:
        raise Refused(Reason.TOO_MANY_PIXELS) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(Reason.TOO_MANY_PIXELS) from None
    except Exception:  # noqa: BLE001 - decoders raise anything on damaged input, and this process ends right after
        raise Refused(Reason.UNREADABLE) from None


def _photograph(data: bytes, limits: Limits) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = limits.max_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    except UnidentifiedImageError:
        raise Refused(Reason.UNREADABLE) from None
    if picture.width * picture.height > limits.max_pixels:
        raise Refused(Reason.TOO_MANY_PIXELS)
    # A JPEG can be decoded at a half, a quarter or an eighth of its size, at as much less cost.
    picture.draft(None, (limits.kept_side, limits.kept_side))
    picture.load()
    return _bounded(_rgb(ImageOps.exif_transpose(picture)), limits.kept_side)


def _rgb(picture: Image.Image) -> Image.Image:
    """Return ``picture`` in RGB on white, whatever its mode: palette, alpha, CMYK, 16 bits a channel."""
    if picture.mode.startswith("I"):
        # Pillow clips 16-bit greys at 255 when it converts them; the upper byte is what one sees.
        picture = Image.fromarray((np.asarray(picture).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    if "A" in picture.mode or "a" in picture.mode or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    return picture.convert("RGB")


def _bounded(picture: Image.Image, side: int) -> Image.Image:
    if max(picture.size) > side:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return picture


def _pdf_pages(data: bytes, max_pages: int, limits: Limits) -> list[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) in _PDF_LOCKED
        raise Refused(Reason.ENCRYPTED if locked else Reason.UNREADABLE) from None
    count = len(document)
    if count == 0:
        raise Refused(Reason.NO_PAGES)
    if count > max_pages:
        raise Refused(Reason.TOO_MANY_PAGES)
    return [_pdf_page(document[index], limits) for index in range(count)]


def _pdf_page(page: pypdfium2.PdfPage, limits: Limits) -> Image.Image:
    """Render ``page`` at a fixed number of pixels: its size in points may be anything."""
    width, height = page.get_size()
    if not (width > 0 and height > 0):
        raise Refused(Reason.UNREADABLE)
    picture: Image.Image = page.render(scale=limits.pdf_side / max(width, height), may_draw_forms=False).to_pil()
    return picture.convert("RGB")
