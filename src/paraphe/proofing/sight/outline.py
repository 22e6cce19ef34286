"""Finds the document on the photograph as a quadrilateral, and makes it flat."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

#: OpenCV does not say which type of pixels it returns.
Colours = NDArray[Any]
Corners = NDArray[np.float64]

#: The search is done at this size.
_SEARCH_SIDE = 640
#: A document fills at least this part of the photograph.
_LEAST_AREA = 0.05
#: Width over height: ID-1 is 1.586, ID-2 and ID-3 are 1.42; the rest is perspective.
_RATIOS = (1.15, 2.1)
ID1_RATIO = 85.6 / 53.98
BOOK_RATIO = 125.0 / 88.0
#: Between ID-1 and the two larger ones (measured).
_RATIO_SPLIT = 1.50
#: Least length of border, as a part of the picture's shorter side, that a cut document covers.
_LEAST_TOUCH = 0.2
#: On an even table: least noise that is believed, in units of lightness (of 100), and how many times the noise, over
#: three channels, is not the table.
_LEAST_NOISE = 0.25
_UNLIKE_TABLE = 5.0
#: Its outline is less exact, and all of it is "seen": it must be that much better.
_FAINT_ADVANTAGE = 2.0
#: Least part of the sides under which an edge must be seen.
_LEAST_SUPPORT = 0.55
#: Part of a side that is looked at for what covers the corner where it begins.
_BESIDE_CORNER = (0.05, 0.12)


def find_outline(picture: Colours, holding: Corners | None = None) -> Corners | None:
    """Return the four corners of the document in pixels of ``picture`` (RGB), clockwise from its top left, or None.

    "Top" is where the photograph has it: a card that lies on its head has its bottom there. ``holding`` are points that
    are known to lie on the document, as those of its machine readable zone: a portrait is not taken for it.
    """
    scale = _SEARCH_SIDE / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lab = _lab(small)
    held = None if holding is None else holding * scale
    edges = _edges(lab)
    best, score = _best(_candidates(lab, edges), edges, held)
    # A pale card on a white table: few edges stand out, but the card is not of the table's colour.
    mask = _unlike_table(small)
    faint = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    other, other_score = _best(_quadrilaterals(mask), faint, held)
    if other_score > score * _FAINT_ADVANTAGE:
        best, edges = other, faint
    if best is None:
        return None
    ys, xs = np.nonzero(edges)
    fitted: Corners = _fitted(best, np.stack([xs, ys], axis=1).astype(np.float64), 3.5) / scale
    return fitted


def _best(candidates: Iterator[Corners], edges: Colours, holding: Corners | None) -> tuple[Corners | None, float]:
    best, best_score = None, 0.0
    for corners in candidates:
        if holding is not None and not _holds(corners, holding):
            continue
        score = _score(corners, edges)
        if score > best_score:
            best, best_score = corners, score
    return best, best_score


def covered_corner(picture: Colours, corners: Corners) -> Corners | None:
    """Return the region, a quadrilateral in pixels, of the first corner that something lies over, or None.

    Both sides that meet there stop short of it, while every other part of the outline is to be seen.
    """
    scale = _SEARCH_SIDE / max(picture.shape[:2])
    edges = _edges(_lab(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)))
    small = corners * scale
    sides = [*pairwise([*small, small[0]])]
    if min(_support(a, b, edges) for a, b in sides) < _LEAST_SUPPORT:
        return None
    for place in range(4):
        corner, after, before = (corners[(place + step) % 4] for step in (0, 1, 3))
        near, on, back = (small[(place + step) % 4] for step in (0, 1, 3))
        # Nearer to the corner it is round.
        if max(_support(near, end, edges, _BESIDE_CORNER) for end in (on, back)) < _LEAST_SUPPORT:
            along, down = (after - corner) * 0.15, (before - corner) * 0.15
            return np.array([corner, corner + along, corner + along + down, corner + down])
    return None


def crosses_border(picture: Colours) -> bool:
    """Tell whether something large, in other colours than the table, lies across the border of ``picture`` (RGB)."""
    scale = _SEARCH_SIDE / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mask = unlike_border(_lab(small))
    _count, labels, stats, _middles = cv2.connectedComponentsWithStats(mask)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.bincount(border, minlength=len(stats))
    large = stats[:, cv2.CC_STAT_AREA] >= _LEAST_AREA * mask.size
    # The table itself is label 0.
    return bool((large & (touching >= _LEAST_TOUCH * min(mask.shape)))[1:].any())


def flattened(picture: Colours, corners: Corners, width: int = 1400) -> Colours:
    """Return the document inside ``corners`` seen from straight above, ``width`` pixels wide."""
    ratio = ID1_RATIO if ratio_of(corners) >= _RATIO_SPLIT else BOOK_RATIO
    height = round(width / ratio)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_AREA)


def ratio_of(corners: Corners) -> float:
    """Return width over height of a quadrilateral, from the means of its opposite sides; at least 1."""
    top, right, bottom, left = _sides(corners)
    wide, high = (top + bottom) / 2, (left + right) / 2
    return float(max(wide, high) / max(min(wide, high), 1.0))


def width_of(corners: Corners) -> float:
    """Return the longer dimension in pixels."""
    top, right, bottom, left = _sides(corners)
    return float(max((top + bottom) / 2, (left + right) / 2))


def lies_inside(corners: Corners, shape: tuple[int, ...]) -> bool:
    """Tell whether every corner is on the picture, not at its border."""
    height, width = shape[:2]
    margin = max(height, width) * 0.004
    x, y = corners[:, 0], corners[:, 1]
    return bool(
        (x > margin).all() and (x < width - margin).all() and (y > margin).all() and (y < height - margin).all()
    )


def _holds(corners: Corners, points: Corners) -> bool:
    around = corners.astype(np.float32)
    return all(cv2.pointPolygonTest(around, (float(x), float(y)), measureDist=True) >= -6.0 for x, y in points)


def _sides(corners: Corners) -> tuple[float, float, float, float]:
    lengths = [float(np.hypot(*(b - a))) for a, b in pairwise([*corners, corners[0]])]
    return lengths[0], lengths[1], lengths[2], lengths[3]


def _lab(small: Colours) -> Colours:
    return cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.2), cv2.COLOR_RGB2LAB)


def _edges(lab: Colours) -> Colours:
    """Return a map of edges in lightness and colour: a pale card on a white table differs in colour at best."""
    found: Colours = np.zeros(lab.shape[:2], np.uint8)
    for channel in range(3):
        plane = lab[..., channel]
        gradient = cv2.magnitude(cv2.Scharr(plane, cv2.CV_32F, 1, 0), cv2.Scharr(plane, cv2.CV_32F, 0, 1))
        high = max(float(np.percentile(gradient, 92)), 90.0)
        found = np.maximum(found, cv2.Canny(plane, high * 0.15, high * 0.4))
    return found


def _candidates(lab: Colours, edges: Colours) -> Iterator[Corners]:
    for size in (3, 9, 15):
        kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (size, size))
        yield from _quadrilaterals(cv2.morphologyEx(edges, cv2.MORPH_CLOSE, kernel))
    yield from _quadrilaterals(unlike_border(lab))
    light = lab[..., 0]
    _threshold, bright = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    yield from _quadrilaterals(bright)
    yield from _crossings(edges)


def unlike_border(lab: Colours) -> Colours:
    """Return what does not have the colours of the table, of which the border of the photograph is taken to be."""
    height, width = lab.shape[:2]
    band = max(4, min(height, width) // 40)
    ring = np.concatenate(
        [
            lab[:band].reshape(-1, 3),
            lab[-band:].reshape(-1, 3),
            lab[:, :band].reshape(-1, 3),
            lab[:, -band:].reshape(-1, 3),
        ]
    ).astype(np.float32)
    middle, spread = np.median(ring, axis=0), np.maximum(ring.std(axis=0), 3.0)
    distance = np.sqrt((((lab.astype(np.float32) - middle) / spread) ** 2).sum(axis=2))
    mask = (distance > 3.2).astype(np.uint8) * 255
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((21, 21), np.uint8))


def _unlike_table(small: Colours) -> Colours:
    """Return what differs, however little, from the light of an even table, which a surface of order two describes.

    The surface is fitted to the border of the photograph; noise is measured there too, after smoothing.
    """
    lab = cv2.cvtColor(cv2.GaussianBlur(small.astype(np.float32) / 255, (0, 0), 2.0), cv2.COLOR_RGB2LAB)
    height, width = lab.shape[:2]
    band = max(6, min(height, width) // 25)
    border = np.ones((height, width), bool)
    border[band:-band, band:-band] = False
    y, x = np.indices((height, width), np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    distance = np.zeros((height, width), np.float32)
    for channel in range(3):
        plane, known = lab[..., channel], border
        for _round in range(2):
            factors = np.linalg.lstsq(terms[known], plane[known], rcond=None)[0]
            away = plane - terms @ factors
            noise = max(1.48 * float(np.median(np.abs(away[known]))), _LEAST_NOISE)
            known = border & (np.abs(away) < 3 * noise)
        distance += (away / noise) ** 2
    unlike = distance > _UNLIKE_TABLE**2
    if unlike.any():
        # Smoothing has spread what differs much beyond its edge.
        unlike = distance > max(_UNLIKE_TABLE**2, 0.1 * float(np.median(distance[unlike])))
    mask = cv2.morphologyEx(unlike.astype(np.uint8) * 255, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((21, 21), np.uint8))


def _quadrilaterals(mask: Colours) -> Iterator[Corners]:
    contours, _hierarchy = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    area = mask.shape[0] * mask.shape[1]
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:4]:
        hull = cv2.convexHull(contour)
        if cv2.contourArea(hull) < _LEAST_AREA * area:
            continue
        points = contour.reshape(-1, 2).astype(np.float64)
        for corners in _four(hull):
            yield _fitted(_fitted(_ordered(corners), points, 14.0), points, 5.0)


def _four(hull: NDArray[Any]) -> Iterator[Corners]:
    """Yield quadrilaterals near a convex hull: round corners make more than four."""
    length = cv2.arcLength(hull, True)
    for tolerance in (0.02, 0.04, 0.07):
        polygon = cv2.approxPolyDP(hull, tolerance * length, True)
        if len(polygon) == 4:
            yield polygon.reshape(4, 2).astype(np.float64)
            break
    yield cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float64)


def _fitted(corners: Corners, points: Corners, reach: float) -> Corners:
    """Return where the lines meet that fit ``points`` along the middle of each side, ``reach`` pixels around it.

    The corners themselves are round and say nothing.
    """
    lines = []
    for a, b in pairwise([*corners, corners[0]]):
        length = max(float(np.hypot(*(b - a))), 1e-6)
        along = (b - a) / length
        normal = np.array([-along[1], along[0]])
        away, part = (points - a) @ normal, (points - a) @ along / length
        near = points[(np.abs(away) < reach) & (part > 0.1) & (part < 0.9)]
        if len(near) < 20:
            lines.append(np.array([*a, *b]))
            continue
        vx, vy, x0, y0 = cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append(np.array([x0 - vx * 500, y0 - vy * 500, x0 + vx * 500, y0 + vy * 500], np.float64))
    meets = [_meet(lines[side - 1], lines[side]) for side in range(4)]
    fitted = [
        meet if meet is not None and np.hypot(*(meet - corner)) < 4 * reach else corner
        for meet, corner in zip(meets, corners, strict=True)
    ]
    return np.array(fitted)


def _crossings(edges: Colours) -> Iterator[Corners]:
    """Return quadrilaterals of long straight edges: where fingers or glare break the contour."""
    side = min(edges.shape)
    found = cv2.HoughLinesP(edges, 1, np.pi / 360, 60, minLineLength=side // 5, maxLineGap=side // 25)
    if found is None:
        return
    segments = sorted(found.reshape(-1, 4).astype(np.float64), key=lambda s: -np.hypot(s[2] - s[0], s[3] - s[1]))[:24]
    level = [s for s in segments if abs(s[2] - s[0]) >= abs(s[3] - s[1])]
    steep = [s for s in segments if abs(s[2] - s[0]) < abs(s[3] - s[1])]
    level.sort(key=lambda s: s[1] + s[3])
    steep.sort(key=lambda s: s[0] + s[2])
    for top in level[:3]:
        for bottom in level[-3:]:
            for left in steep[:3]:
                for right in steep[-3:]:
                    corners = [_meet(top, left), _meet(top, right), _meet(bottom, right), _meet(bottom, left)]
                    if all(corner is not None for corner in corners):
                        yield np.array(corners)


def _meet(first: Corners, second: Corners) -> Corners | None:
    x1, y1, x2, y2 = first
    x3, y3, x4, y4 = second
    across = (x1 - x2) * (y3 - y4) - (y1 - y2) * (x3 - x4)
    if abs(across) < 1e-6:
        return None
    a, b = x1 * y2 - y1 * x2, x3 * y4 - y3 * x4
    return np.array([(a * (x3 - x4) - (x1 - x2) * b) / across, (a * (y3 - y4) - (y1 - y2) * b) / across])


def _ordered(corners: Corners) -> Corners:
    """Return the corners clockwise, the long sides lying across, beginning at the top left as the photograph has it."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    clockwise = corners[np.argsort(angles)]
    start = int(np.argmin(clockwise.sum(axis=1)))
    return np.roll(clockwise, -start, axis=0)


def _score(corners: Corners, edges: Colours) -> float:
    """Return how well ``corners`` frame a document: edges under all four sides, a likely ratio, size."""
    height, width = edges.shape
    area = cv2.contourArea(corners.astype(np.float32))
    reach = 0.06 * max(height, width)
    x, y = corners[:, 0], corners[:, 1]
    outside = (x < -reach).any() or (x > width + reach).any() or (y < -reach).any() or (y > height + reach).any()
    if outside or area < _LEAST_AREA * height * width or not _RATIOS[0] <= ratio_of(corners) <= _RATIOS[1]:
        return 0.0
    if not cv2.isContourConvex(corners.astype(np.float32)) or not _square_enough(corners):
        return 0.0
    support = [_support(a, b, edges) for a, b in pairwise([*corners, corners[0]])]
    if min(support) < 0.25 or float(np.mean(support)) < _LEAST_SUPPORT:
        return 0.0
    ratio = ratio_of(corners)
    off = min(abs(np.log(ratio / ID1_RATIO)), abs(np.log(ratio / BOOK_RATIO)))
    return float(
        np.mean(support) ** 2 * (0.5 + 0.5 * min(support)) * np.exp(-2.5 * off) * (area / (height * width)) ** 0.35
    )


def _square_enough(corners: Corners) -> bool:
    for before, corner, after in zip(np.roll(corners, 1, axis=0), corners, np.roll(corners, -1, axis=0), strict=True):
        a, b = before - corner, after - corner
        cosine = abs(float(a @ b)) / max(float(np.hypot(*a) * np.hypot(*b)), 1e-6)
        if cosine > 0.45:
            return False
    return True


def _support(a: Corners, b: Corners, edges: Colours, part: tuple[float, float] = (0.06, 0.94)) -> float:
    """Return along how much of ``part`` of the side from ``a`` to ``b`` an edge lies within two pixels (0 to 1)."""
    height, width = edges.shape
    points = a + (b - a) * np.linspace(*part, 90)[:, None]
    normal = np.array([-(b - a)[1], (b - a)[0]]) / max(float(np.hypot(*(b - a))), 1e-6)
    hit = np.zeros(len(points), bool)
    for shift in (-2, -1, 0, 1, 2):
        where = np.rint(points + normal * shift).astype(int)
        inside = (where[:, 0] >= 0) & (where[:, 0] < width) & (where[:, 1] >= 0) & (where[:, 1] < height)
        hit[inside] |= edges[where[inside, 1], where[inside, 0]] > 0
    return float(hit.mean())
