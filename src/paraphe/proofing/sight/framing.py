"""Where the document lies on a photograph, in words that leave this process."""

import numpy as np
from numpy.typing import NDArray

from paraphe.proofing.observations import Framing, Place
from paraphe.proofing.sight import light, outline

Colours = NDArray[np.uint8]
Corners = NDArray[np.float64]


def frame(picture: Colours) -> Framing:
    """Return where the document lies on ``picture`` (RGB); quick enough for a web request."""
    return framing_of(picture, outline.find_outline(picture))


def inside(picture: Colours, framing: Framing) -> Colours | None:
    """Return the flat document without its outermost parts, where the table may show; None without outline."""
    if framing.outline is None:
        return None
    height, width = picture.shape[:2]
    flat = outline.flattened(picture, np.array(framing.outline) * (width, height), 600)
    return np.ascontiguousarray(flat[20:-20, 20:-20])


def framing_of(picture: Colours, corners: Corners | None) -> Framing:
    """Return the framing of a document whose ``corners``, in pixels, are known, or were not found."""
    grain = light.grain_of(picture, corners)
    if corners is None:
        # What shines may be the table.
        crosses = outline.crosses_border(picture)
        return Framing(None, 0, 0.0, inside=False, screen=round(grain, 2), crosses_border=crosses)
    glare, glare_place = light.glare_of(picture, corners)
    return Framing(
        outline=_fractions(corners, picture),
        width=round(outline.width_of(corners)),
        ratio=round(outline.ratio_of(corners), 3),
        inside=outline.lies_inside(corners, picture.shape),
        glare=round(glare, 4),
        glare_place=glare_place,
        screen=round(grain, 2),
        paper=round(light.paper_around(picture, corners), 3),
        covered=_fractions(outline.covered_corner(picture, corners), picture),
    )


def _fractions(points: Corners | None, picture: Colours) -> Place | None:
    height, width = picture.shape[:2]
    return None if points is None else tuple((float(x) / width, float(y) / height) for x, y in points)
