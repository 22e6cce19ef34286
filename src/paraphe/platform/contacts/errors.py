"""What can be wrong with contacts and with what is asked of them."""

from paraphe.kernel.errors import DomainError


class MayNot(DomainError):
    """The person has none of the rights that open the address book of this firm."""

    code = "may_not"


class BadContact(DomainError):
    """Something in this contact cannot be kept; ``params["problems"]`` gives a reason for each field."""

    code = "bad_contact"

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(problems=problems)
        self.problems = problems


class BadFile(DomainError):
    """No contact can be read from this file; ``params["reason"]`` says why.

    Reasons: ``too_large``, ``too_many``, ``empty``, ``spreadsheet``, ``no_columns``, ``unreadable``.
    """

    code = "bad_file"

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(reason=reason, **params)
        self.reason = reason


class NothingToMerge(DomainError):
    """A merge takes two contacts or more."""

    code = "nothing_to_merge"
