"""Draws the identity cards that the demonstration offers to its people; run it when the drawing changes."""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from django.utils.text import slugify  # noqa: E402

from tests.support.specimens import PRESETS, Holder, photographed, specimen  # noqa: E402

FOLDER = ROOT / "src" / "paraphe" / "trust" / "pages" / "static" / "trust" / "demonstration"
PEOPLE = (("Alice", "Martin", "F"), ("Étienne", "Le Gall-Dubois", "M"), ("Bob", "Petit", "M"), ("Paul", "Garnier", "M"))
TAKEN = replace(PRESETS["mild"], width=1500, quality=80, noise=1.5)

FOLDER.mkdir(exist_ok=True)
for number, (given, surname, sex) in enumerate(PEOPLE):
    holder = Holder(surname.upper(), (given.upper(),), date(1980 + number, 5, 17 + number), sex)
    card = specimen("fr_identity_card_2021", 40 + number, holder=holder, issued=date(2024, 3, 4 + number))
    for side, picture in card.sides.items():
        path = FOLDER / f"{slugify(f'{given} {surname}')}-{side}.jpg"
        path.write_bytes(photographed(picture, TAKEN, number))
        print(path.relative_to(ROOT))
