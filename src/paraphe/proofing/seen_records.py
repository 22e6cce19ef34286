"""Observations as values of JSON and back, between the child process and its parent."""

from dataclasses import asdict, replace
from typing import Any, cast

from paraphe.proofing.observations import CodeSeen, Framing, MrzSeen, Observations, Place, Side, SideSeen, TextLine


def observations_record(seen: Observations) -> tuple[dict[str, Any], bytes]:
    """Return ``seen`` as values of JSON, and the rectified pictures one after the other."""
    sides: dict[str, Any] = {}
    pictures = b""
    for name, side in seen.sides.items():
        codes = [{**asdict(code), "data": code.data.hex()} for code in side.codes]
        sides[name] = {
            **asdict(replace(side, rectified=b"", codes=())),
            "codes": codes,
            "rectified": len(side.rectified),
        }
        pictures += side.rectified
    return {"sides": sides, "readers": seen.readers, "seconds": seen.seconds}, pictures


def observations_from(record: dict[str, Any], pictures: bytes) -> Observations:
    """Return what ``observations_record`` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    sides: dict[Side, SideSeen] = {}
    for name, entry in record["sides"].items():
        if name not in ("front", "back"):
            raise ValueError(name)
        length = int(entry["rectified"])
        picture, pictures = pictures[:length], pictures[length:]
        if len(picture) != length or (length and not picture.startswith(b"\xff\xd8\xff")):
            raise ValueError("the child cut its answer short")
        sides[cast(Side, name)] = _side(entry, picture)
    return Observations(sides, dict(record["readers"]), float(record["seconds"]))


def framing_from(entry: dict[str, Any]) -> Framing:
    """Return the framing in ``entry``. Raises KeyError or TypeError."""
    places = {name: _maybe(entry.get(name)) for name in ("outline", "glare_place", "covered")}
    return Framing(**{**entry, **places})


def _side(entry: dict[str, Any], picture: bytes) -> SideSeen:
    zone = entry["mrz"]
    return SideSeen(
        framing=framing_from(entry["framing"]),
        mrz=None
        if zone is None
        else MrzSeen(
            str(zone["format"]),
            tuple(zone["lines"]),
            tuple(tuple(map(float, line)) for line in zone["confidences"]),
            tuple(zone["raw"]),
            _place(zone["place"]),
        ),
        page_mrz=tuple(map(str, entry["page_mrz"])),
        print=tuple(
            TextLine(str(line["text"]), float(line["score"]), _place(line["place"])) for line in entry["print"]
        ),
        codes=tuple(
            CodeSeen(str(code["symbology"]), bytes.fromhex(code["data"]), _place(code["place"]))
            for code in entry["codes"]
        ),
        rectified=picture,
        turned=int(entry["turned"]),
        fingerprint=str(entry["fingerprint"]),
    )


def _maybe(value: Any) -> Place | None:
    return None if value is None else _place(value)


def _place(value: Any) -> Place:
    return tuple((float(x), float(y)) for x, y in value)
