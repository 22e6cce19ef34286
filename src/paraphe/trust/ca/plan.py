"""The file that drives a key ceremony: TOML that the witnesses read aloud before anything is made.

[ceremony]
place = "Paris"
people = ["Odile Garde, witness", "Oscar Veille, custodian"]

[root]
name = "Cabinet Martin Root CA"
algorithm = "P-384"
years = 20
shares = 5
needed = 3

[natural]
name = "Cabinet Martin Natural Persons CA"
algorithm = "P-256"
years = 10

[legal]
name = "Cabinet Martin Legal Persons CA"
algorithm = "P-256"
years = 10
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from paraphe.kernel.errors import DomainError
from paraphe.trust.register import api as register

SLUGS: tuple[register.Slug, ...] = ("root", "natural", "legal")
MOST_YEARS = {"root": 30, "natural": 15, "legal": 15}
ALGORITHMS: tuple[str, ...] = get_args(register.Algorithm)


class PlanRefused(DomainError):
    """The ceremony's file cannot be followed; ``params["sentence"]`` says why."""

    code = "ceremony_refused"

    def __str__(self) -> str:
        return str(self.params["sentence"])


@dataclass(frozen=True)
class AuthorityPart:
    """One authority to be made: its name, its key, how long its certificate holds."""

    slug: register.Slug
    name: str
    algorithm: register.Algorithm
    years: int


@dataclass(frozen=True)
class CeremonyPlan:
    """What a ceremony makes, who is there, into how many shares the root's key-encryption key is divided."""

    place: str
    people: tuple[str, ...]
    authorities: tuple[AuthorityPart, ...]
    needed: int
    shares: int

    def sentences(self) -> list[str]:
        """Return the plan as lines to be read aloud."""
        lines = [f"Place: {self.place}", *(f"Present: {person}" for person in self.people)]
        for part in self.authorities:
            lines.append(f"{part.slug}: {part.name}, {part.algorithm}, {part.years} years")
        lines.append(f"The root's key-encryption key: {self.shares} shares, {self.needed} are needed.")
        return lines


def read_plan(path: Path) -> CeremonyPlan:
    """Return the plan in a file. Raises PlanRefused with the line of the plan that is wrong."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanRefused(sentence=f"{path} cannot be read as TOML: {error}.") from None
    ceremony, root = _table(values, "ceremony"), _table(values, "root")
    people = ceremony.get("people")
    if not isinstance(people, list) or len(people) < 2 or not all(isinstance(one, str) and one for one in people):
        raise PlanRefused(sentence='[ceremony] people: name at least two people, as in ["Odile Garde, witness"].')
    needed, shares = _number(root, "root", "needed", 2, 16), _number(root, "root", "shares", 2, 16)
    if needed > shares:
        raise PlanRefused(sentence="[root] needed: more shares are needed than there are.")
    unknown = sorted(set(values) - {"ceremony", *SLUGS})
    if unknown:
        raise PlanRefused(sentence=f"[{unknown[0]}] is not a part of a ceremony.")
    parts = tuple(_authority(slug, _table(values, slug)) for slug in SLUGS)
    if len({part.name for part in parts}) != len(parts):
        raise PlanRefused(sentence="Two authorities have the same name.")
    return CeremonyPlan(_text(ceremony, "ceremony", "place"), tuple(people), parts, needed, shares)


def _authority(slug: register.Slug, given: Mapping[str, Any]) -> AuthorityPart:
    algorithm = _text(given, slug, "algorithm")
    if algorithm not in ALGORITHMS:
        raise PlanRefused(sentence=f"[{slug}] algorithm: one of {', '.join(ALGORITHMS)}.")
    years = _number(given, slug, "years", 1, MOST_YEARS[slug])
    return AuthorityPart(slug, _text(given, slug, "name"), cast(register.Algorithm, algorithm), years)


def _table(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    if not isinstance(found, dict):
        raise PlanRefused(sentence=f"The part [{name}] is missing.")
    return found


def _text(given: Mapping[str, Any], part: str, name: str) -> str:
    found = given.get(name)
    if not isinstance(found, str) or not found.strip() or len(found) > 64 or not found.isprintable():
        raise PlanRefused(sentence=f"[{part}] {name}: a text of 1 to 64 characters is needed.")
    return found.strip()


def _number(given: Mapping[str, Any], part: str, name: str, least: int, most: int) -> int:
    found = given.get(name)
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
        raise PlanRefused(sentence=f"[{part}] {name}: a number from {least} to {most} is needed.")
    return found
