"""Decisions on deeds and mandates, as pure functions. Times are aware datetimes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from paraphe.kernel.phones import BadMobile, mobile_number
from paraphe.trust.seals.errors import DeedRefused, MandateRefused
from paraphe.trust.seals.models import Mandate, Release

#: How long a deed waits for its signature.
OPEN_FOR = timedelta(days=7)
LONGEST_MANDATE = timedelta(days=31)
#: The manifest of a batch of 100,000 is one seal more.
MOST_SEALS = 100_001
LONGEST_PURPOSE = 120
CLAIM = timedelta(seconds=60)
KEPT = timedelta(days=1)
MOST_RELEASERS = 20
#: How long a release waits for its code, and how long what it lets go may take.
RELEASE_OPEN_FOR = timedelta(days=1)
RELEASE_LASTS = timedelta(days=7)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True)
class Named:
    """Somebody whom a mandate lets release batches: how the client knows him, name, mobile (E.164)."""

    reference: str
    name: str
    mobile: str

    @property
    def masked(self) -> str:
        """Return the mobile with all but its country and last two digits hidden."""
        return f"{self.mobile[:3]} {'•' * max(0, len(self.mobile) - 5)} {self.mobile[-2:]}"


@dataclass(frozen=True)
class MandateTerms:
    """What a mandate allows: ``count`` seals for ``purpose`` from ``begins_at`` until before ``ends_at``.

    ``list_sha256``: the list of documents it is given for, empty for none. ``releasers``: who lets each batch go with a
    code; without any, the token alone is enough.
    """

    purpose: str
    count: int
    begins_at: datetime
    ends_at: datetime
    list_sha256: str = ""
    releasers: tuple[Named, ...] = ()


@dataclass(frozen=True)
class AskedRelease:
    """What a client program asks of a standing mandate."""

    reference: str
    releaser: str
    purpose: str
    count: int
    list_sha256: str
    return_uri: str
    state: str

    def facts(self) -> dict[str, object]:
        """Return what may not change when it is asked again."""
        return {"releaser": self.releaser, "purpose": self.purpose, "count": self.count, "list": self.list_sha256}


def checked_terms(asked: Mapping[str, object], now: datetime) -> MandateTerms:
    """Return the terms of a request. Raises DeedRefused with the field that is wrong."""
    purpose, count = _purpose(asked), _count(asked)
    begins_at = _moment(asked, "begins_at") if asked.get("begins_at") is not None else now
    ends_at = _moment(asked, "ends_at")
    if ends_at <= max(begins_at, now) or ends_at - begins_at > LONGEST_MANDATE:
        raise DeedRefused(field="ends_at")
    listed = _list_digest(asked) if asked.get("list_sha256") is not None else ""
    return MandateTerms(purpose, count, begins_at, ends_at, listed, _releasers(asked.get("releasers")))


def checked_organisation(given: object) -> dict[str, str]:
    """Return name and SIREN of a legal person that a client names. Raises DeedRefused."""
    if not isinstance(given, dict):
        raise DeedRefused(field="responsible")
    siren = _line(given, "siren", 9)
    if not re.fullmatch(r"[0-9]{9}", siren):
        raise DeedRefused(field="siren")
    return {"organisation": _line(given, "name", 200), "siren": siren}


def checked_release(asked: Mapping[str, object]) -> AskedRelease:
    """Return what is asked of a standing mandate. Raises DeedRefused with the field that is wrong."""
    return AskedRelease(
        reference=_line(asked, "reference", 120),
        releaser=_line(asked, "releaser", 80),
        purpose=_purpose(asked),
        count=_count(asked),
        list_sha256=_list_digest(asked),
        return_uri=_line(asked, "return_uri", 500),
        state=_line(asked, "state", 500, least=0),
    )


def check_release(mandate: Mandate, count: int, now: datetime) -> None:
    """Let ``count`` seals be released under a mandate. Raises MandateRefused."""
    if mandate.given_at is None:
        raise MandateRefused(reason="not-given")
    if mandate.withdrawn_at is not None:
        raise MandateRefused(reason="withdrawn")
    if not mandate.begins_at <= now < mandate.ends_at:
        raise MandateRefused(reason="time")
    if mandate.used + count > mandate.most:
        raise MandateRefused(reason="exhausted")


def check_use(
    mandate: Mandate, *, client_id: str, seal_id: object, count: int, now: datetime, standing: bool = False
) -> None:
    """Let a use of a mandate through; a ``standing`` one is used through its releases only. Raises MandateRefused."""
    if mandate.client_id != client_id:
        raise MandateRefused(reason="other-client")
    if mandate.seal_id != seal_id:
        raise MandateRefused(reason="other-credential")
    if mandate.given_at is None:
        raise MandateRefused(reason="not-given")
    if mandate.withdrawn_at is not None:
        raise MandateRefused(reason="withdrawn")
    if not mandate.begins_at <= now < mandate.ends_at:
        raise MandateRefused(reason="time")
    if mandate.used + count > mandate.most:
        raise MandateRefused(reason="exhausted")
    if standing:
        raise MandateRefused(reason="needs-release")


def check_use_of_release(
    release: Release, mandate: Mandate, *, client_id: str, seal_id: object, count: int, now: datetime
) -> None:
    """Let a use of a release through, whose number is counted in its mandate already. Raises MandateRefused."""
    if release.client_id != client_id:
        raise MandateRefused(reason="other-client")
    if mandate.seal_id != seal_id:
        raise MandateRefused(reason="other-credential")
    if release.state != Release.State.GIVEN or release.ends_at is None:
        raise MandateRefused(reason="not-given")
    if mandate.withdrawn_at is not None:
        raise MandateRefused(reason="withdrawn")
    if not mandate.begins_at <= now < release.ends_at:
        raise MandateRefused(reason="time")
    if release.used + count > release.count:
        raise MandateRefused(reason="exhausted")


def _purpose(asked: Mapping[str, object]) -> str:
    purpose = asked.get("purpose")
    if not isinstance(purpose, str) or not 3 <= len(purpose.strip()) <= LONGEST_PURPOSE or _UNSEEN.search(purpose):
        raise DeedRefused(field="purpose")
    return purpose.strip()


def _count(asked: Mapping[str, object]) -> int:
    count = asked.get("count")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_SEALS:
        raise DeedRefused(field="count")
    return count


def _list_digest(asked: Mapping[str, object]) -> str:
    found = asked.get("list_sha256")
    if not isinstance(found, str) or not re.fullmatch(r"[0-9a-f]{64}", found):
        raise DeedRefused(field="list_sha256")
    return found


def _line(asked: Mapping[str, object], field: str, longest: int, least: int = 1) -> str:
    found = asked.get(field, "")
    if not isinstance(found, str) or not least <= len(found.strip()) <= longest or _UNSEEN.search(found):
        raise DeedRefused(field=field)
    return found.strip()


def _releasers(given: object) -> tuple[Named, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_RELEASERS:
        raise DeedRefused(field="releasers")
    found = tuple(_named(one) for one in given)
    if len({one.reference for one in found}) != len(found):
        raise DeedRefused(field="releasers")
    return found


def _named(given: object) -> Named:
    if not isinstance(given, dict):
        raise DeedRefused(field="releasers")
    try:
        mobile = mobile_number(_line(given, "mobile", 30))
        return Named(_line(given, "reference", 80), _line(given, "name", 100), mobile)
    except (BadMobile, DeedRefused):
        raise DeedRefused(field="releasers") from None


def _moment(asked: Mapping[str, object], field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(str(asked.get(field)))
    except ValueError:
        raise DeedRefused(field=field) from None
    if moment.tzinfo is None or moment.year > 9000:
        raise DeedRefused(field=field)
    return moment
