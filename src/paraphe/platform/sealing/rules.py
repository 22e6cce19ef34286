"""Decisions about batches, as pure functions."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from paraphe.platform.mandates.api import KINDS
from paraphe.platform.sealing.errors import BadName, BadOptions

MOST_ITEMS: Final = 100_000
#: Documents that one worker seals together, and their bytes: what a worker holds in memory.
CHUNK_ITEMS, CHUNK_BYTES = 100, 48_000_000
LONGEST_PATH: Final = 400
DEEPEST: Final = 12
LEVELS: Final = ("B-T", "B-LT", "B-LTA")
PLACES: Final = ("last", "first", "text")
CERTIFY: Final = (1, 2, 3)

_FORBIDDEN = re.compile(r'[<>:"|?*]')


@dataclass(frozen=True)
class Options:
    """How the documents of a batch are sealed, for what, and how long they are kept (days)."""

    title: str
    purpose: str
    retention_days: int
    kind: str = "other"
    level: Literal["B-T", "B-LT", "B-LTA"] = "B-LT"
    visible: bool = False
    place: Literal["last", "first", "text"] = "last"
    place_text: str = ""
    certify: int | None = None
    reason: str = ""


def checked(options: Options, most_days: int) -> Options:
    """Return options that can be. Raises BadOptions with the field."""
    title, purpose = " ".join(options.title.split()), " ".join(options.purpose.split())
    wrong = {
        "title": not 1 <= len(title) <= 120 or not title.isprintable(),
        "purpose": not 3 <= len(purpose) <= 120 or not purpose.isprintable(),
        "kind": options.kind not in KINDS,
        "level": options.level not in LEVELS,
        "place": options.place not in PLACES,
        "place_text": options.visible and options.place == "text" and not 1 <= len(options.place_text.strip()) <= 100,
        "certify": options.certify is not None and options.certify not in CERTIFY,
        "reason": len(options.reason) > 120 or not options.reason.isprintable(),
        "retention_days": not 1 <= options.retention_days <= most_days,
    }
    for field, bad in wrong.items():
        if bad:
            raise BadOptions(field=field)
    return Options(**{**options.__dict__, "title": title, "purpose": purpose, "place_text": options.place_text.strip()})


def clean_path(name: str) -> str:
    """Return the path of a file as it is kept and comes back: folders with ``/``, never out of its folder.

    Raises BadName: ``path`` for what leads elsewhere or hides something, ``long``, ``not_pdf``.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/")
    if text.startswith("/") or re.match(r"[A-Za-z]:", text):
        raise BadName(reason="path")
    parts = [part.strip() for part in text.split("/") if part not in ("", ".")]
    if not parts or len(parts) > DEEPEST:
        raise BadName(reason="path")
    for part in parts:
        hidden = any(unicodedata.category(char)[0] == "C" for char in part)
        if part in ("", "..") or part.endswith(".") or hidden or _FORBIDDEN.search(part):
            raise BadName(reason="path")
    path = "/".join(parts)
    if len(path) > LONGEST_PATH or any(len(part.encode()) > 250 for part in parts):
        raise BadName(reason="long")
    if not path.lower().endswith(".pdf"):
        raise BadName(reason="not_pdf")
    return path


def in_chunks(items: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield the numbers of items (number, size in bytes) in groups that one worker seals together."""
    group: list[int] = []
    size = 0
    for number, length in items:
        if group and (len(group) == CHUNK_ITEMS or size + length > CHUNK_BYTES):
            yield group
            group, size = [], 0
        group.append(number)
        size += length
    if group:
        yield group


def list_line(sha256: str, path: str) -> bytes:
    """Return the line of a file in the list that is released: as ``sha256sum`` writes it."""
    return f"{sha256}  {path}\n".encode()


def second_needed(above: int, count: int) -> bool:
    """Tell whether ``count`` documents need two persons; ``above`` 0 never asks for it."""
    return 0 < above < count


def speed(sealed: int, before: int, seconds: float) -> float:
    """Return documents per second of this run."""
    return (sealed - before) / seconds if seconds > 0 and sealed > before else 0.0


def folded(text: str) -> str:
    """Return ``text`` without accents, case and punctuation, words parted by one space."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def matched(path: str, people: Sequence[tuple[str, str, str]]) -> list[int]:
    """Return which of ``people`` (e-mail, folded names, folded names turned round) the name of a file names."""
    name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    words, lowered = f" {folded(name)} ", name.casefold()
    return [
        index
        for index, (email, straight, turned) in enumerate(people)
        if (email and email in lowered) or (straight and (f" {straight} " in words or f" {turned} " in words))
    ]
