"""Decisions as pure functions: what claims say, which rights follow, which way a registration takes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from paraphe.platform.accounts.errors import ClaimsIncomplete, ClaimsUnreadable

Right = Literal["sign", "seal", "prepare", "launch"]
Track = Literal["member", "signing_collaborator", "collaborator", "none"]
Obstacle = Literal["", "not_on_roll", "no_delegation", "no_firm"]

RIGHTS: Final[tuple[Right, ...]] = ("sign", "seal", "prepare", "launch")
ROLES: Final = ("accountant", "collaborator", "secretary")
#: What the secretary general of a council may do by that role: everything but to sign and to seal in its name.
OF_A_SECRETARY: Final[tuple[Right, ...]] = ("prepare", "launch")
MOST_FIRMS: Final = 200

# What the platform reads, and the claim it is in unless the operator says otherwise.
CLAIM_NAMES: Final[Mapping[str, str]] = {
    "given_name": "given_name",
    "family_name": "family_name",
    "email": "email",
    "firms": "paraphe_firms",
    "roll": "paraphe_roll",
    "delegations": "paraphe_delegations",
}


@dataclass(frozen=True)
class RollEntry:
    """A line of the Order's roll: number and regional council."""

    number: str
    region: str


@dataclass(frozen=True)
class InheritedFirm:
    """A firm as the provider tells it, and the role of the person in it."""

    siren: str
    name: str
    address: str
    kind: str
    role: str


@dataclass(frozen=True)
class InheritedDelegation:
    """One right for one firm, and who granted it."""

    siren: str
    right: Right
    granted_by: str


@dataclass(frozen=True)
class Inherited:
    """Everything the provider tells about a person who signs in."""

    iss: str
    sub: str
    given_name: str
    family_name: str
    email: str
    roll: RollEntry | None
    firms: tuple[InheritedFirm, ...]
    delegations: tuple[InheritedDelegation, ...]


def read_claims(claims: Mapping[str, object], names: Mapping[str, str]) -> Inherited:
    """Return what ``claims`` say; ``names`` gives the claim of each fact, see ``CLAIM_NAMES``.

    Firms, roll and delegations may be absent: the person then has none. A delegation counts only for a firm that the
    claims name, so that nobody receives rights in a firm about which nothing is known. Raises ClaimsIncomplete when a
    name or the e-mail is missing, ClaimsUnreadable when something is there in another form than agreed: reading half
    of it would silently take rights away or give too many.
    """
    firms = tuple(_firm(item, names["firms"]) for item in _items(claims, names["firms"]))
    if len({firm.siren for firm in firms}) != len(firms):
        raise ClaimsUnreadable(claim=names["firms"])
    known = {firm.siren for firm in firms}
    granted = [pair for item in _items(claims, names["delegations"]) for pair in _delegations(item, names)]
    return Inherited(
        iss=_text(claims, "iss", 255),
        sub=_text(claims, "sub", 255),
        given_name=_text(claims, names["given_name"], 100),
        family_name=_text(claims, names["family_name"], 100),
        email=_email(claims, names["email"]),
        roll=_roll(claims.get(names["roll"]), names["roll"]),
        firms=firms,
        delegations=tuple({(d.siren, d.right): d for d in granted if d.siren in known}.values()),
    )


def is_siren(value: str) -> bool:
    """Tell whether ``value`` can be a SIREN: nine digits of which the last is right (Luhn)."""
    if len(value) != 9 or not value.isascii() or not value.isdecimal():
        return False
    doubled = (int(digit) * (1 + position % 2) for position, digit in enumerate(value))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def rights_in_firm(*, role: str, on_roll: bool, delegated: Collection[str]) -> frozenset[Right]:
    """Return what a person may do for a firm: an accountant on the roll everything, others what was delegated.

    The secretary general of a regional council prepares and launches besides.
    """
    if role == "accountant" and on_roll:
        return frozenset(RIGHTS)
    by_role = OF_A_SECRETARY if role == "secretary" else ()
    return frozenset(right for right in RIGHTS if right in delegated or right in by_role)


def track_of(*, on_roll: bool, roles: Collection[str], delegated: Collection[str]) -> Track:
    """Return the way that a registration takes. Nobody outside the roll can subscribe a firm."""
    if on_roll and "accountant" in roles:
        return "member"
    if "sign" in delegated:
        return "signing_collaborator"
    return "collaborator" if delegated or "secretary" in roles else "none"


def obstacle_of(*, track: Track, on_roll: bool, roles: Collection[str]) -> Obstacle:
    """Return why a person has no access, empty when he has."""
    if track != "none":
        return ""
    if not roles:
        return "no_firm" if on_roll else "not_on_roll"
    return "not_on_roll" if "accountant" in roles else "no_delegation"


def _text(claims: Mapping[str, object], name: str, limit: int) -> str:
    value = claims.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ClaimsIncomplete(missing=name)
    return _plain(value, name, limit)


def _plain(value: object, name: str, limit: int) -> str:
    # Control characters would reach certificates and mail headers.
    if not isinstance(value, str) or len(value.strip()) > limit or not value.strip().isprintable():
        raise ClaimsUnreadable(claim=name)
    return value.strip()


def _optional(item: Mapping[str, object], field: str, name: str, limit: int) -> str:
    value = item.get(field)
    return "" if value is None else _plain(value, name, limit)


def _email(claims: Mapping[str, object], name: str) -> str:
    email = _text(claims, name, 254)
    local, _, domain = email.rpartition("@")
    if not local or "." not in domain or " " in email:
        raise ClaimsUnreadable(claim=name)
    return email


def _items(claims: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    value = claims.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST_FIRMS or not all(isinstance(item, Mapping) for item in value):
        raise ClaimsUnreadable(claim=name)
    return value


def _firm(item: Mapping[str, object], name: str) -> InheritedFirm:
    siren = _plain(item.get("siren"), name, 20).replace(" ", "")
    role, kind = item.get("role"), item.get("kind", "firm")
    if not is_siren(siren) or role not in ROLES or kind not in ("firm", "council") or not item.get("name"):
        raise ClaimsUnreadable(claim=name)
    if role == "secretary" and kind != "council":
        raise ClaimsUnreadable(claim=name)
    return InheritedFirm(
        siren=siren,
        name=_plain(item["name"], name, 200),
        address=_optional(item, "address", name, 400),
        kind=str(kind),
        role=str(role),
    )


def _roll(value: object, name: str) -> RollEntry | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ClaimsUnreadable(claim=name)
    number = _plain(value.get("number"), name, 40)
    return RollEntry(number=number, region=_optional(value, "region", name, 100)) if number else None


def _delegations(item: Mapping[str, object], names: Mapping[str, str]) -> list[InheritedDelegation]:
    claim = names["delegations"]
    siren, rights = _plain(item.get("siren"), claim, 20).replace(" ", ""), item.get("rights")
    if not isinstance(rights, list):
        raise ClaimsUnreadable(claim=claim)
    granted_by = _optional(item, "granted_by", claim, 200)
    # A right of a newer provider that this platform does not know gives nothing.
    return [InheritedDelegation(siren, right, granted_by) for right in RIGHTS if right in rights]
