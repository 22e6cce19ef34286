"""The cases of ``bench/proofing.py``: photographs of drawn documents, good and bad, whole and altered."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import cv2
import numpy as np
from PIL import Image

from paraphe.proofing.api import Reason
from tests.support.specimens import (
    HELD_OUT,
    PRESETS,
    PROFILES,
    Alter,
    Conditions,
    Holder,
    Specimen,
    photographed,
    random_conditions,
    specimen,
)
from tests.support.specimens.documents import TODAY
from tests.support.specimens.photography import encoded

MILD = PRESETS["mild"]
#: What a person with a telephone and some goodwill takes; the rest of what people take is "random".
READABLE = ("mild", "dim", "perspective", "noisy", "turned", "white table", "cloth", "shadow")
_TWO_SIDED = ("fr_identity_card_2021", "residence_permit", "eu_identity_card_td1")
_ALL = tuple(PROFILES)
_WITH_ZONE = tuple(name for name in _ALL if name != "driving_licence")


@dataclass(frozen=True)
class Given:
    """What one person hands in: files in the order given, for the ``kind`` said.

    ``expected`` are reasons of which one must be named, empty for a document that must be read.
    """

    group: str
    name: str
    made: Specimen
    files: tuple[bytes, ...]
    kind: str
    expected: frozenset[Reason] = frozenset()


def whole(profile: str, condition: str, seed: int) -> Given:
    """Return a document that nobody altered, photographed under ``condition``."""
    made = specimen(profile, HELD_OUT + seed)
    conditions = random_conditions(HELD_OUT + seed) if condition == "random" else PRESETS[condition]
    group = "random" if condition == "random" else "readable"
    return Given(group, condition, made, _taken(made, conditions, HELD_OUT + seed), made.kind)


def otherwise(number: int) -> Given:
    """Return a good document that is handed in in an unusual way."""
    ways: dict[str, Callable[[Specimen, int], tuple[bytes, ...]]] = {
        "sides exchanged": lambda made, seed: _taken(made, MILD, seed)[::-1],
        "on its head": lambda made, seed: _taken(made, PRESETS["on its head"], seed),
        "PDF of two pages": lambda made, seed: (_pdf(*_taken(made, MILD, seed)),),
        "both on one scanned page": lambda made, _seed: (_on_one_page(made),),
    }
    name = list(ways)[number % len(ways)]
    seed = HELD_OUT + 30_000 + number
    made = specimen(_TWO_SIDED[number // len(ways) % len(_TWO_SIDED)], seed)
    return Given("otherwise", name, made, ways[name](made, seed), made.kind)


def bad(number: int) -> Given:
    """Return a photograph that should be taken again, or a document that somebody altered: never to be accepted."""
    names = list(_BAD)
    name = names[number % len(names)]
    make, expected = _BAD[name]
    seed = HELD_OUT + 50_000 + number
    made, files, kind = make(seed)
    return Given("bad", name, made, files, kind or made.kind, frozenset(expected))


def how_many_bad() -> int:
    """Return how many ways of being bad there are."""
    return len(_BAD)


Made = tuple[Specimen, tuple[bytes, ...], str]


def _taken(made: Specimen, conditions: Conditions, seed: int) -> tuple[bytes, ...]:
    return tuple(photographed(side, conditions, seed + number) for number, side in enumerate(made.sides.values()))


def _pdf(*photographs: bytes) -> bytes:
    first, *others = [Image.open(io.BytesIO(each)) for each in photographs]
    buffer = io.BytesIO()
    first.save(buffer, "PDF", save_all=True, append_images=others, resolution=200)
    return buffer.getvalue()


def _on_one_page(made: Specimen) -> bytes:
    page = Image.new("RGB", (2000, 2600), (250, 250, 248))
    for place, side in enumerate(made.sides.values()):
        page.paste(side.convert("RGB"), (320, 260 + 1190 * place))
    buffer = io.BytesIO()
    page.save(buffer, "PDF", resolution=200)
    return buffer.getvalue()


def _pick(profiles: tuple[str, ...], seed: int) -> str:
    return profiles[seed // len(_BAD) % len(profiles)]


def _photographed(profiles: tuple[str, ...], seed: int, **changed: object) -> Made:
    made = specimen(_pick(profiles, seed), seed)
    return made, _taken(made, replace(MILD, **changed), seed), ""  # type: ignore[arg-type]


def _drawn(profiles: tuple[str, ...], alter: Alter, seed: int, conditions: Conditions = MILD) -> Made:
    made = specimen(_pick(profiles, seed), seed, alter=alter)
    return made, _taken(made, conditions, seed), ""


def _wrong_digit(seed: int) -> Made:
    def change(lines: tuple[str, ...]) -> tuple[str, ...]:
        # The check digit of the birth date (TD1) or of the number (TD2, TD3).
        place = 6 if len(lines) == 3 else 9
        digit = str((int(lines[1][place]) + 1 + seed % 8) % 10)
        return (lines[0], lines[1][:place] + digit + lines[1][place + 1 :], *lines[2:])

    profiles = tuple(name for name in _WITH_ZONE if name != "fr_identity_card_1988")
    return _drawn(profiles, Alter(mrz=change), seed)


def _expired(seed: int) -> Made:
    ended = TODAY - timedelta(days=1 + seed % 900)
    made = specimen(_pick(("passport", "residence_permit"), seed), seed, issued=date(2014, 1, 1), expires=ended)
    return made, _taken(made, MILD, seed), ""


def _other_back(seed: int) -> Made:
    profile = _pick(_TWO_SIDED, seed)
    made = specimen(profile, seed)
    other = specimen(profile, seed + 1, holder=Holder("MASSON", ("IRIS",), date(1977, 7, 7), "F"))
    front = photographed(made.sides["front"], MILD, seed)
    return made, (front, photographed(other.sides["back"], MILD, seed + 1)), ""


def _twice(seed: int) -> Made:
    made = specimen(_pick(_TWO_SIDED, seed), seed)
    side = made.sides[("front", "back")[seed % 2]]
    return made, (photographed(side, MILD, seed), photographed(side, MILD, seed + 1)), ""


def _someone_else(seed: int) -> Made:
    made, files, kind = _photographed(_ALL, seed)
    return replace(made, holder=replace(made.holder, surname="DUCHEMIN", given_names=("OLIVIER",))), files, kind


def _other_kind(seed: int) -> Made:
    made = specimen("residence_permit", seed)
    return made, _taken(made, MILD, seed), "identity_card"


def _cat(seed: int) -> Made:
    made = specimen(_pick(_ALL, seed), seed)
    dice = np.random.default_rng(seed)
    picture = cv2.GaussianBlur(dice.integers(0, 255, (1200, 1600, 3)).astype(np.uint8), (0, 0), 25)
    middle = (int(dice.integers(600, 1000)), int(dice.integers(500, 700)))
    cv2.ellipse(picture, middle, (400, 300), int(dice.integers(0, 90)), 0, 360, (120, 84, 50), -1)
    cv2.circle(picture, (middle[0] - 60, middle[1] - 80), 40, (40, 200, 60), -1)
    return made, tuple(encoded(picture) for _side in made.sides), ""


_BAD: dict[str, tuple[Callable[[int], Made], set[Reason]]] = {
    # Photographs.
    "black and white": (partial(_photographed, _ALL, grey=True), {Reason.NOT_COLOUR}),
    "tinted photocopy": (partial(_photographed, _ALL, copy_tint=(1.0, 0.96, 0.88)), {Reason.NOT_COLOUR}),
    "cut": (partial(_photographed, _ALL, cut=0.4), {Reason.CUT}),
    "much too dark": (partial(_photographed, _ALL, gain=0.2), {Reason.DARK}),
    "far away": (partial(_photographed, _ALL, fill=0.3), {Reason.TOO_SMALL}),
    "finger over a corner": (partial(_photographed, _ALL, finger=True), {Reason.CORNER_COVERED}),
    "out of focus": (partial(_photographed, _ALL, blur=5.0), {Reason.BLURRED, Reason.MRZ_UNREADABLE}),
    "from a screen": (partial(_photographed, _ALL, screen=True), {Reason.SCREEN_SUSPECTED}),
    "on a white sheet": (partial(_photographed, _ALL, paper=True), {Reason.COPY_SUSPECTED}),
    "cat": (_cat, {Reason.NO_DOCUMENT}),
    "one side twice": (_twice, {Reason.SAME_SIDE_TWICE}),
    "another person's back": (_other_back, {Reason.SIDES_DIFFER, Reason.PRINT_DIFFERS}),
    "another kind than said": (_other_kind, {Reason.KIND_MISMATCH}),
    "somebody else's document": (_someone_else, {Reason.NAME_MISMATCH, Reason.NAME_NEAR}),
    "expired": (_expired, {Reason.EXPIRED}),
    # Documents.
    "wrong check digit": (_wrong_digit, {Reason.CHECK_DIGIT_WRONG, Reason.REPAIRED, Reason.PRINT_DIFFERS}),
    "name changed in print": (
        partial(_drawn, _ALL, Alter(printed_surname="BEAUREGARD")),
        {Reason.PRINT_DIFFERS, Reason.PRINT_UNREAD},
    ),
    "number changed in print": (
        partial(_drawn, _WITH_ZONE, Alter(printed_number="Z9Z9Z9Z9Z")),
        {Reason.PRINT_DIFFERS, Reason.PRINT_UNREAD},
    ),
    "birth date changed in print": (
        partial(_drawn, _WITH_ZONE, Alter(printed_birth=date(1999, 9, 19))),
        {Reason.PRINT_DIFFERS, Reason.PRINT_UNREAD},
    ),
    "seal broken": (
        partial(_drawn, ("fr_identity_card_2021",), Alter(break_seal=True), conditions=PRESETS["clean"]),
        {Reason.SEAL_BAD},
    ),
}
