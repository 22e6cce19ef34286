"""Takes photographs: a table, a card on it, a lens, light, a sensor, a file."""

import io
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[Any]


@dataclass(frozen=True)
class Conditions:
    """How a photograph was taken. Lengths in pixels of the photograph unless said otherwise."""

    width: int = 1600
    #: Part of the width of the photograph that the document takes.
    fill: float = 0.72
    #: Largest displacement of a corner, as a part of the document's width, and largest tilt in degrees.
    perspective: float = 0.015
    tilt: float = 3.0
    #: Quarter turns of the photograph to the left.
    quarters: int = 0
    blur: float = 0.6
    motion: int = 0
    noise: float = 2.5
    quality: int = 88
    gain: float = 1.0
    shadow: float = 0.0
    #: Glare: largest radius as a part of the document's width, and where (fractions of the document).
    glare: float = 0.0
    glare_at: tuple[float, float] = (0.5, 0.4)
    table: str = "wood"
    #: Moves the document out of the picture, as a part of its width.
    cut: float = 0.0
    grey: bool = False
    copy_tint: tuple[float, float, float] | None = None
    screen: bool = False
    paper: bool = False
    finger: bool = False


CLEAN = Conditions(blur=0.3, noise=1.0, quality=95, perspective=0.005, tilt=1.0)
PRESETS: dict[str, Conditions] = {
    "clean": CLEAN,
    "mild": Conditions(),
    "perspective": Conditions(perspective=0.05, tilt=10),
    "turned": Conditions(quarters=1),
    "on its head": Conditions(quarters=2),
    "dim": Conditions(gain=0.62, noise=5),
    "noisy": Conditions(noise=8, quality=60),
    "small": Conditions(width=1200, fill=0.62),
    "compressed": Conditions(quality=40),
    "soft": Conditions(blur=1.3),
    "shadow": Conditions(shadow=0.5),
    "white table": Conditions(table="white"),
    "cloth": Conditions(table="cloth"),
    "glare": Conditions(glare=0.16, glare_at=(0.3, 0.3)),
}


def place_of(side: Image.Image, conditions: Conditions, seed: int) -> Picture:
    """Return which pixels of :func:`pictured` show the document (True or False), before any quarter turn."""
    document = np.asarray(side.convert("RGBA"), np.float32)
    size = conditions.width, round(conditions.width * 0.75)
    _scene, mask = _laid(document[..., :3], document[..., 3:] / 255.0, conditions, size, np.random.default_rng(seed))
    return np.asarray(mask[..., 0] > 0.5)


def random_conditions(seed: int) -> Conditions:
    """Return conditions of random severity, readable and not."""
    rng = np.random.default_rng(seed)
    return Conditions(
        width=int(rng.choice([1400, 1600, 2000, 2400])),
        fill=float(rng.uniform(0.5, 0.86)),
        perspective=float(rng.uniform(0, 0.045)),
        tilt=float(rng.uniform(0, 12)),
        quarters=int(rng.choice([0, 0, 0, 0, 1, 2, 3])),
        blur=float(rng.uniform(0.3, 1.6)),
        motion=int(rng.choice([0, 0, 0, 0, 0, 5])),
        noise=float(rng.uniform(1, 6)),
        quality=int(rng.integers(45, 93)),
        gain=float(rng.uniform(0.55, 1.08)),
        shadow=float(rng.choice([0, 0, 0, 0.4])),
        glare=float(rng.choice([0, 0, 0, 0, 0.12])),
        glare_at=(float(rng.uniform(0.1, 0.9)), float(rng.uniform(0.1, 0.9))),
        table=str(rng.choice(["wood", "cloth", "dark", "white", "grey"])),
    )


def photographed(side: Image.Image, conditions: Conditions, seed: int) -> bytes:
    """Return the JPEG of ``side`` taken under ``conditions``; the same for the same arguments."""
    return encoded(pictured(side, conditions, seed), conditions.quality)


def encoded(picture: Picture, quality: int = 88) -> bytes:
    """Return ``picture`` (RGB) as JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def pictured(side: Image.Image, conditions: Conditions, seed: int) -> Picture:
    """Return the pixels (RGB) before they are encoded."""
    rng = np.random.default_rng(seed)
    document = np.asarray(side.convert("RGBA"), np.float32)
    colours, alpha = document[..., :3], document[..., 3:] / 255.0
    if conditions.grey or conditions.copy_tint:
        tint = np.array(conditions.copy_tint or (1.0, 1.0, 1.0), np.float32)
        colours = cv2.cvtColor(colours.astype(np.uint8), cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None] * tint
    width, height = conditions.width, round(conditions.width * 0.75)
    table = _table("white" if conditions.paper else conditions.table, width, height, seed)
    scene, mask = _laid(colours, alpha, conditions, (width, height), rng)
    picture = _lit(table + (scene - table) * mask, conditions, rng)
    if conditions.grey:
        picture = (
            cv2.cvtColor(picture.clip(0, 255).astype(np.uint8), cv2.COLOR_RGB2GRAY)
            .astype(np.float32)[..., None]
            .repeat(3, 2)
        )
    if conditions.screen:
        picture = _on_screen(picture)
    if conditions.blur:
        picture = cv2.GaussianBlur(picture, (0, 0), conditions.blur)
    if conditions.motion:
        kernel = np.zeros((conditions.motion, conditions.motion), np.float32)
        kernel[conditions.motion // 2] = 1 / conditions.motion
        picture = cv2.filter2D(picture, -1, kernel)
    noise = rng.standard_normal(picture.shape[:2], dtype=np.float32)[..., None] * np.float32(conditions.noise)
    picture = picture + noise
    picture += rng.standard_normal(picture.shape, dtype=np.float32) * np.float32(conditions.noise * 0.4)
    return np.ascontiguousarray(np.rot90(picture.clip(0, 255, out=picture).astype(np.uint8), conditions.quarters))


def _laid(
    colours: Picture, alpha: Picture, conditions: Conditions, size: tuple[int, int], rng: np.random.Generator
) -> tuple[Picture, Picture]:
    high, wide = colours.shape[:2]
    across = min(size[0] * conditions.fill, size[1] * 0.94 * wide / high)
    down = across * high / wide
    corners = np.array([[-across, -down], [across, -down], [across, down], [-across, down]]) / 2
    turn = np.deg2rad(rng.uniform(-conditions.tilt, conditions.tilt))
    corners = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    corners += rng.uniform(-conditions.perspective, conditions.perspective, (4, 2)) * across
    corners += np.array(size) / 2
    # A careful person keeps the whole document in the picture; ``cut`` is the other one.
    room = np.minimum(corners.min(axis=0) - 6, 0)
    corners -= room
    corners -= np.maximum(corners.max(axis=0) - np.array(size) + 6, 0)
    corners[:, 0] -= conditions.cut * across
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    small = cv2.GaussianBlur(colours, (0, 0), max(0.01, 0.35 * wide / across))
    scene = cv2.warpPerspective(small, matrix, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(alpha, matrix, size, flags=cv2.INTER_LINEAR)
    if conditions.glare:
        spot = np.zeros(colours.shape[:2], np.float32)
        middle = (round(conditions.glare_at[0] * wide), round(conditions.glare_at[1] * high))
        cv2.circle(spot, middle, round(conditions.glare * wide), 1.0, -1)
        spread = cv2.GaussianBlur(spot, (0, 0), conditions.glare * wide * 0.25)
        scene = scene + cv2.warpPerspective(spread, matrix, size)[..., None] * 290
    if conditions.finger:
        x, y = corners[2]
        # The tip lies on the card, the rest of the finger on the table.
        ends = (int(x), int(y)), (int(x + across * 0.2), int(y + across * 0.25))
        cv2.line(scene, *ends, (205, 160, 135), round(across * 0.2))
        cv2.line(mask, *ends, 1.0, round(across * 0.2))
    return scene, mask[..., None] if mask.ndim == 2 else mask


def _lit(picture: Picture, conditions: Conditions, rng: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    slope = rng.uniform(-0.12, 0.12, 2)
    light = conditions.gain * (1 + slope[0] * x + slope[1] * y)
    if conditions.shadow:
        edge = rng.uniform(-0.2, 0.2)
        light = light * (1 - conditions.shadow / (1 + np.exp((x + 0.4 * y - edge) * 24)))
    warmth = np.array([1 + rng.uniform(-0.02, 0.04), 1.0, 1 - rng.uniform(-0.02, 0.05)], np.float32)
    # In place and in single precision: a photograph in double precision takes twice the time of everything after it.
    picture *= light.astype(np.float32)[..., None] * warmth
    return picture


def _on_screen(picture: Picture) -> Picture:
    """Return the picture as a screen shows it: rows of red, green and blue dots that beat with the sensor."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    shown = picture.copy()
    for channel in range(3):
        dots = 0.82 + 0.18 * np.sin(2 * np.pi * (x / 3.7 + y * 0.013 + channel / 3))
        rows = 0.86 + 0.14 * np.sin(2 * np.pi * (y / 3.6 + x * 0.011))
        shown[..., channel] *= dots * rows
    return shown


def _table(kind: str, width: int, height: int, seed: int) -> Picture:
    rng = np.random.default_rng(seed + 5)
    x, y = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
    if kind == "wood":
        grain = np.sin(40 * y + 3 * np.sin(5 * x) + rng.uniform(0, 6)) + 0.4 * np.sin(190 * y + 2 * np.sin(9 * x))
        wood: Picture = np.array([142, 108, 78], np.float32) + grain[..., None] * np.array([12, 10, 8], np.float32)
        return wood
    if kind == "cloth":
        weave = np.sin(400 * x) * np.sin(400 * y)
        cloth: Picture = np.array([96, 112, 130], np.float32) + weave[..., None] * 10
        return cloth
    level = {"white": (232, 231, 228), "dark": (52, 50, 54), "grey": (150, 150, 152)}[kind]
    soft = cv2.resize(rng.standard_normal((9, 12)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    plain: Picture = np.array(level, np.float32) + soft[..., None] * 2
    return plain
