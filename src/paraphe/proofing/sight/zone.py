"""The line reader: finds the machine readable zone on a photograph that lies any way round, and reads it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from paraphe.proofing.mrz.api import FILLER, FORMATS, LOOK_ALIKES, Format, format_of, refined, verify
from paraphe.proofing.observations import MrzSeen, Place
from paraphe.proofing.sight.characters import ALPHABET, ReadLine, recogniser
from paraphe.proofing.sight.lines import SEARCH_SIDE, Line, find_zones, reaching_alike

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

#: Characters by which a line may be too long or too short before it is no zone.
_MOST_OFF = 3
_FILLER = ALPHABET.index(FILLER)


@dataclass(frozen=True)
class Zone:
    """A zone as seen, whether all its check digits are right, and by how many degrees the photograph lies turned."""

    seen: MrzSeen
    valid: bool
    turned: int

    @property
    def worth(self) -> tuple[bool, float]:
        """Return what makes one reading better than another."""
        chances = [chance for line in self.seen.confidences for chance in line]
        return self.valid, float(np.mean(chances)) if chances else 0.0


def read_zone(grey: Grey) -> Zone | None:
    """Return the zone on ``grey``, or None. Places are fractions of ``grey`` as it came, whichever way it lies."""
    best: Zone | None = None
    for quarter in (0, 1):
        upright = np.ascontiguousarray(np.rot90(grey, quarter))
        scale = min(1.0, SEARCH_SIDE / max(upright.shape))
        small = cv2.resize(upright, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else upright
        for group in find_zones(small):  # type: ignore[arg-type]
            lines = reaching_alike([_scaled(line, 1 / scale) for line in group])
            for half in (0, 1):
                zone = _read(upright, lines, quarter + 2 * half, half=bool(half))
                if zone is not None and (best is None or zone.worth > best.worth):
                    best = zone
                if best is not None and best.valid:
                    return best
    return best


def _scaled(line: Line, factor: float) -> Line:
    return Line(
        (line.start[0] * factor, line.start[1] * factor),
        (line.end[0] * factor, line.end[1] * factor),
        (line.heights[0] * factor, line.heights[1] * factor),
        line.pitch * factor,
        line.marks,
    )


def _read(upright: Grey, lines: list[Line], turned: int, *, half: bool) -> Zone | None:
    """Read ``lines`` of a photograph turned by quarters to the left; with ``half``, as if it stood on its head."""
    if half:
        height, width = upright.shape
        lines = [_on_its_head(line, width, height) for line in reversed(lines)]
        picture = np.ascontiguousarray(upright[::-1, ::-1])
    else:
        picture = upright
    read = [line for line in recogniser().read(picture, lines) if len(line.chances)]
    for chosen, where in _choices(read, lines):
        zone = _as_zone(chosen, _place(where, picture.shape, turned))
        if zone is not None:
            return Zone(zone, _valid(zone), -90 * turned % 360)
    return None


def _choices(read: list[ReadLine], lines: list[Line]) -> list[tuple[list[ReadLine], list[Line]]]:
    """Return the lines to try as a zone: all, and without one at the top or bottom that is print beside it."""
    if len(read) != len(lines):
        return []
    choices = [(read, lines)]
    if len(read) == 3:
        choices += [(read[1:], lines[1:]), (read[:2], lines[:2])]
    if len(read) >= 2:
        choices += [(read[-1:], lines[-1:]), (read[:1], lines[:1])]
    return choices


def _as_zone(read: list[ReadLine], place: Place) -> MrzSeen | None:
    raw = tuple(line.text for line in read)
    name = format_of(raw)
    if name is None:
        return None
    format_ = FORMATS[name]
    shaped = [_shaped(line, format_.width) for line in read]
    if any(line is None for line in shaped):
        return None
    chances = [line for line in shaped if line is not None]
    lines = tuple(_best(format_, number, line) for number, line in enumerate(chances))
    narrow = refined(format_, _issuer(format_, lines), lines[0][:1])
    lines = tuple(_best(narrow, number, line) for number, line in enumerate(chances))
    confidences = tuple(
        tuple(_confidence(narrow.allowed(number, column), row) for column, row in enumerate(line))
        for number, line in enumerate(chances)
    )
    return MrzSeen(name, lines, confidences, raw, place)


def _valid(seen: MrzSeen) -> bool:
    return all(check.right for check in verify(FORMATS[seen.format], seen.lines))


def _issuer(format_: Format, lines: tuple[str, ...]) -> str:
    return format_.text(lines, "issuer").replace(FILLER, "")


def _shaped(line: ReadLine, width: int) -> Floats | None:
    """Return exactly ``width`` rows: what is missing or too much are fillers, and where the spacing says so."""
    rows, places = list(line.chances), list(line.places)
    if abs(len(rows) - width) > _MOST_OFF:
        return None
    while len(rows) > width:
        thin = [place for place in range(len(rows)) if int(rows[place].argmax()) == _FILLER]
        if not thin:
            return None
        crowded = min(thin, key=lambda place: _room(places, place))
        del rows[crowded], places[crowded]
    while len(rows) < width:
        gaps = [places[place + 1] - places[place] for place in range(len(places) - 1)]
        beside = [
            place for place in range(len(gaps)) if _FILLER in (int(rows[place].argmax()), int(rows[place + 1].argmax()))
        ]
        if not beside:
            return None
        widest = max(beside, key=lambda place: gaps[place])
        added = np.zeros(len(ALPHABET))
        # A filler that nobody saw is believed, but not much.
        added[_FILLER] = 0.6
        rows.insert(widest + 1, added)
        places.insert(widest + 1, (places[widest] + places[widest + 1]) / 2)
    return np.array(rows)


def _room(places: list[float], place: int) -> float:
    before = places[place] - places[place - 1] if place else 1.0
    after = places[place + 1] - places[place] if place + 1 < len(places) else 1.0
    return float(before + after)


def _best(format_: Format, number: int, chances: Floats) -> str:
    return "".join(_character(format_.allowed(number, column), row) for column, row in enumerate(chances))


def _character(allowed: str, row: Floats) -> str:
    """Return the best allowed character; a look-alike of the best of all counts as that one."""
    overall = ALPHABET[int(row.argmax())]
    if overall in allowed:
        return overall
    for other in LOOK_ALIKES.get(overall, ""):
        if other in allowed:
            return other
    return max(allowed, key=lambda character: row[ALPHABET.index(character)])


def _confidence(allowed: str, row: Floats) -> float:
    """Return how far the chosen character is ahead of the next allowed one; less where the grammar overruled."""
    overall = ALPHABET[int(row.argmax())]
    chosen = _character(allowed, row)
    others = [row[ALPHABET.index(other)] for other in allowed if other != chosen]
    own = float(row[ALPHABET.index(chosen)])
    if chosen != overall:
        own = max(own, float(row.max())) if chosen in LOOK_ALIKES.get(overall, "") else own * 0.5
    second = float(max(others, default=0.0))
    return round(own / (own + second), 4) if own > 0 else 0.0


def _on_its_head(line: Line, width: int, height: int) -> Line:
    return Line(
        (width - line.end[0], height - line.end[1]),
        (width - line.start[0], height - line.start[1]),
        (line.heights[1], line.heights[0]),
        line.pitch,
        line.marks,
    )


def _place(lines: list[Line], shape: tuple[int, ...], turned: int) -> Place:
    """Return the corners around ``lines`` as fractions of the photograph before it was turned."""
    first, last = lines[0], lines[-1]
    above, below = np.array([0.0, -first.heights[0]]), np.array([0.0, last.heights[0]])
    corners = [first.start + above, first.end + above, last.end + below, last.start + below]
    height, width = shape[:2]
    return tuple(_turned_back(corner[0] / width, corner[1] / height, turned) for corner in corners)


def _turned_back(x: float, y: float, quarters: int) -> tuple[float, float]:
    for _quarter in range(quarters % 4):
        x, y = 1 - y, x
    return float(x), float(y)
