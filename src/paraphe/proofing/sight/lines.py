"""Finds the lines of a machine readable zone: chains of equally tall, equally spaced marks, at any tilt."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

#: The picture is searched at this size; characters of a document that fills a third of it are then still 8 px tall.
SEARCH_SIDE = 1600
_HEIGHTS = (7, 70)
#: Distance of neighbours over their height. The pitch of OCR-B is 2.54 mm, its capitals are 2.4 mm tall.
_PITCH = (0.45, 1.75)
#: Fewest marks of a line: a third of the shortest kind may be lost in glare or dirt.
_FEWEST = 14
#: Distance of lines over the pitch: 4.2 mm on cards, 6.3 mm in passports.
_SPACING = (1.1, 3.6)
_MOST_GROUPS = 4


@dataclass(frozen=True)
class Line:
    """A straight run of marks, in pixels of the searched picture.

    ``start`` and ``end`` are the middles of its first and last marks, ``heights`` the height of capitals there,
    ``pitch`` the distance of neighbours, ``marks`` how many there are.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    heights: tuple[float, float]
    pitch: float
    marks: int

    @property
    def length(self) -> float:
        """Return the distance from first to last mark."""
        return float(np.hypot(self.end[0] - self.start[0], self.end[1] - self.start[1]))


def find_zones(grey: Grey) -> list[list[Line]]:
    """Return groups of lines that may be a zone, the likeliest first, each from top to bottom.

    ``grey`` has its lines about level. A long title may look like a line of a zone: so there is more than one group.
    """
    marks = _marks(grey)
    lines = [line for chain in _chains(marks) if (line := _line(marks, chain)) is not None]
    return _groups(_joined(lines))[:_MOST_GROUPS]


def _marks(grey: Grey) -> Floats:
    """Return x, y of the middle, width and height of each dark mark that may be a character."""
    side = max(grey.shape)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (max(9, side // 45) | 1, max(9, side // 45) | 1))
    dark = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel)
    # Ink is judged beside what is around it: a shadow over half the zone must not hide that half.
    around = cv2.boxFilter(dark, cv2.CV_32F, (side // 20, side // 20))
    spread = np.sqrt(np.maximum(cv2.sqrBoxFilter(dark, cv2.CV_32F, (side // 20, side // 20)) - around**2, 0))
    ink = (dark > np.maximum(around + 0.8 * spread, 12)).astype(np.uint8)
    _count, _labels, stats, _middles = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, top, width, height, area = (stats[1:, column].astype(np.float64) for column in range(5))
    wanted = (
        (height >= _HEIGHTS[0])
        & (height <= _HEIGHTS[1])
        & (width <= 1.6 * height)
        & (width >= 0.08 * height)
        & (area >= 0.1 * width * height)
    )
    found: Floats = np.stack([left + width / 2, top + height / 2, width, height], axis=1)[wanted]
    return found


def _chains(marks: Floats) -> list[list[int]]:
    """Return runs of marks in which each is the nearest fitting one to the right of the one before."""
    if len(marks) < _FEWEST:
        return []
    order = np.argsort(marks[:, 0])
    x, y, height = marks[order, 0], marks[order, 1], marks[order, 3]
    follower = np.full(len(order), -1)
    leader: dict[int, tuple[float, int]] = {}
    for place in range(len(order)):
        last = np.searchsorted(x, x[place] + _PITCH[1] * height[place] * 1.2, side="right")
        nearby = np.arange(place + 1, last)
        if not len(nearby):
            continue
        across, down = x[nearby] - x[place], y[nearby] - y[place]
        taller = np.maximum(height[nearby], height[place])
        fits = (
            (across >= _PITCH[0] * taller)
            & (across <= _PITCH[1] * taller)
            & (np.abs(down) <= 0.3 * across + 0.12 * taller)
            & (np.minimum(height[nearby], height[place]) >= 0.5 * taller)
        )
        if not fits.any():
            continue
        cost = np.where(fits, across + 2.5 * np.abs(down), np.inf)
        best = int(nearby[int(np.argmin(cost))])
        if best not in leader or leader[best][0] > cost.min():
            if best in leader:
                follower[leader[best][1]] = -1
            leader[best] = (float(cost.min()), place)
            follower[place] = best
    return _runs(follower, leader, order)


def _runs(
    follower: NDArray[np.int64], leader: dict[int, tuple[float, int]], order: NDArray[np.int64]
) -> list[list[int]]:
    runs = []
    for place in range(len(order)):
        if place in leader and follower[leader[place][1]] == place:
            continue
        run = [place]
        while follower[run[-1]] >= 0:
            run.append(int(follower[run[-1]]))
        if len(run) >= 4:
            runs.append([int(order[each]) for each in run])
    return runs


def _line(marks: Floats, chain: list[int]) -> Line | None:
    """Return the straight line through most of ``chain``, or None when its marks are not regular."""
    x, y, height = marks[chain, 0], marks[chain, 1], marks[chain, 3]
    slope, offset = np.polyfit(x, y, 1)
    for _again in range(2):
        near = np.abs(y - (slope * x + offset)) <= 0.3 * np.median(height)
        if near.sum() < 4:
            return None
        slope, offset = np.polyfit(x[near], y[near], 1)
    x, height = x[near], height[near]
    pitch = float(np.median(np.diff(x)))
    tall = float(np.percentile(height, 75))
    ends = np.polyval(np.polyfit(x, height, 1), (x[0], x[-1])) if len(x) >= 10 else np.array([tall, tall])
    # Fillers are lower than capitals: the height that matters is that of the taller marks.
    scale = tall / max(float(np.median(height)), 1.0)
    heights = (float(ends[0] * scale), float(ends[1] * scale))
    return Line(
        (float(x[0]), float(slope * x[0] + offset)),
        (float(x[-1]), float(slope * x[-1] + offset)),
        heights,
        pitch,
        len(x),
    )


def _joined(lines: list[Line]) -> list[Line]:
    """Join runs that lie on one line, one after the other: a character that was lost cuts a line in two."""
    pending = sorted(lines, key=lambda line: line.start[0])
    joined: list[Line] = []
    for line in pending:
        for place, known in enumerate(joined):
            if _continues(known, line):
                joined[place] = _both(known, line)
                break
        else:
            joined.append(line)
    return [line for line in joined if line.marks >= _FEWEST]


def _continues(first: Line, second: Line) -> bool:
    gap = second.start[0] - first.end[0]
    longer = first if first.length >= second.length else second
    slope = (longer.end[1] - longer.start[1]) / max(longer.end[0] - longer.start[0], 1.0)
    off = abs(second.start[1] - first.end[1] - slope * gap)
    alike = min(first.pitch, second.pitch) >= 0.7 * max(first.pitch, second.pitch)
    return alike and -0.5 * longer.pitch <= gap <= 8 * longer.pitch and off <= 0.35 * longer.pitch + 0.02 * abs(gap)


def _both(first: Line, second: Line) -> Line:
    pitch = (first.pitch * first.marks + second.pitch * second.marks) / (first.marks + second.marks)
    return Line(first.start, second.end, (first.heights[0], second.heights[1]), pitch, first.marks + second.marks)


def _groups(lines: list[Line]) -> list[list[Line]]:
    """Return each one to three lines that lie under each other as in a zone, those with most marks first."""
    groups: list[list[Line]] = []
    for seed in lines:
        group = [seed]
        for other in sorted(lines, key=lambda line: abs(_below(seed, line))):
            if other is not seed and len(group) < 3 and _fits_group(group, other):
                group.append(other)
        group.sort(key=lambda line: _below(seed, line))
        if group not in groups:
            groups.append(group)
    return sorted(groups, key=lambda group: -sum(line.marks for line in group))


def _fits_group(group: list[Line], other: Line) -> bool:
    distances = [abs(_below(line, other)) / line.pitch for line in group]
    alike = all(min(line.pitch, other.pitch) >= 0.8 * max(line.pitch, other.pitch) for line in group)
    return (
        alike and min(distances) >= _SPACING[0] and min(distances) <= _SPACING[1] and _overlap(group[0], other) >= 0.5
    )


def _below(line: Line, other: Line) -> float:
    """Return how far ``other`` lies below ``line``, across the direction of ``line``."""
    dx, dy = line.end[0] - line.start[0], line.end[1] - line.start[1]
    length = max(float(np.hypot(dx, dy)), 1.0)
    mx, my = (other.start[0] + other.end[0]) / 2 - line.start[0], (other.start[1] + other.end[1]) / 2 - line.start[1]
    return float((dx * my - dy * mx) / length)


def _overlap(line: Line, other: Line) -> float:
    first, last = max(line.start[0], other.start[0]), min(line.end[0], other.end[0])
    return float((last - first) / max(min(line.length, other.length), 1.0))


def reaching_alike(lines: list[Line]) -> list[Line]:
    """Return ``lines`` of one zone drawn out to the reach of the longest: all lines of a zone are equally wide."""
    longest = max(lines, key=lambda line: line.length)
    (x0, y0), (x1, y1) = longest.start, longest.end
    along = np.array([x1 - x0, y1 - y0]) / max(longest.length, 1.0)
    reached = []
    for line in lines:
        start, end = np.array(line.start), np.array(line.end)
        own = (end - start) / max(line.length, 1.0)
        before = float((start - np.array(longest.start)) @ along)
        after = float((np.array(longest.end) - end) @ along)
        if before > line.pitch * 0.7:
            start = start - own * before
        if after > line.pitch * 0.7:
            end = end + own * after
        reached.append(
            Line(
                (float(start[0]), float(start[1])),
                (float(end[0]), float(end[1])),
                line.heights,
                longest.pitch,
                line.marks,
            )
        )
    return reached
