"""Looks at one side: where the document lies, what its zone, its print and its codes say."""

import io
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from paraphe.proofing.mrz.api import FILLER, normalised
from paraphe.proofing.observations import Place, SideSeen, TextLine
from paraphe.proofing.sight import light, outline
from paraphe.proofing.sight.codes import find_codes
from paraphe.proofing.sight.framing import framing_of
from paraphe.proofing.sight.pages import READ_WIDTH, page_reader
from paraphe.proofing.sight.zone import Zone, read_zone

Colours = NDArray[np.uint8]
Corners = NDArray[np.float64]

#: Confidence of print, over all its characters, from which a page is upright (measured: 0.97 and more; on its head 0.82
#: and less), and how much print it takes to tell.
_UPRIGHT = 0.9
_LEAST_PRINT = 12
_JPEG_QUALITY = 88
#: A line of a zone in which the page reader saw no filler at all is print that happens to be long.
_ZONE_LENGTH = 26


def look(picture: Colours) -> SideSeen:
    """Return everything that is to be seen on ``picture`` (RGB, at most some 3000 pixels wide)."""
    zone = read_zone(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))  # type: ignore[arg-type]
    height, width = picture.shape[:2]
    held = np.array(zone.seen.place) * (width, height) if zone else None
    corners = outline.find_outline(picture, held)
    flat, turned, lines = _read_flat(picture, corners, zone)
    return SideSeen(
        framing=framing_of(picture, corners),
        mrz=zone.seen if zone else None,
        page_mrz=_zone_lines(lines),
        print=tuple(_on_photograph(line, corners, turned, flat, picture.shape) for line in lines),
        codes=find_codes(picture, flat),
        rectified=_jpeg(flat),
        turned=turned,
        fingerprint=light.fingerprint_of(picture),
    )


def opened(jpeg: bytes) -> Colours:
    """Return the pixels (RGB) of a photograph that intake has kept."""
    return np.asarray(Image.open(io.BytesIO(jpeg), formats=("JPEG",)).convert("RGB"))


def _read_flat(
    picture: Colours, corners: Corners | None, zone: Zone | None
) -> tuple[Colours, int, tuple[TextLine, ...]]:
    """Return the flat document upright, by how many degrees clockwise it was turned, and its print."""
    tried: list[tuple[float, Colours, int, tuple[TextLine, ...]]] = []
    for turned in _ways(corners, zone, picture.shape):
        flat = _flat(picture, corners, turned)
        lines = page_reader().read(flat)
        sure = _confidence(lines)
        tried.append((sure, flat, turned, lines))
        if zone is not None or sure >= _UPRIGHT:
            break
    _sure, flat, turned, lines = max(tried, key=lambda one: one[0])
    return flat, turned, lines


def _confidence(lines: tuple[TextLine, ...]) -> float:
    length = sum(len(line.text) for line in lines)
    return sum(len(line.text) * line.score for line in lines) / length if length >= _LEAST_PRINT else 0.0


def _ways(corners: Corners | None, zone: Zone | None, shape: tuple[int, ...]) -> tuple[int, ...]:
    if zone is not None:
        return (zone.turned,)
    # Documents lie across; one that stands on the photograph was taken with the telephone upright, or lies on its side.
    if corners is not None:
        lengths = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
        standing = lengths[1] + lengths[3] > lengths[0] + lengths[2]
    else:
        standing = shape[0] > 1.25 * shape[1]
    return (90, 270) if standing else (0, 180)


def _flat(picture: Colours, corners: Corners | None, turned: int) -> Colours:
    if corners is None:
        upright = np.ascontiguousarray(np.rot90(picture, -turned // 90))
        scale = min(1.0, READ_WIDTH / upright.shape[1])
        return cv2.resize(upright, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]
    # Turning the corners turns the picture: the first one becomes the top left of the flat document.
    return outline.flattened(picture, np.roll(corners, turned // 90, axis=0), READ_WIDTH)


def _on_photograph(
    line: TextLine, corners: Corners | None, turned: int, flat: Colours, shape: tuple[int, ...]
) -> TextLine:
    """Return ``line`` with its place on the photograph instead of on the flat document."""
    height, width = shape[:2]
    high, wide = flat.shape[:2]
    whole = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    target = np.roll(corners if corners is not None else whole, turned // 90, axis=0).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    points = np.array([[(x * wide, y * high) for x, y in line.place]], np.float32)
    moved: Any = cv2.perspectiveTransform(points, matrix)[0]
    place: Place = tuple((float(x) / width, float(y) / height) for x, y in moved)
    return TextLine(line.text, line.score, place)


def _zone_lines(lines: tuple[TextLine, ...]) -> tuple[str, ...]:
    """Return the lines of print that are lines of a zone, as the page reader has them, from top to bottom."""
    found = [normalised(line.text) for line in lines]
    long = [
        text for text in found if len(text) >= _ZONE_LENGTH and (FILLER in text or sum(map(str.isdigit, text)) >= 6)
    ]
    return tuple(long[-3:])


def _jpeg(picture: Colours) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return buffer.getvalue()
