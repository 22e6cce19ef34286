"""Photographs of identity documents that never existed, drawn with Pillow; the same picture for the same arguments."""

import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def card(*, name: str = "MARTIN Alice", side: str = "front", size: tuple[int, int] = (1400, 883)) -> Image.Image:
    """Return one side of a pale, coloured card that says SPECIMEN."""
    width, height = size
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    waves = 0.5 + 0.5 * np.sin(30 * x + 8 * np.sin(6 * y))
    paper = np.stack([225 - 40 * waves, 215 + 15 * np.cos(9 * y), 235 - 55 * x * waves], axis=2)
    picture = Image.fromarray(paper.clip(0, 255).astype(np.uint8), "RGB")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width, height // 9), fill=(38, 70, 140))
    draw.text((width // 40, height // 40), "CARTE NATIONALE D'IDENTITE  SPECIMEN", fill="white", font_size=height // 18)
    draw.text((width // 3, height // 3), name, fill=(20, 20, 30), font_size=height // 14)
    draw.text((width // 3, height // 2), "13 07 1990  PARIS", fill=(20, 20, 30), font_size=height // 18)
    if side == "front":
        draw.rectangle((width // 20, height // 4, width // 4, height * 3 // 4), fill=(150, 110, 95))
        draw.ellipse((width // 10, height // 3, width // 5, height * 3 // 5), fill=(215, 175, 150))
    else:
        draw.text(
            (width // 20, height * 4 // 5), "IDFRAX4RTBPFW46<<<<<<<<<<<<<<<", fill=(10, 10, 10), font_size=height // 15
        )
    return picture


def photo(picture: Image.Image | None = None, *, seed: int = 1) -> Image.Image:
    """Return ``picture`` lying on a wooden table, as a telephone sees it: a margin and sensor noise."""
    picture = picture or card()
    table = Image.new("RGB", (picture.width + 200, picture.height + 200), (150, 120, 90))
    table.paste(picture, (100, 100))
    noise = np.random.default_rng(seed).normal(0, 3, (table.height, table.width, 3))
    pixels = np.asarray(table, dtype=np.float64) + noise
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8), "RGB")


def grey_copy(picture: Image.Image, tint: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Image.Image:
    """Return a photocopy of ``picture``, its grey scale tinted as lamps and toner do."""
    grey = np.asarray(picture.convert("L"), dtype=np.float64)[..., None] * np.array(tint)
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8), "RGB")


def dim(picture: Image.Image, gain: float) -> Image.Image:
    """Return ``picture`` taken with too little light."""
    return picture.point([round(value * gain) for value in range(256)] * 3)


def blurred(picture: Image.Image, radius: float) -> Image.Image:
    """Return ``picture`` out of focus."""
    return picture.filter(ImageFilter.GaussianBlur(radius))


def encoded(picture: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    """Return the bytes of a file of ``form``: JPEG, PNG, PDF, GIF, TIFF, WEBP…"""
    buffer = io.BytesIO()
    if form == "PNG":
        # Noise does not get smaller by being packed with care, only later.
        options = {"compress_level": 1, **options}
    picture.save(buffer, form, **options)
    return buffer.getvalue()
