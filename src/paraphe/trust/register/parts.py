"""Into which revocation lists an issuer's revocations are divided, RFC 5280 §5.2.5.

A part ``8-3`` tells of the serial numbers that leave 3 when divided by 8. The division of a certificate is fixed when
it is issued: its own address says it, so that changing the setting later breaks nothing.
"""

import re
from collections.abc import Iterator

from django.conf import settings

from paraphe.trust.register.types import Slug

MOST_PARTS = 256
_PART = re.compile(r"([1-9][0-9]{0,2})-(0|[1-9][0-9]{0,2})")


def list_address(slug: Slug, part: str = "") -> str:
    """Return the address of an issuer's full list, or of one part of it."""
    return f"{settings.SITE_URL}/crl/{slug}{'-' if part else ''}{part}.crl"


def list_address_for(slug: Slug, serial: int) -> str:
    """Return the address that a certificate issued now carries."""
    return list_address(slug, part_of(serial, settings.CRL_PARTITIONS))


def list_addresses(slug: Slug, serial: int) -> Iterator[str]:
    """Return every address that a certificate of ours with this serial number may carry."""
    return (list_address(slug, part_of(serial, parts)) for parts in range(1, MOST_PARTS + 1))


def part_of(serial: int, parts: int) -> str:
    """Return the part among ``parts`` that tells of ``serial``; empty when there is only one."""
    return "" if parts == 1 else f"{parts}-{serial % parts}"


def parts_of_today() -> list[str]:
    """Return the full list and the parts of today's setting; older parts are made when somebody asks for them."""
    parts: int = settings.CRL_PARTITIONS
    return ["", *(f"{parts}-{rest}" for rest in range(parts))] if parts > 1 else [""]


def is_part(text: str) -> bool:
    """Tell whether ``text`` names the full list (empty) or a part."""
    if not text:
        return True
    found = _PART.fullmatch(text)
    return found is not None and 1 < int(found[1]) <= MOST_PARTS and int(found[2]) < int(found[1])


def is_in(part: str, serial: int) -> bool:
    """Tell whether a part tells of this serial number."""
    return not part or part_of(serial, int(part.partition("-")[0])) == part
