"""Reads delivery status notifications (RFC 3464), whatever bytes come: what happened, to which address it came back.

Pure. Only what the program needs is read; addresses of people and texts for them are left where they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mail
from email.parser import BytesParser
from email.policy import compat32
from typing import Final, Literal

LARGEST: Final = 2_000_000
MOST_PARTS: Final = 200
RETURNED_TO: Final = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_STATUS: Final = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")

Action = Literal["failed", "delayed", "delivered", "relayed", "expanded"]
ACTIONS: Final[tuple[Action, ...]] = ("failed", "delayed", "delivered", "relayed", "expanded")


@dataclass(frozen=True)
class Notification:
    """What happened (RFC 3464 §2.3.3), the status code (RFC 3463) or empty, the addresses to which it was sent."""

    action: Action
    status: str
    returned_to: tuple[str, ...]


def read(data: bytes) -> list[Notification]:
    """Return what a notification says, one per recipient; nothing for what is no notification, or too large."""
    if len(data) > LARGEST:
        return []
    try:
        mail = BytesParser(policy=compat32).parsebytes(data)
        addresses = tuple(_addresses(mail))
        return [found for block in _blocks(mail) if (found := _notification(block, addresses)) is not None]
    except Exception:  # noqa: BLE001 - whatever the parser says of bytes from outside, they say nothing
        return []


def _addresses(mail: Mail) -> Iterator[str]:
    for name in RETURNED_TO:
        for value in mail.get_all(name) or []:
            yield from (part.strip()[:320] for part in str(value).split(",")[:10])


def _blocks(mail: Mail) -> Iterator[Mail]:
    """Yield the groups of fields of each recipient (RFC 3464 §2.1): the first group is about the message."""
    for number, part in enumerate(mail.walk()):
        if number > MOST_PARTS:
            return
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            groups = part.get_payload()
            yield from (one for one in list(groups)[:MOST_PARTS] if isinstance(one, Mail))


def _notification(block: Mail, addresses: tuple[str, ...]) -> Notification | None:
    said = str(block.get("Action", "")).split("(")[0].strip().lower()
    action = next((one for one in ACTIONS if one == said), None)
    if action is None:
        return None
    status = _STATUS.search(str(block.get("Status", "")))
    return Notification(action, status[0] if status else "", addresses)
