"""Whether a timestamp is over what it must be over, by a time-stamping unit that is trusted (RFC 3161, RFC 5816).

A token is judged at its own time, and its unit must still be valid at the time at which the token is proved to exist:
now, or the time of a later document timestamp (ETSI EN 319 102-1 §5.4, §5.6).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from paraphe.pdf.verdict import crypto, paths, strength
from paraphe.pdf.verdict.certificates import Certificate, Pool, signer_of
from paraphe.pdf.verdict.integrity import bound, signed_attributes, value
from paraphe.pdf.verdict.message import TST_INFO, Message, Misshapen, TokenInfo, digest, parse, token_info
from paraphe.pdf.verdict.paths import Anchors, Path
from paraphe.pdf.verdict.problems import CONSTRAINTS, NO_CHAIN, TRY_LATER, Problem
from paraphe.pdf.verdict.revocation import TOLERANCE, Evidence, Standing, standing
from paraphe.pdf.verdict.slices import Unreadable

MILD = frozenset({TRY_LATER})
AFTERWARDS = ("unspecified", "affiliationChanged", "superseded", "cessationOfOperation")
"""Reasons after which tokens from before the revocation stay good (RFC 3161 §4 1)."""


@dataclass(frozen=True)
class Surroundings:
    """What every judgement needs: anchors, certificates, evidence with its proofs, the present."""

    anchors: Anchors
    pool: Pool
    evidence: Sequence[Evidence]
    now: datetime


@dataclass(frozen=True)
class Stamp:
    """The verdict on one token."""

    info: TokenInfo | None
    unit: Certificate | None
    path: Path | None
    standings: tuple[Standing, ...]
    problems: tuple[Problem, ...]
    algorithm: str = ""
    intact: bool = False

    @property
    def good(self) -> bool:
        """Tell whether nothing at all is wrong."""
        return not self.problems and self.info is not None

    @property
    def usable(self) -> bool:
        """Tell whether its time may be used; what is missing for certain is then only fresh revocation information."""
        return self.info is not None and all(one.verdict in MILD for one in self.problems)


def judge_token(der: bytes, stamped: bytes, around: Surroundings, existed: datetime) -> Stamp:
    """Return the verdict on a token over the octets ``stamped``, proved to exist at ``existed``."""
    try:
        message = parse(der)
        pool = around.pool.with_ders(message.certificates)
        return judge(
            message,
            lambda name: digest(name, stamped),
            Surroundings(around.anchors, pool, around.evidence, around.now),
            existed,
        )
    except (Unreadable, Misshapen, ValueError, TypeError) as error:
        problem = Problem("timestamp_invalid", CONSTRAINTS, {"reason": getattr(error, "code", "unreadable")})
        return Stamp(None, None, None, (), (problem,))


def judge(message: Message, imprint: Callable[[str], bytes], around: Surroundings, existed: datetime) -> Stamp:
    """Return the verdict on a token; ``imprint`` gives the digest that it must be about, by the name of the algorithm.

    Raises Unreadable, Misshapen for a token that cannot be read.
    """
    if message.content_type != TST_INFO or message.content is None:
        raise Misshapen("not_a_token")
    info = token_info(message.content)
    problems = [_invalid(reason) for reason in _about(message, info, imprint)]
    unit = signer_of(message, around.pool)
    if unit is None:
        return Stamp(info, None, None, (), (*problems, Problem("timestamp_unit_missing", NO_CHAIN)))
    intact = not problems
    algorithm = crypto.algorithm_of(message.algorithm, message.digest_name) if message.algorithm else None
    if not value(message, unit, b""):
        problems.append(_invalid("signature"))
        intact = False
    problems += [_invalid(reason) for reason in _unit_problems(message, unit)]
    if info.gen_time > around.now + TOLERANCE:
        problems.append(Problem("timestamp_in_future", ("INDETERMINATE", "NOT_YET_VALID")))
    path = paths.best(unit, around.pool, around.anchors, info.gen_time, proved=True)
    problems += _path_problems(path, info, existed)
    standings = tuple(_standings(path, around, info.gen_time))
    problems += _revocation(standings, path, info, existed)
    weak = strength.weak(unit.key, message.digest_name, existed) or strength.weak(unit.key, info.digest_name, existed)
    if weak is not None:
        problems.append(
            Problem("timestamp_weak", ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"), {"algorithm": weak})
        )
    name = algorithm.name(unit.key) if algorithm else ""
    return Stamp(info, unit, path, standings, tuple(problems), name, intact)


def _invalid(reason: str) -> Problem:
    return Problem("timestamp_invalid", CONSTRAINTS, {"reason": reason})


def _about(message: Message, info: TokenInfo, imprint: Callable[[str], bytes]) -> Iterator[str]:
    if imprint(info.digest_name) != info.digest:
        yield "imprint"
    assert message.content is not None  # noqa: S101 - looked at before
    yield from signed_attributes(message, digest(message.digest_name, message.content), required=True)


def _unit_problems(message: Message, unit: Certificate) -> Iterator[str]:
    """Yield what is wrong with the unit: only for time-stamping, and said to be critical (RFC 3161 §2.3)."""
    found = [one for one in unit.extensions if isinstance(one.value, x509.ExtendedKeyUsage)]
    if len(found) != 1 or list(found[0].value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not found[0].critical:
        yield "not_a_unit"
    if not bound(message, unit, required=True):
        yield "signing_certificate"


def _path_problems(path: Path, info: TokenInfo, existed: datetime) -> Iterator[Problem]:
    if path.problems:
        yield Problem("timestamp_not_trusted", NO_CHAIN, {"reason": path.problems[0].code})
        return
    for one in path.certificates:
        if existed > one.parsed.not_valid_after_utc:
            yield Problem("timestamp_expired", ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE"), {"name": one.name})
            return


def _standings(path: Path, around: Surroundings, moment: datetime) -> Iterator[Standing]:
    for one, issuer in zip(path.certificates, path.certificates[1:], strict=False):
        yield standing(one, issuer, around.evidence, around.pool, moment)


def _revocation(standings: Sequence[Standing], path: Path, info: TokenInfo, existed: datetime) -> Iterator[Problem]:
    for one, certificate in zip(standings, path.certificates, strict=False):
        if one.state == "revoked" and not _survives(one, info.gen_time, existed):
            if one.is_on_hold:
                yield Problem("on_hold", TRY_LATER, {"name": certificate.name})
            else:
                yield Problem("timestamp_not_trusted", ("INDETERMINATE", "REVOKED_NO_POE"), {"reason": "revoked"})
        elif one.state in ("unknown", "stale") and path.anchor is not None:
            code = "revocation_unknown" if one.state == "unknown" else "revocation_stale"
            yield Problem(code, TRY_LATER, {"name": certificate.name})


def _survives(one: Standing, gen_time: datetime, existed: datetime) -> bool:
    at = one.fact.revoked_at
    return at is not None and (existed < at or (gen_time < at and one.fact.reason in AFTERWARDS))
