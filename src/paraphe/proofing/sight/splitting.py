"""Two sides on one page: a photocopier's habit, mostly in PDF files."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from paraphe.proofing.sight.outline import ratio_of, unlike_border, width_of

#: Two sides of one document are about equally large.
_ALIKE = 0.8
_LEAST_AREA = 0.05
_MARGIN = 0.06
_SIDE = 640


def split(picture: Image.Image) -> list[Image.Image]:
    """Return the two documents on ``picture`` (RGB), the upper or left one first; ``picture`` alone if it has one."""
    pixels = np.asarray(picture)
    scale = _SIDE / max(pixels.shape[:2])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mask = unlike_border(cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.2), cv2.COLOR_RGB2LAB))
    found = [corners / scale for corners in _documents(mask)]
    if len(found) != 2 or not _pair(found[0], found[1]):
        return [picture]
    apart = np.abs(found[0].mean(axis=0) - found[1].mean(axis=0))
    ordered = sorted(found, key=lambda corners: float(corners[:, int(apart[1] >= apart[0])].mean()))
    return [_around(picture, corners) for corners in ordered]


def _documents(mask: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    contours, _hierarchy = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    least = _LEAST_AREA * mask.size
    large = [contour for contour in contours if cv2.contourArea(contour) >= least]
    return [cv2.boxPoints(cv2.minAreaRect(contour)).astype(np.float64) for contour in large]


def _pair(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    widths, ratios = (width_of(first), width_of(second)), (ratio_of(first), ratio_of(second))
    document = all(1.25 <= ratio <= 1.8 for ratio in ratios)
    return document and min(widths) >= _ALIKE * max(widths) and min(ratios) >= _ALIKE * max(ratios)


def _around(picture: Image.Image, corners: NDArray[np.float64]) -> Image.Image:
    margin = _MARGIN * width_of(corners)
    left, top = corners.min(axis=0) - margin
    right, bottom = corners.max(axis=0) + margin
    box = (max(0, int(left)), max(0, int(top)), min(picture.width, int(right)), min(picture.height, int(bottom)))
    return picture.crop(box)
