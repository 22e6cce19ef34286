"""Which level a signature reached: no more than what is in the file carries (ETSI EN 319 142-1 §6)."""

from collections.abc import Sequence

from paraphe.pdf.values import Level
from paraphe.pdf.verdict.evidence import Proof
from paraphe.pdf.verdict.paths import Path
from paraphe.pdf.verdict.revocation import Standing

PADES = {0: "B-B", 1: "B-T", 2: "B-LT", 3: "B-LTA"}
OLDER = {0: "PKCS7-B", 1: "PKCS7-T", 2: "PKCS7-LT", 3: "PKCS7-LTA"}


def level(*, intact: bool, pades: bool, stamped: bool, complete: bool, archived: bool) -> Level:
    """Return the level: each step needs the ones before it."""
    if not intact:
        return "none"
    steps = next((count for count, one in enumerate((stamped, complete, archived)) if not one), 3)
    return (PADES if pades else OLDER)[steps]  # type: ignore[return-value]


def complete(paths: Sequence[Path], standings: Sequence[Standing], inside: frozenset[bytes]) -> bool:
    """Tell whether the file itself holds what proves every certificate of ``paths`` good (B-LT).

    Certificates but the anchors must lie in it, and an answer for each that names a source.
    """
    held = all(one.der in inside for path in paths for one in path.certificates[:-1])
    known = all(
        one.state in ("not_needed", "not_offered")
        or (one.state in ("good", "revoked") and one.evidence is not None and one.evidence.embedded)
        for one in standings
    )
    return held and known and all(path.trusted for path in paths)


def archived(standings: Sequence[Standing], proofs: Sequence[Proof], revision: int) -> bool:
    """Tell whether a good document timestamp covers the signature and all the evidence (B-LTA)."""
    needed = max([revision, *(one.evidence.revision for one in standings if one.evidence is not None)])
    return any(one.revision >= needed for one in proofs)
