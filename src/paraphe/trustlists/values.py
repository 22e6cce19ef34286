"""What a trusted list says (ETSI TS 119 612), reduced to what a verdict on a signature needs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Purpose = Literal["certificates", "timestamps"]


@dataclass(frozen=True)
class Pointer:
    """Where another list is, and the DER of the certificates that may have signed it (§5.3.13)."""

    location: str
    territory: str
    signers: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True)
class TrustedService:
    """One certificate that a list trusts for one purpose during one time.

    ``until`` is None while the status holds and its list is in force; else the end of either. ``certificate``: DER of
    an authority's certificate or of a time-stamping unit's own.
    """

    certificate: bytes = field(repr=False)
    purpose: Purpose
    provider: str
    service: str
    territory: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class TrustedList:
    """One list. ``pivots``: earlier lists of lists through which its own signers changed, newest first."""

    territory: str
    sequence: int
    issued: datetime
    next_update: datetime | None
    pointers: tuple[Pointer, ...]
    services: tuple[TrustedService, ...]
    pivots: tuple[str, ...]
