"""Which addresses can be one, and how little of them is shown. Pure."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from paraphe.floor.messaging.errors import AddressRefused

_E164 = re.compile(r"\+[1-9]\d{6,14}")


def checked_email(address: str) -> str:
    """Return ``address`` if it can be an e-mail address. Raises AddressRefused."""
    try:
        validate_email(address)
    except ValidationError:
        raise AddressRefused(kind="email") from None
    return address


def checked_number(number: str) -> str:
    """Return ``number`` if it can be a telephone number in E.164. Raises AddressRefused."""
    if not _E164.fullmatch(number):
        raise AddressRefused(kind="sms")
    return number


def mask(recipient: str) -> str:
    """Return enough of a recipient to recognise one's own, and no more: ``a…@martin.fr``, ``+336••••••78``."""
    if "@" in recipient:
        local, _, domain = recipient.rpartition("@")
        return f"{local[:1]}…@{domain}"[:80]
    return recipient[:4] + "•" * (len(recipient) - 6) + recipient[-2:]


def one_line(subject: str) -> str:
    """Return ``subject`` on one line: a line break in it would start a header of the sender's choice."""
    return " ".join(subject.split())[:200]
