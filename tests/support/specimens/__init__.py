"""Identity documents that never existed, with what stands on them, and photographs of them.

Everything is drawn: no real document, portrait or name. ``documents`` draws, ``photography`` takes the picture.
Seeds below HELD_OUT were used to choose thresholds; those from HELD_OUT on never were, and are what is measured.
"""

from tests.support.specimens.documents import PROFILES, Alter, Specimen, seal_signer, specimen
from tests.support.specimens.photography import PRESETS, Conditions, photographed, random_conditions
from tests.support.specimens.zones import Holder

HELD_OUT = 60_000

__all__ = [
    "HELD_OUT",
    "PRESETS",
    "PROFILES",
    "Alter",
    "Conditions",
    "Holder",
    "Specimen",
    "photographed",
    "random_conditions",
    "seal_signer",
    "specimen",
]
