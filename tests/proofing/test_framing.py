"""Where the document lies on photographs of drawn documents, on every table, and what lies over it."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from paraphe.proofing.api import Policy, Reason, examine
from paraphe.proofing.observations import Framing
from paraphe.proofing.sight import outline
from paraphe.proofing.sight.framing import frame
from paraphe.proofing.sight.looking import opened
from tests.support.specimens import PRESETS, Conditions, photographed, random_conditions, specimen
from tests.support.specimens.photography import encoded, place_of

MILD = PRESETS["mild"]
TABLES = ("wood", "cloth", "dark", "grey", "white")


@cache  # the same photograph says the same, and several tests look at it
def framed(conditions: Conditions, seed: int = 3, profile: str = "passport") -> Framing:
    return frame(opened(photographed(specimen(profile, seed).sides["front"], conditions, seed)))


@pytest.fixture(scope="module")
def ordinary() -> list[Framing]:
    """What is seen of photographs of every severity, with nothing suspect about them."""
    return [framed(random_conditions(seed), seed) for seed in range(6)]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("profile", "seed"), [("fr_identity_card_2021", 1), ("residence_permit", 1), ("passport", 3)])
def test_the_outline_is_found_on_every_table(profile: str, seed: int, table: str) -> None:
    side = specimen(profile, seed).sides["front"]
    conditions = replace(random_conditions(900 + seed), width=1600, table=table, quarters=0)
    corners = outline.find_outline(opened(photographed(side, conditions, seed)))
    assert corners is not None
    truth = place_of(side, conditions, seed)
    found = np.zeros(truth.shape, np.uint8)
    cv2.fillConvexPoly(found, np.rint(corners).astype(np.int32), 1)
    assert (truth & (found > 0)).sum() / (truth | (found > 0)).sum() > 0.88


@pytest.mark.parametrize("profile", ["passport", "fr_identity_card_2021"])
def test_a_finger_over_a_corner_is_seen_and_shown(profile: str) -> None:
    covered = framed(replace(MILD, finger=True), profile=profile).covered
    assert covered is not None
    # Bottom right, where the finger comes from.
    assert min(x for x, _ in covered) > 0.5
    assert min(y for _, y in covered) > 0.5
    assert framed(MILD, profile=profile).covered is None


def test_a_finger_is_said_before_the_photograph_is_handed_in() -> None:
    side = specimen("passport", 3).sides["front"]
    assert Reason.CORNER_COVERED in examine(photographed(side, replace(MILD, finger=True), 3)).hints
    assert examine(photographed(side, MILD, 3)).hints == ()


def test_no_finger_is_seen_where_there_is_none(ordinary: list[Framing]) -> None:
    assert all(framing.covered is None for framing in ordinary)


def test_the_grain_of_a_screen_stands_out(ordinary: list[Framing]) -> None:
    most = Policy().max_grain
    assert framed(replace(MILD, screen=True)).screen > most
    assert all(framing.screen < most for framing in ordinary)


def test_a_sheet_around_the_document_is_noticed_and_a_table_is_not() -> None:
    most = Policy().max_paper
    assert framed(replace(MILD, paper=True)).paper > most
    assert all(framed(replace(MILD, table=table)).paper < most for table in ("wood", "cloth", "grey"))


def test_nothing_is_found_on_an_empty_table_and_a_cat() -> None:
    rng = np.random.default_rng(5)
    table = np.full((900, 1200, 3), 150, np.uint8) + rng.integers(0, 9, (900, 1200, 1), np.uint8)
    cat = cv2.GaussianBlur(rng.integers(0, 255, (900, 1200, 3)).astype(np.uint8), (0, 0), 25)
    cv2.ellipse(cat, (600, 480), (300, 220), 20, 0, 360, (120, 84, 50), -1)
    cv2.circle(cat, (560, 420), 30, (40, 200, 60), -1)
    for picture in (table, cat):
        assert frame(opened(encoded(picture))).outline is None
