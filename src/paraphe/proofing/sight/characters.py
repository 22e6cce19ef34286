"""Reads one straightened line of a machine readable zone: for each character, how likely each of the 37 is."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from paraphe.proofing.mrz.api import HOMOGLYPHS
from paraphe.proofing.sight import models
from paraphe.proofing.sight.lines import Line

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
_HEIGHT = 48
#: How much of the height of the picture the capitals take: the model was trained on lines cut close.
_CAPITALS = 0.62
_MARGIN_CHARACTERS = 1.6

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class ReadLine:
    """Characters of one line from left to right.

    ``chances`` has a row of 37 for each (order of ALPHABET, each row sums to 1 at most); ``places`` is where
    each is, in pitches from the first mark of the line.
    """

    chances: Floats
    places: Floats

    @property
    def text(self) -> str:
        """Return the most likely characters."""
        return "".join(ALPHABET[int(best)] for best in self.chances.argmax(axis=1)) if len(self.chances) else ""


class Recogniser:
    """The reading network, loaded once per process."""

    def __init__(self, threads: int = 2) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # The arena would keep the memory of the widest line ever read.
        options.enable_cpu_mem_arena = False
        path = models.folder() / models.LINES
        self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        known = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        # Class 0 is the blank of connectionist temporal classification.
        self._columns = [
            [place + 1 for place, letter in enumerate(known) if letter and letter in _spellings(wanted)]
            for wanted in ALPHABET
        ]

    def read(self, grey: Picture, lines: list[Line]) -> list[ReadLine]:
        """Return what stands on ``lines`` of ``grey``."""
        return [self._read(strip, line) for strip, line in ((straightened(grey, line), line) for line in lines)]

    def _read(self, strip: Picture, line: Line) -> ReadLine:
        colour = np.repeat(strip[None, None].astype(np.float32) / 127.5 - 1.0, 3, axis=1)
        answer = self._session.run(None, {"x": colour})[0][0]
        chances = np.stack([answer[:, columns].sum(axis=1) for columns in self._columns], axis=1)
        blank = answer[:, 0]
        pitches = line.length / line.pitch + 2 * _MARGIN_CHARACTERS
        return _collapsed(chances.astype(np.float64), blank.astype(np.float64), pitches)


def _spellings(character: str) -> str:
    # OCR-B has capitals only, so a small letter of the same shape is the capital.
    small = character.lower() if character in "CKOPSUVWXZ" else ""
    return character + small + HOMOGLYPHS.get(character, "")


def straightened(grey: Picture, line: Line) -> Picture:
    """Return ``line`` cut out of ``grey``, level and 48 px tall, with a margin at both ends."""
    (x0, y0), (x1, y1) = line.start, line.end
    along = np.array([x1 - x0, y1 - y0]) / max(line.length, 1.0)
    down = np.array([-along[1], along[0]])
    first = np.array([x0, y0]) - along * line.pitch * _MARGIN_CHARACTERS
    last = np.array([x1, y1]) + along * line.pitch * _MARGIN_CHARACTERS
    half = [height / _CAPITALS / 2 for height in line.heights]
    corners = np.array(
        [first - down * half[0], last - down * half[1], last + down * half[1], first + down * half[0]], np.float32
    )
    length = float(np.hypot(*(last - first)))
    width = max(48, round(length * _HEIGHT / (half[0] + half[1])))
    target = np.array([[0, 0], [width, 0], [width, _HEIGHT], [0, _HEIGHT]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    strip = cv2.warpPerspective(grey, matrix, (width, _HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.normalize(strip, strip, 0, 255, cv2.NORM_MINMAX)  # type: ignore[return-value]


def _collapsed(chances: Floats, blank: Floats, pitches: float) -> ReadLine:
    """Return one row per character: runs of the same best class between blanks, as the network means them."""
    best = chances.argmax(axis=1)
    rows: list[Floats] = []
    places: list[float] = []
    previous = -1
    for step in range(len(best)):
        if blank[step] >= chances[step, best[step]]:
            previous = -1
            continue
        if best[step] == previous:
            rows[-1] = np.maximum(rows[-1], chances[step])
        else:
            rows.append(chances[step].copy())
            places.append(step)
        previous = int(best[step])
    scale = pitches / max(len(best), 1)
    return ReadLine(
        np.array(rows).reshape(-1, len(ALPHABET)),
        (np.array(places, dtype=np.float64) + 0.5) * scale - _MARGIN_CHARACTERS,
    )


@cache
def recogniser() -> Recogniser:
    """Return the recogniser of this process. Raises ModelsMissing."""
    return Recogniser()
