"""What two perfect readers would see on a specimen, so that judgements can be tested without a picture."""

from dataclasses import replace
from typing import Any

from paraphe.proofing.mrz.api import format_of
from paraphe.proofing.observations import CodeSeen, Framing, MrzSeen, Observations, Side, SideSeen, TextLine
from tests.support.specimens import Specimen

CORNERS = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.8), (0.1, 0.8))
FRAMED = Framing(CORNERS, width=1150, ratio=1.58, inside=True)


def zone(lines: tuple[str, ...], confidence: float = 0.99) -> MrzSeen:
    name = format_of(lines)
    assert name is not None
    return MrzSeen(name, lines, tuple(tuple(confidence for _ in line) for line in lines), lines, CORNERS)


def print_of(made: Specimen, **other: str) -> tuple[str, ...]:
    values = {
        "surname": made.holder.surname,
        "given": ", ".join(made.holder.given_names),
        "birth": made.holder.birth.strftime("%d %m %Y"),
        "number": made.number,
        "expiry": made.expires.strftime("%d %m %Y"),
    } | other
    return ("NOM / Surname", values["surname"], "Prénoms", values["given"], f"F FRA {values['birth']}",
            "Document No", values["number"], "Expiry date", values["expiry"])  # fmt: skip


def lines_of(texts: tuple[str, ...]) -> tuple[TextLine, ...]:
    return tuple(
        TextLine(text, 0.98, ((0.3, 0.05 * n), (0.8, 0.05 * n), (0.8, 0.05 * n + 0.04), (0.3, 0.05 * n + 0.04)))
        for n, text in enumerate(texts)
    )


def seen_of(made: Specimen, **other: str) -> Observations:
    """Return the observations of ``made``; ``other`` values stand in print instead of the right ones."""
    front = SideSeen(FRAMED, print=lines_of(print_of(made, **other)), fingerprint="0f" * 32)
    back = SideSeen(FRAMED, print=lines_of(("Adresse", "12 rue des Lilas", "Lyon")), fingerprint="f0" * 32)
    if made.profile == "fr_identity_card_1988":
        dated = ("Carte valable jusqu'au :", f"{made.expires:%d.%m.%Y}", "délivrée le :", f"{made.issued:%d.%m.%Y}")
        back = replace(back, print=lines_of(dated))
    sides: dict[Side, SideSeen] = {"front": front, "back": back}
    side: Side = "front" if made.mrz_side == "front" else "back"
    sides[side] = replace(sides[side], mrz=zone(made.mrz), page_mrz=made.mrz)
    if made.profile == "passport":
        del sides["back"]
    return Observations(sides, {"lines": "ab"}, 4.0)


def changed(seen: Observations, side: Side, **changes: Any) -> Observations:
    """Return ``seen`` with something else seen on ``side``."""
    return replace(seen, sides={**seen.sides, side: replace(seen.sides[side], **changes)})


def sealed(seen: Observations, data: bytes) -> Observations:
    return changed(seen, "back", codes=(CodeSeen("datamatrix", data, CORNERS),))
