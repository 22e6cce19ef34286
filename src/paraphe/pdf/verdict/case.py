"""What one signature is judged by, and the time at which it is proved to have existed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from paraphe.pdf.verdict.changes import Since
from paraphe.pdf.verdict.entries import Entry
from paraphe.pdf.verdict.evidence import Material, Proof
from paraphe.pdf.verdict.structure import StructureResult
from paraphe.pdf.verdict.times import Stamp, Surroundings

PADES = "ETSI.CAdES.detached"


@dataclass(frozen=True)
class Case:
    """One signature with everything that it is judged by."""

    entry: Entry
    data: memoryview
    around: Surroundings
    material: Material
    proofs: tuple[Proof, ...]
    existed: datetime
    """The earliest time at which a good document timestamp proves that it existed; the present where there is none."""
    since: Since | None
    file: StructureResult
    last: bool
    certified: bool


@dataclass(frozen=True)
class Time:
    """When a signature is proved to have existed, by what; the present where nothing proves it."""

    at: datetime
    proved: bool
    source: Literal["timestamp", "document_timestamp", "claimed"] | None
    stamps: tuple[Stamp, ...] = ()
