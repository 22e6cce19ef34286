"""Draws documents true to size, in layouts of our own with the fields of the real ones."""

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

import cv2
import numpy as np
import zxingcpp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image, ImageDraw, ImageFont

from paraphe.proofing.api import SealSigner
from tests.support.specimens import zones
from tests.support.specimens.zones import Holder

OCR_B = "/usr/share/fonts/opentype/ocr-b/OCRB.otf"
SANS = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
BOLD = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
#: Pixels per millimetre of the flat drawings.
SCALE = 16.0
SIZES = {"id1": (85.6, 53.98), "id2": (105.0, 74.0), "id3": (125.0, 88.0)}
PITCH = 2.54
TODAY = date(2026, 11, 23)

_SURNAMES = (
    "MARTIN", "LE GALL-DUBOIS", "BERNARD", "D'ARVOR", "NGUYEN", "LEFÈVRE", "DE LA TOUR", "GARCIA", "MÉNARD", "BENALI",
    "ROUSSEAU", "KOWALSKI", "PETIT", "ÉTIENNE", "SCHMITT", "MOREAU", "GIRAUD", "O'BRIEN", "FAUCHEUX", "ROYER",
)  # fmt: skip
_GIVEN = (
    "ALICE", "ÉTIENNE", "CHLOÉ", "JEAN-PAUL", "MAËLYS", "KARIM", "SOPHIE", "LÉA", "HUGO", "FRANÇOISE", "ANAÏS",
    "PIERRE", "MARIE", "LOUIS", "YASMINA", "THÉO", "ZOÉ", "BENOÎT", "CAMILLE", "NOÉMIE",
)  # fmt: skip
_MARK = "document fictif"


@dataclass(frozen=True)
class Specimen:
    """A document and what stands on it. ``sides`` are flat pictures, 16 pixels a millimetre."""

    kind: str
    profile: str
    holder: Holder
    number: str
    issued: date
    expires: date
    issuer: str
    mrz: tuple[str, ...]
    mrz_side: str
    sides: dict[str, Image.Image] = field(repr=False)


@dataclass(frozen=True)
class Alter:
    """What is wrong with a document: values that stand in print but not in the zone, or a zone given as it is."""

    printed_surname: str | None = None
    printed_number: str | None = None
    printed_birth: date | None = None
    printed_expiry: date | None = None
    mrz: Callable[[tuple[str, ...]], tuple[str, ...]] | None = None
    seal_surname: str | None = None
    break_seal: bool = False


# Drawing one takes a fifth of a second, and many tests look at the same one; nobody draws on what is given.
@lru_cache(maxsize=16)
def specimen(
    profile: str,
    seed: int,
    *,
    holder: Holder | None = None,
    issued: date | None = None,
    expires: date | None = None,
    alter: Alter | None = None,
) -> Specimen:
    """Return the document of ``seed``; the same for the same arguments."""
    made = PROFILES[profile](random.Random(f"{profile}-{seed}"), holder, issued, expires)
    alter = alter or Alter()
    if alter.mrz is not None:
        made = replace(made, mrz=alter.mrz(made.mrz))
    return replace(made, sides=_drawn(made, alter, seed))


def _person(dice: random.Random, holder: Holder | None) -> Holder:
    if holder is not None:
        return holder
    given = tuple(dice.sample(_GIVEN, dice.randint(1, 3)))
    birth = date(1945, 1, 1) + timedelta(days=dice.randrange(22000))
    return Holder(dice.choice(_SURNAMES), given, birth, dice.choice("MF"))


def _code(dice: random.Random, pattern: str) -> str:
    signs = {"9": "0123456789", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "X": "0123456789ABCDEFGHJKLMNPRTVWXYZ"}
    return "".join(dice.choice(signs[sign]) for sign in pattern)


def _recent(dice: random.Random, years: int) -> tuple[date, date]:
    issued = TODAY - timedelta(days=dice.randrange(30, 365 * (years - 1)))
    return issued, _later(issued, years)


def _later(day: date, years: int) -> date:
    return (
        day.replace(year=day.year + years) if (day.month, day.day) != (2, 29) else date(day.year + years, 2, 28)
    ) - (timedelta(days=1))


Dates = date | None


def _fr_2021(dice: random.Random, holder: Holder | None, issued: Dates, expires: Dates) -> Specimen:
    who = _person(dice, holder)
    start, end = _recent(dice, 6)
    start = issued or start
    end = expires or (_later(start, 10) if issued else end)
    number = _code(dice, "XXXXXXXXX")
    zone = zones.td1("ID", "FRA", number, who, end)
    return Specimen("identity_card", "fr_identity_card_2021", who, number, start, end, "FRA", zone, "back", {})


def _fr_1988(dice: random.Random, holder: Holder | None, issued: Dates, expires: Dates) -> Specimen:
    who = _person(dice, holder)
    start = issued or date(2014, 1, 2) + timedelta(days=dice.randrange(2500))
    end = expires or _later(start, 15)
    department, sequence = _code(dice, "999"), _code(dice, "99999")
    zone = zones.old_french(who, start, department, sequence)
    number = start.strftime("%y%m") + department + sequence
    return Specimen("identity_card", "fr_identity_card_1988", who, number, start, end, "FRA", zone, "front", {})


def _passport(dice: random.Random, holder: Holder | None, issued: Dates, expires: Dates) -> Specimen:
    who = _person(dice, holder)
    start, end = _recent(dice, 10)
    number = _code(dice, "99AA99999")
    zone = zones.two_lines("P", "FRA", number, who, expires or end, 44)
    return Specimen("passport", "passport", who, number, issued or start, expires or end, "FRA", zone, "front", {})


def _permit(dice: random.Random, holder: Holder | None, issued: Dates, expires: Dates) -> Specimen:
    who = _person(dice, holder)
    who = who if holder else replace(who, nationality=dice.choice(("MAR", "DZA", "TUN", "BRA", "USA", "VNM")))
    start, end = _recent(dice, 5)
    number = _code(dice, "XXXXXXXXX")
    zone = zones.td1("IR", "FRA", number, who, expires or end, _code(dice, "9999999999"))
    return Specimen("residence_permit", "residence_permit", who, number, issued or start, expires or end, "FRA", zone,
                    "back", {})  # fmt: skip


def _licence(dice: random.Random, holder: Holder | None, issued: Dates, expires: Dates) -> Specimen:
    who = _person(dice, holder)
    start, end = _recent(dice, 15)
    number = _code(dice, "99AA99999")
    zone = zones.licence(who, number, expires or end)
    return Specimen("driving_licence", "driving_licence", who, number, issued or start, expires or end, "FRA", zone,
                    "front", {})  # fmt: skip


def _eu(name: str, width: int) -> Callable[[random.Random, Holder | None, Dates, Dates], Specimen]:
    def make(dice: random.Random, holder: Holder | None, issued: Dates, expires: Dates) -> Specimen:
        issuer = dice.choice(("ITA", "ESP", "PRT", "POL", "NLD", "ROU", "D"))
        who = replace(_person(dice, holder), nationality=issuer)
        start, end = _recent(dice, 10)
        number = _code(dice, "AA9999999" if width == 30 else "XXXXXXXXX")
        if width == 30:
            zone = zones.td1("I", issuer, number, who, expires or end)
        else:
            zone = zones.two_lines("ID", issuer, number, who, expires or end, 36)
        return Specimen("identity_card", name, who, number, issued or start, expires or end, issuer, zone, "back", {})

    return make


PROFILES: dict[str, Callable[[random.Random, Holder | None, Dates, Dates], Specimen]] = {
    "fr_identity_card_2021": _fr_2021,
    "fr_identity_card_1988": _fr_1988,
    "passport": _passport,
    "residence_permit": _permit,
    "driving_licence": _licence,
    "eu_identity_card_td1": _eu("eu_identity_card_td1", 30),
    "eu_identity_card_td2": _eu("eu_identity_card_td2", 36),
}
_TITLES = {
    "fr_identity_card_2021": ("RÉPUBLIQUE FRANÇAISE", "CARTE NATIONALE D'IDENTITÉ / IDENTITY CARD", (60, 110, 170)),
    "fr_identity_card_1988": ("RÉPUBLIQUE FRANÇAISE", "CARTE NATIONALE D'IDENTITÉ", (70, 120, 180)),
    "passport": ("RÉPUBLIQUE FRANÇAISE", "PASSEPORT / PASSPORT", (150, 60, 80)),
    "residence_permit": ("RÉPUBLIQUE FRANÇAISE", "TITRE DE SÉJOUR / RESIDENCE PERMIT", (190, 90, 120)),
    "driving_licence": ("RÉPUBLIQUE FRANÇAISE", "PERMIS DE CONDUIRE / DRIVING LICENCE", (200, 120, 140)),
    "eu_identity_card_td1": ("EUROPEAN UNION", "IDENTITY CARD", (80, 140, 120)),
    "eu_identity_card_td2": ("EUROPEAN UNION", "IDENTITY CARD", (90, 130, 90)),
}
_SIZE_OF = {"fr_identity_card_1988": "id2", "eu_identity_card_td2": "id2", "passport": "id3"}


@cache
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def _drawn(made: Specimen, alter: Alter, seed: int) -> dict[str, Image.Image]:
    sides = {"front": _front(made, alter, seed)}
    if made.profile != "passport":
        sides["back"] = _back(made, alter, seed)
    return sides


def _paper(made: Specimen, seed: int, tint: float) -> Image.Image:
    wide, high = SIZES[_SIZE_OF.get(made.profile, "id1")]
    width, height = round(wide * SCALE), round(high * SCALE)
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
    main = np.array(_TITLES[made.profile][2], np.float32)
    waves = 0.5 + 0.5 * np.sin(70 * x + 9 * np.sin(6 * y + rng.uniform(0, 6)))
    more = 0.5 + 0.5 * np.sin(95 * y + 7 * np.cos(8 * x + rng.uniform(0, 6)))
    strength = 0.10 * waves + 0.08 * more + 0.10 * (0.5 + 0.5 * np.cos(3 * x + 2 * y)) + tint
    paper = 246 - strength[..., None] * (246 - main) + np.stack([8 * more, -4 * waves, 6 * (1 - more)], axis=2)
    picture = Image.fromarray(paper.clip(0, 255).astype(np.uint8), "RGB")
    draw = ImageDraw.Draw(picture)
    band = tuple(int(value) for value in main)
    draw.rectangle((0, 0, width, round(height * 0.012)), fill=band)
    return picture


def _front(made: Specimen, alter: Alter, seed: int) -> Image.Image:
    picture = _paper(made, seed, 0.03)
    draw = ImageDraw.Draw(picture)
    wide, high = picture.width / SCALE, picture.height / SCALE
    state, title, ink = _TITLES[made.profile]
    _text(draw, 4, 2.2, state, 2.5, ink, BOLD)
    _text(draw, 4, 5.6, title, 2.5, ink, BOLD)
    _text(draw, wide - 24, 2.2, _MARK, 1.9, (150, 150, 160))
    _portrait(picture, 4, 10.5, wide * 0.26, high * (0.56 if made.mrz_side == "back" else 0.5), seed)
    _fields(draw, made, alter, 4 + wide * 0.26 + 4, 10)
    if made.mrz_side == "front":
        _zone(draw, made, wide, high)
    return _rounded(picture)


def _fields(draw: ImageDraw.ImageDraw, made: Specimen, alter: Alter, left: float, top: float) -> None:
    who = made.holder
    surname = alter.printed_surname or who.surname
    number = alter.printed_number or made.number
    birth = (alter.printed_birth or who.birth).strftime("%d %m %Y")
    expiry = (alter.printed_expiry or made.expires).strftime("%d %m %Y")
    given = ", ".join(
        name.capitalize() if made.profile == "fr_identity_card_1988" else name for name in who.given_names
    )
    if made.profile == "driving_licence":
        rows = [("1.", surname), ("2.", given), ("3.", f"{birth.replace(' ', '.')}  PARIS"),
                ("4a. 4b.", f"{made.issued:%d.%m.%Y}   {expiry.replace(' ', '.')}"), ("5.", number)]  # fmt: skip
    elif made.profile == "fr_identity_card_1988":
        rows = [("CARTE NATIONALE D'IDENTITÉ N° :", number), ("Nom :", surname), ("Prénom(s) :", given),
                ("Sexe :   Né(e) le :", f"{who.sex}   {birth.replace(' ', '.')}"), ("à :", "LYON")]  # fmt: skip
    else:
        rows = [("NOM / Surname", surname), ("Prénoms / Given names", given),
                ("SEXE / Sex   NATIONALITÉ / Nationality   DATE DE NAISS. / Date of birth",
                 f"{who.sex}   {who.nationality}   {birth}"),
                ("LIEU DE NAISSANCE / Place of birth", "LYON"),
                ("N° DU DOCUMENT / Document No", number), ("DATE D'EXPIR. / Expiry date", expiry)]  # fmt: skip
        if made.profile == "passport":
            rows.append(("DATE DE DÉLIVRANCE / Date of issue", made.issued.strftime("%d %m %Y")))
    step = 6.9 if made.profile in ("fr_identity_card_1988", "passport", "eu_identity_card_td2") else 6.6
    for place, (label, value) in enumerate(rows):
        _text(draw, left, top + place * step, label, 1.55, (70, 70, 90))
        _text(draw, left, top + place * step + 2.1, value, 2.9, (15, 15, 25), BOLD)


def _back(made: Specimen, alter: Alter, seed: int) -> Image.Image:
    picture = _paper(made, seed + 77, 0.06)
    draw = ImageDraw.Draw(picture)
    wide, high = picture.width / SCALE, picture.height / SCALE
    issued = made.issued.strftime("%d.%m.%Y")
    expiry = (alter.printed_expiry or made.expires).strftime("%d.%m.%Y")
    if made.profile == "fr_identity_card_1988":
        rows = [("Adresse :", "12 RUE DES LILAS 69003 LYON"), ("Carte valable jusqu'au :", expiry),
                ("délivrée le :", issued), ("par :", "PRÉFECTURE DU RHÔNE (69)")]  # fmt: skip
    elif made.profile == "driving_licence":
        rows = [("9.", "AM  A1  B1  B"), ("10.", issued), ("12.", "01.02")]
    else:
        rows = [("ADRESSE / Address", "12 RUE DES LILAS 69003 LYON"), ("TAILLE / Height", "1,70 m"),
                ("DATE DE DÉLIVRANCE / Date of issue", issued.replace(".", " "))]  # fmt: skip
    for place, (label, value) in enumerate(rows):
        _text(draw, 5, 5 + place * 7, label, 1.6, (70, 70, 90))
        _text(draw, 5, 7.3 + place * 7, value, 2.7, (15, 15, 25), BOLD)
    _text(draw, wide - 24, 2.2, _MARK, 1.9, (150, 150, 160))
    if made.profile == "fr_identity_card_2021":
        _seal(picture, made, alter, wide - 18, 10)
    if made.mrz_side == "back":
        _zone(draw, made, wide, high)
    return _rounded(picture)


def _zone(draw: ImageDraw.ImageDraw, made: Specimen, wide: float, high: float) -> None:
    """Draw the zone where ICAO 9303 has it: characters every 2.54 mm, lines near the lower edge."""
    spacing = {3: 4.55, 2: 6.35, 1: 6.0}[len(made.mrz)]
    top = high - 5.2 - spacing * (len(made.mrz) - 1) - 2.6
    size = round(100 * PITCH * SCALE / _font(OCR_B, 100).getlength("0"))
    left = (wide - PITCH * len(made.mrz[0])) / 2 if made.profile != "passport" else 4.5
    draw.rectangle((0, round((top - 2.0) * SCALE), round(wide * SCALE), round(high * SCALE)), fill=(236, 237, 233))
    for number, line in enumerate(made.mrz):
        for column, sign in enumerate(line):
            place = (round((left + column * PITCH) * SCALE), round((top + number * spacing) * SCALE))
            draw.text(place, sign, fill=(18, 18, 20), font=_font(OCR_B, size))


def _portrait(picture: Image.Image, left: float, top: float, wide: float, high: float, seed: int) -> None:
    dice = random.Random(seed)
    box = [round(value * SCALE) for value in (left, top, left + wide, top + high)]
    draw = ImageDraw.Draw(picture)
    skin = dice.choice(((214, 178, 152), (171, 126, 96), (120, 84, 62), (230, 200, 180)))
    hair = dice.choice(((40, 30, 25), (95, 65, 40), (160, 130, 90), (90, 90, 95)))
    draw.rectangle(box, fill=(214, 219, 224))
    width, height = box[2] - box[0], box[3] - box[1]

    def oval(x0: float, y0: float, x1: float, y1: float, colour: tuple[int, int, int]) -> None:
        draw.ellipse(
            (box[0] + x0 * width, box[1] + y0 * height, box[0] + x1 * width, box[1] + y1 * height), fill=colour
        )

    oval(0.05, 0.72, 0.95, 1.25, (60 + dice.randrange(60), 70, 95))
    draw.rectangle((box[0], box[3], box[2], box[3] + height * 0.3), fill=picture.getpixel((box[0] - 4, box[3] + 4)))
    oval(0.20, 0.10, 0.80, 0.66, hair)
    oval(0.27, 0.20, 0.73, 0.78, skin)
    for eye in (0.38, 0.56):
        oval(eye, 0.42, eye + 0.06, 0.46, (40, 35, 35))
    oval(0.43, 0.62, 0.58, 0.66, (150, 80, 80))


def _text(
    draw: ImageDraw.ImageDraw, x: float, y: float, text: str, high: float, ink: Any = (20, 20, 30), font: str = SANS
) -> None:
    draw.text((round(x * SCALE), round(y * SCALE)), text, fill=ink, font=_font(font, round(high * SCALE)))


def _rounded(picture: Image.Image) -> Image.Image:
    """Return the document with an alpha channel: cards have round corners of 3.18 mm."""
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *picture.size), radius=round(3.18 * SCALE), fill=255)
    picture.putalpha(mask)
    return picture


@cache
def _seal_key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(0x5EA1_0F_7E57, ec.SECP256R1())


def seal_signer() -> SealSigner:
    """Return the signer of the seals that are drawn here."""
    der = _seal_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SealSigner("FR99", "TEST", der)


def _seal(picture: Image.Image, made: Specimen, alter: Alter, x: float, y: float) -> None:
    surname = zones.zoned(alter.seal_surname or made.holder.surname).replace("<", " ")
    birth = made.holder.birth.strftime("%d%m%Y")
    body = f"DC04FR99TEST{9000:04X}{9000:04X}0701FR62{surname}\x1d66{made.number}\x1d69{birth}".encode()
    r, s = decode_dss_signature(_seal_key().sign(body, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if alter.break_seal:
        raw = bytes([raw[0] ^ 1]) + raw[1:]
    data = body + b"\x1f" + base64.b32encode(raw).rstrip(b"=")
    code = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.DataMatrix)
    side = round(12.19 * SCALE)
    drawn = cv2.resize(np.array(zxingcpp.write_barcode_to_image(code)), (side, side), interpolation=cv2.INTER_NEAREST)
    picture.paste(Image.fromarray(drawn).convert("RGB"), (round(x * SCALE), round(y * SCALE)))
