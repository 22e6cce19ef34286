"""Measures on pixels: colour, light, contrast, sharpness. Runs in the child process only."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from paraphe.proofing.intake import Limits, Measures
from paraphe.proofing.observations import Framing
from paraphe.proofing.reasons import Reason

Floats = NDArray[np.float64]

#: Largest burnt-out blob, as a part of the document, that hides nothing (measured).
MOST_GLARE = 0.016

_D65 = (0.95047, 1.0, 1.08883)
_RGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def measure(picture: Image.Image, document: Image.Image | None = None) -> Measures:
    """Return the measures of an RGB ``picture``.

    Colour and light are taken on the ``document`` alone where it was found, else on the middle of the picture, where it
    is: a coloured table around a photocopy must not make it pass for a colour photograph.
    """
    judged = _middle(picture) if document is None else document
    lightness, a_star, b_star = _lab(_small(judged, 480).filter(ImageFilter.GaussianBlur(2)))
    brightest = float(np.percentile(lightness, 95))
    return Measures(
        chroma=chroma_residual(lightness, a_star, b_star) * 240 / max(brightest, 1.0),
        lightness=brightest,
        contrast=float(lightness.std()),
        sharpness=_sharpness(_small(picture, 1000), brightest),
    )


def refusals(width: int, height: int, measures: Measures, limits: Limits) -> list[Reason]:
    """Return why a page of this size with these measures must be photographed again; empty when it need not.

    A blank or dark picture is named as that only: its colour cannot be judged.
    """
    if max(width, height) < limits.min_long_side or min(width, height) < limits.min_short_side:
        return [Reason.TOO_SMALL]
    if measures.lightness < limits.min_lightness:
        return [Reason.DARK]
    if measures.contrast < limits.min_contrast:
        return [Reason.BLANK]
    if measures.chroma < limits.min_chroma:
        return [Reason.NOT_COLOUR]
    return []


def hints(measures: Measures, limits: Limits) -> list[Reason]:
    """Return what may be wrong although nothing forbids the picture."""
    return [Reason.BLURRED] if measures.sharpness < limits.hint_sharpness else []


def framing_refusals(framing: Framing, limits: Limits) -> list[Reason]:
    """Return why the document must be photographed again as it lies.

    Nobody is accused when it was not found: what may be cut is asked for again by the reading, three times at most.
    """
    if framing.outline is None:
        return []
    if not framing.inside:
        return [Reason.CUT]
    return [Reason.TOO_SMALL] if framing.width < limits.min_document_width else []


def framing_hints(framing: Framing) -> list[Reason]:
    """Return what the person should look at before handing the photograph in."""
    hints: list[Reason] = []
    if framing.outline is None:
        hints.append(Reason.CUT if framing.crosses_border else Reason.OUTLINE_NOT_FOUND)
    if framing.covered is not None:
        hints.append(Reason.CORNER_COVERED)
    return [*hints, Reason.GLARE] if framing.glare > MOST_GLARE else hints


def chroma_residual(lightness: Floats, a_star: Floats, b_star: Floats) -> float:
    """Return the RMS of the colour that lightness does not explain.

    The paper, toner and lamp of a photocopy tint it evenly along its grey scale, so a* and b* follow from lightness;
    on a real document they do not. Mean saturation, by contrast, cannot tell a tinted copy from a pale card.
    """
    level = lightness.ravel() / 255.0
    model = np.stack([np.ones_like(level), level, level**2], axis=1)
    target = np.stack([a_star.ravel(), b_star.ravel()], axis=1)
    solution = np.linalg.lstsq(model, target, rcond=None)[0]
    residual = target - model @ solution
    return float(np.sqrt((residual**2).sum(axis=1).mean()))


def _middle(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.crop((width // 6, height // 6, width - width // 6, height - height // 6))


def _small(picture: Image.Image, side: int) -> Image.Image:
    if max(picture.size) <= side:
        return picture
    scale = side / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BOX)


def _lab(picture: Image.Image) -> tuple[Floats, Floats, Floats]:
    """Return lightness (0 to 255), a* and b* of an sRGB picture (CIE 1976, white point D65)."""
    coded = np.asarray(picture, dtype=np.float64) / 255.0
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    ratio = (linear @ _RGB_TO_XYZ.T) / np.array(_D65)
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return (116 * y - 16) * 2.55, 500 * (x - y), 200 * (y - z)


def _sharpness(picture: Image.Image, brightest: float) -> float:
    """Return the variance of the Laplacian as in good light; smoothed first, or noise would be taken for edges."""
    grey = np.asarray(picture.convert("L").filter(ImageFilter.GaussianBlur(1.5)), dtype=np.float64)
    if min(grey.shape) < 3:
        return 0.0
    inner = grey[1:-1, 1:-1]
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner
    return float(laplacian.var()) * (240 / max(brightest, 1.0)) ** 2
