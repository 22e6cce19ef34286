"""What can be wrong with a mandate."""

from paraphe.kernel.errors import DomainError


class MayNotGrant(DomainError):
    """Only an accountant of the firm who is on the roll grants and withdraws rights."""

    code = "may_not_grant"


class NoSuchDelegate(DomainError):
    """The person is not a member of this firm, or is the one who grants."""

    code = "no_such_delegate"


class NoRight(DomainError):
    """No right was chosen."""

    code = "no_right"


class BadPeriod(DomainError):
    """The last day is before the first, or in the past."""

    code = "bad_period"


class BadCount(DomainError):
    """The number of acts is not between 1 and 100,000."""

    code = "bad_count"


class WrongState(DomainError):
    """The mandate is not in a state in which this can be done; ``params["state"]`` is its state."""

    code = "wrong_mandate_state"
