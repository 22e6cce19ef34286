"""What a carrier is given, and what it may answer."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from paraphe.floor import secrets

PURPOSE = "messaging.outbox"


@dataclass(frozen=True)
class Content:
    """What is sealed in the outbox."""

    to: str
    subject: str
    text: str
    html: str
    language: str
    sender_name: str = ""
    """Who is named beside our own address; empty: as the setting says."""
    reply_to: str = ""

    def seal(self) -> bytes:
        """Return this, sealed."""
        return secrets.seal_text(json.dumps(asdict(self)), PURPOSE)

    @classmethod
    def unseal(cls, blob: bytes) -> "Content":
        """Return what was sealed. Raises SealBroken."""
        return cls(**json.loads(secrets.unseal_text(blob, PURPOSE)))


@dataclass(frozen=True)
class Parcel:
    """One message to be carried. ``id`` stays the same when it is tried again; after ``expires_at`` it is of no use."""

    id: UUID
    kind: Literal["email", "sms"]
    content: Content
    created_at: datetime
    expires_at: datetime | None = None


class CarrierUnavailable(Exception):
    """The carrier could not be reached, is busy, or is not set up well: trying later may help.

    ``uncertain``: the message was handed over and no answer came, so that it may have gone all the same. ``away``:
    nobody answered at all, so that the next message would wait for nothing too.
    """

    def __init__(self, why: str, *, uncertain: bool = False, away: bool = False) -> None:
        super().__init__(why)
        self.uncertain, self.away = uncertain, away


class CarrierRefused(Exception):
    """The carrier will never take this message: trying again cannot help."""


class Carrier(Protocol):
    """Takes a parcel away."""

    name: str

    def carry(self, parcel: Parcel) -> str:
        """Hand ``parcel`` over and return the carrier's reference, or an empty text.

        Raises CarrierUnavailable and CarrierRefused, whose texts hold neither recipient nor body.
        """
        ...
