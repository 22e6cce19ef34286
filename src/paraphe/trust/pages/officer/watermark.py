"""Writes over a photograph who looked at it and when: a picture that leaves the screen says where it came from."""

import io
from datetime import datetime

from PIL import Image, ImageDraw

_QUALITY = 85


def watermarked(jpeg: bytes, name: str, moment: datetime) -> bytes:
    """Return ``jpeg``, a picture of ours, with the officer's ``name`` and the ``moment`` across it, faintly."""
    picture = Image.open(io.BytesIO(jpeg), formats=("JPEG",)).convert("RGB")
    size = max(14, picture.width // 45)
    text = f"{name}  {moment:%Y-%m-%d %H:%M}"
    layer = Image.new("L", picture.size, 0)
    draw = ImageDraw.Draw(layer)
    step = max(1, picture.height // 4)
    for number, top in enumerate(range(step // 2, picture.height, step)):
        left = (number % 2) * picture.width // 3
        draw.text((left + size, top), text, fill=70, font_size=size)
    picture.paste((255, 255, 255), mask=layer)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
