"""Mobile numbers as people write them, and the one form in which they are kept."""

import re
from typing import Final

import phonenumbers

from paraphe.kernel.errors import DomainError

# Digits and what people put between them. Letters, which the library would read as keys of a telephone, are refused.
WRITTEN: Final = re.compile(r"[\s\d+().\-–/]+")


class BadMobile(DomainError):
    """This is not a mobile number that can receive an SMS; ``params["reason"]`` says why."""

    code = "bad_mobile"


def mobile_number(typed: str, region: str = "FR") -> str:
    """Return ``typed`` as E.164 (``+33612345678``); French numbers may be written as people write them.

    Raises BadMobile with reason ``unreadable``, ``impossible`` (wrong length or unknown range) or ``not_mobile``.
    """
    if not WRITTEN.fullmatch(typed):
        raise BadMobile(reason="unreadable")
    try:
        number = phonenumbers.parse(typed.strip(), region)
    except phonenumbers.NumberParseException:
        raise BadMobile(reason="unreadable") from None
    if not phonenumbers.is_valid_number(number):
        raise BadMobile(reason="impossible")
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if phonenumbers.number_type(number) not in kinds:
        raise BadMobile(reason="not_mobile")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def written(number: str) -> str:
    """Return an E.164 number as people read it (``+33 6 12 34 56 78``); what is none is returned as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
