"""What a signature shows of the person and the firm, and says of the mandate under which it is made."""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import get_language

from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.firms import api as firms
from paraphe.platform.mandates import api as mandates
from paraphe.platform.signing import api as signing
from paraphe.platform.web.documents.gate import FirmRequest


def reason_of(by: accounts.Authority) -> str:
    """Return the reference of the mandate in words, empty when there is none."""
    return mandates.reason(by.mandate) if by.mandate else ""


def logo_of(firm: accounts.Firm) -> bytes | None:
    """Return the logo of the firm as PNG, None where it has none."""
    return firms.logo(firm) if firms.options(firm).has_logo else None


def choices_of(request: FirmRequest) -> dict[str, bool]:
    """Return which choices of an appearance the person has, for the forms."""
    return {
        "has_logo": firms.options(request.firm).has_logo,
        "has_handwriting": documents.look_of(request.person).has_handwriting,
    }


def appearance_of(request: FirmRequest, given: Mapping[str, object]) -> signing.SignatureSettings:
    """Return the appearance that ``given`` asks for; where it stands is decided elsewhere."""
    look = documents.look_of(request.person)
    return signing.SignatureSettings(
        signer_name=request.person.full_name,
        role=look.role,
        firm=request.firm.name,
        signed_at=timezone.localtime(),
        logo=logo_of(request.firm) if given.get("logo") else None,
        handwriting=documents.handwriting_of(request.person) if given.get("handwriting") else None,
        initials=look.initials if given.get("initials") else "",
        language=(get_language() or "fr")[:2],
    )
