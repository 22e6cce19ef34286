"""What light does to a photograph: glare, the grain of a screen, the sheet around a paper copy; and its fingerprint."""

import cv2
import numpy as np
from numpy.typing import NDArray

from paraphe.proofing.observations import Place

Colours = NDArray[np.uint8]
Corners = NDArray[np.float64]

_BURNT = 248
_GRAIN_SIDE = 512


def glare_of(picture: Colours, corners: Corners) -> tuple[float, Place | None]:
    """Return the largest burnt-out blob as a part of the document's area, and the rectangle around it (fractions)."""
    height, width = picture.shape[:2]
    scale = min(1.0, 1000 / max(height, width))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    burnt = (small.min(axis=2) >= _BURNT).astype(np.uint8)
    document = np.zeros(burnt.shape, np.uint8)
    cv2.fillConvexPoly(document, np.rint(corners * scale).astype(np.int32), 1)
    burnt = cv2.morphologyEx(burnt & document, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, _labels, stats, _middles = cv2.connectedComponentsWithStats(burnt)
    if count < 2:
        return 0.0, None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    left, top, wide, high, area = (float(value) for value in stats[largest])
    y, x = burnt.shape
    box = (left / x, top / y, (left + wide) / x, (top + high) / y)
    place = ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]))
    return area / max(float(document.sum()), 1.0), place


def grain_of(picture: Colours, corners: Corners | None) -> float:
    """Return how far the strongest regular pattern finer than print stands out, in standard deviations.

    The pixels of a screen beat with those of the camera: a few sharp points in the spectrum. Print and guilloches
    have no period over the whole document at these frequencies.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    middle = corners.mean(axis=0) if corners is not None else np.array([grey.shape[1] / 2, grey.shape[0] / 2])
    side = min(_GRAIN_SIDE, *grey.shape)
    left = int(np.clip(middle[0] - side / 2, 0, grey.shape[1] - side))
    top = int(np.clip(middle[1] - side / 2, 0, grey.shape[0] - side))
    patch = grey[top : top + side, left : left + side].astype(np.float32)
    window = np.hanning(side).astype(np.float32)
    spectrum = np.abs(np.fft.fftshift(np.fft.fft2((patch - patch.mean()) * np.outer(window, window))))
    level = np.log1p(spectrum)
    y, x = np.indices(level.shape) - side // 2
    radius = np.hypot(x, y) / side
    # Below a tenth of a cycle per pixel there is print; on the axes there is the block grid of JPEG.
    wanted = (radius > 0.11) & (radius < 0.48) & (np.abs(x) > 3) & (np.abs(y) > 3)
    ring = (radius * 40).astype(int)
    mean = np.bincount(ring[wanted], level[wanted], 24) / np.maximum(np.bincount(ring[wanted], minlength=24), 1)
    flat = np.where(wanted, level - mean[np.clip(ring, 0, 23)], 0.0)
    return float(flat.max() / max(float(flat[wanted].std()), 1e-6))


def paper_around(picture: Colours, corners: Corners) -> float:
    """Return the part of a band around the document that is white, without colour and even, like a sheet of paper."""
    height, width = picture.shape[:2]
    scale = min(1.0, 640 / max(height, width))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    middle = corners.mean(axis=0)
    band = np.zeros(small.shape[:2], np.uint8)
    for grown, value in ((1.14, 1), (1.03, 0)):
        cv2.fillConvexPoly(band, np.rint((middle + (corners - middle) * grown) * scale).astype(np.int32), value)
    if band.sum() < 200:
        return 0.0
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)[band > 0]
    bright = np.percentile(lab[:, 0], 50)
    if bright < 170:
        return 0.0
    chroma = np.hypot(lab[:, 1] - 128, lab[:, 2] - 128)
    return float(((np.abs(lab[:, 0] - bright) < 14) & (chroma < 9)).mean())


def fingerprint_of(picture: Colours) -> str:
    """Return the 256-bit difference hash of a picture in hexadecimal: 12 bits apart at most is the same upload."""
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (17, 16), interpolation=cv2.INTER_AREA)
    bits = (grey[:, 1:] > grey[:, :-1]).ravel()
    return np.packbits(bits).tobytes().hex()
