"""What is known of each model of document: where its zone is, what is printed on which side, what it looks like."""

from dataclasses import dataclass

from paraphe.proofing.observations import Side

FR_1988 = "fr_identity_card_1988"
FR_2021 = "fr_identity_card_2021"


@dataclass(frozen=True)
class Profile:
    """One model. ``kind`` is the code of ``kinds``; ``zone_side`` the side of the machine readable zone.

    ``printed`` are the fields that stand in print on the front (or on the only side). ``own`` is False where one
    profile stands for many models: then an officer always looks.
    """

    code: str
    kind: str
    zone_side: Side
    printed: tuple[str, ...]
    own: bool = True


_ALL = ("surname", "given_names", "birth_date", "number", "expiry")
PROFILES: dict[str, Profile] = {
    profile.code: profile
    for profile in (
        Profile(FR_2021, "identity_card", "back", _ALL),
        Profile(FR_1988, "identity_card", "front", ("surname", "given_names", "birth_date", "number")),
        Profile("passport", "passport", "front", _ALL),
        Profile("residence_permit", "residence_permit", "back", _ALL),
        Profile("driving_licence", "driving_licence", "front", ("surname", "number", "expiry"), own=False),
        Profile("eu_identity_card_td1", "identity_card", "back", _ALL),
        Profile("eu_identity_card_td2", "identity_card", "back", _ALL, own=False),
    )
}


def profile_of(format_name: str, code: str, issuer: str, *, european: bool) -> Profile | None:
    """Return the profile of a zone of this format, document code and issuer; None for a document we do not know.

    ``european`` says whether the issuer belongs to the European Union. The first letters of document codes are those
    of ICAO 9303-3 §4: P for passports; A, C, I for identity cards; in France IR is the residence permit.
    """
    if format_name in ("fr1988", "licence"):
        return PROFILES[FR_1988 if format_name == "fr1988" else "driving_licence"]
    if format_name == "td3":
        return PROFILES["passport"] if code.startswith("P") else None
    if code[:2] in ("IR", "AR", "RP") and format_name == "td1":
        return PROFILES["residence_permit"]
    if not code.startswith(("I", "A", "C")) or not european:
        return None
    if format_name == "td1":
        return PROFILES[FR_2021 if issuer == "FRA" else "eu_identity_card_td1"]
    return PROFILES["eu_identity_card_td2"]
