"""The address to which the mail systems of others send what they could not deliver: one per message, keyed.

It says which message came back, and nobody can make one up: ``retours+<message>-<key>@example.org`` (variable envelope
return path). Only the servers on the way of a message know its address.
"""

import base64
import binascii
import re
from email.utils import parseaddr
from typing import Final
from uuid import UUID

from paraphe.floor.secrets import keyed_hash, same

PURPOSE: Final = "messaging.return"
KEY_LENGTH: Final = 16
_LOCAL: Final = re.compile(r"\+([a-z2-7]{26})-([0-9a-f]{16})\Z")


def address_of(message_id: UUID, base: str) -> str:
    """Return the return path of a message; ``base`` is the mailbox that the operator made for them."""
    local, _, domain = base.rpartition("@")
    return f"{local}+{_word(message_id)}-{_key(message_id)}@{domain}"


def message_of(address: str) -> UUID | None:
    """Return the message whose return path this is, None for every other address."""
    local = parseaddr(address)[1].rpartition("@")[0].lower()
    found = _LOCAL.search(local)
    if found is None:
        return None
    try:
        message_id = UUID(bytes=base64.b32decode(found[1].upper() + "======"))
    except (binascii.Error, ValueError):
        return None
    return message_id if same(found[2], _key(message_id)) else None


def _word(message_id: UUID) -> str:
    return base64.b32encode(message_id.bytes).decode().rstrip("=").lower()


def _key(message_id: UUID) -> str:
    return keyed_hash(message_id.bytes, PURPOSE)[:KEY_LENGTH]
